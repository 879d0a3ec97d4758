"""A folder's path is completed as a shell completes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.ui.folders import common, completions


@pytest.fixture
def tree(home: Path) -> Path:
    for name in ("pictures", "pictures/2025", "pictures/2026", "places", ".hidden", "bad\x1b[2Jname"):
        (home / name).mkdir()
    (home / "plain.txt").touch()
    return home


def test_folders_go_on_from_what_was_typed_and_files_do_not(tree: Path) -> None:
    env = {"HOME": str(tree)}
    assert completions("~/pl", env) == ["~/places"]
    assert completions("~/p", env) == ["~/pictures", "~/places"]
    assert completions(f"{tree}/pictures/", env) == [f"{tree}/pictures/2025", f"{tree}/pictures/2026"]


def test_hidden_folders_come_when_they_are_asked_for(tree: Path) -> None:
    env = {"HOME": str(tree)}
    assert "~/.hidden" not in completions("~/", env)
    assert completions("~/.h", env) == ["~/.hidden"]


def test_a_name_that_is_no_plain_text_is_not_offered(tree: Path) -> None:
    assert completions("~/b", {"HOME": str(tree)}) == []


@pytest.mark.parametrize("typed", ["", "word", "/no/such/folder/x", "~/plain.txt/x", "/\0/x"])
def test_what_leads_nowhere_offers_nothing(typed: str, tree: Path) -> None:
    assert completions(typed, {"HOME": str(tree)}) == []


def test_it_is_completed_as_far_as_there_is_one_way_and_then_into_the_folder() -> None:
    assert common("~/p", ["~/pictures", "~/places"]) == "~/p"
    assert common("~/pi", ["~/pictures", "~/pickles"]) == "~/pic"
    assert common("~/pl", ["~/places"]) == "~/places/"
    assert common("~/a", ["~/ab", "~/abc"]) == "~/ab"
