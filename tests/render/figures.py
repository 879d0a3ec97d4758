"""What part of its cell a character inks, read from its name in the Unicode standard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# The octants that are no characters of their own block and that Python 3.11 does not know: names of Unicode 16.
_NEW_NAMES = {
    0x1CEA0: "RIGHT HALF LOWER ONE QUARTER BLOCK",
    0x1CEA3: "LEFT HALF LOWER ONE QUARTER BLOCK",
    0x1CEA8: "LEFT HALF UPPER ONE QUARTER BLOCK",
    0x1CEAB: "RIGHT HALF UPPER ONE QUARTER BLOCK",
    0x1FBE6: "MIDDLE LEFT ONE QUARTER BLOCK",
    0x1FBE7: "MIDDLE RIGHT ONE QUARTER BLOCK",
}
# Those of the block itself, U+1CD00-1CDE5: some of their names.
OCTANTS = {
    0x1CD00: "3",
    0x1CD02: "123",
    0x1CD03: "4",
    0x1CD06: "34",
    0x1CD09: "5",
    0x1CD0D: "135",
    0x1CDD8: "134678",
    0x1CDD9: "234678",
    0x1CDDB: "15678",
    0x1CDDD: "125678",
    0x1CDE1: "45678",
    0x1CDE3: "1245678",
    0x1CDE5: "2345678",
}
_COUNTS = {"ONE": 1, "THREE": 3, "FIVE": 5, "SEVEN": 7}
_PARTS = {"QUARTER": 4, "QUARTERS": 4, "EIGHTH": 8, "EIGHTHS": 8}
# Columns and lines of a cell: whole numbers for its halves, thirds, quarters and eighths.
FINE = 24
Places = frozenset[tuple[int, int]]
# Left, top, right, bottom.
Box = tuple[int, int, int, int]
_CELL: Box = (0, 0, FINE, FINE)


def inked(point: int) -> Places:
    """The places, column and line, that a character inks. ValueError where its name is no such figure."""
    name = _NEW_NAMES[point] if point in _NEW_NAMES else unicodedata.name(chr(point), "")
    if name in ("SPACE", "FULL BLOCK"):
        return _covered([_CELL] if name == "FULL BLOCK" else [])
    if name.startswith("BLOCK SEXTANT-"):
        return mosaic(name.removeprefix("BLOCK SEXTANT-"), 3)
    if name.startswith("QUADRANT "):
        corners = name.removeprefix("QUADRANT ").split(" AND ")
        return _covered(_side(across, 12, _side(down, 12, _CELL)) for down, across in map(str.split, corners))
    return _covered([_box(name)])


def mosaic(digits: str, lines: int) -> Places:
    """Of two columns of tiles, numbered from 1, row by row from the upper left, those with these numbers."""
    high = FINE // lines
    corners = [((int(digit) - 1) % 2 * 12, (int(digit) - 1) // 2 * high) for digit in digits]
    return _covered((x, y, x + 12, y + high) for x, y in corners)


def _covered(boxes: Iterable[Box]) -> Places:
    return frozenset((x, y) for left, top, right, low in boxes for x in range(left, right) for y in range(top, low))


def _box(name: str) -> Box:
    """Such as LEFT THREE EIGHTHS BLOCK, or LEFT HALF LOWER ONE QUARTER BLOCK."""
    if middle := re.fullmatch("MIDDLE (LEFT|RIGHT) ONE QUARTER BLOCK", name):
        return _side(middle[1], 12, (0, 6, FINE, 18))
    if not re.fullmatch(r"((UPPER|LOWER|LEFT|RIGHT) (HALF|\w+ (QUARTER|EIGHTH)S?) )+BLOCK", name):
        raise ValueError(f"no figure is known by this name: {name!r}")
    box = _CELL
    for side, half, count, part in re.findall(r"(UPPER|LOWER|LEFT|RIGHT) (?:(HALF)|(\w+) (\w+)) ", name):
        box = _side(side, 12 if half else FINE * _COUNTS[count] // _PARTS[part], box)
    return box


def _side(side: str, length: int, box: Box) -> Box:
    """What of a box is no further than this from a side of the cell."""
    left, top, right, low = box
    return {
        "LEFT": (left, top, length, low),
        "RIGHT": (FINE - length, top, right, low),
        "UPPER": (left, top, right, length),
        "LOWER": (left, FINE - length, right, low),
    }[side]
