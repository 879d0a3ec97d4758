"""Cells in the colours of one depth, with everything dropped that would not be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.render.cells.glyphs import SPACE
from tui.render.cells.grid import Cells, Points
from tui.render.cells.palette import NO_COLOUR, Codes, codes


@dataclass(frozen=True, slots=True)
class Ink:
    """Code points and colour codes (see `palette`), rows x columns each.

    A space has the ink colour of the cell before it, so that no colour ever changes for it.
    """

    glyphs: Points
    fore: Codes
    back: Codes

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.glyphs.shape[1], self.glyphs.shape[0]


def ink(cells: Cells, depth: str) -> Ink:
    """The cells at a depth, each colour the nearest: truecolor, 256, 16 or none."""
    bare = np.full(cells.glyphs.shape, NO_COLOUR, np.int32)
    return settled(
        cells.glyphs,
        codes(cells.fore, depth),
        bare if cells.back is None else codes(cells.back, depth),
    )


def settled(glyphs: Points, fore: Codes, back: Codes) -> Ink:
    """Cells without ink that can't be seen, and without colours for ink that is not there."""
    flat = fore == back
    if flat.any():
        glyphs = np.where(flat & (fore != NO_COLOUR), np.uint32(SPACE), glyphs)
    blank = glyphs == SPACE
    if blank.any():
        # For each place, the last place of its row up to there that has ink.
        last = np.maximum.accumulate(np.where(blank, -1, np.arange(glyphs.shape[1])), axis=1)
        fore = np.where(last < 0, NO_COLOUR, np.take_along_axis(fore, np.maximum(last, 0), axis=1)).astype(np.int32)
    return Ink(glyphs, fore, back)
