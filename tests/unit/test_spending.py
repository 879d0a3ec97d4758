"""Limits on what jobs may cost: where they are set, and what would go over them."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tui.core import config, limits
from tui.core.limits import Limits
from tui.core.pricing import Estimate
from tui.core.spending import Budget, amount, midnight

DEAR, CHEAP = Estimate(Decimal("0.01"), Decimal("0.20")), Estimate(Decimal("0.10"), Decimal("0.10"))
UNKNOWN = Estimate(why="the server chooses the size")


def test_without_a_limit_nothing_is_objected_to() -> None:
    assert Budget(Limits(), today=99, session=99).objection(DEAR) == ""
    assert Budget(Limits(), today=99).objection(UNKNOWN) == ""
    assert not Limits()


def test_the_upper_end_of_the_estimate_counts_and_the_limit_itself_may_be_reached() -> None:
    budget = Budget(Limits(per_day=1.0), today=0.9)
    assert budget.objection(CHEAP) == ""
    assert budget.objection(DEAR) == "it may cost $0.200, and $0.900 of today's $1.00 is spent"


def test_a_run_has_a_limit_of_its_own() -> None:
    budget = Budget(Limits(per_day=9, per_session=0.25), today=0.3, session=0.2)
    assert budget.objection(CHEAP) == "it may cost $0.100, and $0.200 of this run's $0.250 is spent"
    assert Budget(Limits(per_session=0.3), today=9, session=0.2).objection(CHEAP) == ""


def test_ten_times_a_tenth_is_not_more_than_one() -> None:
    assert Budget(Limits(per_day=1.0), today=sum([0.1] * 9)).objection(CHEAP) == ""


def test_a_price_that_cannot_be_known_is_said_where_there_is_a_limit() -> None:
    said = Budget(Limits(per_day=1.0), today=0).objection(UNKNOWN)
    assert said == "its price can't be known: the server chooses the size; $0.00 of today's $1.00 is spent"


def test_there_is_a_short_form_for_where_room_is_scarce() -> None:
    budget = Budget(Limits(1, 5), 0.95, 0.25)
    assert budget.warning(DEAR) == "over today's limit"
    assert Budget(Limits(0, 0.3), 0.95, 0.25).warning(DEAR) == "over this run's limit"
    assert budget.warning(UNKNOWN) == "asks before it is sent"
    assert Budget(Limits(2), 0.95).warning(DEAR) == Budget().warning(UNKNOWN) == ""


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], float]]:
    """Unix seconds of a time in Berlin, where the person is."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield lambda text: time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("day", ["2026-11-28", "2026-03-29", "2026-10-25"])
def test_a_day_begins_at_the_persons_own_midnight_also_where_the_clock_is_changed(
    berlin: Callable[[str], float], day: str
) -> None:
    for hour in ("00:00", "01:30", "12:00", "23:59"):
        assert midnight(berlin(f"{day} {hour}")) == berlin(f"{day} 00:00")


@pytest.mark.parametrize(("text", "usd"), [
    ("5", 5.0), ("$0.50", 0.5), (" $ 2 ", 2.0), ("none", 0.0), ("0", 0.0), ("off", 0.0),
    ("", None), ("-1", None), ("nan", None), ("inf", None), ("1e9", None), ("five", None), ("1,5", None),
])  # fmt: skip
def test_an_amount_is_read_as_people_type_it(text: str, usd: float | None) -> None:
    assert amount(text) == usd


# --- where they are set ---


def configured(home: Path, text: str = "") -> config.Config:
    file = home / ".config/safelight/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return config.load({"HOME": str(home)})


def test_the_configuration_sets_them_and_by_itself_there_are_none(home: Path) -> None:
    assert configured(home).limits == Limits()
    read = configured(home, "[spending]\nper_day = 5\nper_session = 0.5\n")
    assert (read.limits, read.problems) == (Limits(5, 0.5), ())
    assert configured(home, "[spending]\nper_day = -1\n").problems


def test_what_was_set_in_the_app_goes_before_the_configuration_and_says_so(home: Path) -> None:
    env = {"HOME": str(home)}
    limits.choose(env, {"spending.per_day": 2.0})
    read = configured(home, "[spending]\nper_day = 5\nper_session = 0.5\n")
    assert read.limits == Limits(2, 0.5)
    assert read.values["spending.per_day"].source == "set in the app"
    limits.choose(env, {"spending.per_day": 0.0})
    assert configured(home, "[spending]\nper_day = 5\n").limits == Limits(), "none, in the app, is none"
    limits.choose(env, {})
    assert configured(home, "[spending]\nper_day = 5\n").limits == Limits(5)


def test_the_file_is_the_persons_own(home: Path) -> None:
    limits.choose({"HOME": str(home)}, {"spending.per_day": 2.0})
    file = home / ".local/state/safelight/limits.json"
    if os.name != "nt":
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [
    "", "[]", "{", '{"spending.per_day": "2"}', '{"spending.per_day": -2}', '{"spending.per_day": true}',
    '{"spending.per_day": NaN}', '{"spending.per_day": 1e999}', '{"out": "/"}', "[" * 100_000,
])  # fmt: skip
def test_a_broken_file_of_the_app_sets_nothing(home: Path, text: str) -> None:
    file = home / ".local/state/safelight/limits.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert limits.chosen({"HOME": str(home)}) == {}


def test_no_number_is_an_amount_that_is_none() -> None:
    assert not any(map(limits.is_amount, (None, "1", True, -0.01, math.nan, math.inf, 1e7)))
