"""Cells in the colours of one depth, with everything dropped that would not be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.render.cells import Cells, Glyphs
from tui.render.palette import NO_COLOUR, Codes, codes

SPACE = 0x20


@dataclass(frozen=True, slots=True)
class Ink:
    """Code points and colour codes (see `palette.codes`), rows x columns each; NO_COLOUR is the terminal's own.

    A space has the ink colour of the cell before it, so that no colour ever changes for it.
    """

    glyphs: Glyphs
    fore: Codes
    back: Codes
    depth: str


def ink(cells: Cells, depth: str) -> Ink:
    """The cells at a depth: truecolor, 256, 16 or none."""
    shape = cells.glyphs.shape
    bare = np.full(shape, NO_COLOUR, np.int32)
    fore = bare if cells.fore is None else codes(cells.fore, depth)
    back = bare if cells.back is None else codes(cells.back, depth)
    flat = (fore == back) & (fore != NO_COLOUR)
    glyphs = np.where(flat, np.uint32(SPACE), cells.glyphs)
    # For each place, the last place of its row up to there that has ink.
    columns = np.arange(shape[1])
    last = np.maximum.accumulate(np.where(glyphs != SPACE, columns, -1), axis=1)
    carried = np.where(last < 0, NO_COLOUR, np.take_along_axis(fore, np.maximum(last, 0), axis=1))
    return Ink(glyphs, carried.astype(np.int32), back, depth)
