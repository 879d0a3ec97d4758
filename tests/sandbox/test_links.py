"""Where images are fetched when the answer has URLs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import openai
import pytest
import requests

from tui.sandbox import links
from tui.sandbox.links import Held, Links
from tui.sandbox.server import Sandbox
from tui.sandbox.wire import Answer


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def url_from(sandbox: Sandbox) -> str:
    with openai.OpenAI(api_key="any", base_url=sandbox.base_url, max_retries=0) as client:
        answer = client.images.generate(model="dall-e-2", prompt="a hill", size="256x256")
    assert answer.data
    return str(answer.data[0].url)


def test_a_url_has_the_form_of_a_signed_blob() -> None:
    with Sandbox(clock=Clock()) as sandbox:
        url = url_from(sandbox)
    parts = urlsplit(url)
    assert parts.path.startswith("/private/org-") and "/user-" in parts.path and parts.path.endswith(".png")
    query = parse_qs(parts.query)
    assert " ".join(query) == "st se sp sv sr rscd rsct skoid sktid skt ske sks skv sig"
    assert (query["se"], query["rsct"]) == (["2023-11-14T23:13:20Z"], ["image/png"])


def test_an_image_can_be_fetched_for_an_hour_without_a_key_and_then_no_more() -> None:
    clock = Clock()
    with Sandbox(clock=clock) as sandbox:
        url = url_from(sandbox)
        clock.now += 3600
        fresh = requests.get(url, timeout=10)
        clock.now += 1
        late = requests.get(url, timeout=10)
    assert (fresh.status_code, fresh.headers["content-type"]) == (200, "image/png")
    assert (late.status_code, late.headers["content-type"]) == (403, "application/xml")
    assert "<Code>AuthenticationFailed</Code>" in late.text
    assert (
        "Signature not valid in the specified time frame" in late.text and "Tue, 14 Nov 2023 23:13:20 GMT" in late.text
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url[:-3] + ("A" if url[-4] != "A" else "B") + url[-3:],
        lambda url: url + "&x=1",
        lambda url: url.partition("&sig=")[0],
        lambda url: url.replace("%3A", ":"),
        lambda url: url.replace("se=2", "se=3"),
        lambda url: url.replace(".png?", ".webp?"),
        lambda url: url.partition("?")[0],
    ],
)
def test_a_url_changed_by_a_single_byte_is_refused(change: object, sandbox: Sandbox) -> None:
    url = url_from(sandbox)
    assert requests.get(url, timeout=10).status_code == 200
    changed = change(url)
    assert changed != url
    assert requests.get(changed, timeout=10).status_code == 403


def test_the_oldest_images_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "KEPT", 25)
    kept = Links(Clock())
    urls = [kept.make(Held(b"0123456789", "image/png"), "") for _ in range(3)]
    found = [kept.find(url) for url in urls]
    assert isinstance(found[0], Answer) and found[0].status == 404
    assert all(isinstance(each, Held) for each in found[1:])
