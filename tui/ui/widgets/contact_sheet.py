"""The contact sheet: a list's images as small pictures side by side. Only those in sight are known and drawn."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.timer import Timer
from textual.worker import get_current_worker

from tui.core.text import shorten_middle
from tui.render.view import View
from tui.ui.previewer import Previewer, Sight
from tui.ui.selection import Selection
from tui.ui.widgets.image_list import ImageList, stars_of
from tui.ui.widgets.outline import Outline
from tui.ui.widgets.strips import JoinedStrip, PictureStrip

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.render.cells.rows import Row

# Cells that an image takes at least, with the column on either side of its picture and the two lines below it.
WIDTH, HEIGHT = 18, 9
SIDES, BELOW = 2, 2
# Behind every picture, as in the preview.
GROUND = (0x16, 0x16, 0x16)
# Tiles that are kept: some screens in either direction.
KEPT = 400
# A cursor that runs through the sheet draws nothing on its way.
SETTLE = 0.03
# Seconds between two looks at what was drawn so far.
LOOK = 0.05


class Tile(NamedTuple):
    """An image as it is to be drawn; `state` differs where its file does."""

    sight: Sight
    state: tuple[int, int]


class Drawing(NamedTuple):
    """The rows of a tile, or why there are none."""

    rows: tuple[Row, ...]
    width: int
    refused: str = ""


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
    ) -> None:
        self._previewer = previewer
        self._drawn: OrderedDict[Tile, Drawing] = OrderedDict()
        self._wanted: list[Tile] = []
        self._settle: Timer | None = None
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
    def _high(self) -> int:
        """How many lines all of it takes."""
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

    def recount(self) -> None:
        super().recount()
        self.virtual_size = Size(max(self.size.width, 1), self._high)

    def on_resize(self, _: events.Resize) -> None:
        self.virtual_size = Size(max(self.size.width, 1), self._high)
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
        first = crop.y + above - top
        return lines + [self._line(y).crop(crop.x, crop.right) for y in range(first, first + crop.height - above)]

    def render_line(self, y: int) -> Strip:
        return self._line(y) if self.total else super().render_line(y)

    def _line(self, y: int) -> Strip:
        row, line = divmod(y + self.scroll_offset.y, HEIGHT)
        room, parts = self._room, []
        for column in range(self.columns):
            left, right = self._edges(column)
            place = row * self.columns + column
            if place >= self.total:
                parts.append(self._plain(" " * (room - left), self.ground))
                break
            parts += self._part(place, line, right - left)
        return JoinedStrip(parts)

    def _part(self, place: int, line: int, width: int) -> Iterator[Strip]:
        """One line of an image."""
        number = self.numbers[place]
        frame = self._frame(place)
        edge = Segment("▌" if self.is_marked(number) else " ", frame + self.tone("moving"))
        yield self.filtered(Strip([edge], 1))
        inner = width - SIDES
        entry = self.selection.entry(number)
        if line < HEIGHT - BELOW:
            yield from self._picture(entry, place, line, inner)
        else:
            yield self._label(entry, line == HEIGHT - 1, inner, frame)
        yield self._plain(" ", frame)

    def _frame(self, place: int) -> Style:
        """The colours around an image, by which the cursor is seen."""
        if place != self.cursor:
            return self.ground
        return self.ground + self.tone("cursor" if self.has_focus else "blurred")

    def _label(self, entry: Entry | None, last: bool, width: int, frame: Style) -> Strip:
        """Its name, or in the last line how it was judged."""
        if entry is None:
            return self._plain(" " * width, frame)
        if last:
            return self._plain(stars_of(entry).ljust(width), frame + self.tone("moving"))
        return self._plain(shorten_middle(entry.name, width), frame, width)

    def _picture(self, entry: Entry | None, place: int, line: int, width: int) -> Iterator[Strip]:
        quiet = Style(color=self.tone("quiet").color, bgcolor=f"rgb{GROUND}".replace(" ", ""))
        if entry is None:
            # A whole screen of them in either direction.
            around = self.columns * max(self.size.height // HEIGHT, 1)
            self.ask(range(place - around, place + 2 * around))
            yield self._plain(" " * width, quiet)
            return
        high = HEIGHT - BELOW
        tile = self._tile(entry, width, high)
        drawing = self._drawn.get(tile)
        if drawing is None:
            self._want(tile)
        if drawing is None or drawing.refused:
            words = "no preview" if drawing else "·"
            yield self._plain(words.center(width) if line == high // 2 else " " * width, quiet)
            return
        top, left = (high - len(drawing.rows)) // 2, (width - drawing.width) // 2
        if not top <= line < top + len(drawing.rows):
            yield self._plain(" " * width, quiet)
            return
        row = drawing.rows[line - top]
        yield self._plain(" " * left, quiet)
        # Letters in the terminal's own colours would stand in a frame of other ones.
        yield PictureStrip(row) if row.coloured else self._plain(row.text, self.ground)
        yield self._plain(" " * (width - left - drawing.width), quiet)

    def _plain(self, text: str, style: Style, width: int | None = None) -> Strip:
        strip = Strip([Segment(text, style)])
        return self.filtered(strip if width is None else strip.adjust_cell_length(width, style))

    # --- the pictures ---

    def _tile(self, entry: Entry, width: int, height: int) -> Tile:
        sight = self._previewer.sight(entry.path, width, height, View(), GROUND)
        budget = sight.look.budget
        if budget is not None:
            # What is meant for one picture has to do for all in sight.
            budget = max(budget // (self.columns * max(self.size.height // HEIGHT, 1)), 1)
        sight = replace(sight, look=replace(sight.look, budget=budget), graphics=None, around=None)
        return Tile(sight, (entry.mtime_ns, entry.bytes))

    def _want(self, tile: Tile) -> None:
        """Have it drawn, once the sheet comes to rest."""
        if tile not in self._wanted:
            self._wanted.append(tile)
            if self._settle is None:
                self._settle = self.set_timer(SETTLE, self._start)

    def _in_sight(self) -> Iterator[int]:
        """The places of the images in sight."""
        top, high = self.scroll_offset.y, self.size.height
        first = top // HEIGHT * self.columns
        return iter(range(first, min(-(-(top + high) // HEIGHT) * self.columns, self.total)))

    def _start(self) -> None:
        """Draw what is in sight and not drawn yet; what has left it meanwhile is wanted no longer."""
        self._settle = None
        self._wanted = []
        for place in self._in_sight():
            entry = self.selection.entry(self.numbers[place])
            if entry is not None:
                tile = self._tile(entry, self.region_of(place).width - SIDES, HEIGHT - BELOW)
                if tile not in self._drawn:
                    self._wanted.append(tile)
        self.workers.cancel_group(self, "tiles")
        if self._wanted:
            self._draw(self._wanted)

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
        self._drawn.update(drawn)
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        self._wanted = [tile for tile in self._wanted if tile not in drawn]
        paths = {tile.sight.path for tile in drawn}
        aside, down = self.gutter.left - self.scroll_offset.x, self.gutter.top - self.scroll_offset.y
        for place in self._in_sight():
            entry = self.selection.entry(self.numbers[place])
            if entry is not None and entry.path in paths:
                self.refresh(self.region_of(place).translate((aside, down)))
