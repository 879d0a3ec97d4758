"""What the terminal shows, so that only what changed is sent to it.

Textual writes every piece of every line that a refresh touches, and everything when a box opens or the layout moves.
Here each piece is held against what was last written in its place. Pictures are compared cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.ui.widgets.strips import JoinedStrip, PictureStrip


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands in a line from `start` to `stop`: finished text, or cells of a picture."""

    start: int
    stop: int
    what: str | PictureStrip


class Sent:
    """The pieces of each line that the terminal is known to show."""

    def __init__(self) -> None:
        self._lines: dict[int, list[_Piece]] = {}

    def forget(self) -> None:
        """Something else may have written to the terminal: send everything again."""
        self._lines.clear()

    def changes(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> str:
        """The text that brings the terminal from what it shows to an update of Textual's compositor."""
        written: list[str] = []
        for y, x, strip in _pieces(update):
            line = self._lines.setdefault(y, [])
            for at, text in self._new(line, x, strip, console):
                written.append(Control.move_to(at, y).segment.text + text)
        return "".join(written)

    def _new(self, line: list[_Piece], x: int, strip: Strip, console: Console) -> Iterator[tuple[int, str]]:
        if isinstance(strip, JoinedStrip):
            for part in strip.parts:
                yield from self._new(line, x, part, console)
                x += part.cell_length
            return
        stop = x + strip.cell_length
        if isinstance(strip, PictureStrip):
            piece = _Piece(x, stop, strip)
            yield from _of_picture(line, piece, strip)
        else:
            piece = _Piece(x, stop, strip.render(console))
            if piece in line:
                return
            yield x, str(piece.what)
        line[:] = [*(left for old in line for left in _around(old, piece)), piece]


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


def _of_picture(line: Iterable[_Piece], piece: _Piece, strip: PictureStrip) -> Iterator[tuple[int, str]]:
    from tui.render.changes import cells, spans, unknown

    shown = unknown(strip.cell_length)
    for old in line:
        if isinstance(old.what, PictureStrip) and old.start < piece.stop and old.stop > piece.start:
            if old.what.row is strip.row and _same(old, piece):
                return
            start, stop = max(old.start, piece.start), min(old.stop, piece.stop)
            from_old = old.what.start - old.start
            shown[:, start - piece.start : stop - piece.start] = cells(old.what.row, start + from_old, stop + from_old)
    for start, stop in spans(shown, cells(strip.row, strip.start, strip.stop)):
        yield piece.start + start, strip.row.part(strip.start + start, strip.start + stop)


def _same(old: _Piece, new: _Piece) -> bool:
    """Whether all of the new one stands there as a part of the old one, both of the same row."""
    assert isinstance(old.what, PictureStrip) and isinstance(new.what, PictureStrip)
    aligned = old.what.start - old.start == new.what.start - new.start
    return aligned and old.start <= new.start and old.stop >= new.stop


def _around(old: _Piece, new: _Piece) -> Iterator[_Piece]:
    """What is left of a piece where another one was written. Text that was written over in part is as good as gone."""
    if old.stop <= new.start or old.start >= new.stop:
        yield old
    elif isinstance(old.what, PictureStrip):
        row, shift = old.what.row, old.what.start - old.start
        if old.start < new.start:
            yield _Piece(old.start, new.start, PictureStrip(row, old.start + shift, new.start + shift))
        if old.stop > new.stop:
            yield _Piece(new.stop, old.stop, PictureStrip(row, new.stop + shift, old.stop + shift))
