"""What is typed is a query or a clear message, never an error of SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.test_index import Library
from tui.core.recalled import Recalled
from tui.core.record import Record
from tui.library import records
from tui.library.index import Index
from tui.library.query import FIELDS, MAX_TERMS, Query, parse

TODAY = date(2026, 11, 28)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Five images that differ in everything that can be asked for."""
    library = Library(tmp_path_factory.mktemp("query") / "library")
    fox = library.make(
        "2026-11-20/fox.png", prompt="a red fox in the snow", model="gpt-image-1", cost=0.04, created=at("2026-11-20")
    )
    library.make("2026-10-31/sea.png", prompt="the sea", model="dall-e-3", cost=0.5, created=at("2026-10-31T23:59"))
    library.make("2025-01-01/hut.png", prompt="red hut, snow", provider="sandbox", created=at("2025-01-01"))
    library.make("other tool.png", recorded=False)
    edit = library.make("2026-11-27/edit.png", prompt="a fox", operation="edit", created=at("2026-11-27T12:00"))
    records.change(library.root, fox, lambda known: replaced(known, rating=4, tags=("deep sea", "Fox"), notes="keep"))
    records.change(library.root, edit, lambda known: replaced(known, rating=2, favourite=True))
    with Index.open(library.root, tmp_path_factory.mktemp("cache")) as one:
        one.sync(recall=lambda _: Recalled(tool="ComfyUI", prompt="a foreign castle", model="flux"))
        yield one


def replaced(record: Record, **changes: object) -> Record:
    return replace(record, **changes)  # type: ignore[arg-type]  # any field


def found(index: Index, text: str, marked: Collection[int] = ()) -> set[str]:
    listing = index.listing(parse(text, TODAY), marked=marked)
    return {Path(entry.name).stem for entry in index.entries(listing.ids)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "fox sea hut edit other_tool"),
        ("red", "fox hut"),
        ("fo", "fox edit other_tool"),
        ('"red fox"', "fox"),
        ('"fox red"', ""),
        ('"red fo', ""),
        ("red -snow", ""),
        ('snow -"red fox"', "hut"),
        ("-red", "sea edit other_tool"),
        ("model:dall", "sea"),
        ("-model:dall", "fox hut edit other_tool"),
        ("model:FLUX", "other_tool"),
        ("castle", "other_tool"),
        ("tag:deep", "fox"),
        ('tag:"deep sea"', "fox"),
        ("tag:FOX", "fox"),
        ("deep", "fox"),
        ("keep", "fox"),
        ("-tag:fox", "sea hut edit other_tool"),
        ("rating:4", "fox"),
        ("rating:>=2", "fox edit"),
        ("rating:>2", "fox"),
        ("rating:0", "sea hut other_tool"),
        ("rating:1..3", "edit"),
        ("-rating:>3", "sea hut edit other_tool"),
        ("cost:>0.1", "sea"),
        ("cost:<$0.1", "fox hut edit"),
        ("size:4x3", "fox sea hut edit other_tool"),
        ("size:1024x1024", ""),
        ("width:>3 height:<=3", "fox sea hut edit other_tool"),
        ("bytes:<1kB", "fox sea hut edit other_tool"),
        ("before:2026-11-01", "sea hut"),
        ("before:2026-11 since:2026", "sea"),
        ("on:2026-10", "sea"),
        ("on:yesterday", "edit"),
        ("since:7d -is:foreign", "edit"),
        ("after:2026-11-20 is:recorded", "edit"),
        ("since:2026-11-20 is:recorded", "fox edit"),
        ("is:favourite", "edit"),
        ("is:favorite", "edit"),
        ("is:rated", "fox edit"),
        ("is:unrated", "sea hut other_tool"),
        ("is:tagged", "fox"),
        ("is:noted", "fox"),
        ("is:foreign", "other_tool"),
        ("is:sandbox", "hut"),
        ("is:edited", "edit"),
        ("folder:2026-11", "fox edit"),
        ("name:tool", "other_tool"),
        ("format:png", "fox sea hut edit other_tool"),
        ("format:pn", ""),
        ("snow rating:>3 before:2026-12-01 -hut", "fox"),
    ],
)
def test_what_a_query_finds(index: Index, text: str, names: str) -> None:
    assert parse(text, TODAY).problems == ()
    assert found(index, text) == {name.replace("_", " ") for name in names.split()}


def test_what_is_marked_is_this_programs_own(index: Index) -> None:
    (number,) = index.listing(parse("tag:fox")).ids
    assert found(index, "is:marked", marked={number}) == {"fox"}
    assert found(index, "-is:marked fox", marked={number}) == {"edit"}
    assert found(index, "is:marked") == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rating:many", "rating: is a number, as in rating:>3"),
        ("before:soon", "before: is a day"),
        ("before:2026-02-30", "before: is a day"),
        ("on:9999-12-31", "on: is a day"),
        ("size:big", "size: is width x height"),
        ("is:lovely", "is: has no lovely"),
        ("date:2026", "there is no date:"),
        ('colour:"red"', "there is no colour:"),
        ("fox " * (MAX_TERMS + 1), f"only the first {MAX_TERMS} terms"),
    ],
)
def test_a_term_that_means_nothing_is_told_and_left_out(index: Index, text: str, says: str) -> None:
    query = parse(text, TODAY)
    assert len(query.problems) == 1 and query.problems[0].startswith(says)
    assert index.listing(query).problems == query.problems
    assert found(index, text) >= found(index, "fox")


def test_a_word_with_a_colon_in_it_is_a_word() -> None:
    assert parse("16:9 portrait: http://x").words == ("16", "9", "portrait", "http", "x")
    assert not parse("16:9 portrait: http://x").problems


def test_a_term_that_is_still_being_typed_changes_nothing() -> None:
    for text in ("rating:", "is:", "-", '"', 'tag:"', "before:"):
        assert parse(text) == Query()


FRAGMENTS = [*(f"{name}:" for name in FIELDS), "-", '"', "(", ")", "*", "^", ":", "..", ">", "<=", "1", "AND", "NEAR("]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join),
        st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map(" ".join),
    )
)
def test_anything_typed_is_a_query_or_a_message(index: Index, text: str) -> None:
    query = parse(text)
    listing = index.listing(query)
    assert listing.problems == query.problems
    assert all(problem and "\n" not in problem for problem in query.problems)
    index.find(text)


@given(st.text(max_size=200))
def test_a_query_and_its_opposite_are_everything_and_nothing(index: Index, text: str) -> None:
    word = "".join(text.split()).replace('"', "")
    if word and not word.startswith("-") and not parse(f"-{word}").problems and not parse(word).everything:
        assert found(index, word) | found(index, f"-{word}") == found(index, "")
        assert not found(index, word) & found(index, f"-{word}") or ":" not in word
