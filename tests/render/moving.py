"""Small animations written out by hand, block by block, so that each frame's rules are known."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image

RED, GREEN, BLUE, CLEAR = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)
NOTHING, BACKGROUND, PREVIOUS = "nothing", "background", "previous"


@dataclass(frozen=True)
class Step:
    """A rectangle of one colour, what is done with it afterwards, and for how many milliseconds it is shown."""

    colour: tuple[int, int, int, int]
    place: tuple[int, int]
    size: tuple[int, int]
    after: str = NOTHING
    delay: int = 70
    over: bool = True


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def gif(size: tuple[int, int], steps: list[Step], repeats: int | None = None) -> bytes:
    """Palette: red, green, blue and, as number 3, what is transparent."""
    out = b"GIF89a" + struct.pack("<HHBBB", *size, 0x81, 0, 0) + bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    if repeats is not None:
        out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", repeats) + b"\0"
    for step in steps:
        disposal = {NOTHING: 1, BACKGROUND: 2, PREVIOUS: 3}[step.after]
        out += b"\x21\xf9\x04" + struct.pack("<BHB", disposal << 2 | 1, step.delay // 10, 3) + b"\0"
        index = (RED, GREEN, BLUE, CLEAR).index(step.colour)
        out += b"\x2c" + struct.pack("<HHHHB", *step.place, *step.size, 0) + lzw(index, step.size[0] * step.size[1])
    return out + b";"


def lzw(index: int, count: int) -> bytes:
    """A frame of one colour: a clear code before every pixel keeps the codes at three bits."""
    bits, length = 0, 0
    for code in [value for _ in range(count) for value in (4, index)] + [5]:
        bits |= code << length
        length += 3
    packed = bits.to_bytes(-(-length // 8), "little")
    blocks = [packed[start : start + 255] for start in range(0, len(packed), 255)]
    return b"\x02" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def apng(size: tuple[int, int], steps: list[Step], plays: int = 0, still: bytes = b"", claimed: int = 0) -> bytes:
    """RGBA of 8 bits. With `still`, a picture of its own stands in front that is not part of the animation."""
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 6, 0, 0, 0))
    out += chunk(b"acTL", struct.pack(">II", claimed or len(steps), plays))
    out += chunk(b"IDAT", still) if still else b""
    number = 0
    for step in steps:
        after = {NOTHING: 0, BACKGROUND: 1, PREVIOUS: 2}[step.after]
        control = struct.pack(">IIIIIHHBB", number, *step.size, *step.place, step.delay, 1000, after, step.over)
        out += chunk(b"fcTL", control)
        number += 1
        pixels = packed(step.colour, step.size)
        if number == 1 and not still:
            out += chunk(b"IDAT", pixels)
        else:
            out += chunk(b"fdAT", struct.pack(">I", number) + pixels)
            number += 1
    return out + chunk(b"IEND", b"")


def packed(colour: tuple[int, ...], size: tuple[int, int]) -> bytes:
    """PNG's rows of one colour, compressed."""
    return zlib.compress((b"\0" + bytes(colour) * size[0]) * size[1])


def webp(size: tuple[int, int], steps: list[Step], plays: int = 0) -> bytes:
    """Lossless frames; only their colour and rules are ours, the pixels are encoded by Pillow. Places are even."""
    edges = [(edge - 1).to_bytes(3, "little") for edge in size]
    out = riff(b"VP8X", b"\x12\0\0\0" + b"".join(edges)) + riff(b"ANIM", b"\0\0\0\0" + struct.pack("<H", plays))
    for step in steps:
        file = io.BytesIO()
        Image.new("RGBA", step.size, step.colour).save(file, "WEBP", lossless=True, exact=True)
        head = b"".join(
            number.to_bytes(3, "little")
            for number in (step.place[0] // 2, step.place[1] // 2, step.size[0] - 1, step.size[1] - 1, step.delay)
        )
        flags = (step.after == BACKGROUND) | (not step.over) << 1
        out += riff(b"ANMF", head + bytes([flags]) + file.getvalue()[12:])
    return b"RIFF" + struct.pack("<I", len(out) + 4) + b"WEBP" + out


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
