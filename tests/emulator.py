"""What a terminal shows after the bytes that it was sent, cell by cell."""

from __future__ import annotations

import unicodedata
from typing import Any

import pyte
from pyte.screens import Char
from wcwidth import wcwidth

Cells = list[list[tuple[Any, ...]]]


class Emulator(pyte.Screen):
    """pyte's screen, and what terminals do besides.

    Of a wide character that is written over in part nothing is left. Characters of no width are passed over, and what
    follows them is drawn all the same, each character for itself: emoji of several parts are wider here than elsewhere.
    """

    FILLED = "\N{REPLACEMENT CHARACTER}"

    def __init__(self, columns: int, rows: int) -> None:
        self._wide: set[int] = set()
        super().__init__(columns, rows)

    def draw(self, data: str) -> None:
        # Lines do not wrap here: Textual switches that off.
        if not data.isascii():
            data = "".join(char for char in data if wcwidth(char) > 0 or unicodedata.combining(char))
        y, start = self.cursor.y, self.cursor.x
        if y in self._wide:
            self._blank_half(y, start - 1, start)
        super().draw(data)
        if y in self._wide:
            self._blank_half(y, self.cursor.x, self.cursor.x)
        if not data.isascii() and "" in [cell.data for cell in self.buffer[y].values()]:
            self._wide.add(y)

    def _blank_half(self, y: int, at: int, stub: int) -> None:
        line = self.buffer[y]
        if stub in line and not line[stub].data:
            line[at] = line[at]._replace(data=" ")

    def cells(self) -> Cells:
        """Rows of characters with their colours and attributes; what can't be seen of a blank is left out."""
        return [[_seen(self.buffer[y][x]) for x in range(self.columns)] for y in range(self.lines)]

    def fill(self) -> None:
        """Put a character everywhere that nobody writes, to see what is written over."""
        for y in range(self.lines):
            for x in range(self.columns):
                self.buffer[y][x] = self.cursor.attrs._replace(data=self.FILLED)


def _seen(cell: Char) -> tuple[Any, ...]:
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough):
        return " ", cell.bg
    return tuple(cell)


def differences(one: Cells, other: Cells) -> str:
    """Where two screens are not the same, in words; empty where they are."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return f"{len(one)} rows and {len(other)}"
    found = [
        f"row {y} column {x}: {ours} is not {theirs}"
        for y, (first, second) in enumerate(zip(one, other, strict=True))
        for x, (ours, theirs) in enumerate(zip(first, second, strict=True))
        if ours != theirs
    ]
    return "\n".join([f"{len(found)} cells", *found[:12]]) if found else ""
