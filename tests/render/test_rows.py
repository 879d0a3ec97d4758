"""Rows: the finished text, and segments that show the same for whatever asks for them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.render.emulator import meant, shown
from tests.render.made import inks, scene_of
from tui.render.cells.ansi import encode
from tui.render.cells.draw import draw
from tui.render.cells.glyphs import glyphs, has_ways
from tui.render.cells.ink import Ink
from tui.render.cells.rows import Row, rows
from tui.render.geometry import STYLES
from tui.render.manner import Manner
from tui.render.terminal import DEPTHS


def from_segments(row: Row) -> str:
    return "".join(segment.style.render(segment.text) if segment.style else segment.text for segment in row.segments)


@given(inks(), st.booleans())
def test_a_row_is_its_text_its_characters_and_its_width(ink: Ink, erase: bool) -> None:
    found = rows(ink, erase=erase)
    assert [row.ansi for row in found] == encode(ink, erase=erase)
    assert [row.text for row in found] == ["".join(map(chr, line)) for line in ink.glyphs.tolist()]
    assert {len(row) for row in found} == {ink.size[0]}


@given(inks())
def test_segments_show_what_was_meant_in_as_many_cells(ink: Ink) -> None:
    found = rows(ink)
    assert shown([from_segments(row) for row in found], ink.size[0]) == meant(ink)
    for row in found:
        assert sum(segment.cell_length for segment in row.segments) == len(row)
        assert not any(segment.control for segment in row.segments)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", STYLES)
def test_segments_show_a_picture_as_its_text_does(style: str, depth: str) -> None:
    found = rows(draw(scene_of(style, 16, 6), Manner(style, depth)))
    assert shown([from_segments(row) for row in found], 16) == shown([row.ansi for row in found], 16)


@given(inks())
def test_neighbours_of_the_same_colours_share_a_segment(ink: Ink) -> None:
    for row in rows(ink):
        styles = [segment.style for segment in row.segments]
        assert all(one != other for one, other in pairwise(styles))


def test_segments_are_made_once() -> None:
    row = rows(draw(scene_of("half", 4, 1), Manner("half")))[0]
    assert row.segments is row.segments


@pytest.mark.parametrize("style", [style for style in STYLES if has_ways(style)])
def test_every_character_is_one_cell_wide(style: str) -> None:
    table = glyphs(style)
    for point in {*table.inked.tolist(), *table.inverse.tolist()} - {0}:
        assert cell_len(chr(point)) == 1, hex(point)
