"""What a terminal can be asked, and its answers, taken out of what is typed. Nothing is sent from here.

The sequences are xterm's control sequences CSI 14 t, CSI 16 t, CSI > q, CSI c and CSI ? S, and the query of Kitty's
graphics protocol. A terminal says nothing to those that it does not know, and every one answers CSI c.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CELL_SIZE, TEXT_AREA_SIZE, NAME, ATTRIBUTES = "\x1b[16t", "\x1b[14t", "\x1b[>q", "\x1b[c"
SIXEL_COLOURS = "\x1b[?1;1;0S"
_PICTURE = 4177
# A picture of one pixel, which is checked and never kept.
KITTY_GRAPHICS = f"\x1b_Ga=q,i={_PICTURE},f=24,s=1,v=1;AAAA\x1b\\"
# Among a terminal's attributes, of which the first is its kind: it draws Sixel.
_SIXEL = "4"
# More pixels than a cell, and than a screen, will ever have.
_LARGE_CELL, _LARGE_AREA = 1000, 100_000

_ANSWER = re.compile(
    r"\x1b\[(?P<kind>[46]);(?P<height>\d{1,6});(?P<width>\d{1,6})t"
    r"|\x1b\[\?(?P<attributes>[\d;]{0,64})c"
    r"|\x1b\[\?1;(?P<failed>\d);?(?P<colours>\d{0,6})(?:;\d{0,6})?S"
    r"|\x1bP>\|(?P<name>[^\x1b]{0,128})\x1b\\"
    r"|\x1b_G(?P<graphics>[^\x1b]{0,256})\x1b\\"
)
_BEGINNING = re.compile(
    r"\x1b(?:\[(?:[46](?:;\d{0,6}){0,2}|\?[\d;]{0,64})?|P(?:>(?:\|[^\x1b]{0,128}\x1b?)?)?|_(?:G[^\x1b]{0,256}\x1b?)?)?\Z"
)


class Answers(NamedTuple):
    """Sizes are width, height in pixels; None: not answered. `name` is what the terminal calls itself.

    `colours` is how many Sixel has at once.
    """

    cell: tuple[int, int] | None = None
    text_area: tuple[int, int] | None = None
    name: str = ""
    sixel: bool | None = None
    kitty: bool | None = None
    colours: int | None = None

    def cell_of(self, columns: int, rows: int) -> tuple[int, int] | None:
        """The size of a cell on a screen of so many."""
        if self.cell is not None or self.text_area is None:
            return self.cell
        width, height = self.text_area
        cell = (width // max(columns, 1), height // max(rows, 1))
        return cell if all(cell) else None


NOTHING = Answers()


class Sieve:
    """Parts the terminal's answers, known so far as `answers`, from what the person types."""

    def __init__(self) -> None:
        self.answers = NOTHING
        self._held = ""

    @property
    def holds(self) -> bool:
        """Whether something that may be the beginning of an answer waits for the rest."""
        return bool(self._held)

    def sift(self, text: str) -> str:
        """`text` without answers; what may be the beginning of one is held back for the next time."""
        typed = _ANSWER.sub(self._take, self._held + text)
        begun = _BEGINNING.search(typed)
        if begun is None:
            self._held = ""
            return typed
        self._held = begun[0]
        return typed[: begun.start()]

    def release(self) -> str:
        """What was held back, now that the rest has not come: it was typed."""
        typed, self._held = self._held, ""
        return typed

    def _take(self, answer: re.Match[str]) -> str:
        if kind := answer["kind"]:
            width, height = size = int(answer["width"]), int(answer["height"])
            if kind == "6" and 0 < width <= _LARGE_CELL and 0 < height <= _LARGE_CELL:
                self.answers = self.answers._replace(cell=size)
            elif kind == "4" and 0 < width <= _LARGE_AREA and 0 < height <= _LARGE_AREA:
                self.answers = self.answers._replace(text_area=size)
        elif (attributes := answer["attributes"]) is not None:
            self.answers = self.answers._replace(sixel=_SIXEL in attributes.split(";")[1:])
        elif (failed := answer["failed"]) is not None:
            if failed == "0" and answer["colours"]:
                self.answers = self.answers._replace(colours=int(answer["colours"]))
        elif (name := answer["name"]) is not None:
            self.answers = self.answers._replace(name=name)
        elif (graphics := answer["graphics"]) is not None:
            self.answers = self.answers._replace(kitty=graphics.partition(";")[2] == "OK")
        return ""
