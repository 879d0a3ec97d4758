"""A provider shows its host and never its secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.provider import OPENAI_BASE_URL, Provider, address


def at(base_url: str) -> Provider:
    return Provider("p", base_url, "sk-secret", "environment: K")


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        (OPENAI_BASE_URL, "api.openai.com"),
        ("http://localhost:8080/v1", "localhost:8080"),
        ("https://person:password@Example.com/v1", "example.com"),
        ("https://person:password@example.com:8443/v1", "example.com:8443"),
        ("http://[::1]:8080/v1", "::1:8080"),
        ("http://[::1", ""),
        ("http://x:99999/", ""),
        ("nonsense", ""),
    ],
)
def test_the_host_is_shown_without_credentials(base_url: str, host: str) -> None:
    assert at(base_url).host == host


@given(st.text())
def test_any_address_has_a_host_that_can_be_shown(base_url: str) -> None:
    assert "\x1b" not in at(f"http://{base_url}").host
    assert not at(base_url).is_sandbox
    assert at(f"http://{base_url}").on_loopback in (True, False)


def test_what_is_printed_of_a_provider_has_no_secret() -> None:
    provider = at("https://person:password@example.com/v1")
    for text in (repr(provider), str(provider), f"{provider}"):
        assert "sk-secret" not in text
        assert "password" not in text
        assert "environment: K" in text


@pytest.mark.parametrize(
    ("base_url", "loopback"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.0.0.1:1/v1", True),
        ("http://127.8.8.8/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://LOCALHOST/", True),
        ("http://127.0.0.1.example.com/", False),
        ("http://127.example.com/", False),
        ("http://localhost.example.com/", False),
        ("http://10.0.0.1/", False),
        (OPENAI_BASE_URL, False),
        ("nonsense", False),
    ],
)
def test_only_this_machine_is_loopback(base_url: str, loopback: bool) -> None:
    assert at(base_url).on_loopback is loopback


@pytest.mark.parametrize(
    "base_url", ["", "x", "ftp://x/", "http://", "https:///v1", "http://x:port/", "file:///etc/passwd"]
)
def test_an_address_is_http_or_https_with_a_host(base_url: str) -> None:
    assert address(base_url) is None
