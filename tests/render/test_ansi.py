"""Finished rows: a terminal shows exactly the cells that were meant, and nothing else in them commands it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.emulator import Terminal, meant, shown
from tests.render.made import inks
from tui.render.cells.ansi import encode
from tui.render.cells.ink import Ink, settled
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR

_INK = r"(?:38;2;\d{1,3};\d{1,3};\d{1,3}|38;5;\d{1,3}|3[0-79]|9[0-7])"
_GROUND = r"(?:48;2;\d{1,3};\d{1,3};\d{1,3}|48;5;\d{1,3}|4[0-79]|10[0-7])"
_SGR = re.compile(rf"\x1b\[(?:{_INK}|{_GROUND}|{_INK};{_GROUND})m")
_ERASED = re.compile(r"\x1b\[(\d+)X\x1b\[\1C")
_RESET = "\x1b[0m"


def cells(text: str, fore: int = NO_COLOUR, back: int = NO_COLOUR) -> Ink:
    """One row in the same colours."""
    glyphs = np.array([[ord(character) for character in text]], np.uint32)
    return settled(glyphs, np.full(glyphs.shape, fore, np.int32), np.full(glyphs.shape, back, np.int32))


def beside(*parts: Ink) -> Ink:
    glyphs, fore, back = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in Ink.__slots__)
    return settled(glyphs, fore, back)


@given(inks(), st.booleans())
def test_a_terminal_shows_exactly_the_cells_that_were_meant(ink: Ink, erase: bool) -> None:
    assert shown(encode(ink, erase=erase), ink.size[0]) == meant(ink)


@given(inks(), st.booleans(), st.data())
def test_each_row_is_complete_in_itself(ink: Ink, erase: bool, data: st.DataObject) -> None:
    rows = encode(ink, erase=erase)
    terminal = Terminal(*ink.size)
    terminal.print(["\x1b[1;31;44m" + "x" * ink.size[0] + _RESET] * len(rows))
    # Any of them any number of times, and in the end each once.
    order = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)) + data.draw(
        st.permutations(range(len(rows)))
    )
    for row in order:
        terminal.put(row, rows[row])
        assert terminal.is_reset
    assert terminal.grid() == meant(ink)


@given(inks(), st.booleans())
def test_what_follows_a_row_stands_right_beside_it(ink: Ink, erase: bool) -> None:
    columns, rows = ink.size
    terminal = Terminal(columns + 5, rows)
    for row, text in enumerate(encode(ink, erase=erase)):
        terminal.put(row, text)
        assert terminal.column == columns
        terminal.feed("aside")
    aside = [(letter, "default", "default") for letter in "aside"]
    assert [row[columns:] for row in terminal.grid()] == [aside] * rows


@given(inks(), st.booleans())
def test_nothing_but_colours_and_erasing_leaves_the_renderer(ink: Ink, erase: bool) -> None:
    for row, glyphs in zip(encode(ink, erase=erase), ink.glyphs, strict=True):
        inside = row.removesuffix(_RESET)
        # What begins in the terminal's own colours and never leaves them needs no reset.
        assert (row != inside) == bool(_SGR.search(inside))
        bare = _ERASED.sub(lambda found: " " * int(found[1]), _SGR.sub("", inside))
        assert bare == "".join(map(chr, glyphs))
        assert erase or not _ERASED.search(row)


@given(inks())
def test_a_colour_is_sent_only_where_it_changes(ink: Ink) -> None:
    for row, text in enumerate(encode(ink)):
        before = (NO_COLOUR, NO_COLOUR)
        changes = 0
        for now in zip(ink.fore[row].tolist(), ink.back[row].tolist(), strict=True):
            changes += (now[0] != before[0]) + (now[1] != before[1])
            before = now
        colours = re.sub(r"[34]8;(5|2;\d+;\d+);\d+", "38", text.removesuffix(_RESET))
        assert sum(len(found.split(";")) for found in re.findall(r"\x1b\[([\d;]+)m", colours)) == changes


@given(inks())
def test_erasing_never_costs_a_byte(ink: Ink) -> None:
    for spared, plain in zip(encode(ink, erase=True), encode(ink), strict=True):
        assert len(spared.encode()) <= len(plain.encode())


@pytest.mark.parametrize(
    ("fore", "back", "start"),
    [
        (0xFF0000, 0x0000FF, "\x1b[38;2;255;0;0;48;2;0;0;255m"),
        (INDEXED + 196, INDEXED + 21, "\x1b[38;5;196;48;5;21m"),
        (BASIC + 1, BASIC + 12, "\x1b[31;104m"),
        (BASIC + 15, NO_COLOUR, "\x1b[97m"),
        (NO_COLOUR, BASIC + 7, "\x1b[47m"),
    ],
)
def test_colours_are_sent_as_terminals_know_them(fore: int, back: int, start: str) -> None:
    assert encode(cells("▀▀", fore, back)) == [f"{start}▀▀{_RESET}"]


def test_the_terminals_own_colour_may_come_after_another() -> None:
    assert encode(beside(cells("a", 1, 2), cells("b", NO_COLOUR, 2), cells("c"))) == [
        f"\x1b[38;2;0;0;1;48;2;0;0;2ma\x1b[39mb\x1b[49mc{_RESET}"
    ]


def test_without_colours_there_is_no_escape_at_all() -> None:
    assert encode(cells("  .:#@ " + " " * 40)) == ["  .:#@ " + " " * 40]


def test_a_long_blank_is_erased_and_a_short_one_is_not() -> None:
    blue = BASIC + 4
    assert encode(cells(" " * 10, back=blue), erase=True) == [f"\x1b[44m{' ' * 10}{_RESET}"]
    assert encode(cells(" " * 11, back=blue), erase=True) == [f"\x1b[44m\x1b[11X\x1b[11C{_RESET}"]
    assert encode(cells("#" + " " * 300 + "#", blue, NO_COLOUR), erase=True) == [
        f"\x1b[34m#\x1b[300X\x1b[300C#{_RESET}"
    ]


@pytest.mark.parametrize("columns", [999, 1000, 2500])
def test_a_blank_of_any_length_is_shown(columns: int) -> None:
    ink = cells(" " * columns, back=0x123456)
    assert shown(encode(ink, erase=True), columns) == meant(ink)


def test_a_change_of_ground_ends_a_blank() -> None:
    ink = beside(cells(" " * 12, back=1), cells(" " * 12, back=2))
    assert encode(ink, erase=True) == [f"\x1b[48;2;0;0;1m\x1b[12X\x1b[12C\x1b[48;2;0;0;2m\x1b[12X\x1b[12C{_RESET}"]


def test_a_grid_without_cells_has_no_text() -> None:
    assert encode(cells("")) == [""]
    nothing = np.zeros((0, 3), np.int32)
    assert encode(Ink(nothing.astype(np.uint32), nothing, nothing)) == []
