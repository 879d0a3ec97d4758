"""What was spent, one row a day, week, month, model or provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.strip import Strip

from tui.core.pricing import dollars
from tui.core.text import clean_line, shorten
from tui.ui.widgets.image_list import day_name
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.library.spend import Spent

EMPTY = "Nothing was spent yet.\nWhat images cost stands here\nonce a provider has made some: f5."
NUMBERS = (("images", 8), ("actual", 10), ("estimate", 10), ("unknown", 9))
# Cells that a row's name has at least; numbers that leave less are not shown, the last ones first.
NAME = 14


class SpendTable(Lines):
    """`period` is one of library.spend.PERIODS."""

    DEFAULT_CSS = """
    SpendTable { padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self._rows: Sequence[Spent] = ()
        self._today = date.min
        self._loaded = False
        self.period = "day"
        self.border_title = "Spent"

    @property
    def count(self) -> int:
        return len(self._rows) + 1 if self._rows else 0

    def selectable(self, row: int) -> bool:
        return 0 < row < self.count

    @property
    def selected(self) -> Spent | None:
        """The row under the cursor."""
        return self._rows[self.cursor - 1] if self.selectable(self.cursor) else None

    def fill(self, rows: Sequence[Spent], period: str, today: date) -> None:
        """Show rows; the cursor stays on what it stood on."""
        here = self.selected.key if self.selected and period == self.period else None
        self._rows, self.period, self._today, self._loaded = rows, period, today, True
        at = next((number for number, row in enumerate(rows, 1) if row.key == here), 1)
        self.set_reactive(Lines.cursor, at if rows else -1)
        self.border_title = Content.assemble("Spent", (f"  by {period}", "$text-disabled"))
        self.recount()

    def render_line(self, y: int) -> Strip:
        if self._rows or not self._loaded:
            return super().render_line(y)
        lines = EMPTY.split("\n")
        at = y - max(self.size.height // 2 - len(lines), 0)
        text = Text(lines[at].center(self.size.width) if 0 <= at < len(lines) else "", self.tone("quiet"), end="")
        return Strip(list(text.render(self.app.console))).adjust_cell_length(self.size.width).apply_style(self.ground)

    def draw(self, row: int, width: int) -> Text:
        shown = list(NUMBERS)
        while len(shown) > 1 and width - sum(room for _, room in shown) < NAME:
            shown.pop()
        name = max(width - sum(room for _, room in shown), 4)
        if row == 0:
            head = Text(self.period.ljust(name)[:name], self.tone("quiet"))
            return head.append("".join(title.rjust(room) for title, room in shown), self.tone("quiet"))
        spent = self._rows[row - 1]
        line = Text(shorten(name_of(spent.key, self.period, self._today), name - 1).ljust(name), self.tone("plain"))
        cells = {
            "images": (f"{spent.images:,}", "quiet"),
            "actual": (dollars(spent.cost), "moving") if spent.unknown < spent.images else ("?", "ask"),
            "estimate": (dollars(spent.estimate), "quiet"),
            "unknown": (f"{spent.unknown:,}" if spent.unknown else "–", "ask" if spent.unknown else "faint"),
        }
        for title, room in shown:
            text, tone = cells[title]
            line.append(text.rjust(room), self.tone(tone))
        return line


def name_of(key: str, period: str, today: date) -> str:
    """A row's key as people say it."""
    if period == "day":
        return day_name(key, today)
    try:
        if period == "week":
            monday = date.fromisoformat(key)
            return f"week of {monday.day} {monday:%b}" + ("" if monday.year == today.year else f" {monday.year}")
        if period == "month":
            return f"{date.fromisoformat(f'{key}-01'):%b %Y}"
    except ValueError:
        pass
    return clean_line(key) or "unknown"
