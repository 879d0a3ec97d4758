"""The faults of an image's URL, as a client sees them."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.sandbox.heard import ask, exchange, fetch
from tui.sandbox.damage import HUGE
from tui.sandbox.server import Sandbox

LINKS = {"link-expired": 403, "link-missing": 404, "link-error": 500, "link-type": 200, "link-empty": 200}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_answers_with_something_else(name: str, sandbox: Sandbox) -> None:
    heard = fetch(sandbox, name)
    assert heard.status == LINKS[name] and not heard.body.startswith(b"\x89PNG")
    if name == "link-expired":
        assert b"<Code>AuthenticationFailed</Code>" in heard.body
        assert b"Signature not valid in the specified time frame" in heard.body
    if name == "link-type":
        assert heard.headers["content-type"].startswith("text/html")
    assert (heard.body == b"") == (name == "link-empty")
    assert sandbox.sent == []


@pytest.mark.parametrize("name", ["link-reset", "link-short"])
def test_a_link_can_stop_half_way(name: str, sandbox: Sandbox) -> None:
    heard = fetch(sandbox, name)
    assert heard.status == 200 and heard.end != "whole" and 0 < len(heard.body) < int(heard.headers["content-length"])


def test_a_link_can_be_larger_than_anything_allowed(sandbox: Sandbox) -> None:
    heard = fetch(sandbox, "link-huge")
    assert int(heard.headers["content-length"]) == len(heard.body) == HUGE > 64 * 1024 * 1024


def test_a_link_can_redirect_to_a_private_address(sandbox: Sandbox) -> None:
    heard = fetch(sandbox, "link-redirect")
    assert heard.status == 302 and heard.headers["location"].startswith("http://169.254.")


def test_a_link_can_be_plain_http_to_a_private_address(sandbox: Sandbox) -> None:
    url = json.loads(ask(sandbox, "link-private").body)["data"][0]["url"]
    assert url.startswith("http://10.255.255.1/private/")


def test_a_link_can_fail_only_the_first_time(sandbox: Sandbox) -> None:
    url = json.loads(ask(sandbox, "link-reset*1").body)["data"][0]["url"]
    parts = urlsplit(url)
    first, second = (exchange(sandbox.base_url, "GET", f"{parts.path}?{parts.query}") for _ in range(2))
    assert first.end != "whole" and second.end == "whole" and second.body.startswith(b"\x89PNG")
