"""Which cells of a row are to be sent, given what the terminal shows there already."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.render.cells.glyphs import SPACE
from tui.render.cells.rows import Row

Cells = npt.NDArray[np.int64]
# Stands for a cell of which nothing is known.
UNKNOWN = -2
# To step over fewer cells that stand already costs as much as to send them: a cursor's move, and both colours again.
_GAP = 4
# From this share on, the row that is finished already goes out.
_MOST = 0.6


def cells(row: Row, start: int, stop: int) -> Cells:
    """What a terminal shows of a row, 3 x cells; ink that is not there has no colour."""
    found = row.cells[:, start:stop]
    found[1, found[0] == SPACE] = 0
    return found


def unknown(count: int) -> Cells:
    """So many cells of which nothing is known."""
    return np.full((3, count), UNKNOWN, np.int64)


def spans(shown: Cells, wanted: Cells) -> list[tuple[int, int]]:
    """Where they differ, as (start, stop) from the left, near ones in one; all of it where most of it differs."""
    differs = (shown != wanted).any(axis=0)
    places = np.flatnonzero(differs)
    if not places.size:
        return []
    if places.size > _MOST * differs.size:
        return [(0, differs.size)]
    breaks = np.flatnonzero(np.diff(places) > _GAP)
    starts, ends = np.append(places[0], places[breaks + 1]), np.append(places[breaks], places[-1]) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
