"""A WebP's chunks (RFC 9649): its frames, each as a small file of its own. Nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tui.render.decoding.frame import Film, Frame

_HEAD = 12
_PROFILE, _ALPHA, _EXIF = 0x20, 0x10, 0x08


def frame_count(data: bytes, limit: int) -> int:
    """How many frames an animation holds, counted up to `limit`; 0 for a still."""
    found = 0
    for kind, _, _ in _chunks(data, _HEAD, len(data)):
        found += kind == b"ANMF"
        if found >= limit:
            break
    return found


def film(data: bytes) -> Film:
    """The WebP as an animation. Raises ValueError where it is none."""
    size, loops, profile, exif = (0, 0), None, b"", b""
    for kind, start, end in _chunks(data, _HEAD, len(data)):
        if kind == b"VP8X" and end - start >= 10:
            size = (_number(data, start + 4) + 1, _number(data, start + 7) + 1)
        elif kind == b"ANIM" and end - start >= 6:
            loops = int.from_bytes(data[start + 4 : start + 6], "little")
        elif kind == b"ICCP":
            profile = data[start:end]
        elif kind == b"EXIF":
            exif = data[start:end]
    if loops is None or not all(size) or not frame_count(data, 1):
        raise ValueError("no animation")
    return Film(size, loops, _frames(data, profile, exif))


def _frames(data: bytes, profile: bytes, exif: bytes) -> Iterator[Frame]:
    for kind, start, end in _chunks(data, _HEAD, len(data)):
        if kind != b"ANMF":
            continue
        if end - start < 16 or end > len(data):
            return
        left, top = _number(data, start) * 2, _number(data, start + 3) * 2
        size = (_number(data, start + 6) + 1, _number(data, start + 9) + 1)
        flags = data[start + 15]
        inner = {name: data[first:last] for name, first, last in _chunks(data, start + 16, end)}
        yield Frame(
            _still(size, inner, profile, exif),
            (left, top),
            delay=_number(data, start + 12),
            clear="background" if flags & 1 else "nothing",
            over=not flags & 2,
        )


def _still(size: tuple[int, int], inner: dict[bytes, bytes], profile: bytes, exif: bytes) -> bytes:
    """One frame as a file, with the profile and the orientation of the whole."""
    pixels = next((name for name in (b"VP8L", b"VP8 ") if name in inner), b"VP8 ")
    alpha = inner.get(b"ALPH", b"") if pixels == b"VP8 " else b""
    has_alpha = alpha or (pixels == b"VP8L" and len(inner[pixels]) > 4 and inner[pixels][4] & 0x10)
    flags = (_PROFILE if profile else 0) | (_ALPHA if has_alpha else 0) | (_EXIF if exif else 0)
    edges = (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
    parts = [
        (b"VP8X", bytes([flags, 0, 0, 0]) + edges),
        (b"ICCP", profile),
        (b"ALPH", alpha),
        (pixels, inner.get(pixels, b"")),
        (b"EXIF", exif),
    ]
    body = b"".join(_chunk(kind, part) for kind, part in parts if part)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _chunks(data: bytes, position: int, limit: int) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's kind, and where its content begins and ends; the last one may reach beyond the limit."""
    while position + 8 <= limit:
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], position + 8, position + 8 + length
        position += 8 + length + length % 2


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 3], "little")
