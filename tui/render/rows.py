"""Rows of cells, ready to be shown: as finished ANSI text, or as Rich segments where something asks for them."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

from tui.render.ansi import encode
from tui.render.cells import Cells
from tui.render.ink import Ink, ink
from tui.render.palette import NO_COLOUR


class Row:
    """One row. `ansi` is complete in itself; `segments` costs more and is made when first asked for, then kept."""

    __slots__ = ("_index", "_ink", "_segments", "ansi")

    def __init__(self, ansi: str, ink: Ink, index: int) -> None:
        self.ansi = ansi
        self._ink = ink
        self._index = index
        self._segments: list[Segment] | None = None

    def __len__(self) -> int:
        """Its width in cells."""
        return int(self._ink.glyphs.shape[1])

    @property
    def text(self) -> str:
        """Its characters without colours."""
        return "".join(map(chr, self._ink.glyphs[self._index].tolist()))

    @property
    def segments(self) -> list[Segment]:
        """Runs of cells of the same colours. For a picture at full size, ask off the UI thread."""
        if self._segments is None:
            inks, index = self._ink, self._index
            colours = zip(inks.fore[index].tolist(), inks.back[index].tolist(), strict=True)
            runs = groupby(zip(colours, self.text, strict=True), key=lambda cell: cell[0])
            self._segments = [
                Segment("".join(character for _, character in run), _style(*pair, inks.depth)) for pair, run in runs
            ]
        return self._segments


def rows(cells: Cells, depth: str) -> list[Row]:
    """The rows of a picture's cells at a depth: truecolor, 256, 16 or none."""
    inked = ink(cells, depth)
    return [Row(text, inked, index) for index, text in enumerate(encode(inked))]


@lru_cache(16_384)
def _style(fore: int, back: int, depth: str) -> Style:
    return Style.from_color(_colour(fore, depth), _colour(back, depth))


@lru_cache(16_384)
def _colour(code: int, depth: str) -> Color | None:
    if code == NO_COLOUR:
        return None
    if depth == "truecolor":
        # Rich's own constructor formats and parses; this is the tuple that it ends with.
        return Color(f"#{code:06x}", ColorType.TRUECOLOR, None, ColorTriplet(code >> 16, code >> 8 & 255, code & 255))
    kind = ColorType.EIGHT_BIT if depth == "256" else ColorType.STANDARD
    return Color(f"color({code})", kind, number=code)
