"""The contact sheet: a list's images as small pictures side by side. Only those in sight are known and drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding
from textual.geometry import Region
from textual.strip import Strip
from textual.worker import get_current_worker

from tui.core.text import shorten_middle
from tui.render.view import View
from tui.ui.previewer import Previewer
from tui.ui.selection import Selection
from tui.ui.widgets.image_list import ImageList, stars_of
from tui.ui.widgets.outline import Outline
from tui.ui.widgets.strips import JoinedStrip, PictureStrip
from tui.ui.widgets.tiles import Block, Drawing, Tile, Tiles

if TYPE_CHECKING:
    from tui.library.entry import Entry

# Cells that an image takes at least, with the column on either side of its picture and the two lines below it.
WIDTH, HEIGHT = 18, 9
SIDES, BELOW = 2, 2
# Behind every picture, as in the preview.
GROUND = (0x16, 0x16, 0x16)
# A cursor that runs through the sheet draws nothing on its way.
SETTLE = 0.03
# Seconds between two looks at what was drawn so far.
LOOK = 0.1


class ContactSheet(ImageList):
    """As many columns as fit. The cursor moves in two dimensions; it is the place of an image."""

    DEFAULT_CSS = """
    ContactSheet { padding: 0; }
    """
    ALLOW_SELECT = False
    BINDINGS = [
        Binding("left,h", "aside(-1)", show=False),
        Binding("right,l", "aside(1)", show=False),
    ]

    def __init__(
        self,
        heading: str,
        previewer: Previewer,
        *,
        empty: str,
        id: str,  # noqa: A002  # Textual's own name
        selection: Selection | None = None,
        tiles: Tiles | None = None,
    ) -> None:
        """`tiles` keeps what is drawn, for the next sheet, too."""
        self.tiles = tiles or Tiles()
        self._previewer = previewer
        self._wanted: dict[Tile, None] = {}
        self._wanted_at = 0.0
        self._due = False
        super().__init__(heading, empty=empty, id=id, selection=selection)

    def lay_out(self) -> None:
        self.numbers = self.selection.ids
        self.outline = Outline([(None, len(self.numbers))])

    # --- what stands where ---

    @property
    def columns(self) -> int:
        return max(self._room // WIDTH, 1)

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width or self.size.width

    @property
    def height_of_all(self) -> int:
        return -(-self.total // self.columns) * HEIGHT

    def _edges(self, column: int) -> tuple[int, int]:
        """Where a column begins and ends: together they fill the width."""
        columns, room = self.columns, self._room
        return column * room // columns, (column + 1) * room // columns

    def region_of(self, place: int) -> Region:
        """Where an image stands on the whole sheet."""
        row, column = divmod(place, self.columns)
        left, right = self._edges(column)
        return Region(left, row * HEIGHT, right - left, HEIGHT)

    def place_at(self, x: int, y: int) -> int | None:
        """The image that stands at a cell of the whole sheet."""
        column = next((each for each in range(self.columns) if x < self._edges(each)[1]), None)
        place = y // HEIGHT * self.columns + column if column is not None and y >= 0 else -1
        return place if 0 <= place < self.total else None

    def on_resize(self, event: events.Resize) -> None:
        # Textual calls both, this one first.
        event.prevent_default()
        super().on_resize(event)
        if self.cursor >= 0:
            self.scroll_to_region(self.region_of_cursor, animate=False)
        self.refresh()

    # --- moving ---

    @property
    def region_of_cursor(self) -> Region:
        return self.region_of(self.cursor)

    def action_move(self, delta: int) -> None:
        """So many rows of images down."""
        if self.total:
            last, columns = self.total - 1, self.columns
            target = self.cursor + delta * columns
            if target > last:
                # Below the last but one row may be nothing; the end of the sheet is the last image.
                target = last if delta > 1 or self.cursor // columns < last // columns else self.cursor
            elif target < 0:
                target = 0 if delta < -1 else self.cursor
            self.cursor = target

    def action_aside(self, delta: int) -> None:
        """To the image before or after."""
        if self.total:
            self.cursor = min(max(self.cursor + delta, 0), self.total - 1)

    def advance(self) -> None:
        self.action_aside(1)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(self.size.height // HEIGHT, 1))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        place = self.place_at(offset.x, offset.y + self.scroll_offset.y) if offset is not None else None
        if place is not None:
            self.cursor = place
            if event.chain == 2:
                self.call_later(self.screen.run_action, "open_image")
        event.prevent_default()

    # --- drawing ---

    def render_lines(self, crop: Region) -> list[Strip]:
        """Pictures are finished text, and go past the styles that Textual puts on what a widget draws."""
        if not self.total:
            return super().render_lines(crop)
        top = self.gutter.top
        above = min(max(top - crop.y, 0), crop.height)
        lines = super().render_lines(Region(crop.x, crop.y, crop.width, above)) if above else []
        first = crop.y + above - top + self.scroll_offset.y
        drawn = self._lines(first, first + crop.height - above)
        return [*lines, *(line.crop(crop.x, crop.right) for line in drawn)]

    def render_line(self, y: int) -> Strip:
        return next(self._lines(y + self.scroll_offset.y)) if self.total else super().render_line(y)

    def _lines(self, first: int, stop: int | None = None) -> Iterator[Strip]:
        """Lines of the whole sheet."""
        tones = tuple(map(self.tone, ("cursor", "blurred", "moving", "quiet")))
        self.tiles.in_manner((self.ground, self.background_colors[1], tuple(self.app.get_line_filters()), tones))
        row, blocks = -1, []
        for y in range(first, first + 1 if stop is None else stop):
            if y // HEIGHT != row:
                row = y // HEIGHT
                places = range(row * self.columns, min((row + 1) * self.columns, self.total))
                blocks = [self._block(place) for place in places]
            parts = [strip for block in blocks for strip in block.lines[y % HEIGHT]]
            missing = self._room - sum(strip.cell_length for strip in parts)
            yield JoinedStrip([*parts, self.filtered(Strip.blank(missing, self.ground))] if missing > 0 else parts)

    def _block(self, place: int) -> Block:
        """An image as it stands there: the same strips as long as nothing of it changes."""
        number, region = self.numbers[place], self.region_of(place)
        entry = self.selection.entry(number)
        width, height = region.width - SIDES, region.height - BELOW
        drawing = self._drawing(entry, place, width, height)
        cursor = ("cursor" if self.has_focus else "blurred") if place == self.cursor else ""
        name = shorten_middle(entry.name, width) if entry else ""
        words = "no preview" if drawing and drawing.refused else "" if drawing or not entry else "·"
        key = (width, id(drawing), words, name, stars_of(entry) if entry else "", cursor, self.is_marked(number))

        def made() -> Block:
            frame = self.ground + self.tone(cursor) if cursor else self.ground
            edge = Segment("▌" if self.is_marked(number) else " ", frame + self.tone("moving"))
            inner: list[list[Segment | PictureStrip]] = [
                *self._picture(drawing, words, width, height),
                [Segment(name + " " * (width - cell_len(name)), frame)],
                [Segment((stars_of(entry) if entry else "").ljust(width), frame + self.tone("moving"))],
            ]
            return Block([self._strips([edge, *line, Segment(" ", frame)]) for line in inner], drawing)

        return self.tiles.block(key, made)

    def _strips(self, parts: Iterable[Segment | PictureStrip]) -> list[Strip]:
        """Of as few pieces as can be: what is sent is held against each of those that stand there."""
        strips: list[Strip] = []
        for picture, together in groupby(parts, lambda part: isinstance(part, PictureStrip)):
            found: tuple[Any, ...] = tuple(together)
            strips += found if picture else (self.tiles.text(found, self.filtered),)
        return [strip for strip in strips if strip.cell_length]

    def _drawing(self, entry: Entry | None, place: int, width: int, height: int) -> Drawing | None:
        """What was drawn of an image; what is not known or not drawn yet is asked for."""
        if entry is None:
            # A whole screen of them in either direction.
            around = self.columns * max(self.size.height // HEIGHT, 1)
            self.ask(range(place - around, place + 2 * around))
            return None
        tile = self._tile(entry, width, height)
        drawing = self.tiles.drawings.get(tile)
        if drawing is None:
            self._want(tile)
        return drawing

    def _picture(
        self, drawing: Drawing | None, words: str, width: int, height: int
    ) -> Iterator[list[Segment | PictureStrip]]:
        quiet = Style(color=self.tone("quiet").color, bgcolor=RichColor.from_rgb(*GROUND))
        rows = drawing.rows if drawing else ()
        top, left = (height - len(rows)) // 2, (width - (drawing.width if drawing else 0)) // 2
        for line in range(height):
            if top <= line < top + len(rows):
                row = rows[line - top]
                # Letters in the terminal's own colours would stand in a frame of other ones.
                picture = PictureStrip(row) if row.coloured else Segment(row.text, self.ground)
                yield [Segment(" " * left, quiet), picture, Segment(" " * (width - left - len(row)), quiet)]
            else:
                yield [Segment(words.center(width) if line == height // 2 else " " * width, quiet)]

    # --- the pictures ---

    def _tile(self, entry: Entry, width: int, height: int) -> Tile:
        sight = self._previewer.sight(entry.path, width, height, View(), GROUND)
        budget = sight.look.budget
        if budget is not None:
            # What is meant for one picture has to do for all in sight.
            budget = max(budget // (self.columns * max(self.size.height // HEIGHT, 1)), 1)
        sight = sight._replace(look=replace(sight.look, budget=budget), graphics=None, around=None)
        return Tile(sight, (entry.mtime_ns, entry.bytes))

    def _want(self, tile: Tile) -> None:
        """Have it drawn, once the sheet comes to rest."""
        if tile in self._wanted:
            return
        self._wanted[tile] = None
        now = time.monotonic()
        rested, self._wanted_at = now - self._wanted_at > SETTLE, now
        if not self._due:
            self._due = True
            # The first of a row of keys is not kept waiting.
            if rested:
                self.call_next(self._start)
            else:
                self.set_timer(SETTLE, self._start)

    def _in_sight(self) -> Iterator[int]:
        """The places of the images in sight."""
        top, high = self.scroll_offset.y, self.size.height
        first = top // HEIGHT * self.columns
        return iter(range(first, min(-(-(top + high) // HEIGHT) * self.columns, self.total)))

    def _start(self) -> None:
        """Draw what is in sight and not drawn yet; what has left it meanwhile is wanted no longer."""
        self._due = False
        self._wanted.clear()
        for place in self._in_sight():
            entry = self.selection.entry(self.numbers[place])
            if entry is not None:
                tile = self._tile(entry, self.region_of(place).width - SIDES, HEIGHT - BELOW)
                if tile not in self.tiles.drawings:
                    self._wanted[tile] = None
        self.workers.cancel_group(self, "tiles")
        if self._wanted:
            self._draw(tuple(self._wanted))

    @work(thread=True, group="tiles", exit_on_error=False)
    def _draw(self, tiles: Iterable[Tile]) -> None:
        from tui.render.picture import Refused, Stale

        worker = get_current_worker()
        done: dict[Tile, Drawing] = {}
        told = time.monotonic()
        tell: Callable[..., object] = self.app.call_from_thread
        for tile in tiles:
            try:
                rendered = self._previewer.tile(tile.sight, lambda: worker.is_cancelled)
                done[tile] = Drawing(rendered.rows, rendered.width)
            except Stale:
                break
            except (Refused, OSError) as refused:
                done[tile] = Drawing((), 0, str(refused) or "refused")
            if time.monotonic() - told > LOOK:
                tell(self._take, done)
                done, told = {}, time.monotonic()
        if done:
            tell(self._take, done)

    def _take(self, drawn: Mapping[Tile, Drawing]) -> None:
        if not self.is_attached:
            return
        self.tiles.take(drawn)
        for tile in drawn:
            self._wanted.pop(tile, None)
        paths = {tile.sight.path for tile in drawn}
        for place in self._in_sight():
            entry = self.selection.entry(self.numbers[place])
            if entry is not None and entry.path in paths:
                self.refresh(self.region_of(place).translate(-self.scroll_offset))
