"""Cells in few colours without bands: what a cell's colours are off by is made up for by the cells after it.

Floyd and Steinberg's error diffusion, for cells of two colours: first from a cell's ink to its ground, then on to
four neighbours. A cell waits for the one before it and three above it, so those of a slanted line go at once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from tui.render.cells.palette import BASIC, INDEXED, Codes, nearest_16, nearest_256, table

Floats = npt.NDArray[np.float32]
# Colours are looked up in steps of eight, which begin where no two colours of a palette share one; half a range beyond
# black and white too: with what is to be made up for clipped away, the wrong ones would come for ever.
_STEP, _BITS, _BELOW = 8, 6, 127
# How much of the ink's error the ground of the same cell takes; the rest goes to other cells.
_WITHIN = 0.5
# No more than this is made up for: what is looked up reaches no further.
_MOST = 128.0


def dithered(fore: Floats, back: Floats, cover: Floats, depth: str) -> tuple[Codes, Codes]:
    """The codes, rows x columns, for ink and ground (rows x columns x 3, 0 to 255) of which `cover` is ink, 0 to 1.

    The depth is 256 or 16.
    """
    rows, columns = cover.shape
    palette = table(depth).astype(np.float32)
    start = INDEXED if depth == "256" else BASIC
    nearest = _cube(depth)
    found = np.zeros((2, rows, columns), np.int32)
    # One line below and a column at either side take what leaves the picture.
    error = np.zeros((rows + 1, columns + 2, 3), np.float32)
    share = cover[..., None].astype(np.float32)
    rest = np.maximum(1 - share, 1e-3)
    lines = np.arange(rows)
    for step in range(columns + 2 * (rows - 1)):
        # Only the rows whose cell of this slanted line is inside.
        low, high = max(0, -((columns - 1 - step) // 2)), min(rows, step // 2 + 1)
        row = lines[low:high]
        column = step - 2 * row
        wanted = np.clip(error[row, column + 1], -_MOST, _MOST)
        part = share[row, column]
        ink = fore[row, column] + wanted
        ink_code = nearest[_places(ink)]
        left = part * (ink - palette[ink_code])
        ground = back[row, column] + wanted
        ground_code = nearest[_places(ground + left * _WITHIN / rest[row, column])]
        left += (1 - part) * (ground - palette[ground_code])
        found[0, row, column], found[1, row, column] = ink_code, ground_code
        error[row, column + 2] += left * (7 / 16)
        error[row + 1, column] += left * (3 / 16)
        error[row + 1, column + 1] += left * (5 / 16)
        error[row + 1, column + 2] += left * (1 / 16)
    return found[0] + start, found[1] + start


def _places(colours: Floats) -> npt.NDArray[np.intp]:
    """Where `_cube` has the colours, ... x 3."""
    steps = np.clip((colours + _BELOW) / _STEP, 0, (1 << _BITS) - 1).astype(np.intp)
    places: npt.NDArray[np.intp] = (steps[..., 0] << 2 * _BITS) + (steps[..., 1] << _BITS) + steps[..., 2]
    return places


@cache
def _cube(depth: str) -> npt.NDArray[np.uint8]:
    """The index of the colour nearest to the middle of each small cube of RGB."""
    line = np.arange(1 << _BITS, dtype=np.int32) * _STEP + (_STEP // 2 - _BELOW)
    middles = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
    nearest = nearest_256 if depth == "256" else nearest_16
    return nearest(middles).astype(np.uint8)
