"""What was spent, as the index knows it: every image of every job once, and nothing of the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.core.provider import SANDBOX
from tui.library import table

if TYPE_CHECKING:
    import sqlite3

# What spending is summed by: a day, week (its Monday) or month in the person's own time, a model, a provider, a job.
PERIODS = {
    "day": "date(created, 'unixepoch', 'localtime')",
    "week": "date(created, 'unixepoch', 'localtime', 'weekday 0', '-6 days')",
    "month": "strftime('%Y-%m', created, 'unixepoch', 'localtime')",
    "model": "model",
    "provider": "provider",
    "job": "job",
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What `key` stands for cost `cost` US$ as far as that is known; `unknown` of its `images` have no cost.

    `estimate` is what was expected before it was sent.
    """

    key: str
    images: int
    cost: float
    estimate: float
    unknown: int


def spent(db: sqlite3.Connection, since: float, until: float = float("inf")) -> float:
    """US$ that jobs of real providers cost from `since` up to `until`, Unix seconds, as far as it is known."""
    query = "SELECT total(cost) FROM origins WHERE provider != ? AND created >= ? AND created < ?"
    return float(db.execute(query, (SANDBOX, since, until)).fetchone()[0])


def by(
    db: sqlite3.Connection, period: str, since: float = 0, until: float = float("inf"), *, pretend: bool = False
) -> list[Spent]:
    """Spending summed by one of PERIODS, the latest or dearest first; with `pretend` the sandbox's in its stead.

    KeyError: no such period.
    """
    # A job's estimate is for all its images and stands with each: it is shared out.
    share = "estimate / (SELECT count(*) FROM origins AS same WHERE same.job = origins.job)"
    order = "key DESC" if period in ("day", "week", "month", "job") else "total(cost) DESC, key"
    rows = db.execute(
        f"SELECT {PERIODS[period]} AS key, count(*), total(cost), total({share}), sum(cost IS NULL) FROM origins"
        f" WHERE (provider = ?) = ? AND created >= ? AND created < ? GROUP BY key ORDER BY {order}",
        (SANDBOX, pretend, since, until),
    )
    return [Spent(str(key), *rest) for key, *rest in rows]


def as_csv(period: str, rows: Sequence[Spent], pretend: Sequence[Spent] = ()) -> bytes:
    """The sums as CSV, US$ as they are known; the sandbox's are marked as pretend."""
    columns = (period, "images", "actual_usd", "estimate_usd", "without_known_cost", "pretend")
    values = [
        (row.key, row.images, round(row.cost, 9), round(row.estimate, 9), row.unknown, word)
        for some, word in ((rows, "no"), (pretend, "yes"))
        for row in some
    ]
    return table.as_csv([dict(zip(columns, each, strict=True)) for each in values], columns)
