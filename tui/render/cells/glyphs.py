"""The characters that cells are drawn with, as bitmaps: which part of the cell each of them inks.

A style's table is data: rows of (character, bitmap). A new style is a new entry of `_SETS` and of `geometry.PIXELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tui.render.geometry import PIXELS

Bitmap = npt.NDArray[np.bool_]
SPACE, FULL, UPPER_HALF = 0x20, 0x2588, 0x2580


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The ways to part a cell in two, without the way that leaves it whole.

    `masks`: ways x samples, 1 where a sample (row by row from the cell's upper left) belongs to the first part, in
    which the first sample never is. `inked` is the character that inks the first part, `inverse` the one that inks
    the second; 0 where there is no such character, and never both 0.
    """

    masks: npt.NDArray[np.float32]
    inked: npt.NDArray[np.uint32]
    inverse: npt.NDArray[np.uint32]


@cache
def glyphs(style: str) -> Glyphs:
    """The table of a style for samples of its `geometry.PIXELS`. KeyError: it is not one of two-coloured cells."""
    across, down = PIXELS[style]
    ways: dict[bytes, list[int]] = {}
    for make in _SETS[style]:
        for character, bitmap in make():
            mask = _sampled(bitmap, across, down)
            if mask is None or mask.all() or not mask.any():
                continue
            flipped = bool(mask.flat[0])
            pair = ways.setdefault((~mask if flipped else mask).tobytes(), [0, 0])
            # Where two characters look the same, the one that more fonts have comes first.
            pair[flipped] = pair[flipped] or character
    masks = np.array([np.frombuffer(way, np.bool_) for way in ways], np.float32)
    inked, inverse = np.array(list(ways.values()), np.uint32).T
    return Glyphs(masks, inked.copy(), inverse.copy())


def has_ways(style: str) -> bool:
    """Whether a style draws cells of two colours by a table of `glyphs`."""
    return style in _SETS


def _sampled(bitmap: Bitmap, across: int, down: int) -> Bitmap | None:
    """The bitmap on another grid, or None where an edge would run through a sample."""
    fine = np.kron(bitmap, np.ones((down, across), np.bool_)).astype(np.bool_)
    blocks = fine.reshape(down, bitmap.shape[0], across, bitmap.shape[1]).swapaxes(1, 2)
    inked: Bitmap = np.asarray(blocks.any(axis=(2, 3)))
    return inked if (inked == blocks.all(axis=(2, 3))).all() else None


def _of_bits(bits: int, across: int, down: int) -> Bitmap:
    """Bit n is the n-th place, row by row from the upper left."""
    places = [bool(bits >> place & 1) for place in range(across * down)]
    return np.array(places, np.bool_).reshape(down, across)


def _eighths() -> Iterator[tuple[int, Bitmap]]:
    """U+2580-2590, U+2594, U+2595: the lower and left eighths, both other halves, the upper and right eighth."""
    line = np.arange(8)
    for eighth in range(1, 8):
        yield 0x2580 + eighth, (line >= 8 - eighth)[:, None]
        yield 0x2590 - eighth, (line < eighth)[None]
    yield UPPER_HALF, (line < 4)[:, None]
    yield 0x2590, (line >= 4)[None]
    yield 0x2594, (line < 1)[:, None]
    yield 0x2595, (line >= 7)[None]


def _halves() -> Iterator[tuple[int, Bitmap]]:
    yield UPPER_HALF, np.array([[True], [False]])
    yield 0x2584, np.array([[False], [True]])


def _quadrants() -> Iterator[tuple[int, Bitmap]]:
    """U+2596-259F; the halves are among the eighths."""
    order = (4, 8, 1, 13, 9, 7, 11, 2, 6, 14)
    for place, bits in enumerate(order):
        yield 0x2596 + place, _of_bits(bits, 2, 2)


def _sextants() -> Iterator[tuple[int, Bitmap]]:
    """U+1FB00-1FB3B, in the order of their bits, without the halves, which are older characters."""
    older = {0b010101: 0x258C, 0b101010: 0x2590}
    following = iter(range(0x1FB00, 0x1FB3C))
    for bits in range(1, 63):
        yield older[bits] if bits in older else next(following), _of_bits(bits, 2, 3)


def _octants() -> Iterator[tuple[int, Bitmap]]:
    """Unicode 16's U+1CD00-1CDE5, in the order of their bits, without those that are other characters."""
    older = {
        0x01: 0x1CEA8,
        0x02: 0x1CEAB,
        0x40: 0x1CEA3,
        0x80: 0x1CEA0,
        0x14: 0x1FBE6,
        0x28: 0x1FBE7,
        0x03: 0x1FB82,
        0xC0: 0x2582,
        0x3F: 0x1FB85,
        0xFC: 0x2586,
    }
    halves = {0b0011: UPPER_HALF, 0b1100: 0x2584, 0b0101: 0x258C, 0b1010: 0x2590, 0b1111: FULL, 0b0000: SPACE}
    quadrants = halves | {sum(1 << n for n in range(4) if bitmap.flat[n]): point for point, bitmap in _quadrants()}
    for bits, point in quadrants.items():
        # A quadrant is two octants, one above the other.
        older[sum((5, 10, 80, 160)[n] for n in range(4) if bits >> n & 1)] = point
    following = iter(range(0x1CD00, 0x1CDE6))
    for bits in range(256):
        yield older[bits] if bits in older else next(following), _of_bits(bits, 2, 4)


_SETS: dict[str, tuple[Callable[[], Iterator[tuple[int, Bitmap]]], ...]] = {
    "blocks": (_eighths, _quadrants),
    "half": (_halves,),
    "sextant": (_sextants,),
    "octant": (_octants,),
    "blocks+octant": (_eighths, _quadrants, _octants),
}
