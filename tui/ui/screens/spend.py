"""Spend: what images cost, by day, week, month, model or provider, beside what had been expected."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.paths import expanded, shown
from tui.core.pricing import dollars
from tui.core.text import image_count
from tui.ui.commands import BY_ID, bindings
from tui.ui.screens.place import Place
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.plot import Bars, Plot
from tui.ui.widgets.spend_table import SpendTable, name_of

if TYPE_CHECKING:
    from tui.library.index import Index
    from tui.library.spend import Spent

PERIODS = ("day", "week", "month", "model", "provider")
IN_TIME = PERIODS[:3]
# Times that are plotted at most.
MOST = 60


class Books(NamedTuple):
    """What was spent by a period, and what the sandbox pretends; for each the whole as one row."""

    rows: Sequence[Spent]
    pretend: Sequence[Spent]


class PeriodBar(Bar):
    """By what it is summed, with the keys for it."""

    def __init__(self) -> None:
        super().__init__()
        self.period = PERIODS[0]

    def render(self) -> RenderResult:
        parts = [("", Content("by  "))]
        for period in PERIODS:
            style = "bold $foreground on $primary 35%" if period == self.period else "$text-muted"
            command = BY_ID[f"by_{period}"]
            key = shell(self).keys_of(command).split(",")[0]
            parts.append(
                (command.id, Content.assemble((f" {key}", "$text-disabled"), (f" {command.title} ", style), " "))
            )
        return self.line(parts)


class SpendScreen(Place):
    """The table to the left, its plot to the right, and the whole in words above."""

    PLACE = "spend"
    CSS_PATH = "../styles/spend.tcss"
    PANES: ClassVar = (("spent", "Table"), ("plot", "Plot"))
    AUTO_FOCUS = "#spent"
    BINDINGS = bindings("spend")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.period = PERIODS[0]
        self._books: Books | None = None
        self._known: object = None

    def panes(self) -> Iterable[Widget]:
        yield SpendTable(id="spent")
        yield Plot(id="plot")

    def on_mount(self) -> None:
        self.mount(PeriodBar(), Static(id="sum", markup=False), before="#panes")
        self._ask()

    def follow(self) -> None:
        """What was counted anew is shown."""
        super().follow()
        if self.stands and self.session.budget != self._known:
            self._ask()

    def on_screen_resume(self) -> None:
        self._ask()

    def _ask(self) -> None:
        period, self._known = self.period, self.session.budget

        def read(index: Index) -> Books:
            return books_of(index, period)

        def take(books: Books) -> None:
            if self.stands and period == self.period:
                self._show(books)

        shell(self).ask(read, take, library=True, only_latest="spend")

    def _show(self, books: Books) -> None:
        self._books = books
        today = date.fromtimestamp(time.time())
        self.query_one(PeriodBar).period = self.period
        self.query_one(PeriodBar).refresh()
        self.query_one(SpendTable).fill(books.rows, self.period, today)
        self.query_one("#sum", Static).update(summary(books))
        bars = plotted(books.rows, self.period, today)
        most = max((max(each.actual, each.expected) for each in bars), default=0.0)
        self.query_one(Plot).show(
            bars, in_time=self.period in IN_TIME, scale=dollars(most), words="The same as a plot will stand here."
        )
        self.refresh_bindings()

    # --- what can be done ---------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's
        if action in ("show_images", "export_spending") and self.stands:
            something = bool(self._books and (self._books.rows or self._books.pretend))
            return True if something else None
        return True

    def action_by(self, period: str) -> None:
        self.period = period
        self._ask()

    async def action_show_images(self) -> None:
        """The images of the row under the cursor, in the Library."""
        table = self.query_one(SpendTable)
        if table.selected is not None:
            self.session.folder = None
            self.session.query = query_of(table.selected.key, table.period)
            shell(self).list_images(rescan=False)
            await self.app.run_action("place('library')")

    def action_export_spending(self) -> None:
        from tui.ui.screens.pick import Pick

        period = self.period

        def chosen(text: str | None) -> None:
            if text:
                self._write(expanded(text, os.environ), period)

        name = shown(self.session.library / f"spent-by-{period}.csv")
        self.app.push_screen(
            Pick("Save as CSV", [], current=name, free=True, hint="A file that is there is not written over."), chosen
        )

    def _write(self, path: Path, period: str) -> None:
        def write(index: Index) -> str:
            """What can't be done, in words; empty where it is done."""
            from tui.library import spend

            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(spend.as_csv(period, *books_of(index, period)))
            except OSError as error:
                return f"{shown(path)} can't be written: {error.strerror or error}"
            return ""

        def tell(problem: str) -> None:
            if problem:
                self.notify(problem, severity="error")
            else:
                self.notify(f"Saved {shown(path)}", timeout=4)

        shell(self).ask(write, tell, library=True)


def books_of(index: Index, period: str) -> Books:
    return Books(index.spent_by(period), index.spent_by(period, pretend=True))


def summary(books: Books) -> Content:
    """The whole in words."""
    images, cost, expected, unknown = _whole(books.rows)
    parts = [(f"{dollars(cost)}", "bold $warning"), (" in all", "$text-muted")]
    if images:
        parts.append((f" · {dollars(expected)} expected · {image_count(images)}", "$text-muted"))
    if unknown:
        parts.append((f" · {unknown:,} without a known cost", "$warning"))
    images, cost, _, _ = _whole(books.pretend)
    if images:
        parts.append(
            (f"\nsandbox: {dollars(cost)} pretend for {image_count(images)}, not in these sums", "$text-disabled")
        )
    return Content.assemble(*parts)


def _whole(rows: Sequence[Spent]) -> tuple[int, float, float, int]:
    """Images, costs, estimates, and how many have no known cost."""
    return (
        sum(row.images for row in rows),
        sum(row.cost for row in rows),
        sum(row.estimate for row in rows),
        sum(row.unknown for row in rows),
    )


def plotted(rows: Sequence[Spent], period: str, today: date) -> list[Bars]:
    """Bars for the rows; for times one for each, also where nothing was spent, up to now."""
    known = {row.key: row for row in rows}
    if period not in IN_TIME:
        return [Bars(name_of(row.key, period, today), row.cost, row.estimate, dollars(row.cost)) for row in rows]
    if not rows:
        return []
    first, at = min(known), _start(today, period)
    bars: list[Bars] = []
    while len(bars) < MOST and (key := _key(at, period)) >= first:
        row = known.get(key)
        bars.append(Bars(_label(at, period), row.cost if row else 0.0, row.estimate if row else 0.0))
        at = _start(at - timedelta(days=1), period)
    return bars[::-1]


def _start(day: date, period: str) -> date:
    """The first day of the day, week or month that a day belongs to."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def _key(start: date, period: str) -> str:
    return f"{start:%Y-%m}" if period == "month" else start.isoformat()


def _label(start: date, period: str) -> str:
    if period == "day":
        return f"{start.day}"
    return f"{start.day} {start:%b}" if period == "week" else f"{start:%b}"


def query_of(key: str, period: str) -> str:
    """What finds the images of a row."""
    if period == "week":
        monday = date.fromisoformat(key)
        return f"since:{key} before:{monday + timedelta(days=7)} -is:sandbox"
    if period in IN_TIME:
        return f"on:{key} -is:sandbox"
    return f'{period}:"{key}"' + ("" if period == "provider" else " -is:sandbox")
