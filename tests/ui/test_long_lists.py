"""Lists that take longer than a frame: the beginning first, then the whole, and only once while nothing changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.ui.conftest import Open
from tests.ui.test_library import paint
from tui.library.rows import TICKS
from tui.ui.shelf import BEGINNING, LONG, Shelf, Wanted

COUNT = LONG + 1
HOUR = 3600


def place(number: int) -> Path:
    return Path(f"day-{number // 1000}") / f"{number}.png"


def fill(db: sqlite3.Connection) -> None:
    """Every tenth is of a fox, each an hour after the one before."""
    ids = [number * HOUR * TICKS for number in range(COUNT)]
    paths = [bytes(place(number)) for number in range(COUNT)]
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?, 0, '')",
        [(each, path, path.rpartition(b"/")[0], path.decode()) for each, path in zip(ids, paths, strict=True)],
    )
    db.executemany(
        "INSERT INTO facts (id, bytes, width, height, rating) VALUES (?, 1, 1, 1, ?)",
        [(each, number % 6) for number, each in enumerate(ids)],
    )
    db.executemany(
        "INSERT INTO words (rowid, prompt) VALUES (?, ?)",
        [(each, "a hut" if number % 10 else "a fox") for number, each in enumerate(ids)],
    )
    db.execute("COMMIT")


@pytest.fixture(scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    root = tmp_path_factory.mktemp("long")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        shelf = Shelf(root / "library")
        shelf.index.ask(fill)
        yield shelf
        shelf.close()


@pytest.fixture
def shelf(_filled: Shelf) -> Shelf:
    """With nothing in mind of the test before."""
    _filled.index.ask(lambda db: db.execute("UPDATE facts SET noted = 0 WHERE id = 0"))
    return _filled


@pytest.mark.parametrize("order", ["date", "rating", "name"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("query", "count"), [("", COUNT), ("hut", COUNT - COUNT // 10 - 1)])
def test_the_beginning_is_shown_before_the_whole(
    shelf: Shelf, query: str, count: int, order: str, reverse: bool
) -> None:
    beginning, whole = shelf.show(Wanted(shelf.root, query, order, reverse))
    assert (len(beginning.listing), beginning.listing.complete) == (BEGINNING, False)
    assert (len(whole.listing), whole.listing.complete) == (count, True)
    assert list(whole.listing.ids[:BEGINNING]) == list(beginning.listing.ids)
    assert beginning.entries.keys() == whole.entries.keys() and beginning.total == whole.total == COUNT


def test_what_is_short_is_shown_at_once(shelf: Shelf) -> None:
    (found,) = shelf.show(Wanted(shelf.root, "fox since:1973-01-01"))
    assert 0 < len(found.listing) < BEGINNING and found.listing.complete


def test_where_the_place_of_an_image_is_wanted_there_is_no_beginning_without_it(shelf: Shelf) -> None:
    wanted = shelf.root / place(3)
    (found,) = shelf.show(Wanted(shelf.root, places=(wanted,)))
    assert found.places == {wanted: COUNT - 4} and found.listing.ids[COUNT - 4] in found.entries


def test_what_nobody_wants_any_more_is_given_up(shelf: Shelf) -> None:
    looks = iter((False, True))
    (beginning,) = shelf.show(Wanted(shelf.root, "hut"), lambda: next(looks))
    assert not beginning.listing.complete and next(looks, None) is None
    *_, whole = shelf.show(Wanted(shelf.root, "hut"))
    assert whole.listing.complete, "what was given up is not taken for the list"


def test_the_whole_is_read_once_while_nothing_changes(shelf: Shelf) -> None:
    *_, first = shelf.show(Wanted(shelf.root))
    for text in ("hut", "fox", "hut"):
        *_, found = shelf.show(Wanted(shelf.root, text))
        (again,) = shelf.show(Wanted(shelf.root))
        assert again.listing is first.listing and found.listing is not first.listing

    with sqlite3.connect(shelf.index.path) as other:
        other.execute("DELETE FROM facts WHERE id = 0")
    *_, found = shelf.show(Wanted(shelf.root))
    assert len(found.listing) == COUNT - 1, "another process wrote"
    shelf.index.ask(lambda db: db.execute("INSERT INTO facts (id, bytes, width, height) VALUES (0, 1, 1, 1)"))
    *_, found = shelf.show(Wanted(shelf.root))
    assert len(found.listing) == COUNT, "this one did"


def test_what_is_marked_is_found_anew_when_other_images_are(shelf: Shelf) -> None:
    for marked in ((HOUR * TICKS,), (2 * HOUR * TICKS, HOUR * TICKS), ()):
        for text, count in (("is:marked", len(marked)), ("-is:marked", COUNT - len(marked))):
            *_, found = shelf.show(Wanted(shelf.root, text, marked=frozenset(marked)))
            assert len(found.listing) == count


async def test_the_heading_does_not_count_and_nobody_marks_what_is_not_all_there(window: Open, library: Path) -> None:
    for name in ("a", "b"):
        paint(library / f"{name}.png")
    async with window() as w:
        await w.to("library")
        await w.until(lambda: len(w.images.files) == 2, "the images")
        whole = w.images.listing
        assert whole is not None
        w.images.fill(replace(whole, complete=False), {}, {}, total=9000, today=date.today())
        await w.until_shown("… of 9,000")
        await w.press("ctrl+a")
        assert not w.images.marks and "Not all of it is listed yet" in w.toasts
        w.images.fill(whole, {}, {}, total=2, today=date.today())
        await w.press("ctrl+a")
        assert len(w.images.marks) == 2
