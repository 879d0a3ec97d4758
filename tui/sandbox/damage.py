"""The faults that spoil an answer which is otherwise right: cut, padded, compressed, repeated."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.sandbox.answers import event
from tui.sandbox.api import error_body
from tui.sandbox.links import expired
from tui.sandbox.wire import Answer

if TYPE_CHECKING:
    from tui.sandbox.faults import Turn

MB = 1024 * 1024
BOMB = 300 * MB
HUGE = 65 * MB
DRIP = 0.2  # seconds between two bytes
LONG_AGO = "2020-01-01T00:00:00Z"


def whole(answer: Answer) -> bytes:
    """The body of an answer in one piece."""
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


def drip(turn: Turn) -> None:
    """White space before the JSON that never comes, as slow as a proxy that keeps a line awake."""
    turn.line.begin(Answer())
    while True:
        turn.line.chunk(b" ")
        turn.line.wait(DRIP)


def short_body(turn: Turn) -> None:
    answer = turn.answer()
    body = whole(answer)
    turn.line.head(answer, {"Content-Length": str(len(body))})
    turn.line.write(body[: len(body) // 2])
    turn.line.close()


def cut_chunks(turn: Turn) -> None:
    answer = turn.answer()
    body = whole(answer)
    turn.line.begin(answer)
    turn.line.chunk(body[: len(body) // 2])
    turn.line.close()


def broken_json(turn: Turn) -> None:
    body = whole(turn.answer(stream=False))
    turn.line.send(Answer(body=body[: len(body) * 2 // 3]))


def cut_base64(turn: Turn) -> None:
    _with_images(turn, lambda text: text[: len(text) // 8 * 4])


def not_an_image(turn: Turn) -> None:
    _with_images(turn, lambda _: base64.b64encode(b"This is not an image.\n" * 40).decode())


def _with_images(turn: Turn, change: Callable[[str], str]) -> None:
    said: dict[str, Any] = json.loads(whole(turn.answer(stream=False)))
    for entry in said["data"]:
        entry["b64_json"] = change(entry["b64_json"])
    turn.line.send(Answer(body=json.dumps(said).encode()))


def gzipped(turn: Turn) -> None:
    answer = turn.answer()
    packer = zlib.compressobj(1, wbits=31)
    body = packer.compress(whole(answer)) + packer.flush()
    turn.line.send(replace(answer, body=body, headers={"Content-Encoding": "gzip"}))


def gzip_bomb(turn: Turn) -> None:
    """An images response whose one image is 300 MB of base64, in about 1.3 MB."""
    packer = zlib.compressobj(1, wbits=31)
    piece = b"A" * MB
    parts = [packer.compress(b'{"created": 1, "data": [{"b64_json": "')]
    parts += [packer.compress(piece) for _ in range(BOMB // MB)]
    parts += [packer.compress(b'"}]}'), packer.flush()]
    turn.line.send(Answer(body=b"".join(parts), headers={"Content-Encoding": "gzip"}))


def _stream(turn: Turn, change: Callable[[Iterator[bytes]], Iterable[bytes]]) -> None:
    """Send the event stream with its events changed."""
    answer = turn.answer(stream=True)
    assert not isinstance(answer.body, bytes)
    turn.line.send(replace(answer, body=change(iter(answer.body))))


def _is_last(item: bytes) -> bool:
    return item.partition(b"\n")[0].endswith(b".completed")


def stream_cut(turn: Turn) -> None:
    _stream(turn, lambda items: (item for item in items if not _is_last(item)))


def stream_reset(turn: Turn) -> None:
    def change(items: Iterator[bytes]) -> Iterator[bytes]:
        for item in items:
            if _is_last(item):
                yield item[: len(item) // 2]
                # A reset overtakes what was just written; the pause lets the first half arrive.
                turn.line.wait(DRIP)
                turn.line.reset()
            yield item

    _stream(turn, change)


def stream_error(turn: Turn) -> None:
    def change(items: Iterator[bytes]) -> Iterator[bytes]:
        yield from (item for item in items if not _is_last(item))
        said = error_body("The image could not be completed.", "image_generation_server_error", None, "server_error")
        yield event("error", said)

    _stream(turn, change)


def stream_unknown(turn: Turn) -> None:
    def change(items: Iterator[bytes]) -> Iterator[bytes]:
        yield event("image_generation.thinking", {"note": "a kind of event that nobody has announced"})
        yield from items

    _stream(turn, change)


def stream_twice(turn: Turn) -> None:
    _stream(turn, lambda items: (item for each in items for item in ([each, each] if _is_last(each) else [each])))


def expired_link(now: float) -> Answer:
    return expired(LONG_AGO, LONG_AGO, now)


def link_reset(turn: Turn) -> None:
    answer = turn.answer()
    body = whole(answer)
    turn.line.head(answer, {"Content-Length": str(len(body))})
    turn.line.write(body[: len(body) // 2])
    turn.line.wait(DRIP)
    turn.line.reset()


def link_huge(turn: Turn) -> None:
    answer = replace(turn.answer(), body=b"")
    turn.line.head(answer, {"Content-Length": str(HUGE)})
    piece = b"\0" * MB
    for _ in range(HUGE // MB):
        turn.line.write(piece)


def link_redirect(turn: Turn) -> None:
    turn.line.send(Answer(302, b"", None, {"Location": "http://169.254.169.254/latest/meta-data/"}))
