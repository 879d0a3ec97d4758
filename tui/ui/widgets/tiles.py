"""What contact sheets have drawn: the picture of each tile, and its lines with the name below."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from tui.ui.previewer import Sight

if TYPE_CHECKING:
    from tui.render.cells.rows import Row

# Some screens in either direction.
KEPT = 400


class Tile(NamedTuple):
    """An image as it is to be drawn; `state` differs where its file does."""

    sight: Sight
    state: tuple[int, int]


class Drawing(NamedTuple):
    """The rows of a tile, or why there are none."""

    rows: tuple[Row, ...]
    width: int
    refused: str = ""


class Block(NamedTuple):
    """The strips of each line of an image with its name; they stand for its `drawing`, which is kept for that."""

    lines: list[list[Strip]]
    drawing: Drawing | None


class Tiles:
    """`drawings` are those that were drawn last. Strips are kept as long as they would be made in the same way."""

    def __init__(self) -> None:
        self.drawings: OrderedDict[Tile, Drawing] = OrderedDict()
        self._manner: object = None
        self._blocks: dict[tuple[object, ...], Block] = {}
        self._texts: dict[tuple[Segment, ...], Strip] = {}

    def take(self, drawn: Mapping[Tile, Drawing]) -> None:
        """Keep what was drawn, and no more than KEPT of all."""
        self.drawings.update(drawn)
        while len(self.drawings) > KEPT:
            self.drawings.popitem(last=False)

    def in_manner(self, manner: object) -> None:
        """Strips are made in this way from now on: with such colours and filters."""
        if manner != self._manner:
            self._manner = manner
            self._blocks.clear()
            self._texts.clear()

    def block(self, key: tuple[object, ...], make: Callable[[], Block]) -> Block:
        """The same block for the same key."""
        found = self._blocks.get(key)
        if found is None:
            if len(self._blocks) >= KEPT:
                self._blocks.clear()
                self._texts.clear()
            found = self._blocks[key] = make()
        return found

    def text(self, segments: tuple[Segment, ...], make: Callable[[Strip], Strip]) -> Strip:
        """The same strip for the same text: most of the tiles' edges and blanks are alike."""
        found = self._texts.get(segments)
        if found is None:
            found = self._texts[segments] = make(Strip(segments))
        return found
