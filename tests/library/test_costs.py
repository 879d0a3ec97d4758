"""What jobs have cost, from the records."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.library.test_records import origin, record
from tui.library import costs, records


def write(root: Path, number: int, *origins: object) -> None:
    records.write(root, record(*origins, sha256=f"{number:064x}"))  # type: ignore[arg-type]  # made by `origin`


def test_a_job_costs_what_its_images_cost_together(tmp_path: Path) -> None:
    write(tmp_path, 1, origin("one", cost=0.5, estimate=9.0), origin("two", cost=0.125))
    write(tmp_path, 2, origin("one", index=1, cost=0.25, estimate=9.0))
    assert costs.of_jobs(tmp_path, 0) == {"one": pytest.approx(0.75), "two": pytest.approx(0.125)}


def test_where_the_cost_is_not_known_the_jobs_estimate_stands_for_it_once(tmp_path: Path) -> None:
    for number in (0, 1):
        write(tmp_path, number, origin("two", index=number, cost=None, estimate=0.4))
    write(tmp_path, 3, origin("three", cost=None, estimate=None))
    assert costs.of_jobs(tmp_path, 0) == {"two": pytest.approx(0.4), "three": 0}


def test_the_sandbox_and_what_was_before_cost_nothing(tmp_path: Path) -> None:
    write(tmp_path, 1, origin("pretend", cost=9.0, provider="sandbox"), origin("old", created=50, cost=9.0))
    write(tmp_path, 2, origin("new", created=100, cost=0.5))
    assert costs.of_jobs(tmp_path, 100) == {"new": 0.5}


def test_what_can_only_be_older_is_not_read(tmp_path: Path) -> None:
    """A library has tens of thousands of records, and today's are few."""
    write(tmp_path, 1, origin("old", created=2_000_000_000, cost=9.0))
    os.utime(records.path_of(tmp_path, f"{1:064x}"), (1_000_000, 1_000_000))
    write(tmp_path, 2, origin("new", created=2_000_000_000, cost=0.5))
    assert costs.of_jobs(tmp_path, 1_500_000_000) == {"new": 0.5}


@pytest.mark.parametrize("text", ["", "{", "null"])
def test_a_record_that_cannot_be_read_costs_nothing_and_stops_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, 1, origin("one", cost=0.5))
    write(tmp_path, 2, origin("two", cost=0.5))
    records.path_of(tmp_path, f"{1:064x}").write_text(text)
    assert costs.of_jobs(tmp_path, 0) == {"two": 0.5}


def test_a_cost_below_nothing_takes_nothing_off(tmp_path: Path) -> None:
    write(tmp_path, 1, origin("one", cost=-5.0), origin("two", cost=0.5))
    assert costs.of_jobs(tmp_path, 0) == {"one": 0, "two": 0.5}


def test_a_library_that_is_not_there_has_cost_nothing(tmp_path: Path) -> None:
    assert costs.of_jobs(tmp_path / "gone", 0) == {}
