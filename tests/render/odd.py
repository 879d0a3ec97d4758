"""Files that do harm, or try to: each made in a few lines, with what is said of it."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from tests.render.moving import chunk


@cache
def bomb() -> bytes:
    """200 MB in 200 kB."""
    return zlib.compress(bytes(200 << 20))


def png(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            *extra,
            chunk(b"IDAT", pixels or zlib.compress(b"\0" * ((width * 3 + 1) * height))),
            chunk(b"IEND", b""),
        ]
    )


def encoded(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(file, kind, **options)
    return file.getvalue()


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    whole = encoded("JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * count + b"\xff\xd9"


def webp_of(width: int, height: int) -> bytes:
    """A lossless WebP that is true to its word, but for its pixels."""
    pixels = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(40)
    return b"RIFF" + struct.pack("<I", len(pixels) + 12) + b"WEBPVP8L" + struct.pack("<I", len(pixels)) + pixels


def larger_within() -> bytes:
    """A WebP whose header says 8 x 8 and whose pixels are 16,383 a side."""
    inner = webp_of(16_383, 16_383)[12:]
    header = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\7\0\0" * 2
    return b"RIFF" + struct.pack("<I", len(header + inner) + 4) + b"WEBP" + header + inner


def growing(levels: int) -> bytes:
    """Every group draws the one before it ten times."""
    uses = [f"<use href='#g{level}'/>" * 10 for level in range(levels)]
    groups = "".join(f"<g id='g{level}'>{use}</g>" for level, use in enumerate(uses, 1))
    return f"<svg xmlns='http://www.w3.org/2000/svg'><rect id='g0' width='9' height='9'/>{groups}</svg>".encode()


# What it is: how to make it, and what its refusal says; a picture is as well where that may be empty.
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"hello, this is no image", "not an image"),
    "html": (lambda: b"<!doctype html><html><svg></svg></html>", "not an image|SVG"),
    "executable": (lambda: b"\x7fELF" + bytes(200), "not an image"),
    "signature only": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "PNG cut short": (lambda: encoded("PNG")[:900], "damaged"),
    "JPEG cut short": (lambda: encoded("JPEG")[:900], "damaged"),
    "WebP cut short": (lambda: encoded("WEBP")[:300], "damaged|decoded"),
    "PNG whose pixels have a wrong checksum": (lambda: png(8, 8)[:-16] + bytes(4) + png(8, 8)[-12:], "damaged"),
    "PNG with a broken checksum": (lambda: encoded("PNG")[:-20] + b"\0" * 20, "damaged"),
    "PNG of 131 megapixels": (lambda: png(11_450, 11_450, pixels=b"x"), "131 megapixels: more than the 40"),
    "PNG of one long line": (lambda: png(20_000, 2, pixels=b"x"), "20,000 pixels a side"),
    "PNG of 2,147,483,647 a side": (lambda: png(2**31 - 1, 2**31 - 1, pixels=b"x"), "megapixels"),
    "PNG without pixels": (lambda: png(100, 100, pixels=zlib.compress(b"")), "damaged"),
    "PNG of no size": (lambda: png(0, 0), "damaged|decoded"),
    "PNG with a bomb in its text": (lambda: png(8, 8, chunk(b"zTXt", b"a\0\0" + bomb())), "^$"),
    "PNG with a bomb in its other text": (lambda: png(8, 8, chunk(b"iTXt", b"a\0\1\0\0\0" + bomb())), "^$"),
    "PNG with a bomb in its profile": (lambda: png(8, 8, chunk(b"iCCP", b"a\0\0" + bomb())), "decoded|damaged"),
    "PNG with a bomb behind its pixels": (lambda: png(8, 8, pixels=bomb()), "^$"),
    "PNG of a thousand texts": (lambda: png(8, 8, *[chunk(b"tEXt", b"a\0" + bytes(99_999))] * 1000), "^$"),
    "PNG with a text that is damaged": (lambda: png(8, 8, chunk(b"tEXt", b"a\0b")[:-4] + b"\0\0\0\0"), "^$"),
    "PNG whose chunk is longer than it": (lambda: png(8, 8, b"\xff\xff\xff\xfftEXt"), "damaged"),
    "WebP of 131 megapixels": (lambda: webp_of(11_450, 11_450), "131 megapixels"),
    "WebP of 16,383 a side": (lambda: webp_of(16_383, 16_383), "268 megapixels"),
    "WebP that is larger within than without": (larger_within, "damaged|megapixels|decoded"),
    "forged APNG": (lambda: png(8, 8, chunk(b"acTL", struct.pack(">II", 2**31, 0))), "^$"),
    "GIF without a picture": (lambda: b"GIF89a" + struct.pack("<HH", 8, 8) + b"\0\0\0;", "damaged"),
    "GIF of blocks without end": (lambda: b"GIF89a\x08\0\x08\0\0\0\0" + b"!\xfe\1a\0" * 400_000, "damaged"),
    "GIF of 65,535 a side": (lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0;", "megapixels"),
    "JPEG of 2,010 scans": (lambda: many_scans(2000), "2,0.. scans: more than the 200"),
    "SVG that never ends": (lambda: b"<svg", "drawn"),
    "SVG of no size": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>", "drawn"),
    "SVG with a file": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd' width='9' height='9'/></svg>",
        "other files",
    ),
    "SVG with entities": (
        lambda: (
            b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>"
        ),
        "DOCTYPE",
    ),
    "SVG that grows": (lambda: growing(12), "drawn"),
    "SVG that is its own part": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><g id='a'><use href='#a'/></g></svg>",
        "drawn|^$",
    ),
    "SVG with a pattern of itself": (
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><pattern id='a' width='1' height='1'>"
            b"<rect width='9' height='9' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/></svg>"
        ),
        "drawn|^$",
    ),
    "SVG with a huge filter": (
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
            b"<filter id='f' x='-1e9' y='-1e9' width='2e9' height='2e9'><feGaussianBlur stdDeviation='1e9'/></filter>"
            b"<rect width='9' height='9' filter='url(#f)'/></svg>"
        ),
        "drawn|crashed|^$",
    ),
    "SVG with a bomb in it": (
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image width='9' height='9' "
            b"href='data:image/png;base64," + base64.b64encode(png(30_000, 30_000, pixels=b"x")) + b"'/></svg>"
        ),
        "drawn|crashed|^$",
    ),
    "SVG as large as the sea": (
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg' width='1e30' height='1e30'><rect width='9' height='9'/></svg>"
        ),
        "drawn|^$",
    ),
    "SVG in depth": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 200_000, "drawn|crashed"),
    "TIFF, which is not on the list": (lambda: encoded("TIFF"), "not an image"),
    "BMP, which is not on the list": (lambda: encoded("BMP"), "not an image"),
}


# Noise upon noise: minutes of work in a few bytes.
FOR_EVER = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'><filter id='f'>"
    + b"<feTurbulence baseFrequency='0.01' numOctaves='200'/>" * 40
    + b"</filter><rect filter='url(#f)' width='500' height='500'/></svg>"
)
