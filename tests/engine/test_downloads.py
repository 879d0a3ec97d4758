"""Images behind URLs: fetched with care, asked about when it fails, never paid for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer
from tui.core.events import Cancelled, Done, Downloading, Failed, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.engine.download import Download
from tui.engine.job import BrokenError
from tui.engine.links import expires
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (16).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0" + b"\0\0\0\0IEND\xaeB`\x82"
URL = {"model": "dall-e-2", "response_format": "url"}


@pytest.mark.parametrize(("fault", "words"), [
    ("link-expired", "expired"), ("link-missing", "not there"), ("link-error", "500"), ("link-reset", "broke"),
    ("link-short", "broke"), ("link-type", "no image"), ("link-empty", "empty"), ("link-huge", "larger than"),
    ("link-redirect", "private address"), ("link-private", "private address"),
])  # fmt: skip
async def test_a_failed_download_asks_and_keeps_the_url(
    bench: Make, sandbox: Sandbox, provider: Provider, fault: str, words: str
) -> None:
    b = bench()
    job = b.submit(provider, f"fault:{fault} a fox", **URL)
    asked = await b.until(Waiting)
    assert asked.seconds is None
    assert asked.choices == ("retry", "skip")
    assert asked.index == 0
    assert asked.failure.kind is Kind.DOWNLOAD
    assert words in asked.failure.message
    assert asked.url.encode() in b.kept["response"]
    b.runner.answer(job, "skip")
    ending = await b.end(job)
    assert isinstance(ending, Failed)
    assert ending.saved == 0
    assert "response" in b.kept, "the URL may still live"
    assert len(sandbox.posts) == 1
    assert b.files == []


async def test_a_download_can_be_tried_again_without_another_post(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench()
    job = b.submit(provider, "fault:link-error*2 a fox", **URL)
    for count in (1, 2):
        await b.until(Waiting, lambda _, count=count: len(b.waits) == count)
        b.runner.answer(job, "retry")
    ending = await b.end(job)
    assert isinstance(ending, Done)
    assert b.sums == sandbox.sent
    assert len(sandbox.posts) == 1
    assert b.kept == {}


async def test_one_skipped_image_does_not_lose_the_others(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:link-error*1 a fox", n=2, **URL)
    await b.until(Waiting)
    b.runner.answer(job, "skip")
    await b.until(Waiting, lambda event: event.index == 1)
    b.runner.answer(job, "retry")
    ending = await b.end(job)
    assert isinstance(ending, Failed)
    assert ending.saved == 1
    assert b.sums == sandbox.sent


async def test_a_job_that_asks_keeps_no_other_from_running(bench: Make, provider: Provider) -> None:
    b = bench(parallel=1)
    asking = b.submit(provider, "fault:link-error a fox", **URL)
    other = b.submit(provider)
    assert isinstance(await b.end(other), Done)
    b.runner.cancel(asking)
    ending = await b.end(asking)
    assert isinstance(ending, Cancelled)
    assert ending.sent


async def test_a_download_can_be_cancelled_while_it_hangs(bench: Make) -> None:
    with RawServer() as server:
        url = f"{server.url}/image.png?sig=secret"
        server.on("POST", answer(f'{{"created": 1700000000, "data": [{{"url": "{url}"}}]}}'.encode()))
        server.on("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PNG, hang=True)
        b = bench()
        job = b.submit(Provider("raw", f"{server.url}/v1", KEY), **URL)
        await b.until(Downloading, lambda event: event.received == 0)
        await b.until(Downloading)
        await asyncio.to_thread(server.wait_for, "GET")
        b.runner.cancel(job)
        ending = await b.end(job)
    assert isinstance(ending, Cancelled)
    assert ending.sent
    assert url.encode() in b.kept["response"]


async def test_the_query_goes_out_byte_for_byte_and_no_key_with_it(bench: Make) -> None:
    query = "st=2026-11-22T13%3a32%3A05Z&se=2026-11-22T15%3A32%3A05Z&sig=a%2fb%2Bc%3D~%7E/+d"
    with RawServer() as server:
        url = f"{server.url}/private/org-1/img.png?{query}"
        server.on("POST", answer(f'{{"created": 1700000000, "data": [{{"url": "{url}"}}]}}'.encode()))
        server.on("GET", answer(PNG, "image/png"))
        b = bench()
        ending = await b.run(Provider("raw", f"{server.url}/v1", KEY), **URL)
        assert isinstance(ending, Done)
        get = next(text for text in server.heard if text.startswith(b"GET"))
    assert get.split(b" ")[1] == f"/private/org-1/img.png?{query}".encode()
    assert b"authorization" not in get.lower()
    assert KEY.encode() not in get
    assert b.files[0].read_bytes() == PNG


@pytest.mark.parametrize("url", [
    "http://example.com/a.png", "ftp://example.com/a", "file:///etc/passwd", "https://127.0.0.1/a", "https://[::1]/a",
    "https://10.0.0.1/a", "https://169.254.169.254/latest", "https://[::ffff:192.168.0.1]/a", "https://localhost/a",
    "https://user:word@example.com/a", "https://[nonsense/a", "https:///a",
])  # fmt: skip
def test_a_public_providers_url_leads_nowhere_private_and_nowhere_insecure(url: str, tmp_path: Path) -> None:
    public = Provider("openai", "https://93.184.215.14/v1", KEY)
    with RawServer() as server:
        if urlsplit("https://localhost").hostname in url:
            url = url.replace("localhost", f"localhost:{server.port}")
        with pytest.raises(BrokenError) as caught:
            Download(url, tmp_path / "image", public, seconds=5, progress=lambda *_: None).run()
        assert server.heard == [], "not a byte went out"
    assert caught.value.failure.kind is Kind.DOWNLOAD
    assert not (tmp_path / "image").exists()


def test_a_redirect_is_followed_only_so_often(tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
        near = Provider("raw", f"{server.url}/v1")
        with pytest.raises(BrokenError, match="from one place to the next"):
            Download(f"{server.url}/a", tmp_path / "image", near, seconds=5, progress=lambda *_: None).run()
        assert len(server.heard) == 4


def test_the_end_of_a_signed_url_is_read() -> None:
    assert expires("https://h/a?st=x&se=2026-11-22T15%3A32%3A05Z&sig=s") == 1795361525
    assert expires("https://h/a?se=soon") is None
    assert expires("https://h/a") is None
