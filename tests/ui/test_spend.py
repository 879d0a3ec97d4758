"""Spend: what images cost, by day, week, month, model and provider, as a table and a plot, and as CSV."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.library.test_records import origin, record
from tests.ui.conftest import Open
from tests.ui.window import Window, no_control_character
from tui.core.provider import SANDBOX
from tui.library import records
from tui.ui.screens.spend import Bars, plotted, query_of
from tui.ui.widgets.plot import Plot, bar, column, lying, upright
from tui.ui.widgets.spend_table import SpendTable, name_of

DAY = 86_400
TODAY = date(2026, 11, 22)


def spent(library: Path, number: int, *, ago: int = 0, **facts: object) -> None:
    """The record of an image that was made so many days ago."""
    made = {"created": int(time.time()) - ago * DAY, "path": f"{number}.png", "cost": 0.5, "estimate": 0.4, **facts}
    one = origin(f"job-{number}", **made)
    records.write(library, record(one, sha256=f"{number:064x}"))


async def spend(w: Window, rows: int) -> SpendTable:
    await w.to("spend")
    table = w.here(SpendTable)
    await w.until(lambda: len(table._rows) == rows, f"{rows} rows")
    return table


def keys(table: SpendTable) -> list[str]:
    return [row.key for row in table._rows]


async def test_it_is_summed_by_day_week_month_model_and_provider(window: Open, library: Path) -> None:
    spent(library, 1, model="dall-e-2")
    spent(library, 2, model="dall-e-3", provider="studio", cost=2.0)
    spent(library, 3, model="dall-e-3", ago=400)
    async with window() as w:
        table = await spend(w, 2)
        await w.until_shown("$3.00 in all · $1.20 expected · 3 images")
        assert keys(table)[0] == date.today().isoformat() and "Today" in w.text
        for key, count in (("w", 2), ("m", 2), ("o", 2), ("p", 2), ("d", 2)):
            await w.press(key)
            period = {"w": "week", "m": "month", "o": "model", "p": "provider", "d": "day"}[key]
            await w.until(lambda period=period: table.period == period, period)
            assert len(table._rows) == count
        await w.press("o")
        await w.until(lambda: keys(table) == ["dall-e-3", "dall-e-2"], "models, the dearest first")
        row = next(row for row in w.rows if row.strip().startswith("dall-e-3"))
        assert row.split()[:5] == ["dall-e-3", "2", "$2.50", "$0.800", "–"]


async def test_costs_that_are_not_known_and_the_sandbox_stand_apart(window: Open, library: Path) -> None:
    spent(library, 1)
    spent(library, 2, ago=1, cost=None)
    spent(library, 3, provider=SANDBOX, cost=7.0)
    async with window() as w:
        await spend(w, 2)
        await w.until_shown("$0.500 in all · $0.800 expected · 2 images · 1 without a known cost")
        await w.rest()
        assert "sandbox: $7.00 pretend for 1 image, not in these sums" in w.text
        row = next(row for row in w.rows if "Yesterday" in row)
        assert row.split()[:5] == ["Yesterday", "1", "?", "$0.400", "1"]


async def test_an_image_that_is_made_counts_at_once(window: Open) -> None:
    async with window() as w:
        await w.to("spend")
        await w.until_shown("Nothing was spent yet")
        await w.to("create")
        await w.make("a fox")
        await spend(w, 1)
        await w.until_shown("$0.0160 in all")


async def test_the_headers_today_opens_it_and_the_provider_stays_the_provider(window: Open) -> None:
    async with window() as w:
        await w.pilot.click(offset=(w.rows[0].index("today"), 0))
        await w.until(lambda: w.screen.id == "spend", "Spend")
        await w.pilot.click(offset=(w.rows[0].index("openai"), 0))
        await w.until(lambda: w.screen.id != "spend", "the providers")
        await w.press("escape")
        await w.pilot.click(offset=(w.rows[1].index("Month"), 1))
        await w.until(lambda: w.here(SpendTable).period == "month", "by month")


async def test_enter_shows_the_images_of_a_row(window: Open, library: Path) -> None:
    async with window() as w:
        await w.make("a fox")
        table = await spend(w, 1)
        await w.press("o")
        await w.until(lambda: keys(table) == ["dall-e-2"], "the models")
        await w.press("enter")
        await w.until(lambda: w.screen.id == "library" and len(w.images.files) == 1, "its images")
        assert '/ model:"dall-e-2" -is:sandbox' in w.text


async def test_the_table_is_saved_as_csv_and_nothing_is_written_over(window: Open, library: Path, home: Path) -> None:
    spent(library, 1, model="=1+1")
    spent(library, 2, provider=SANDBOX)
    async with window() as w:
        await spend(w, 1)
        await w.press("o", "X")
        await w.until(lambda: w.screen.query(Input), "the question")
        await w.until_shown("spent-by-model.csv")
        w.screen.query_one(Input).value = "~/out/spent.csv"
        await w.press("enter")
        await w.until(lambda: "Saved ~/out/spent.csv" in w.toasts, "the file")
        file = home / "out" / "spent.csv"
        with file.open(newline="") as text:
            rows = list(csv.DictReader(text))
        assert [(row["model"], row["images"], row["actual_usd"], row["pretend"]) for row in rows] == [
            ("'=1+1", "1", "0.5", "no"),
            ("gpt-image-1", "1", "0.5", "yes"),
        ]
        before = file.read_bytes()
        await w.press("X")
        await w.until(lambda: w.screen.query(Input), "the question again")
        w.screen.query_one(Input).value = "~/out/spent.csv"
        await w.press("enter")
        await w.until(lambda: any("can't be written" in toast for toast in w.toasts), "the refusal")
        assert file.read_bytes() == before


async def test_names_of_models_are_text(window: Open, library: Path) -> None:
    spent(library, 1, model="[@click=app.quit]x[/] \x1b[2J", provider="\u202estudio")
    async with window() as w:
        await spend(w, 1)
        for key in ("o", "p"):
            await w.press(key)
            await w.until_shown("[@click=app.quit]x" if key == "o" else "studio")
            assert no_control_character(w.app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_nothing_is_cut_off_at_any_size(size: tuple[int, int], window: Open, library: Path) -> None:
    for number in range(40):
        spent(library, number + 1, ago=number)
    async with window(size) as w:
        await spend(w, 40)
        await w.until_shown("Today")
        row = next(row for row in w.rows if "Today" in row)
        assert "$0.500" in row and "$0.400" in row
        await w.press("f3")
        await w.until(lambda: w.here(Plot).region.area, "the plot")
        await w.until_shown("█ actual   █ estimate")


# --- names, keys and bars ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "period", "name"),
    [
        ("2026-11-22", "day", "Today"),
        ("2026-11-16", "week", "week of 16 Nov"),
        ("2025-12-29", "week", "week of 29 Dec 2025"),
        ("2026-11", "month", "Nov 2026"),
        ("dall-e-3", "model", "dall-e-3"),
        ("", "model", "unknown"),
        ("no date", "week", "no date"),
    ],
)
def test_a_rows_name(key: str, period: str, name: str) -> None:
    assert name_of(key, period, TODAY) == name


@pytest.mark.parametrize(
    ("key", "period", "query"),
    [
        ("2026-11-22", "day", "on:2026-11-22 -is:sandbox"),
        ("2026-11-16", "week", "since:2026-11-16 before:2026-11-23 -is:sandbox"),
        ("2026-11", "month", "on:2026-11 -is:sandbox"),
        ("dall-e-3", "model", 'model:"dall-e-3" -is:sandbox'),
        ("studio", "provider", 'provider:"studio"'),
    ],
)
def test_a_rows_query(key: str, period: str, query: str) -> None:
    assert query_of(key, period) == query


def rows(*keys: str) -> Sequence[object]:
    from tui.library.spend import Spent

    return [Spent(key, 1, 1.0, 2.0, 0) for key in keys]


@pytest.mark.parametrize(
    ("period", "first", "labels"),
    [
        ("day", "2026-11-19", ["19", "20", "21", "22"]),
        ("week", "2026-11-02", ["2 Nov", "9 Nov", "16 Nov"]),
        ("month", "2026-09", ["Sep", "Oct", "Nov"]),
    ],
)
def test_times_without_spending_are_plotted_too_up_to_now(period: str, first: str, labels: list[str]) -> None:
    bars = plotted(rows(first), period, TODAY)  # type: ignore[arg-type]  # made without importing the library here
    assert [each.label for each in bars] == labels
    assert [each.actual for each in bars] == [1.0] + [0.0] * (len(labels) - 1)


def test_what_was_spent_in_the_future_is_no_endless_plot() -> None:
    far = (TODAY + timedelta(days=3)).isoformat()
    assert plotted(rows(far), "day", TODAY) == []  # type: ignore[arg-type]  # as above
    assert len(plotted(rows("2001-01-01"), "day", TODAY)) <= 60  # type: ignore[arg-type]  # as above


def test_bars_are_of_eighths_and_what_is_more_than_nothing_is_seen() -> None:
    assert column(1.0, 3) == ["█", "█", "█"]
    assert column(0.5, 2) == [" ", "█"]
    assert column(0.5, 3) == [" ", "▄", "█"]
    assert column(0.0001, 2) == [" ", "▁"]
    assert column(0.0, 2) == [" ", " "]
    assert bar(0.5, 4) == "██  "
    assert bar(0.3125, 2) == "▋ "
    assert bar(0.0, 3) == "   "


@pytest.mark.parametrize("width", [1, 7, 30, 200])
@pytest.mark.parametrize("height", [1, 3, 20])
@pytest.mark.parametrize("count", [1, 5, 60])
def test_a_plot_fits_its_place(width: int, height: int, count: int) -> None:
    bars = [Bars(f"{number}", number / 7, number / 5, f"${number}") for number in range(count)]
    for lines in (upright(bars, width, height, "$1.00"[:width]), lying(bars, max(width, 12), height)):
        assert len(lines) <= max(height, 3)
        assert all(line.cell_length <= max(width, 12) for line in lines)
