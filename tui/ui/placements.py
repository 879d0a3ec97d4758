"""Pictures that the terminal shows as pixels: written once everything else of an update is, and freed when they go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from tui.render.graphics.placement import Graphics, Placement
from tui.ui.sent import Piece, Shown, moved
from tui.ui.widgets.strips import GraphicsStrip

Lines = Mapping[int, Sequence[Piece]]


class Placements:
    """`graphics` makes them, None where cells are wanted. `kept` tells which are likely to be shown again."""

    def __init__(self, kept: Callable[[], Collection[Placement]]) -> None:
        self.graphics: Graphics | None = None
        self._before: list[Graphics] = []
        self._kept = kept

    def use(self, graphics: Graphics | None) -> None:
        """Show those of this one from now on. What stands of others becomes cells with the next update."""
        if self.graphics is not None and self.graphics is not graphics:
            self.graphics.close()
            self._before.append(self.graphics)
        self.graphics = graphics

    def settle(self, lines: Lines, height: int) -> Iterator[str]:
        """What brings the pictures in these lines of a screen of this height to where they belong, and frees others."""
        found: dict[tuple[Placement, int, int], list[_Part]] = {}
        for y, line in lines.items():
            for piece in line:
                if isinstance(piece.what, GraphicsStrip):
                    part = _Part(y, piece, piece.what)
                    found.setdefault((piece.what.placement, *part.corner), []).append(part)
        for (placement, x, y), parts in found.items():
            if not placement.usable:
                _take_back(parts)
            if placement.cuttable:
                yield from _as_text(placement, parts)
            else:
                # Below the last row some terminals would scroll.
                fits = y + placement.rows < height
                yield from _painted(placement, x, y, parts) if fits else _as_cells(parts)
        seen = [part for parts in found.values() for part in parts if part.piece.shown is Shown.PIXELS]
        yield self._spare({part.strip.placement for part in seen})

    def _spare(self, shown: Collection[Placement]) -> str:
        """What frees the images that are gone."""
        kept = self._kept()
        written = "".join(graphics.spare(shown, kept if graphics is self.graphics else ()) for graphics in self._all)
        self._before = [graphics for graphics in self._before if graphics.holds]
        return written

    def farewell(self) -> str:
        """What frees every image. Those that are shown again after that are sent again."""
        return "".join(graphics.cleanup() for graphics in self._all)

    @property
    def _all(self) -> list[Graphics]:
        return [*self._before, *([self.graphics] if self.graphics else ())]


class _Part:
    """A piece of a picture in line `y`."""

    def __init__(self, y: int, piece: Piece, strip: GraphicsStrip) -> None:
        self.y = y
        self.piece = piece
        self.strip = strip

    @property
    def corner(self) -> tuple[int, int]:
        """Column and line where the whole picture begins."""
        return self.piece.start - self.strip.start, self.y - self.strip.row.index

    def written(self, text: str, shown: Shown) -> str:
        self.piece.shown = shown
        return moved(self.piece.start, self.y) + text


def _take_back(parts: Sequence[_Part]) -> None:
    """Nothing that was shown as pixels counts as shown."""
    for part in parts:
        if part.piece.shown is Shown.PIXELS:
            part.piece.shown = Shown.NOTHING


def _as_text(placement: Placement, parts: Sequence[_Part]) -> Iterator[str]:
    """A picture whose parts are text: those that are not there yet."""
    if not placement.stands:
        _take_back(parts)
    for part in parts:
        if part.piece.shown is Shown.PIXELS:
            continue
        strip = part.strip
        text = placement.row(strip.row.index, strip.start, strip.stop)
        if text is None:
            yield from _as_cells([part])
        else:
            yield part.written(text, Shown.PIXELS)


def _painted(placement: Placement, x: int, y: int, parts: Sequence[_Part]) -> Iterator[str]:
    """A picture that is painted as a whole, once nothing covers it. Until then cells stand where it is to be seen."""
    whole = sum(part.strip.cell_length for part in parts) == placement.columns * placement.rows
    if whole and all(part.piece.shown is Shown.PIXELS for part in parts):
        return
    placement.invalidate()
    if whole and (text := placement.row(0)):
        for part in parts:
            part.piece.shown = Shown.PIXELS
        yield moved(x, y) + text
        return
    if placement.fragile:
        _take_back(parts)
    yield from _as_cells(parts)


def _as_cells(parts: Sequence[_Part]) -> Iterator[str]:
    """What of these is not shown at all yet, as cells."""
    for part in parts:
        if part.piece.shown is Shown.NOTHING:
            yield part.written(part.strip.row.part(part.strip.start, part.strip.stop), Shown.CELLS)
