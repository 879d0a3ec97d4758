"""Lists in every order, days, folders, tags, kin and copies; and an index of an earlier version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.library.test_index import PNG, Library
from tests.library.test_records import origin
from tui.core.recalled import Recalled
from tui.library import records, schema
from tui.library.index import Index
from tui.library.lists import ORDERS
from tui.library.query import parse


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def index(library: Library, tmp_path: Path) -> Iterator[Index]:
    with Index.open(library.root, tmp_path / "cache") as one:
        yield one


def names(index: Index, text: str = "", order: str = "date", *, reverse: bool = False) -> list[str]:
    return [entry.name for entry in index.entries(index.listing(parse(text), order, reverse=reverse).ids)]


def noon(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T12:00+00:00").timestamp())


def test_days_stand_beside_their_images_in_order(library: Library, index: Index) -> None:
    for number, day in enumerate(("2026-01-01", "2026-01-03", "2026-01-03", "2026-01-02")):
        library.make(f"{day}/{number}.png", created=noon(day) + number, prompt="a fox" if number != 2 else "a hut")
    index.sync()
    assert index.listing(parse("")).days == (("2026-01-03", 2), ("2026-01-02", 1), ("2026-01-01", 1))
    assert names(index) == ["2.png", "1.png", "3.png", "0.png"]
    assert index.listing(parse("fox")).days == (("2026-01-03", 1), ("2026-01-02", 1), ("2026-01-01", 1))
    assert index.listing(parse(""), reverse=True).days == (("2026-01-01", 1), ("2026-01-02", 1), ("2026-01-03", 2))
    assert names(index, reverse=True) == ["0.png", "3.png", "1.png", "2.png"]


def test_every_order_has_all_images_both_ways(library: Library, index: Index) -> None:
    library.make("b.png", model="z", cost=None, created=1)
    library.make("C.png", model="a", cost=0.5, created=2)
    library.make("a.png", recorded=False)
    rated = library.make("d.png", model="A", cost=0.7, created=3)
    records.change(library.root, rated, lambda known: replace(known, rating=5))
    index.sync()
    assert names(index, order="name") == ["a.png", "b.png", "C.png", "d.png"]
    assert names(index, order="name", reverse=True) == ["d.png", "C.png", "b.png", "a.png"]
    assert names(index, order="cost") == ["d.png", "C.png", "a.png", "b.png"]
    assert names(index, order="cost", reverse=True)[:2] == ["C.png", "d.png"]
    assert names(index, order="rating")[0] == "d.png" and names(index, order="rating", reverse=True)[-1] == "d.png"
    assert names(index, order="model") == ["d.png", "C.png", "b.png", "a.png"]
    for order in ORDERS:
        for reverse in (False, True):
            assert sorted(names(index, order=order, reverse=reverse)) == ["C.png", "a.png", "b.png", "d.png"]


def test_a_file_that_is_moved_renamed_or_copied_by_hand_keeps_all_that_is_known_of_it(
    library: Library, index: Index
) -> None:
    fox = library.make("fox.png", prompt="a red fox")
    records.change(library.root, fox, lambda known: replace(known, rating=4, tags=("best",), favourite=True))
    index.sync()
    (library.root / "elsewhere").mkdir()
    (library.root / "elsewhere" / "copy.png").write_bytes((library.root / "fox.png").read_bytes())
    (library.root / "fox.png").rename(library.root / "elsewhere" / "renamed.png")
    index.sync()
    for entry in index.find():
        told = (entry.prompt, entry.rating, entry.tags, entry.favourite, entry.sha256)
        assert told == ("a red fox", 4, ("best",), True, fox.sha256)
    assert names(index, "tag:best", order="name") == ["copy.png", "renamed.png"]
    assert [[entry.name for entry in same] for same in index.duplicates()] == [["copy.png", "renamed.png"]]


def test_a_folder_elsewhere_is_indexed_with_the_librarys_records(library: Library, tmp_path: Path) -> None:
    fox = library.make("fox.png", prompt="a red fox")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "copy.png").write_bytes((library.root / "fox.png").read_bytes())
    (elsewhere / "other.png").write_bytes(PNG)
    with Index.open(elsewhere, tmp_path / "cache", library.root) as index:
        index.sync()
        assert names(index, "red") == ["copy.png"] and len(index.listing(parse(""))) == 2
        assert index.record_for(elsewhere / "copy.png") == records.read(library.root, fox.sha256)


def test_names_are_there_before_the_files_are_read(library: Library, index: Index) -> None:
    library.make("fox.png", prompt="a red fox")
    index.sync(cancel=lambda: True)
    assert names(index, "fox") == ["fox.png"] and index.find()[0].sha256 == ""
    index.sync()
    assert index.find()[0].prompt == "a red fox"


def test_a_library_that_is_away_for_a_moment_is_not_forgotten(library: Library, index: Index) -> None:
    library.make("fox.png")
    index.sync()
    library.root.rename(library.root.with_name("away"))
    assert not index.sync()
    assert names(index) == ["fox.png"]


def test_what_another_program_told_is_asked_once_for_the_same_bytes_and_never_of_ours(
    library: Library, index: Index
) -> None:
    library.make("ours.png", prompt="ours")
    library.make("theirs.png", recorded=False)
    (library.root / "copy.png").write_bytes((library.root / "theirs.png").read_bytes())
    asked: list[str] = []

    def recall(path: Path) -> Recalled:
        asked.append(path.name)
        return Recalled(tool="A1111", prompt="their castle", model="sdxl", parameters={"seed": "7"})

    assert index.sync(recall=recall)
    assert not index.sync(recall=recall)
    assert len(asked) == 1 and asked[0] in ("theirs.png", "copy.png")
    assert sorted(names(index, "castle")) == ["copy.png", "theirs.png"]
    (entry, _) = index.find("sdxl")
    assert (entry.tool, entry.prompt, entry.model, entry.job) == ("A1111", "their castle", "sdxl", None)


def test_what_could_not_be_read_is_asked_again(library: Library, index: Index) -> None:
    library.make("theirs.png", recorded=False)
    index.sync(recall=lambda _: None)
    assert index.sync(recall=lambda _: Recalled(prompt="their castle"))
    assert names(index, "castle") == ["theirs.png"]


def test_kin_is_walked_both_ways(library: Library, index: Index) -> None:
    first = library.make("first.png", prompt="a hut", created=1)
    again = library.make("again.png", prompt="a hut", created=2)
    edited = library.make("edited.png", prompt="add snow", operation="edit", sources=(first.sha256,), created=3)
    library.make("stranger.png", prompt="a hut", parameters={"quality": "low"})
    index.sync()
    assert index.parents(edited.sha256) == [first.sha256] and index.children(first.sha256) == [edited.sha256]
    assert index.siblings(first.sha256) == [again.sha256] and index.siblings(again.sha256) == [first.sha256]
    assert not index.siblings(edited.sha256) and not index.parents(first.sha256)
    assert [entry.name for entry in index.files_of(edited.sha256)] == ["edited.png"]


def test_folders_and_tags_are_counted(library: Library, index: Index) -> None:
    for name in ("a.png", "one/b.png", "one/c.png", "one/two/d.png"):
        made = library.make(name)
        records.change(library.root, made, lambda known: replace(known, tags=("Sea", "sky")[: 1 + (known.bytes % 2)]))
    index.sync()
    assert index.folders() == [(b"", 1), (b"one", 2), (b"one/two", 1)]
    assert dict(index.tags())["Sea"] == 4


@pytest.mark.parametrize("tag", ["", " ", ",", "\x1b[31m"])
def test_a_tag_without_letters_is_none_and_capitals_make_no_second_one(library: Library, tag: str) -> None:
    made = library.make("a.png")
    changed = records.change(library.root, made, lambda known: replace(known, tags=("sea", tag, "SEA", "a,b")))
    assert changed.tags == (("sea", "[31m", "a b") if tag.strip() == "\x1b[31m" else ("sea", "a b"))
    assert records.read(library.root, made.sha256) == changed


def test_a_job_that_gives_the_same_bytes_again_keeps_the_judgement(library: Library) -> None:
    made = library.make("a.png")
    judged = records.change(library.root, made, lambda known: replace(known, rating=3, notes=" mine "))
    known = records.write(library.root, replace(made, origins=(origin("later"),)))
    assert (known.rating, known.notes, len(known.origins)) == (3, "mine", 2) and judged.rating == 3


def test_spending_is_summed_by_whatever_is_asked(library: Library, index: Index) -> None:
    library.make("a.png", job="one", created=noon("2026-11-23"), cost=0.5, estimate=1.0, model="m1")
    library.make("b.png", job="one", index=1, created=noon("2026-11-23"), cost=0.25, estimate=1.0, model="m1")
    library.make("c.png", job="two", created=noon("2026-11-29"), cost=None, estimate=0.4, model="m2", provider="other")
    library.make("d.png", job="three", created=noon("2026-11-30"), cost=9.0, provider="sandbox")
    index.sync()
    told = {period: [(each.key, each.images, each.cost) for each in index.spent_by(period)] for period in
            ("day", "week", "month", "model", "provider", "job")}  # fmt: skip
    assert told["day"] == [("2026-11-29", 1, 0.0), ("2026-11-23", 2, 0.75)]
    assert told["week"] == [("2026-11-23", 3, 0.75)] and told["month"] == [("2026-11", 3, 0.75)]
    assert told["model"] == [("m1", 2, 0.75), ("m2", 1, 0.0)]
    assert told["provider"] == [("openai", 2, 0.75), ("other", 1, 0.0)]
    assert told["job"] == [("two", 1, 0.0), ("one", 2, 0.75)]
    assert [(each.estimate, each.unknown) for each in index.spent_by("day")] == [(0.4, 1), (1.0, 0)]
    assert [each.key for each in index.spent_by("provider", pretend=True)] == ["sandbox"]
    assert not index.spent_by("day", since=noon("2026-12-01"))


def test_an_index_of_the_first_version_keeps_what_took_long_to_find_out(library: Library, tmp_path: Path) -> None:
    record = library.make("2026-01-02/fox.png", prompt="a red fox")
    path = schema.index_path(library.root, tmp_path / "cache")
    path.parent.mkdir()
    image = (library.root / "2026-01-02/fox.png").stat()
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE files (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
            " bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, format TEXT NOT NULL,"
            " width INTEGER NOT NULL, height INTEGER NOT NULL);"
            "CREATE INDEX files_by_sha256 ON files (sha256);"
            "CREATE TABLE images (sha256 TEXT PRIMARY KEY, written_ns INTEGER NOT NULL, created INTEGER, provider TEXT,"
            " model TEXT, prompt TEXT, revised_prompt TEXT, cost REAL, job TEXT, request_id TEXT) WITHOUT ROWID;"
            "CREATE TABLE origins (job TEXT, number INTEGER, sha256 TEXT NOT NULL, provider TEXT NOT NULL,"
            " created INTEGER NOT NULL, cost REAL, PRIMARY KEY (job, number)) WITHOUT ROWID;"
            "CREATE INDEX origins_by_time ON origins (created);"
            "CREATE VIRTUAL TABLE words USING fts5 (prompt, revised_prompt, model, name);"
            "PRAGMA user_version = 1;"
        )
        key = b"2026-01-02/fox.png"
        row = (key, "fox.png", image.st_size, image.st_mtime_ns, record.sha256, "png", 4, 3)
        db.execute("INSERT INTO files (path, name, bytes, mtime_ns, sha256, format, width, height) VALUES"
                   " (?, ?, ?, ?, ?, ?, ?, ?)", row)  # fmt: skip
    db.close()
    with Index.open(library.root, tmp_path / "cache") as index:
        assert not index.path.with_suffix(".broken").exists()
        assert (index.find()[0].sha256, index.find()[0].day) == (record.sha256, "2026-01-02")
        assert names(index, "fox") == ["fox.png"], "by its name, before the records are read"
        index.sync()
        assert index.find("red")[0].prompt == "a red fox"
        assert not index.sync()


def test_what_another_program_wrote_can_be_asked_for(library: Library, index: Index) -> None:
    one, other = library.make("a.png", recorded=False), library.make("b.png", prompt="a hut")
    told = Recalled(tool="Forge", prompt="a fox", negative="rain", model="sdxl", parameters={"steps": "20"})
    index.sync(recall=lambda path: told if path.name == "a.png" else Recalled())
    assert index.recalled(one.sha256) == told
    assert index.recalled(other.sha256) is None
    assert index.recalled("0" * 64) is None


def test_folders_count_what_a_query_fits_and_a_query_looks_into_one_of_them(library: Library, index: Index) -> None:
    library.make("a.png", prompt="a fox")
    library.make("trip/b.png", prompt="a fox")
    library.make("trip/day/c.png", prompt="a hut")
    index.sync()
    assert index.folders() == [(b"", 1), (b"trip", 1), (b"trip/day", 1)]
    assert index.folders(parse("fox")) == [(b"", 1), (b"trip", 1)]
    inside = {folder: index.listing(parse("").directly_in(folder)).ids for folder in (b"trip", b"tri", b"trip/day")}
    assert [[each.name for each in index.entries(ids)] for ids in inside.values()] == [["b.png"], [], ["c.png"]]
    assert len(index.listing(parse("hut").directly_in(b"trip"))) == 0
