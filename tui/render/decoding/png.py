"""PNG and APNG chunks (W3C PNG, third edition): a still without the rest, frames, and thumbnails written fast."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

from tui.render.decoding.frame import Clear, Film, Frame

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xaeB`\x82"
# What tells how pixels look. Text can be a bomb, and nothing here shows it.
_HEADER = (b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"eXIf")
_CLEARS: dict[int, Clear] = {1: "background", 2: "previous"}
_UP = 2


def still(data: bytes) -> bytes:
    """The file's own image with the chunks that matter to it, as they are: neither text nor the frames behind it.

    What comes after the pixels may be cut short.
    """
    whole = memoryview(data)
    kept = [whole[: len(SIGNATURE)]]
    pixels = complete = ended = dropped = False
    for position, kind, end in _chunks(data):
        pixels |= kind == b"IDAT"
        complete |= pixels and kind != b"IDAT"
        if kind in (b"IHDR", b"IDAT", b"IEND", *_HEADER) and (end <= len(data) or not complete):
            kept.append(whole[position:end])
            ended |= kind == b"IEND"
        else:
            dropped = True
    if complete and not ended:
        kept.append(memoryview(_END))
    return b"".join(kept) if dropped else data


def frame_count(data: bytes, limit: int) -> int:
    """How many frames an animation holds, counted up to `limit`; 0 for a still."""
    found = 0
    for _, kind, _ in _chunks(data):
        found += kind == b"fcTL"
        if kind == b"IEND" or found >= limit:
            break
    return found


def film(data: bytes) -> Film:
    """The APNG as an animation. Raises ValueError where it is none."""
    loops = None
    for position, kind, end in _chunks(data):
        if kind == b"acTL" and end - position == 20:
            loops = int.from_bytes(data[position + 12 : position + 16])
        elif kind == b"IDAT":
            break
    if loops is None or len(data) < 33 or not frame_count(data, 1):
        raise ValueError("no animation")
    return Film(struct.unpack(">II", data[16:24]), loops, _frames(data))


def _frames(data: bytes) -> Iterator[Frame]:
    """Each frame once all of its chunks have come; the first that is damaged is the end."""
    shared: list[bytes] = []
    pixels: list[bytes] = []
    control = b""
    for position, kind, end in _chunks(data):
        body = data[position + 8 : end - 4]
        if kind in (b"fcTL", b"IEND") and control and pixels:
            yield _frame(data, control, b"".join(shared), pixels)
            control, pixels = b"", []
        if kind == b"IEND":
            return
        if kind in (b"fcTL", b"fdAT") and zlib.crc32(kind + body) != int.from_bytes(data[end - 4 : end]):
            return
        if kind == b"fcTL":
            if len(body) != 26:
                return
            control = body
        elif kind == b"IDAT" and control:
            pixels.append(data[position:end])
        elif kind == b"fdAT":
            pixels.append(chunk(b"IDAT", body[4:]))
        elif kind in _HEADER:
            shared.append(data[position:end])


def _frame(data: bytes, control: bytes, shared: bytes, pixels: list[bytes]) -> Frame:
    width, height, left, top, delay, per_second, clear, over = struct.unpack(">IIIIHHBB", control[4:])
    header = chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29])
    return Frame(
        SIGNATURE + header + shared + b"".join(pixels) + _END,
        (left, top),
        delay=delay * 1000 // (per_second or 100),
        clear=_CLEARS.get(clear, "nothing"),
        over=over == 1,
    )


def encode(size: tuple[int, int], alpha: bool, pixels: bytes, above: bytes, texts: Mapping[str, str]) -> bytes:
    """A PNG of RGB or RGBA `pixels`; `above` holds, for each byte, the difference to the one a row higher.

    Run lengths instead of a search for repetitions: measured on photos of 512 x 512, it is written 7 times as fast as
    by Pillow, read 1.3 to 2 times as fast, and a few percent larger.
    """
    width, height = size
    stride = width * (4 if alpha else 3)
    rows = (above[start : start + stride] for start in range(stride, len(pixels), stride))
    filtered = b"".join([b"\0", pixels[:stride], *(bytes([_UP]) + row for row in rows)])
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)),
            *(chunk(b"tEXt", f"{name}\0{text}".encode("latin-1", "replace")) for name, text in texts.items()),
            chunk(b"IDAT", packer.compress(filtered) + packer.flush()),
            _END,
        ]
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Where each chunk begins, its kind, and where it ends; the last one may reach beyond the data."""
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        yield position, data[position + 4 : position + 8], end
        position = end
