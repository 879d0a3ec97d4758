"""Rows of cells, ready to be shown: as finished ANSI text, or as Rich segments where something asks for them."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

from tui.render.cells.ansi import encode
from tui.render.cells.ink import Ink, settled
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR


class Row:
    """One row. `ansi` is complete in itself; `segments` costs more and is made when first asked for, then kept."""

    __slots__ = ("_erase", "_ink", "_segments", "ansi", "index")

    def __init__(self, ansi: str, ink: Ink, index: int, *, erase: bool = False) -> None:
        self.ansi = ansi
        self.index = index
        self._ink = ink
        self._erase = erase
        self._segments: list[Segment] | None = None

    def __len__(self) -> int:
        """Its width in cells."""
        return int(self._ink.glyphs.shape[1])

    @property
    def coloured(self) -> bool:
        """Whether any of it has a colour of its own."""
        return "\x1b" in self.ansi

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """Code points, ink and ground, 3 x columns: what a terminal is to show, in the codes of `palette`."""
        return np.stack(
            [plane[self.index].astype(np.int64) for plane in (self._ink.glyphs, self._ink.fore, self._ink.back)]
        )

    @property
    def text(self) -> str:
        """Its characters without colours."""
        return "".join(map(chr, self._ink.glyphs[self.index].tolist()))

    def part(self, start: int, stop: int) -> str:
        """The cells from `start` to `stop` alone, complete in themselves as the row is."""
        if start <= 0 and stop >= len(self):
            return self.ansi
        ink, rows, columns = self._ink, slice(self.index, self.index + 1), slice(start, stop)
        cells = settled(ink.glyphs[rows, columns], ink.fore[rows, columns], ink.back[rows, columns])
        return encode(cells, erase=self._erase)[0]

    @property
    def segments(self) -> list[Segment]:
        """Runs of cells of the same colours. For a picture at full size, ask off the UI thread."""
        if self._segments is None:
            inks, index = self._ink, self.index
            colours = zip(inks.fore[index].tolist(), inks.back[index].tolist(), strict=True)
            runs = groupby(zip(colours, self.text, strict=True), key=lambda cell: cell[0])
            self._segments = [Segment("".join(character for _, character in run), _style(*pair)) for pair, run in runs]
        return self._segments


def rows(ink: Ink, *, erase: bool = False) -> list[Row]:
    """The finished rows; for `erase` see `ansi.encode`."""
    return [Row(text, ink, index, erase=erase) for index, text in enumerate(encode(ink, erase=erase))]


@lru_cache(16_384)
def _style(fore: int, back: int) -> Style:
    return Style.from_color(_colour(fore), _colour(back))


@lru_cache(16_384)
def _colour(code: int) -> Color | None:
    if code == NO_COLOUR:
        return None
    if code < INDEXED:
        # Rich's own constructor formats and parses; this is the tuple that it ends with.
        return Color(f"#{code:06x}", ColorType.TRUECOLOR, None, ColorTriplet(code >> 16, code >> 8 & 255, code & 255))
    kind = ColorType.EIGHT_BIT if code < BASIC else ColorType.STANDARD
    return Color(f"color({code & 255})", kind, number=code & 255)
