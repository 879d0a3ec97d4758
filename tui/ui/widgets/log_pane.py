"""The log at the bottom of every place."""

from __future__ import annotations

import time
from functools import lru_cache
from textwrap import wrap

from rich.text import Text
from textual.timer import Timer

from tui.ui.log_book import Line, LogBook
from tui.ui.widgets.lines import Lines

BAR = 8
ROWS = 6
# A countdown shows tenths of a second.
TICK = 0.2


class LogPane(Lines):
    """Follows the end unless the person went up. It ticks only while a countdown runs."""

    DEFAULT_CSS = """
    LogPane { padding: 0 1; }
    """

    KEEPS_CURSOR = False

    def __init__(self, book: LogBook) -> None:
        super().__init__(id="log", classes="pane")
        self._book = book
        self._timer: Timer | None = None
        self._rows: list[tuple[Line, str | None, bool]] = []
        self.border_title = "Log"

    @property
    def count(self) -> int:
        return len(self._rows)

    def on_mount(self) -> None:
        self.follow()

    def follow(self) -> None:
        """Show what came since."""
        at_end = self.cursor < 0 or self.cursor >= len(self._rows) - 1
        self._fold()
        self.recount()
        if at_end:
            self.set_reactive(Lines.cursor, len(self._rows) - 1)
            # Once the new rows are laid out, and only if the person has not gone up meanwhile.
            self.call_after_refresh(self._to_end)
        if self._book.counting and self._timer is None:
            self._timer = self.set_interval(TICK, self._tick)

    def _to_end(self) -> None:
        if self.cursor >= len(self._rows) - 1:
            self.scroll_end(animate=False, immediate=True)

    def on_resize(self, event: object) -> None:  # noqa: ARG002  # Textual's signature
        self.follow()

    def _fold(self) -> None:
        """Lay the lines out in rows of the pane's width. A countdown keeps to one row: its words change."""
        width = max(self.scrollable_content_region.width or self.size.width, 24)
        self._rows = []
        for line in self._book.lines:
            room = width - _indent(line) - (BAR + 1 if line.progress is not None else 0)
            pieces = [None] if line.until is not None else _wrap(line.text, max(room, 10))
            self._rows += [(line, piece, number == 0) for number, piece in enumerate(pieces)]

    def draw(self, row: int, width: int) -> Text:
        line, piece, first = self._rows[row]
        text = Text(" " * _indent(line))
        if first:
            text = Text(f"{line.stamp}  ", self.tone("faint"))
            text.append(f"#{line.number}  " if line.number else "", self.tone("quiet"))
        text.append(line.words(time.monotonic()) if piece is None else piece, self.tone(line.tone))
        if line.progress is not None and first:
            done = round(line.progress * BAR)
            text.append(" " * max(width - text.cell_len - BAR, 1))
            text.append("▓" * done + "░" * (BAR - done), self.tone("moving"))
        return text

    def _tick(self) -> None:
        if not self._book.counting and self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.refresh()


def _indent(line: Line) -> int:
    return 10 + (len(f"#{line.number}  ") if line.number else 0)


@lru_cache(8192)
def _wrap(text: str, width: int) -> list[str]:
    """A text in rows, broken at blanks; what would take more than six is cut, and stands whole in the log file."""
    rows = [row for paragraph in text.split("\n") for row in wrap(paragraph, width) or [""]]
    return rows if len(rows) <= ROWS else [*rows[: ROWS - 1], f"{rows[ROWS - 1][: width - 1]}…"]
