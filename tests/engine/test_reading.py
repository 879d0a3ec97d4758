"""Answers read from their files: any form, any cut, in little memory."""

from __future__ import annotations

import base64
import json
import os
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.failures import Kind
from tui.engine import inflate, retry
from tui.engine.answer import Answer, Reader, read
from tui.engine.decode import NotBase64Error, image_bytes
from tui.engine.job import BrokenError
from tui.engine.save import place, store
from tui.engine.skeleton import Skeleton, Span

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=40)
    | st.just("x" * 20_000)
    | st.just('\\"' * 9_000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


def read_in(data: bytes, cuts: list[int], path: Path) -> Answer:
    path.write_bytes(data)
    reader = Reader()
    for piece in pieces(data, cuts):
        reader.feed(piece)
    return reader.finish(path)


def filled(value: object, data: bytes) -> object:
    """A skeleton's value with the long strings put back."""
    if isinstance(value, Span):
        return json.loads(b'"' + data[value.start : value.end] + b'"')
    if isinstance(value, dict):
        return {key: filled(entry, data) for key, entry in value.items()}
    return [filled(entry, data) for entry in value] if isinstance(value, list) else value


@given(JSON, st.lists(st.integers(0, 100_000), max_size=6), st.booleans())
def test_a_skeleton_is_the_same_json_however_it_is_cut(value: object, cuts: list[int], ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    skeleton, offset = Skeleton(), 0
    for piece in pieces(data, cuts):
        skeleton.feed(piece, offset)
        offset += len(piece)
    assert filled(skeleton.value(), data) == value
    assert not skeleton.cut


@given(st.binary(min_size=1, max_size=70_000), st.sampled_from(["plain", "slashes", "lines", "web", "bare", "data"]))
def test_base64_is_read_as_it_is_meant(image: bytes, how: str) -> None:
    text = base64.b64encode(image).decode()
    written = {
        "plain": text,
        "slashes": text.replace("/", "\\/").replace("+", "\\u002b"),
        "lines": "\\r\\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
        "web": text.replace("+", "-").replace("/", "_"),
        "bare": text.rstrip("="),
        "data": f"data:image/png;base64,{text}",
    }[how]
    path = Path(os.environ["HOME"]) / "answer"
    path.write_text(f'{{"b64_json": "{written}"}}')
    start = len('{"b64_json": "')
    assert b"".join(image_bytes(Span(start, start + len(written)), path)) == image


@pytest.mark.parametrize("text", ["<html>", "a=b=", "über", "AAAA*AAA"])
def test_what_is_no_base64_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(NotBase64Error):
        list(image_bytes(text, tmp_path))


@given(st.lists(st.integers(0, 100_000), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_an_event_stream_is_the_same_however_it_is_cut(cuts: list[int], end: str, last_blank: bool) -> None:
    long = base64.b64encode(b"image" * 5000).decode()
    lines = [
        ": a comment", "", "event: image_generation.partial_image",
        'data: {"type": "image_generation.partial_image", "partial_image_index": 1, "b64_json": "cGFydA=="}', "",
        "id: 7", "data: [DONE]", "", "data: {", f'data:"type": "image_generation.completed", "b64_json": "{long}",',
        'data: "created_at": 1700000000, "usage": {"total_tokens": 5}}', *([""] if last_blank else []),
    ]  # fmt: skip
    data = end.join([*lines, ""]).encode()
    path = Path(os.environ["HOME"]) / "stream"
    path.write_bytes(data)
    reader = Reader()
    partials = [part for piece in pieces(data, cuts) for part in reader.feed(piece)]
    answer = reader.finish(path)
    assert [(part.index, part.stage, part.source) for part in partials] == [(0, 1, "cGFydA==")]
    assert (answer.created, answer.usage, answer.complete) == (1700000000, {"total_tokens": 5}, True)
    source = answer.items[0].source
    assert source is not None
    assert b"".join(image_bytes(source, path)) == b"image" * 5000


@given(st.binary(max_size=3000))
def test_no_bytes_at_all_bring_the_reader_down(data: bytes) -> None:
    path = Path(os.environ["HOME"]) / "bytes"
    for start in (b"", b'{"data": [', b"data: ", b"event: x\n"):
        path.write_bytes(start + data)
        assert isinstance(read(path).form, str)


@pytest.mark.parametrize(("body", "form"), [
    (b"", "nothing"), (b" \n", "nothing"), (b"<!doctype html><TITLE>Sign in</TITLE>", "a web page (Sign in)"),
    (b"null", "text (null)"), (b"{}", "JSON without an image"), (b'{"data": null}', "JSON without an image"),
    (b'{"data": [{}]}', "JSON without an image"), (b'{"data": [{"b64_json": "AAAA', "JSON that is cut off"),
    (b'{"data": [1,}', "broken JSON"), (b"Service down", "text (Service down)"), (b"[" * 5000, "broken JSON"),
    (b'{"a": [' + b"1," * 1_000_000 + b"1]}", "broken JSON"),
    (b"event: ping\ndata: {}\n\n", "an event stream that ends without an image"),
], ids=range(13))  # fmt: skip
def test_the_form_of_a_body_is_told_in_words(body: bytes, form: str, tmp_path: Path) -> None:
    answer = read_in(body, [], tmp_path / "body")
    assert answer.items == ()
    assert answer.form == form


def test_streamed_images_are_counted_once_by_index_or_by_their_bytes(tmp_path: Path) -> None:
    def event(text: str, **more: object) -> bytes:
        b64 = base64.b64encode(text.encode() * 9000).decode()
        value = {"type": "image_generation.completed", "b64_json": b64, **more}
        return f"event: image_generation.completed\ndata: {json.dumps(value)}\n\n".encode()

    body = event("b", index=1) + event("a", index=0) + event("a", index=0)
    assert len(read_in(body, [], tmp_path / "a").items) == 2
    first = read_in(body, [], tmp_path / "a").items[0].source
    assert first is not None
    assert next(image_bytes(first, tmp_path / "a"))[:1] == b"a"
    assert len(read_in(event("a") + event("b") + event("a"), [], tmp_path / "b").items) == 2


def test_a_large_answer_takes_little_memory(tmp_path: Path) -> None:
    body, image = tmp_path / "response", tmp_path / "image"
    piece = base64.b64encode(os.urandom(3 << 18))
    with body.open("wb") as file:
        file.write(b'{"created": 1700000000, "data": [{"b64_json": "')
        for _ in range(40):
            file.write(piece)
        file.write(b'"}]}')
    tracemalloc.start()
    try:
        answer = read(body)
        assert answer.items[0].source is not None
        stored = store(image_bytes(answer.items[0].source, body), image)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert stored.bytes == 40 * (3 << 18)
    assert peak < 4_000_000, "the body is 42 MB"


def test_a_body_that_unpacks_beyond_all_measure_is_refused_and_kept(tmp_path: Path) -> None:
    import gzip

    body = tmp_path / "response"
    body.write_bytes(gzip.compress(b"\0" * 40_000_000))
    with pytest.raises(BrokenError, match="compressed"):
        inflate.plain(body, "gzip")
    assert body.exists()
    assert (tmp_path / "plain").stat().st_size < 20_000_000


@pytest.mark.parametrize(
    ("encoding", "body"), [("br", b"x"), ("gzip", b"no gzip at all"), ("deflate", b"\xff\xff\xff")]
)
def test_a_compression_that_cannot_be_read_is_said(tmp_path: Path, encoding: str, body: bytes) -> None:
    (tmp_path / "response").write_bytes(body)
    with pytest.raises(BrokenError) as caught:
        inflate.plain(tmp_path / "response", encoding)
    assert caught.value.failure.kind is Kind.UNEXPECTED


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5), ({"retry-after": "2"}, 2), ({"retry-after": "0.5"}, 0.5),
    ({"retry-after": "Sun, 22 Nov 2026 00:01:00 GMT"}, 60), ({"retry-after": "Sun, 22 Nov 2020 00:00:00 GMT"}, 0),
    ({"retry-after": "soon"}, None), ({"retry-after": "-5"}, None), ({"retry-after": "nan"}, None),
    ({"retry-after-ms": "inf"}, None), ({}, None),
])  # fmt: skip
def test_the_time_that_a_server_names(headers: dict[str, str], seconds: float | None) -> None:
    assert retry.retry_after(headers, now=1795305600.0) == seconds


def test_without_a_time_the_pauses_grow_and_stay_bounded() -> None:
    failure = retry.refusal(503, {}, b"")
    pauses = [retry.pause(failure, failed, 0.5) for failed in range(1, 9)]
    for failed, seconds in enumerate(pauses, 1):
        assert 0.75 * min(0.5 * 2 ** (failed - 1), 8) <= seconds <= min(0.5 * 2 ** (failed - 1), 8)


def test_an_image_takes_the_next_free_name_and_its_own_again(tmp_path: Path) -> None:
    folder = tmp_path / "day"
    first, second = (store([text], tmp_path / text.decode()) for text in (b"one", b"two"))
    names = ["a.png", "a-2.png", "a-3.png"]
    assert place(first.path, folder, iter(names)).name == "a.png"
    assert place(second.path, folder, iter(names)).name == "a-2.png"
    assert place(first.path, folder, iter(names)).name == "a.png", "it was there already"
    assert (folder / "a.png").read_bytes() == b"one"
    assert sorted(path.name for path in folder.iterdir()) == ["a-2.png", "a.png"]
