"""Base64 from an answer's file, piece by piece, as the servers write it."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pybase64

from tui.engine.skeleton import CHUNK, Span

_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SPACE = b" \t\r\n"
_WEB_SAFE = bytes.maketrans(b"-_", b"+/")
# A data URL's head: `data:image/svg+xml;charset=utf-8;base64,`.
_PREFIX = 256


class NotBase64Error(ValueError):
    """The text is something else."""


def image_bytes(source: Span | str, path: Path) -> Iterator[bytes]:
    """The bytes that a base64 text stands for, in pieces of at most 192 kB.

    Escaped slashes, white space, a data URL's head, the web-safe alphabet and missing padding are taken as they are
    meant; one letter left over at the end is dropped. Raises NotBase64Error at the first piece that is something else.
    """
    left = b""
    for piece in _without_head(_unescaped(_pieces(source, path))):
        if not left and len(piece) % 4 == 0 and (image := _plain(piece)) is not None:
            yield image
            continue
        text = left + piece.translate(None, _SPACE)
        whole = len(text) - len(text) % 4
        left = text[whole:]
        if whole:
            yield _decoded(text[:whole])
    if len(left) > 1:
        yield _decoded(left + b"=" * (-len(left) % 4))


def _pieces(source: Span | str, path: Path) -> Iterator[bytes]:
    if isinstance(source, str):
        yield source.encode("utf-8", "replace")
        return
    with path.open("rb", buffering=0) as file:
        file.seek(source.start)
        left = source.end - source.start
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def _unescaped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """JSON's escapes undone; one that is cut by the end of a piece waits for the next."""
    held = b""
    for piece in pieces:
        text, held = held + piece, b""
        if b"\\" in text:
            text = text.replace(b"\\/", b"/")
            cut = text.rfind(b"\\", -6)
            if cut >= 0 and not _ESCAPE.match(text, cut):
                text, held = text[:cut], text[cut:]
            text = _ESCAPE.sub(_escape, text)
        yield text
    if held:
        yield held


def _escape(match: re.Match[bytes]) -> bytes:
    try:
        return str(json.loads(b'"' + match[0] + b'"')).encode("utf-8", "replace")
    except ValueError:
        return match[0]


def _without_head(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"").lstrip(_SPACE)
    if first[:5].lower() == b"data:":
        first = first[first.find(b",", 0, _PREFIX) + 1 :]
    yield first
    yield from pieces


def _decoded(text: bytes) -> bytes:
    image = _plain(text)
    if image is None:
        image = _plain(text.translate(_WEB_SAFE))
    if image is None:
        raise NotBase64Error("the image is not base64")
    return image


def _plain(text: bytes) -> bytes | None:
    """What text of the usual alphabet, four letters at a time, stands for; None where it is something else."""
    try:
        return pybase64.b64decode(text, validate=True)
    except binascii.Error:
        return None
