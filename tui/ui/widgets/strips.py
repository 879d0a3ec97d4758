"""Strips that carry finished text, and make segments of it only for those who ask: a filter, a tint, a screenshot."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from tui.render.cells.rows import Row
    from tui.render.graphics.placement import Placement


class Finished(Strip):
    """The base of both. Textual's strips keep segments in an attribute; here it is worked out when it is read."""

    _made: list[Segment] | None

    def __init__(self, cell_length: int) -> None:
        self._made = None
        super().__init__((), cell_length)

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            self._made = self._make()
        return self._made

    @_segments.setter
    def _segments(self, _: list[Segment]) -> None:
        """What the base class begins with."""

    @abstractmethod
    def _make(self) -> list[Segment]:
        """The same as segments."""

    def __bool__(self) -> bool:
        return bool(self.cell_length)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        places = [0, *(cut for cut in cuts if cut <= self.cell_length)]
        return [self.crop(start, stop) for start, stop in pairwise(places)]


class PictureStrip(Finished):
    """The cells from `start` to `stop` of a row of a picture."""

    def __init__(self, row: Row, start: int = 0, stop: int | None = None) -> None:
        self.row = row
        self.start = start
        self.stop = len(row) if stop is None else stop
        super().__init__(self.stop - self.start)

    def _make(self) -> list[Segment]:
        segments = self.row.segments
        if self.cell_length == len(self.row):
            return segments
        return list(Strip(segments, len(self.row)).crop(self.start, self.stop))

    def crop(self, start: int, end: int | None = None) -> Strip:
        first = min(self.start + max(start, 0), self.stop)
        last = self.stop if end is None else min(max(self.start + end, first), self.stop)
        if (first, last) == (self.start, self.stop):
            return self
        return self._between(first, last)

    def _between(self, start: int, stop: int) -> PictureStrip:
        return PictureStrip(self.row, start, stop)

    def render(self, console: Console) -> str:  # noqa: ARG002  # the depth was chosen when the row was made
        return self.row.part(self.start, self.stop)


class GraphicsStrip(PictureStrip):
    """The same cells of a picture that the terminal shows as pixels, where it can. Whoever else looks gets cells."""

    def __init__(self, placement: Placement, row: Row, start: int = 0, stop: int | None = None) -> None:
        self.placement = placement
        super().__init__(row, start, stop)

    def _between(self, start: int, stop: int) -> GraphicsStrip:
        return GraphicsStrip(self.placement, self.row, start, stop)


class JoinedStrip(Finished):
    """Strips side by side that stay what they are."""

    def __init__(self, parts: Iterable[Strip]) -> None:
        self.parts = tuple(part for part in parts if part.cell_length)
        super().__init__(sum(part.cell_length for part in self.parts))

    def _make(self) -> list[Segment]:
        return [segment for part in self.parts for segment in part]

    def crop(self, start: int, end: int | None = None) -> Strip:
        first = max(start, 0)
        last = self.cell_length if end is None else min(end, self.cell_length)
        if first == 0 and last == self.cell_length:
            return self
        kept, at = [], 0
        for part in self.parts:
            if at < last and at + part.cell_length > first:
                kept.append(part.crop(max(first - at, 0), min(last - at, part.cell_length)))
            at += part.cell_length
        return kept[0] if len(kept) == 1 else JoinedStrip(kept)

    def render(self, console: Console) -> str:
        return "".join(part.render(console) for part in self.parts)
