"""Cells at a depth: what nobody would see is dropped, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.made import scene_of
from tui.render.cells.grid import cells
from tui.render.cells.ink import ink, settled
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR, codes
from tui.render.geometry import STYLES
from tui.render.terminal import DEPTHS

_CELLS = st.tuples(
    st.sampled_from(" ▀█"),
    st.sampled_from([NO_COLOUR, 0, 0xFF0000, INDEXED + 16, BASIC]),
    st.sampled_from([NO_COLOUR, 0, 0xFF0000, INDEXED + 16, BASIC]),
)


@given(st.lists(_CELLS, min_size=1, max_size=12))
def test_what_is_seen_stays_as_it_was(row: list[tuple[str, int, int]]) -> None:
    glyphs = np.array([[ord(glyph) for glyph, _, _ in row]], np.uint32)
    fore, back = (np.array([[cell[at] for cell in row]], np.int32) for at in (1, 2))
    found = settled(glyphs, fore, back)
    for at, (glyph, ink_code, ground) in enumerate(row):
        hidden = ink_code == ground != NO_COLOUR
        assert found.back[0, at] == ground
        assert chr(found.glyphs[0, at]) == (" " if hidden else glyph)
        if chr(found.glyphs[0, at]) != " ":
            assert found.fore[0, at] == ink_code
        else:
            assert found.fore[0, at] == (found.fore[0, at - 1] if at else NO_COLOUR)


def test_rows_have_nothing_in_common() -> None:
    glyphs = np.array([[ord("#"), ord("#")], [ord(" "), ord("#")]], np.uint32)
    fore = np.array([[1, 2], [3, 4]], np.int32)
    assert settled(glyphs, fore, np.full((2, 2), 5, np.int32)).fore.tolist() == [[1, 2], [NO_COLOUR, 4]]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", STYLES)
def test_every_colour_is_the_nearest_of_its_depth(style: str, depth: str) -> None:
    drawn = cells(scene_of(style, 12, 6), style)
    found = ink(drawn, depth)
    assert found.size == (drawn.columns, drawn.rows) == (12, 6)
    inked = found.glyphs != ord(" ")
    assert (found.fore == codes(drawn.fore, depth))[inked].all()
    assert (found.back == (NO_COLOUR if drawn.back is None else codes(drawn.back, depth))).all()
