"""Images behind URLs, byte by byte over real sockets: each fetch that fails asks, and the answer is paid for once."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, Script, answer, reset
from tests.engine.test_downloads import PNG
from tui.core.events import Done, Failed, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.engine import download

Make = Callable[..., Bench]
URL = {"model": "dall-e-2", "response_format": "url"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
LONG = HEAD + b"Content-Length: 9999\r\n\r\n"


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    with RawServer() as running:
        body = {"created": 1700000000, "data": [{"url": f"{running.url}/image.png?sig=secret"}]}
        running.on("POST", answer(json.dumps(body).encode()))
        yield running


async def asked(b: Bench, server: RawServer) -> Waiting:
    """What is asked when the fetch fails; then the image can be had, and comes."""
    job = b.submit(Provider("x", f"{server.url}/v1", KEY), **URL)
    question = await b.until(Waiting)
    assert question.choices == ("retry", "skip")
    assert question.failure.kind is Kind.DOWNLOAD
    assert question.url and question.url.encode() in b.kept["response"]
    assert "secret" not in question.failure.summary + question.failure.advice
    assert b.files == []
    server.on("GET", answer(PNG, "image/png"))
    b.runner.answer(job, "retry")
    assert isinstance(await b.end(job), Done)
    assert [path.read_bytes() for path in b.files] == [PNG]
    assert [text.split(b" ")[0] for text in server.heard] == [b"POST", b"GET", b"GET"], "no fetch by itself"
    assert not any(KEY.encode() in text for text in server.heard[1:])
    assert b.kept == {}
    assert isinstance(question, Waiting)
    return question


@pytest.mark.parametrize(("status", "words"), [
    ("403 Forbidden", "403"), ("404 Not Found", "not there any more"), ("410 Gone", "410"), ("429 Slow", "429"),
    ("500 Oh", "500"), ("503 Oh", "503"), ("204 No Content", "204"), ("206 Partial Content", "206"),
    ("304 Not Modified", "304"),
])  # fmt: skip
async def test_a_status_that_is_no_success(bench: Make, server: RawServer, status: str, words: str) -> None:
    server.on("GET", answer(b"" if status[0] != "4" else b"<Error/>", "application/xml", status))
    assert words in (await asked(bench(), server)).failure.message


CUTS: dict[str, Script] = {
    "nothing": b"",
    "in the head": HEAD,
    "before the body": LONG,
    "in the body": LONG + PNG[:20],
    "before the end": LONG.replace(b"9999", str(len(PNG)).encode()) + PNG[:-1],
    "in a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n99\r\n" + PNG,
    "no http": b"220 mail.example\r\n",
}


@pytest.mark.parametrize("where", CUTS)
async def test_a_fetch_that_breaks(bench: Make, server: RawServer, where: str) -> None:
    server.on("GET", CUTS[where])
    # A head that ends early can't be told from one without a word about the body.
    words = "the file is empty" if where == "in the head" else "the connection broke before the end"
    assert (await asked(bench(), server)).failure.message in (words, "no connection to the host")


async def test_a_fetch_that_is_reset(bench: Make, server: RawServer) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(LONG + PNG[:20])
        reset(connection)

    server.on("GET", cut)
    assert "broke" in (await asked(bench(), server)).failure.message


async def test_a_body_without_end_is_cut_at_the_bound(
    bench: Make, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n" + PNG)
        while True:
            connection.sendall(bytes(65_536))

    monkeypatch.setattr(download, "LIMIT", 1_000_000)
    server.on("GET", endless)
    assert "larger than 1.0 MB" in (await asked(bench(), server)).failure.message


async def test_a_drip_does_not_outlast_the_deadline(bench: Make, server: RawServer) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(LONG + PNG[:20])
        while True:
            connection.sendall(b"\0")
            time.sleep(0.02)

    server.on("GET", drip)
    assert "took too long" in (await asked(bench(deadline=0.6), server)).failure.message


@pytest.mark.parametrize("head", [HEAD, b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["body", "head"])
async def test_neither_does_one_of_unknown_length_or_in_the_head(bench: Make, server: RawServer, head: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head + (b"\r\n" + PNG if head == HEAD else b""))
        while True:
            connection.sendall(b"a")
            time.sleep(0.02)

    server.on("GET", drip)
    assert "took too long" in (await asked(bench(deadline=0.6), server)).failure.message


@pytest.mark.parametrize("body", [b"<!doctype html>Sign in", b'{"error": "gone"}', b"plain words"])
async def test_a_success_that_is_no_image(bench: Make, server: RawServer, body: bytes) -> None:
    server.on("GET", answer(body, "text/plain"))
    assert "no image" in (await asked(bench(), server)).failure.message


async def test_no_bytes_at_all(bench: Make, server: RawServer) -> None:
    server.on("GET", answer(b"", "image/png"))
    assert "empty" in (await asked(bench(), server)).failure.message


async def test_a_redirect_to_a_private_network_is_not_followed(bench: Make, server: RawServer) -> None:
    server.on("GET", answer(b"", status="302 Found", Location="https://10.0.0.1/image.png"))
    assert "private address" in (await asked(bench(), server)).failure.message


async def test_a_skipped_image_ends_the_job_and_keeps_its_url(bench: Make, server: RawServer) -> None:
    server.on("GET", answer(b"", status="404 Not Found"))
    b = bench()
    job = b.submit(Provider("x", f"{server.url}/v1", KEY), **URL)
    question = await b.until(Waiting)
    b.runner.answer(job, "skip")
    ended = await b.end(job)
    assert isinstance(ended, Failed)
    assert question.url.encode() in b.kept["response"]
    assert server.heard[0].startswith(b"POST") and len(server.heard) == 2
