"""What each character covers of its cell, as ideal geometry and not as any one font draws it.

Block elements, sextants (Unicode 13), octants (Unicode 16) and box drawing are exact figures. Letters and signs, which
only ASCII art uses, are drawn with Pillow's own font.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

# Pixels of a cell.
ACROSS, DOWN = 8, 16
Mask = npt.NDArray[np.float32]

# Octants that are no characters of their own block, because another one holds them: pattern in decimal, code point in
# hexadecimal. Bit 0 is the upper left eighth, bit 1 the one beside it, and so on down.
_ELSEWHERE = (
    "0:20 1:1CEA8 2:1CEAB 3:1FB82 5:2598 10:259D 15:2580 20:1FBE6 40:1FBE7 63:1FB85 64:1CEA3 80:2596 85:258C 90:259E "
    "95:259B 128:1CEA0 160:2597 165:259A 170:2590 175:259C 192:2582 240:2584 245:2599 250:259F 252:2586 255:2588"
)
_OCTANTS_ELSEWHERE = {int(each.split(":")[0]): int(each.split(":")[1], 16) for each in _ELSEWHERE.split()}
OCTANTS = {
    **{
        0x1CD00 + number: pattern
        for number, pattern in enumerate(each for each in range(256) if each not in _OCTANTS_ELSEWHERE)
    },
    **{point: pattern for pattern, point in _OCTANTS_ELSEWHERE.items()},
}
# Nothing, the left half, the right half and everything are elsewhere.
SEXTANTS = {
    0x1FB00 + number: pattern
    for number, pattern in enumerate(each for each in range(64) if each not in (0, 21, 42, 63))
}
# Left, top, right and bottom edge in eighths of the cell.
_BOXES = {
    **{0x2581 + number: (0, 7 - number, 8, 8) for number in range(8)},
    **{0x2589 + number: (0, 0, 7 - number, 8) for number in range(7)},
    0x2580: (0, 0, 8, 4),
    0x2590: (4, 0, 8, 8),
    0x2594: (0, 0, 8, 1),
    0x2595: (7, 0, 8, 8),
    **{0x1FB70 + number: (1 + number, 0, 2 + number, 8) for number in range(6)},
    **{0x1FB76 + number: (0, 1 + number, 8, 2 + number) for number in range(6)},
    **{0x1FB82 + number: (0, 0, 8, eighths) for number, eighths in enumerate((2, 3, 5, 6, 7))},
    **{0x1FB87 + number: (8 - eighths, 0, 8, 8) for number, eighths in enumerate((2, 3, 5, 6, 7))},
}
_SHADES = {0x2591: 0.25, 0x2592: 0.5, 0x2593: 0.75}
# In pixels. Fonts differ; at these widths the pictures of chafa, which draws with lines too, come out best (by .002).
_WIDTHS = {"LIGHT": 1.5, "SINGLE": 1.5, "HEAVY": 3.0, "DOUBLE": 4.5}
_DASHES = {"DOUBLE DASH": 2, "TRIPLE DASH": 3, "QUADRUPLE DASH": 4}


@cache
def mask(point: int) -> Mask:
    """The part of each pixel of its cell that a character covers, DOWN x ACROSS, 0 to 1."""
    if point in _BOXES:
        left, top, right, bottom = _BOXES[point]
        return _box(left / 8, top / 8, right / 8, bottom / 8)
    if point in OCTANTS:
        return _mosaic(OCTANTS[point], 4)
    if point in SEXTANTS:
        return _mosaic(SEXTANTS[point], 3)
    if point in _SHADES:
        return np.full((DOWN, ACROSS), _SHADES[point], np.float32)
    if 0x2500 <= point < 0x2580:
        return _lines(unicodedata.name(chr(point)).removeprefix("BOX DRAWINGS "))
    if 0x21 <= point < 0x7F:
        return _letter(chr(point))
    raise ValueError(f"no geometry is known for U+{point:04X}")


def _box(left: float, top: float, right: float, bottom: float) -> Mask:
    """A rectangle whose edges are given as parts of the cell; pixels on an edge are covered in part."""
    down, across = _span(top * DOWN, bottom * DOWN, DOWN), _span(left * ACROSS, right * ACROSS, ACROSS)
    return np.outer(down, across).astype(np.float32)


def _span(start: float, end: float, pixels: int) -> Mask:
    edges = np.arange(pixels, dtype=np.float32)
    covered: Mask = np.clip(end - edges, 0, 1) - np.clip(start - edges, 0, 1)
    return covered


def _mosaic(pattern: int, lines: int) -> Mask:
    """Two columns of `lines` tiles, of which those are covered whose bit is set."""
    covered = np.zeros((DOWN, ACROSS), np.float32)
    for bit in range(2 * lines):
        if pattern >> bit & 1:
            y, x = divmod(bit, 2)
            covered += _box(x / 2, y / lines, (x + 1) / 2, (y + 1) / lines)
    return covered


def _lines(name: str) -> Mask:
    """Box drawing, from what Unicode calls it: LIGHT DOWN AND RIGHT, DOWN HEAVY AND RIGHT UP LIGHT, …"""
    if "DIAGONAL" in name:
        down = _diagonal()
        up = down[:, ::-1]
        return np.maximum(down, up) if "CROSS" in name else up if "UPPER RIGHT" in name else down
    dashes = next((count for words, count in _DASHES.items() if words in name), 0)
    for dash in (*_DASHES, "ARC"):
        name = name.replace(dash, "")
    covered = np.zeros((DOWN, ACROSS), np.float32)
    weight = ""
    for group in name.split(" AND "):
        words = group.split()
        weight = next((word for word in words if word in _WIDTHS), weight)
        for word in words:
            covered = np.maximum(covered, _arm(word, weight))
    if dashes:
        # Two thirds of each stretch are ink.
        along = [(number + 1 / 6, number + 5 / 6) for number in range(dashes)]
        pixels = ACROSS if "HORIZONTAL" in name else DOWN
        ink = sum((_span(start * pixels / dashes, end * pixels / dashes, pixels) for start, end in along), 0.0)
        covered = covered * (ink if "HORIZONTAL" in name else np.reshape(ink, (-1, 1)))
    return covered.astype(np.float32)


def _arm(direction: str, weight: str) -> Mask:
    """A line from the middle of the cell to an edge, or across it; a double one has a gap along its middle."""
    thick = _WIDTHS[weight]
    x, y = thick / 2 / ACROSS, thick / 2 / DOWN
    arms = {
        "UP": (0.5 - x, 0.0, 0.5 + x, 0.5 + y),
        "DOWN": (0.5 - x, 0.5 - y, 0.5 + x, 1.0),
        "LEFT": (0.0, 0.5 - y, 0.5 + x, 0.5 + y),
        "RIGHT": (0.5 - x, 0.5 - y, 1.0, 0.5 + y),
        "VERTICAL": (0.5 - x, 0.0, 0.5 + x, 1.0),
        "HORIZONTAL": (0.0, 0.5 - y, 1.0, 0.5 + y),
    }
    if direction not in arms:
        return np.zeros((DOWN, ACROSS), np.float32)
    covered = _box(*arms[direction])
    return covered - _arm(direction, "LIGHT") if weight == "DOUBLE" else covered


def _diagonal() -> Mask:
    """From the upper left corner to the lower right one, as thick as a light line."""
    fine = 8
    y, x = np.mgrid[0 : DOWN * fine, 0 : ACROSS * fine]
    slope = DOWN / ACROSS
    away = np.abs((y + 0.5) / fine - slope * (x + 0.5) / fine) / np.hypot(slope, 1)
    ink = (away <= 0.5).astype(np.float32)
    covered: Mask = ink.reshape(DOWN, fine, ACROSS, fine).mean(axis=(1, 3))
    return covered


def _letter(character: str) -> Mask:
    image = Image.new("L", (ACROSS, DOWN))
    # A size at which the widest signs about fill the cell.
    font = ImageFont.load_default(11)
    ImageDraw.Draw(image).text((ACROSS / 2, DOWN * 0.75), character, 255, font, anchor="ms")
    return (np.asarray(image, np.float32) / 255).astype(np.float32)
