"""A list of which only the visible rows are drawn: the base of the image list, the queue and the log."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui.widgets.drawn import Drawn

# Each tone's colour and ground, as the theme's variables. Component classes would do the same and cost every
# list ten more style look-ups whenever styles are applied.
TONES = {
    "plain": ("foreground", ""),
    "quiet": ("text-muted", ""),
    "faint": ("text-disabled", ""),
    "good": ("success", ""),
    "bad": ("error", ""),
    "moving": ("warning", ""),
    "ask": ("warning", ""),
    "cursor": ("foreground", "row-cursor"),
    "blurred": ("", "row-blurred"),
}
BOLD = frozenset({"ask", "cursor"})


@lru_cache(64)
def _tone(name: str, colours: tuple[str, ...], ground: str) -> Style:
    ink, back = (_ink(colour, ground) for colour in colours)
    return Style(color=ink, bgcolor=back, bold=name in BOLD or None)


def _ink(value: str, ground: str) -> RichColor | None:
    """A variable's colour; one with a share, such as `#ffffff 60%`, is mixed with the ground."""
    name, _, share = value.partition(" ")
    if name in ("", "transparent"):
        return None
    colour = Color.parse(name)
    return (Color.parse(ground).blend(colour, int(share[:-1]) / 100) if share else colour).rich_color


# The first base is the one whose styles Textual inherits: without them nothing scrolls.
class Lines(ScrollView, Drawn, can_focus=True):
    """`count` rows, drawn by `draw`, with a cursor that skips the rows that `selectable` says no to."""

    DEFAULT_CSS = """
    Lines { height: 1fr; background: transparent; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    BINDINGS = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("g,home", "move(-1000000000)", show=False),
        Binding("G,end", "move(1000000000)", show=False),
        Binding("ctrl+d,pagedown", "page(1)", show=False),
        Binding("ctrl+u,pageup", "page(-1)", show=False),
    ]

    # Whether the cursor shows while the focus is elsewhere.
    KEEPS_CURSOR = True

    cursor: reactive[int] = reactive(-1, repaint=False)

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, lines: Lines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> Lines:
            return self.lines

    # --- what a list says of itself -------------------------------------------------------------------------------

    @property
    @abstractmethod
    def count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def draw(self, row: int, width: int) -> Text:
        """One row as text of any length; it is cut or filled to the width."""

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count

    def tone(self, name: str) -> Style:
        """The style of one of the tones that the log and the lists use, in the theme of the moment."""
        variables = self.app.theme_variables
        return _tone(name, tuple(variables.get(each, "") for each in TONES[name]), variables["background"])

    # --- drawing --------------------------------------------------------------------------------------------------

    def recount(self) -> None:
        """The rows changed: take their number anew and draw what is visible."""
        self._fit()
        if not self.selectable(self.cursor):
            self.set_reactive(Lines.cursor, self._nearest(self.cursor))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.scrollable_content_region.width or self.size.width
        if not 0 <= row < self.count:
            return Strip.blank(width, self.ground)
        text = self.draw(row, width)
        text.no_wrap, text.end = True, ""
        if text.cell_len > width:
            text.truncate(width, overflow="ellipsis")
        strip = Strip(list(text.render(self.app.console)), text.cell_len)
        base = self.ground
        if row == self.cursor and self.selectable(row) and (self.has_focus or self.KEEPS_CURSOR):
            over = self.tone("cursor" if self.has_focus else "blurred")
            strip = strip.adjust_cell_length(width, base).apply_style(base)
            return Strip([type(s)(s.text, (s.style or base) + over, s.control) for s in strip], strip.cell_length)
        return strip.adjust_cell_length(width, base).apply_style(base)

    def on_resize(self, _: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        self.virtual_size = Size(max(self.size.width, 1), self.height_of_all)

    @property
    def height_of_all(self) -> int:
        """How many lines all of it takes."""
        return self.count

    # --- moving ---------------------------------------------------------------------------------------------------

    def _nearest(self, row: int) -> int:
        """The selectable row at or nearest to `row`; -1 where there is none."""
        row = min(max(row, 0), self.count - 1)
        for distance in range(self.count):
            for each in (row + distance, row - distance):
                if self.selectable(each):
                    return each
        return -1

    def watch_cursor(self) -> None:
        if self.cursor >= 0:
            self.scroll_to_region(self.region_of_cursor, animate=False)
        self.refresh()
        # Straight to the screen, so that what it shows of the row comes in the same frame as the cursor.
        self.screen.post_message(self.Moved(self))

    @property
    def region_of_cursor(self) -> Region:
        """What comes into sight with the cursor: a heading above the first of its rows, too."""
        top = self.cursor - 1 if self.cursor and not self.selectable(self.cursor - 1) else self.cursor
        return Region(0, top, 1, self.cursor - top + 1)

    def action_move(self, delta: int) -> None:
        step = 1 if delta > 0 else -1
        row = min(max(self.cursor + delta, 0), self.count - 1)
        while 0 <= row < self.count and not self.selectable(row):
            row += step
        self.cursor = row if self.selectable(row) else self._nearest(min(max(row, 0), self.count - 1))

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(self.size.height // 2, 1))

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if self.selectable(row):
            self.cursor = row

    def on_focus(self) -> None:
        if self.cursor < 0 and self.count:
            self.cursor = self._nearest(0)
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
