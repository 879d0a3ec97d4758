"""A GIF's blocks (GIF89a, W3C): its frames, each as a small file of its own. Nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tui.render.decoding.frame import Clear, Film, Frame

_CLEARS: dict[int, Clear] = {2: "background", 3: "previous"}
_TRAILER = b";"


def film(data: bytes) -> Film:
    """The GIF as an animation. Raises ValueError where its header is cut short."""
    if len(data) < 13:
        raise ValueError("the header is cut short")
    return Film(struct.unpack("<HH", data[6:10]), _loops(data), frames(data))


def frames(data: bytes) -> Iterator[Frame]:
    """Every image block with what the block in front of it says: delay, disposal and transparent colour."""
    table_end = 13 + _table(data[10]) if len(data) >= 13 else len(data)
    shared = data[13:table_end]
    control = b""
    for position, end in blocks(data):
        if data[position] == 0x21 and data[position + 1 : position + 3] == b"\xf9\x04":
            control = data[position : position + 8]
        elif data[position] == 0x2C:
            left, top, width, height, flags = struct.unpack("<HHHHB", data[position + 1 : position + 10])
            pixels = position + 10 + _table(flags)
            table = data[position + 10 : pixels] or shared
            yield Frame(
                _still(width, height, flags, table, control, data[pixels:end]),
                (left, top),
                delay=int.from_bytes(control[4:6], "little") * 10,
                clear=_CLEARS.get(control[3] >> 2 & 7, "nothing") if control else "nothing",
                over=True,
            )
            control = b""


def blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each image and extension block begins and ends, up to the trailer or the first that is neither."""
    if len(data) < 13:
        return
    position = 13 + _table(data[10])
    while position < len(data):
        if data[position] == 0x21:
            end = _after(data, position + 2)
        elif data[position] == 0x2C and position + 9 < len(data):
            end = _after(data, position + 11 + _table(data[position + 9]))
        else:
            return
        yield position, end
        position = end


def _still(width: int, height: int, flags: int, table: bytes, control: bytes, pixels: bytes) -> bytes:
    """One frame as a file: as large as the frame, its colour table as the only one."""
    size = 0x80 | ((len(table) // 3).bit_length() - 2) if table else 0
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, size, 0, 0) + table
    # Only the transparent colour matters to a frame that stands alone.
    clear = b"\x21\xf9\x04\x01\0\0" + control[6:7] + b"\0" if control and control[3] & 1 else b""
    return head + clear + b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, flags & 0x40) + pixels + _TRAILER


def _loops(data: bytes) -> int:
    """How often it is played. The block says how often it is repeated, as browsers read it; without one, once."""
    for position, _ in blocks(data):
        if data[position] == 0x2C:
            break
        if data[position + 1 : position + 14] in (b"\xff\x0bNETSCAPE2.0", b"\xff\x0bANIMEXTS1.0"):
            block = data[position + 14 : position + 18]
            if len(block) == 4 and block[:2] == b"\x03\x01":
                repeats = int.from_bytes(block[2:], "little")
                return repeats + 1 if repeats else 0
    return 1


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1
