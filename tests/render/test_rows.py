"""Finished rows: what a terminal makes of them, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from tui.render.cells import Cells, draw
from tui.render.ink import ink
from tui.render.palette import NO_COLOUR, codes, table
from tui.render.picture import Picture
from tui.render.rows import rows
from tui.render.terminal import DEPTHS

# pyte names the first 16 colours.
_NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
_COLOURS = [*_NAMES, *(f"bright{name}" for name in _NAMES)]


def expected(code: int, depth: str) -> str:
    if code == NO_COLOUR:
        return "default"
    if depth == "16":
        return _COLOURS[code]
    return f"{code:06x}" if depth == "truecolor" else bytes(table("256")[code]).hex()


def on_screen(lines: list[str], columns: int) -> Any:
    screen = pyte.Screen(columns + 1, len(lines) + 1)
    pyte.Stream(screen).feed("\r\n".join(lines))
    return screen.buffer


@st.composite
def grids(draw: st.DrawFn) -> Cells:
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 8)))
    few = [(0, 0, 0), (255, 255, 255), (200, 30, 30), (1, 2, 3)]
    size = shape[0] * shape[1]

    def colours() -> Any:
        picked = draw(st.lists(st.sampled_from(few), min_size=size, max_size=size))
        return np.array(picked, np.uint8).reshape(*shape, 3)

    glyphs = draw(st.lists(st.sampled_from(" ▀▄█#\u259a"), min_size=size, max_size=size))
    return Cells(
        np.array([ord(glyph) for glyph in glyphs], np.uint32).reshape(shape),
        draw(st.sampled_from([colours(), None])),
        draw(st.sampled_from([colours(), None])),
    )


@pytest.mark.parametrize("depth", DEPTHS)
@given(cells=grids())
def test_a_terminal_shows_exactly_the_cells_that_were_meant(cells: Cells, depth: str) -> None:
    screen = on_screen([row.ansi for row in rows(cells, depth)], cells.columns)
    for y in range(cells.rows):
        for x in range(cells.columns):
            seen, glyph = screen[y][x], chr(cells.glyphs[y, x])
            fore, back = (
                NO_COLOUR if side is None else int(codes(side[y, x], depth)) for side in (cells.fore, cells.back)
            )
            assert seen.bg == expected(back, depth)
            if fore == back != NO_COLOUR:
                # Ink that can't be seen may be left out.
                assert seen.data in (" ", glyph)
            else:
                assert seen.data == glyph
                assert glyph == " " or seen.fg == expected(fore, depth)
        assert screen[y][cells.columns].bg == "default"


@pytest.mark.parametrize("depth", DEPTHS)
@given(cells=grids())
def test_segments_show_the_same_as_the_ansi_text(cells: Cells, depth: str) -> None:
    for row in rows(cells, depth):
        from_segments = "".join(
            segment.style.render(segment.text) if segment.style else segment.text for segment in row.segments
        )
        ours, theirs = on_screen([row.ansi], cells.columns)[0], on_screen([from_segments], cells.columns)[0]
        for x in range(cells.columns):
            assert (ours[x].data, ours[x].bg) == (theirs[x].data, theirs[x].bg)
            assert ours[x].data == " " or ours[x].fg == theirs[x].fg
        assert sum(segment.cell_length for segment in row.segments) == len(row) == cells.columns


@pytest.mark.parametrize("depth", DEPTHS)
def test_nothing_but_colours_leaves_the_renderer_and_each_row_ends_with_one_reset(
    depth: str, noise: Callable[[int, int], Picture]
) -> None:
    for row in rows(draw(noise(40, 20)), depth):
        text = re.sub(
            r"\x1b\[(?:[34][89];(?:2;\d+;\d+|5);\d+|[349]\d|10\d)(?:;(?:48;(?:2;\d+;\d+|5);\d+|4\d|10\d))?m",
            "",
            row.ansi,
        )
        if depth != "none":
            assert text.endswith("\x1b[0m")
            text = text.removesuffix("\x1b[0m")
        assert re.fullmatch(r"[ ▀]*", text)
        assert row.ansi.count("\x1b[0m") == (depth != "none")


def test_a_colour_is_sent_only_where_it_changes() -> None:
    red = Picture(50, 2, b"\xff\0\0" * 100, (50, 2), "png")
    assert [row.ansi for row in rows(draw(red), "truecolor")] == ["\x1b[48;2;255;0;0m" + " " * 50 + "\x1b[0m"]
    split = Picture(2, 2, b"\xff\0\0" * 2 + b"\0\0\xff" * 2, (2, 2), "png")
    assert [row.ansi for row in rows(draw(split), "256")] == ["\x1b[38;5;196;48;5;21m▀▀\x1b[0m"]


def test_rows_without_colour_have_no_escape_at_all(noise: Callable[[int, int], Picture]) -> None:
    assert not any("\x1b" in row.ansi for row in rows(draw(noise(30, 10), "ascii"), "none"))


def test_a_blank_keeps_the_ink_colour_of_the_cell_before_it() -> None:
    glyphs = np.array([[ord("#"), ord(" "), ord("#")]], np.uint32)
    fore = np.array([[(9, 9, 9), (1, 1, 1), (9, 9, 9)]], np.uint8)
    assert ink(Cells(glyphs, fore, None), "truecolor").fore.tolist() == [[0x090909] * 3]


@pytest.mark.parametrize("depth", ["16", "256"])
@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=20))
def test_the_nearest_colour_is_taken(depth: str, colours: list[tuple[int, int, int]]) -> None:
    palette = table(depth).astype(int)
    first = 16 if depth == "256" else 0
    for colour, code in zip(colours, codes(np.array(colours, np.uint8), depth).tolist(), strict=True):
        distances = ((palette - colour) ** 2).sum(axis=1)
        assert code >= first
        assert distances[code] == distances[first:].min()


def test_the_256_colours_are_those_that_rich_knows() -> None:
    for index in range(16, 256):
        assert tuple(table("256")[index]) == tuple(Color.from_ansi(index).get_truecolor())


def test_a_depth_that_does_not_exist_is_an_error(noise: Callable[[int, int], Picture]) -> None:
    with pytest.raises(ValueError, match="depth"):
        rows(draw(noise(1, 1)), "8")
