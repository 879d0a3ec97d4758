"""Odd answers, over real sockets: recognised, their bytes kept, their images saved, and never asked for twice."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer, reset
from tests.engine.test_downloads import PNG
from tui.core.events import Done, Failed, Partial, Unknown
from tui.core.failures import Kind
from tui.core.provider import Provider

Make = Callable[..., Bench]
B64 = base64.b64encode(PNG).decode()
OTHER = PNG + b"\1"
BODY = json.dumps({"created": 1700000000, "data": [{"b64_json": B64}]}).encode()
STREAM = "text/event-stream"


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    with RawServer() as running:
        yield running


def at(server: RawServer) -> Provider:
    return Provider("x", f"{server.url}/v1", KEY)


# --- 200, and no image in it ---


@dataclass(frozen=True)
class Odd:
    """A body and its type, the ending, and words of its message."""

    body: bytes
    ending: type
    words: str
    kind: str = "application/json"


ODD = {
    "nothing": Odd(b"", Unknown, "the answer is nothing"),
    "blank": Odd(b" \r\n ", Unknown, "the answer is nothing"),
    "page": Odd(b"<!doctype html><title>Sign in</title>", Failed, "a web page (Sign in)", "text/html"),
    "page said to be json": Odd(b"<html><title>Sign in</title>", Failed, "a web page (Sign in)"),
    "xml": Odd(b'<?xml version="1.0"?><Error/>', Failed, "a web page or XML", "application/xml"),
    "text": Odd(b"It works!", Failed, "text (It works!)", "text/plain"),
    "hostile text": Odd(b"It \x1b]0;owned\x07\x9bworks", Failed, "text (It", "text/plain"),
    "object": Odd(b"{}", Failed, "JSON without an image"),
    "null": Odd(b"null", Failed, "text (null)"),
    "true": Odd(b"true", Failed, "text (true)"),
    "number": Odd(b"42", Failed, "text (42)"),
    "string": Odd(b'"an image, really"', Failed, "text ("),
    "list": Odd(b"[]", Failed, "JSON without an image"),
    "no data": Odd(b'{"created": 1700000000, "data": null}', Failed, "JSON without an image"),
    "empty data": Odd(b'{"created": 1700000000, "data": []}', Failed, "JSON without an image"),
    "empty image": Odd(b'{"data": [{}]}', Failed, "JSON without an image"),
    "null image": Odd(b'{"data": [null, {"b64_json": null, "url": null}]}', Failed, "JSON without an image"),
    "blank image": Odd(b'{"data": [{"b64_json": "", "url": ""}]}', Failed, "JSON without an image"),
    "error": Odd(b'{"error": {"message": "It broke.", "code": "server_error"}}', Failed, "It broke."),
    "error text": Odd(b'{"error": "It broke."}', Failed, "It broke."),
    "error about money": Odd(b'{"error": {"message": "Pay.", "code": "insufficient_quota"}}', Failed, "Pay."),
    "error and no data": Odd(b'{"data": null, "error": {"message": "It broke."}}', Failed, "It broke."),
    "broken": Odd(b'{"data": [}', Unknown, "broken JSON"),
    "cut": Odd(BODY[:40], Unknown, "JSON that is cut off"),
    "cut in the image": Odd(BODY[:60], Unknown, "JSON that is cut off"),
    "no base64": Odd(b'{"data": [{"b64_json": "\xf0\x9f\xa6\x8a!!"}]}', Failed, "it is not base64"),
    "a text as an image": Odd(
        b'{"data": [{"b64_json": "' + base64.b64encode(b"<html>no image") + b'"}]}', Failed, "it is text and no image"
    ),
    "deep": Odd(b"[" * 100_000, Unknown, ""),
}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream asked"])
@pytest.mark.parametrize("name", ODD)
async def test_a_success_without_an_image_is_told_and_kept(
    bench: Make, server: RawServer, name: str, stream: bool
) -> None:
    odd = ODD[name]
    server.on("POST", answer(odd.body, odd.kind, **{"x-request-id": "req_1"}))
    b = bench()
    ended = await b.run(at(server), stream=stream)
    assert type(ended) is odd.ending
    assert len(server.heard) == b.attempts == 1
    assert odd.words in ended.failure.message
    assert not set(ended.failure.message) & {"\x1b", "\x07", "\x9b"}
    assert ended.failure.advice
    assert ended.failure.unknown is (odd.ending is Unknown)
    assert b.kept["response"] == odd.body
    assert "What came is kept in" in ended.failure.advice or not odd.body
    assert b.files == []


async def test_money_is_money_also_in_a_success(bench: Make, server: RawServer) -> None:
    server.on("POST", answer(ODD["error about money"].body))
    assert (await bench().run(at(server))).failure.kind is Kind.QUOTA


# --- 200, and an image in an odd form ---

FORMS = {
    "with a mark before it": b"\xef\xbb\xbf" + BODY,
    "after blank lines": b"\n\n" + BODY + b"\n\n",
    "a list of images": json.dumps([{"b64_json": B64}]).encode(),
    "an image alone": json.dumps({"b64_json": B64}).encode(),
    "a data URL": json.dumps({"data": [{"url": f"data:image/png;base64,{B64}"}]}).encode(),
    "null beside it": json.dumps({"data": [None, {"b64_json": B64}, {}]}).encode(),
    "an error beside it": json.dumps({"data": [{"b64_json": B64}], "error": {"message": "odd"}}).encode(),
    "rubbish after it": BODY + b"\n<!-- served by a proxy -->",
    "without padding": json.dumps({"data": [{"b64_json": B64.rstrip("=")}]}).encode(),
    "in lines": json.dumps({"data": [{"b64_json": base64.encodebytes(PNG).decode()}]}).encode(),
    "escaped": BODY.replace(b"/", b"\\/"),
    "odd dates": json.dumps({"created": "yesterday", "data": [{"b64_json": B64}]}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
async def test_an_image_in_an_odd_form_is_saved(bench: Make, server: RawServer, name: str) -> None:
    server.on("POST", answer(FORMS[name]))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Done), ended
    assert [path.read_bytes() for path in b.files] == [PNG]
    assert len(server.heard) == 1
    assert b.kept == {}


@pytest.mark.parametrize("letters", [4, 8, 40])
async def test_base64_cut_at_a_multiple_of_four_is_saved_as_far_as_it_goes_and_said(
    bench: Make, server: RawServer, letters: int
) -> None:
    server.on("POST", answer(json.dumps({"data": [{"b64_json": B64[:-letters]}]}).encode()))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Done)
    assert ended.fewer == "image 1 ends early"
    assert [PNG.startswith(path.read_bytes()) for path in b.files] == [True]


# --- compressed, though it was asked not to be ---


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED = {
    "gzip": ("gzip", gzip.compress(BODY)),
    "x-gzip": ("x-gzip", gzip.compress(BODY)),
    "deflate": ("deflate", zlib.compress(BODY)),
    "bare deflate": ("deflate", bare(BODY)),
    "unsaid": ("", gzip.compress(BODY)),
}


@pytest.mark.parametrize("name", PACKED)
async def test_a_compressed_answer_is_spooled_as_it_came_and_read(bench: Make, server: RawServer, name: str) -> None:
    encoding, body = PACKED[name]
    server.on("POST", answer(body, **({"Content-Encoding": encoding} if encoding else {})))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Done)
    assert [path.read_bytes() for path in b.files] == [PNG]
    assert b"accept-encoding: identity" in server.heard[0].lower()


@pytest.mark.parametrize(("encoding", "body", "words"), [
    ("br", b"\x0b\x02\x80nonsense", "compressed as br"), ("zstd", b"\x28\xb5\x2f\xfd", "compressed as zstd"),
    ("gzip", b"no gzip at all", "compressed and broken"),
])  # fmt: skip
async def test_what_cannot_be_unpacked_is_kept_as_it_came(
    bench: Make, server: RawServer, encoding: str, body: bytes, words: str
) -> None:
    server.on("POST", answer(body, **{"Content-Encoding": encoding}))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Failed | Unknown)
    assert words in ended.failure.message
    assert b.kept["response"] == body
    assert len(server.heard) == 1


async def test_a_compressed_answer_that_is_cut_is_unknown_and_kept(bench: Make, server: RawServer) -> None:
    body = gzip.compress(BODY)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    server.on("POST", head + body[: len(body) // 2])
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Unknown)
    assert b.kept["response.part"] == body[: len(body) // 2]


async def test_a_compressed_refusal_is_read(bench: Make, server: RawServer) -> None:
    error = gzip.compress(b'{"error": {"message": "Not like this.", "code": "c"}}')
    server.on("POST", answer(error, status="400 X", **{"Content-Encoding": "gzip"}))
    ended = await bench().run(at(server))
    assert (ended.failure.code, ended.failure.message) == ("c", "Not like this.")


# --- event streams ---


def event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def partial(stage: int, index: int | None = None) -> bytes:
    place = {} if index is None else {"image_index": index}
    return event("image_generation.partial_image", partial_image_index=stage, b64_json=B64, **place)


DONE = event("image_generation.completed", b64_json=B64, created_at=1700000000)
ASKED = {"stream": True, "partial_images": 2}


@pytest.mark.parametrize("kind", [STREAM, "application/json", "text/plain"])
@pytest.mark.parametrize("asked", [{}, ASKED], ids=["plain asked", "stream asked"])
async def test_an_event_stream_is_read_whatever_was_asked_for_and_whatever_it_is_called(
    bench: Make, server: RawServer, kind: str, asked: dict[str, object]
) -> None:
    server.on("POST", answer(partial(0) + DONE, kind))
    b = bench()
    ended = await b.run(at(server), **asked)
    assert isinstance(ended, Done)
    assert [path.read_bytes() for path in b.files] == [PNG]
    assert len(server.heard) == 1
    assert len(b.of(Partial)) == int(bool(asked) or kind == STREAM)


@pytest.mark.parametrize("kind", [STREAM, "application/json"])
async def test_plain_json_is_read_where_a_stream_was_asked_for(bench: Make, server: RawServer, kind: str) -> None:
    server.on("POST", answer(BODY, kind))
    b = bench()
    assert isinstance(await b.run(at(server), **ASKED), Done)
    assert [path.read_bytes() for path in b.files] == [PNG]


STREAMS = {
    "twice": partial(0) + DONE + DONE,
    "each event twice": partial(0) * 2 + partial(1) * 2 + DONE * 2,
    "unknown events": event("ping") + event("image_generation.shiny", b64_json=B64) + DONE,
    "comments": b": keep-alive\n\n: keep-alive\n\n" + DONE,
    "with an end mark": DONE + b"data: [DONE]\n\n",
    "without its last blank line": DONE.rstrip(b"\n"),
    "of carriage returns": DONE.replace(b"\n", b"\r\n"),
    "without names": b"\n".join(line for line in DONE.split(b"\n") if not line.startswith(b"event")),
    "broken data before": b"data: {broken\n\n" + DONE,
    "an error after the image": DONE + event("error", error={"message": "too late"}),
    "as whole answers": b"data: " + BODY + b"\n\n",
}


@pytest.mark.parametrize("name", STREAMS)
async def test_an_odd_stream_gives_its_image_once(bench: Make, server: RawServer, name: str) -> None:
    server.on("POST", answer(STREAMS[name], STREAM))
    b = bench()
    ended = await b.run(at(server), **ASKED)
    assert isinstance(ended, Done)
    assert (ended.saved, ended.fewer) == (1, "")
    assert [path.read_bytes() for path in b.files] == [PNG]
    assert len(server.heard) == 1
    assert b.kept == {}


ERRORS = {
    "by its name": event("error", error={"message": "It broke.", "code": "server_error"}),
    "by its field": b'data: {"error": {"message": "It broke.", "code": "server_error"}}\n\n',
    "flat": event("error", message="It broke.", code="server_error"),
    "as text": b'event: error\ndata: {"error": "It broke."}\n\n',
}
ENDS = {"": "an event stream that ends without an image", **dict.fromkeys(ERRORS, "It broke.")}


@pytest.mark.parametrize("name", ENDS, ids=lambda name: name or "the end")
@pytest.mark.parametrize("stages", [0, 2])
async def test_a_stream_that_ends_without_its_image_is_unknown_and_its_partials_are_kept_and_told(
    bench: Make, server: RawServer, name: str, stages: int
) -> None:
    body = b": begins\n\n" + b"".join(partial(stage) for stage in range(stages)) + ERRORS.get(name, b"")
    server.on("POST", answer(body, STREAM, **{"x-request-id": "req_1"}))
    b = bench()
    ended = await b.run(at(server), **ASKED)
    assert isinstance(ended, Unknown)
    assert len(server.heard) == 1
    assert ENDS[name] in ended.failure.message
    assert ended.failure.request_id == "req_1"
    assert b.kept["response"] == body
    check_partials(b, ended, stages)


@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_a_stream_that_is_cut_is_unknown_and_its_partials_are_kept_and_told(
    bench: Make, server: RawServer, how: str
) -> None:
    stream = partial(0) + partial(1) + DONE[:60]

    def cut(connection: object) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
        connection.sendall(head + stream)  # type: ignore[attr-defined]  # a socket
        if how == "reset":
            server.go_on.wait(30)
            reset(connection)  # type: ignore[arg-type]  # a socket

    server.on("POST", cut)
    b = bench()
    job = b.submit(at(server), **ASKED)
    await b.until(Partial, lambda event: event.stage == 1)
    server.go_on.set()
    ended = await b.end(job)
    assert isinstance(ended, Unknown)
    assert len(server.heard) == 1
    assert b.kept["response.part"] == stream
    check_partials(b, ended, 2)


def check_partials(b: Bench, ended: Unknown, stages: int) -> None:
    told = b.of(Partial)
    assert [event.stage for event in told] == list(range(stages))
    assert all(event.path.read_bytes() == PNG for event in told), "kept in the spool"
    assert (f"the image as far as it had come, in {stages and told[-1].path.name}" in ended.failure.advice) is bool(
        stages
    )
    assert b.files == []


async def test_of_several_streamed_images_those_that_came_are_saved_and_the_rest_is_unknown(
    bench: Make, server: RawServer
) -> None:
    one = event("image_generation.completed", b64_json=B64, image_index=0)
    server.on("POST", answer(one + partial(0, 1), STREAM))
    b = bench()
    ended = await b.run(at(server), n=2, **ASKED)
    assert isinstance(ended, Unknown)
    assert "1 of 2 came" in ended.failure.message
    assert [path.read_bytes() for path in b.files] == [PNG]
