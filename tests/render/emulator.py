"""What a terminal shows of finished rows, beside what was meant: each cell as character, ink and ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyte

from tui.render.cells.ink import Ink
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR, table

Cell = tuple[str, str, str]
# pyte's names of the first 16 colours; one of them it misspells where it is a ground.
_NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
_COLOURS = [*_NAMES, *(f"bright{name}" for name in _NAMES)]
_MISSPELT = {"bfightmagenta": "brightmagenta"}


class Terminal:
    """It erases in the ground that is set, as `erase` asks for, and the grid fills it to its last column."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    def print(self, rows: Iterable[str]) -> None:
        """One row below the other, from the upper left corner."""
        self.feed("\x1b[H" + "\r\n".join(rows))

    def put(self, row: int, text: str) -> None:
        """One row in its place."""
        self.feed(f"\x1b[{row + 1}H{text}")

    @property
    def is_reset(self) -> bool:
        """Whether what is written next would have the terminal's own colours and nothing else."""
        return bool(self._screen.cursor.attrs == self._screen.default_char)

    @property
    def column(self) -> int:
        """Where the cursor is."""
        return int(self._screen.cursor.x)

    def grid(self) -> list[list[Cell]]:
        """The ink of blanks is left out: nobody sees it."""
        lines = (self._screen.buffer[row] for row in range(self._screen.lines))
        return [[self._cell(line[column]) for column in range(self._screen.columns)] for line in lines]

    @staticmethod
    def _cell(seen: pyte.screens.Char) -> Cell:
        assert not (seen.bold or seen.italics or seen.underscore or seen.strikethrough or seen.reverse or seen.blink)
        ground = _MISSPELT.get(seen.bg, seen.bg)
        return (seen.data, "" if seen.data == " " else seen.fg, ground)


def shown(rows: Sequence[str], columns: int) -> list[list[Cell]]:
    """The grid after the rows were printed on an empty terminal of their size."""
    terminal = Terminal(columns, len(rows))
    terminal.print(rows)
    return terminal.grid()


def meant(ink: Ink) -> list[list[Cell]]:
    """The grid that cells stand for."""
    rows = zip(ink.glyphs.tolist(), ink.fore.tolist(), ink.back.tolist(), strict=True)
    return [
        [
            (chr(glyph), "" if chr(glyph) == " " else _name(fore), _name(back))
            for glyph, fore, back in zip(*row, strict=True)
        ]
        for row in rows
    ]


def _name(code: int) -> str:
    if code == NO_COLOUR:
        return "default"
    if code >= BASIC:
        return _COLOURS[code - BASIC]
    return bytes(table("256")[code - INDEXED]).hex() if code >= INDEXED else f"{code:06x}"
