"""What the terminal shows, so that only what changed is sent to it.

Textual writes every piece of every line that a refresh touches, and everything when a box opens or the layout moves.
Here each piece is held against what was last written in its place. Pictures are compared cell by cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.ui.widgets.strips import GraphicsStrip, JoinedStrip, PictureStrip
from tui.ui.widths import is_unsure, reach, steady

if TYPE_CHECKING:
    from tui.ui.placements import Placements


class Shown(Enum):
    """How a piece is shown. What is to be pixels is nothing at first, and what may be spoilt is nothing again."""

    NOTHING = 0
    CELLS = 1
    PIXELS = 2


@dataclass(slots=True)
class Piece:
    """What stands in a line from `start` to `stop`: text, or cells of a picture."""

    start: int
    stop: int
    what: Strip
    shown: Shown = Shown.CELLS

    def part(self, start: int, stop: int) -> Strip:
        """What of it stands between two columns."""
        return self.what.crop(start - self.start, stop - self.start)


_START, _STOP = attrgetter("start"), attrgetter("stop")


class Sent:
    """The pieces of each line that the terminal is known to show, in order; `placements` are needed for pixels only."""

    def __init__(self) -> None:
        self.placements: Placements | None = None
        self._lines: dict[int, list[Piece]] = {}

    def forget(self) -> None:
        """Something else may have written to the terminal: send everything again."""
        self._lines.clear()

    def changes(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> str:
        """The text that brings the terminal from what it shows to an update of Textual's compositor."""
        written: list[str] = []
        for y, x, strip in _pieces(update):
            line = self._lines.setdefault(y, [])
            for at, text in self._new(line, x, strip, console):
                written.append(moved(at, y) + text)
        if self.placements is not None:
            written += self.placements.settle(self._lines, _height(update))
        return "".join(written)

    def _new(self, line: list[Piece], x: int, strip: Strip, console: Console) -> Iterator[tuple[int, str]]:
        if isinstance(strip, JoinedStrip):
            for part in strip.parts:
                yield from self._new(line, x, part, console)
                x += part.cell_length
            return
        stop = spill = x + strip.cell_length
        below = line[_among(line, x, stop)]
        if isinstance(strip, GraphicsStrip):
            pieces = _of_graphics(below, x, strip)
        elif isinstance(strip, PictureStrip):
            pieces = [Piece(x, stop, strip)]
            yield from _of_picture(below, pieces[0], strip)
        else:
            pieces = [Piece(x, stop, strip)]
            if _stands(below, pieces[0], console):
                return
            if is_unsure(strip.render(console)):
                yield from steady(x, strip, console)
                spill = x + reach(strip.text)
            else:
                yield from _of_text(below, pieces[0], console)
        for piece in pieces:
            place = _among(line, piece.start, piece.stop)
            left = [part for old in line[place] for part in _around(old, piece)]
            line[place] = sorted([*left, piece], key=_START) if left else [piece]
        yield from _mended(line, stop, spill, console)


class Changes(CompositorUpdate):
    """An update of Textual's compositor that writes only what `Sent` does not know to be there."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, sent: Sent) -> None:
        self._update = update
        self._sent = sent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return self._update.__rich_console__(console, options)

    def render_segments(self, console: Console) -> str:
        return self._sent.changes(self._update, console)


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Line, column and strip of all that an update would write."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                if strip.cell_length:
                    yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        chops: Mapping[int, Strip | None] = update.chops[y]
        for stop, (x, chop) in zip(update.chop_ends[y], chops.items(), strict=False):
            # The others may come from a widget that lies below what is really there.
            if chop is not None and chop.cell_length and x < last and stop > first:
                yield y, x, chop


def moved(x: int, y: int) -> str:
    """What brings the cursor to a place."""
    return Control.move_to(x, y).segment.text


def _height(update: LayoutUpdate | ChopsUpdate) -> int:
    """How many lines the screen has."""
    return update.region.bottom if isinstance(update, LayoutUpdate) else len(update.chops)


def _among(line: Sequence[Piece], start: int, stop: int) -> slice:
    """Those that stand between two columns, at least in part."""
    first = bisect_right(line, start, key=_STOP)
    return slice(first, bisect_left(line, stop, first, key=_START))


def _stands(below: Sequence[Piece], piece: Piece, console: Console) -> bool:
    """Whether the same text stands at the same place."""
    if len(below) != 1 or (below[0].start, below[0].stop) != (piece.start, piece.stop) or not _is_text(below[0]):
        return False
    old, new = below[0].what, piece.what
    return old is new or old.render(console) == new.render(console)


def _of_text(below: Sequence[Piece], piece: Piece, console: Console) -> Iterator[tuple[int, str]]:
    """What of a text does not stand there as a part of another one."""
    at = piece.start
    for old in filter(_is_text, below):
        first, last = max(old.start, piece.start), min(old.stop, piece.stop)
        if first < last and old.part(first, last).render(console) == piece.part(first, last).render(console):
            if at < first:
                yield at, piece.part(at, first).render(console)
            at = last
    if at < piece.stop:
        yield at, piece.part(at, piece.stop).render(console)


def _mended(line: list[Piece], start: int, stop: int, console: Console) -> Iterator[tuple[int, str]]:
    """Once more what stands between two columns, where the text on its left may have run into it."""
    if start >= stop:
        return
    for old in [old for old in line if start <= old.start < stop]:
        if isinstance(old.what, GraphicsStrip):
            line.remove(old)
        elif isinstance(old.what, PictureStrip):
            shown = min(stop - old.start, old.what.cell_length)
            yield old.start, old.what.row.part(old.what.start, old.what.start + shown)
        elif is_unsure(old.what.text):
            yield from steady(old.start, old.what, console)
        else:
            yield old.start, old.what.render(console)


def _is_text(piece: Piece) -> bool:
    return not isinstance(piece.what, PictureStrip)


def _of_graphics(below: Sequence[Piece], x: int, strip: GraphicsStrip) -> list[Piece]:
    """What stands at column `x` then, in parts that are shown in one way: nothing is written for it yet."""
    parts, at = [], x
    for old in below:
        first, last = max(old.start, at), min(old.stop, x + strip.cell_length)
        if first < last and isinstance(old.what, PictureStrip) and old.what.row is strip.row:
            same = isinstance(old.what, GraphicsStrip) and old.what.placement is strip.placement
            if old.what.start - old.start == strip.start - x and (same or old.shown is Shown.CELLS):
                parts += [(at, first, Shown.NOTHING), (first, last, old.shown)]
                at = last
    parts.append((at, x + strip.cell_length, Shown.NOTHING))
    return [Piece(start, stop, strip.crop(start - x, stop - x), shown) for start, stop, shown in parts if start < stop]


def _of_picture(below: Sequence[Piece], piece: Piece, strip: PictureStrip) -> Iterator[tuple[int, str]]:
    from tui.render.cells.changes import cells, spans, unknown

    shown = unknown(strip.cell_length)
    for old in below:
        if isinstance(old.what, PictureStrip) and old.shown is Shown.CELLS:
            if old.what.row is strip.row and _same(old, piece):
                return
            start, stop = max(old.start, piece.start), min(old.stop, piece.stop)
            from_old = old.what.start - old.start
            shown[:, start - piece.start : stop - piece.start] = cells(old.what.row, start + from_old, stop + from_old)
    for start, stop in spans(shown, cells(strip.row, strip.start, strip.stop)):
        yield piece.start + start, strip.row.part(strip.start + start, strip.start + stop)


def _same(old: Piece, new: Piece) -> bool:
    """Whether all of the new one stands there as a part of the old one, both of the same row."""
    assert isinstance(old.what, PictureStrip) and isinstance(new.what, PictureStrip)
    aligned = old.what.start - old.start == new.what.start - new.start
    return aligned and old.start <= new.start and old.stop >= new.stop


def _around(old: Piece, new: Piece) -> Iterator[Piece]:
    """What is left of a piece where another one was written. Of wide characters that are cut nothing is sure."""
    if isinstance(old.what, PictureStrip) or not is_unsure(old.what.text):
        if old.start < new.start:
            yield Piece(old.start, new.start, old.part(old.start, new.start), old.shown)
        if old.stop > new.stop:
            rest = old.part(new.stop, old.stop)
            # Placeholders go on counting from the one on their left, which is another character now.
            counted = isinstance(rest, GraphicsStrip) and rest.placement.cuttable and new.shown is not Shown.PIXELS
            yield Piece(new.stop, old.stop, rest, Shown.NOTHING if counted else old.shown)
