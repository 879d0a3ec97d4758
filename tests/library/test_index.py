"""The index: derived, rebuilt, asked anything, by several at once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.test_records import origin
from tui.core.record import Record
from tui.library import records
from tui.library.entry import as_json, entry_of
from tui.library.index import Index
from tui.library.schema import VERSION
from tui.library.search import parse

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03"


class Library:
    """A folder with images, as the engine would leave it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def make(self, name: str = "fox_0.png", *, recorded: bool = True, **told: Any) -> Record:
        content = PNG + name.encode()
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        origins = (origin(**{"job": f"job-{name}", "path": name, **told}),)
        record = Record(sha256=sha256, bytes=len(content), format="png", width=4, height=3, origins=origins)
        if recorded:
            records.write(self.root, record)
        return record


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def index(library: Library, cache: Path) -> Iterator[Index]:
    with Index.open(library.root, cache) as one:
        yield one


def names(index: Index, text: str = "") -> list[str]:
    return [entry.name for entry in index.find(text)]


def test_files_and_records_are_found_together(library: Library, index: Index) -> None:
    record = library.make("2026-11-22/fox_0.png", prompt="a red fox", revised_prompt="A fox.", request_id="req_1")
    assert index.sync()
    (entry,) = index.find("fox")
    assert as_json(entry) == {
        "path": str(library.root / "2026-11-22/fox_0.png"),
        "sha256": record.sha256,
        "bytes": record.bytes,
        "width": 4,
        "height": 3,
        "format": "png",
        "model": "gpt-image-1",
        "prompt": "a red fox",
        "revised_prompt": "A fox.",
        "created": 1_764_000_000,
        "job": "job-2026-11-22/fox_0.png",
        "cost": 0.04,
        "request_id": "req_1",
        "provider": "openai",
    }
    assert not index.sync()


def test_an_image_without_a_record_is_listed_too(library: Library, index: Index) -> None:
    library.make("other tool.png", recorded=False)
    index.sync()
    (entry,) = index.find("tool")
    assert (entry.format, entry.width, entry.height, entry.prompt, entry.cost) == ("png", 4, 3, None, None)
    assert entry.created == entry.mtime_ns // 10**9


def test_adding_an_image_makes_it_found_at_once(library: Library, index: Index) -> None:
    record = library.make("fox.png")
    index.add(record)
    assert names(index, "red") == ["fox.png"]
    assert not index.sync()
    assert record.newest
    assert as_json(index.find()[0]) == as_json(entry_of(library.root / "fox.png", record, record.newest))


@pytest.mark.parametrize("path", ["/etc/hostname", "../outside.png", "absent.png"])
def test_a_record_that_points_elsewhere_adds_no_file(library: Library, index: Index, path: str) -> None:
    (library.root.parent / "outside.png").write_bytes(PNG)
    index.add(library.make("fox.png", path=path))
    assert names(index) == []


def test_words_have_to_fit_all_and_begin_a_word(library: Library, index: Index) -> None:
    library.make("one.png", prompt="a red fox in the snow", model="dall-e-3")
    library.make("two.png", prompt="a red house", revised_prompt="Ein rotes Haus, Größe egal", model="gpt-image-1")
    library.make("three.png", prompt="日本語 の 絵", model="gpt-image-1.5")
    index.sync()
    expected = {
        "red": {"one.png", "two.png"},
        "RED fo": {"one.png"},
        "ox": set(),
        "grosse": set(),
        "große": {"two.png"},
        "grÖße": {"two.png"},
        "日本": {"three.png"},
        "three": {"three.png"},
        "model:dall": {"one.png"},
        "model:GPT red": {"two.png"},
        "model:gpt-image-1": {"two.png", "three.png"},
        "model:%": set(),
        "model:gpt_image": set(),
        "dall-e-3": {"one.png"},
        "model:": {"one.png", "two.png", "three.png"},
        "": {"one.png", "two.png", "three.png"},
        " * ": {"one.png", "two.png", "three.png"},
        "red model:dall model:gpt": set(),
    }
    assert {text: set(names(index, text)) for text in expected} == expected


def test_the_newest_come_first_page_by_page(library: Library, index: Index) -> None:
    for number in range(5):
        library.make(f"{number}.png", created=1000 + number)
    index.sync()
    assert names(index) == ["4.png", "3.png", "2.png", "1.png", "0.png"]
    assert [entry.name for entry in index.find(limit=2, offset=1)] == ["3.png", "2.png"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.text("model:\"*()-+^{}.,\\%_\0 ANDORNOTEAR'´²ĳ", max_size=30)))
def test_anything_typed_is_a_search(index: Index, text: str) -> None:
    index.find(text)


@given(st.text(max_size=40))
def test_a_word_of_the_prompt_as_typed_finds_the_image(text: str) -> None:
    search = parse(text)
    assert all(part.startswith('"') and part.endswith('"*') for part in search.match.split(" AND ") if part)


def test_moved_changed_and_deleted_files_are_followed(library: Library, index: Index) -> None:
    library.make("a.png", prompt="first")
    library.make("b.png", prompt="second")
    index.sync()
    (library.root / "day").mkdir()
    (library.root / "a.png").rename(library.root / "day" / "c.png")
    (library.root / "b.png").write_bytes(PNG + b"something else")
    assert index.sync()
    assert names(index, "first") == ["c.png"]
    assert names(index, "second") == []
    (library.root / "day" / "c.png").unlink()
    index.sync()
    assert names(index) == ["b.png"] and names(index, "c") == []


def test_a_changed_or_deleted_record_is_followed(library: Library, index: Index) -> None:
    record = library.make("a.png", prompt="before")
    index.sync()
    records.write(
        library.root, Record(**{**vars_of(record), "origins": (origin("later", prompt="after", created=2**31),)})
    )
    index.sync()
    assert names(index, "after") == ["a.png"] and names(index, "before") == []
    assert index.spent(0) == pytest.approx(0.08)
    records.path_of(library.root, record.sha256).unlink()
    index.sync()
    assert names(index, "after") == [] and names(index) == ["a.png"] and index.spent(0) == 0


def vars_of(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_a_broken_record_hides_no_file_and_is_not_read_again_and_again(library: Library, index: Index) -> None:
    record = library.make("a.png")
    records.path_of(library.root, record.sha256).write_text("{")
    assert index.sync()
    assert names(index) == ["a.png"] and names(index, "fox") == []
    assert not index.sync()


def test_names_of_any_kind_are_kept_exactly(library: Library, index: Index) -> None:
    import os

    odd = [b"\xff\xfe.png", b"new\nline.png", "日本語.png".encode(), b"a" * 251 + b".png"]
    for name in odd:
        (library.root / os.fsdecode(name)).write_bytes(PNG + name)
    index.sync()
    assert sorted(os.fsencode(entry.path.name) for entry in index.find()) == sorted(odd)
    for entry in index.find():
        assert entry.path.read_bytes().startswith(PNG)
        json.dumps(as_json(entry))
    assert not index.sync()


def test_a_copy_outside_the_library_is_known_by_its_bytes(library: Library, index: Index, tmp_path: Path) -> None:
    record = library.make("a.png")
    index.sync()
    (tmp_path / "copy.jpg").write_bytes((library.root / "a.png").read_bytes())
    (tmp_path / "other.png").write_bytes(b"?")
    assert index.record_for(library.root / "a.png") == record
    assert index.record_for(tmp_path / "copy.jpg") == record
    assert index.record_for(tmp_path / "other.png") is None
    assert index.record_for(tmp_path / "absent.png") is None
    (library.root / "a.png").write_bytes(b"changed")
    assert index.record_for(library.root / "a.png") is None


def test_what_was_spent_counts_each_image_of_each_job_once_and_no_sandbox(library: Library, index: Index) -> None:
    twice = library.make("a.png", job="one", created=100, cost=0.5)
    library.make("b.png", job="one", index=1, created=100, cost=0.25)
    library.make("c.png", job="two", created=200, cost=None)
    library.make("d.png", job="three", created=200, cost=9.0, provider="sandbox")
    (library.root / "copy of a.png").write_bytes((library.root / "a.png").read_bytes())
    index.sync()
    index.add(twice)
    index.add(twice)
    assert index.spent(0) == pytest.approx(0.75)
    assert index.spent(0, 100) == 0 and index.spent(100, 101) == pytest.approx(0.75) and index.spent(101) == 0


def test_progress_is_told_and_cancelling_keeps_what_was_done(library: Library, index: Index) -> None:
    for number in range(3):
        library.make(f"{number}.png", recorded=False)
    seen = iter([False, False, True])
    index.sync(cancel=lambda: next(seen))
    assert len(index.find()) == 2
    told: list[tuple[int, int]] = []
    index.sync(lambda done, of: told.append((done, of)))
    assert told == [(1, 1)] and len(index.find()) == 3


@pytest.mark.parametrize("damage", ["deleted", "text", "half", "zeros", "newer", "foreign"])
def test_an_index_that_can_not_be_used_is_made_anew(library: Library, cache: Path, damage: str) -> None:
    library.make("a.png")
    with Index.open(library.root, cache) as first:
        first.sync()
        path = first.path
    if damage == "deleted":
        path.unlink()
    elif damage == "text":
        path.write_text("this is no database" * 100)
    elif damage == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 // 4096 * 4096])
    elif damage == "zeros":
        content = path.read_bytes()
        path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    else:
        with sqlite3.connect(path) as db:
            db.execute(f"PRAGMA user_version = {VERSION + 1}" if damage == "newer" else "DROP TABLE files")
        db.close()
    with Index.open(library.root, cache) as second:
        second.sync()
        second.sync()
        assert names(second, "fox") == ["a.png"]
        assert second.spent(0) == pytest.approx(0.04)


def test_an_index_that_breaks_while_it_is_open_is_made_anew(library: Library, index: Index) -> None:
    library.make("a.png")
    index.sync()
    index._run(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    index.path.write_bytes(b"no database at all, not any more" * 1000)
    names(index)
    index.sync()
    assert names(index, "fox") == ["a.png"]


def test_the_index_is_private(library: Library, cache: Path, index: Index) -> None:
    assert index.path.stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700


def test_without_a_place_to_keep_it_the_index_is_in_memory(library: Library, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    library.make("a.png")
    with Index.open(library.root, tmp_path / "blocked") as index:
        index.sync()
        assert names(index) == ["a.png"]


def test_each_library_has_its_own_index(tmp_path: Path, cache: Path) -> None:
    first, second = Library(tmp_path / "one"), Library(tmp_path / "two")
    with Index.open(first.root, cache) as one, Index.open(second.root, cache) as two:
        assert one.path != two.path


def test_many_threads_may_ask_while_one_writes(library: Library, index: Index) -> None:
    for number in range(30):
        library.make(f"{number}.png")
    failures: list[BaseException] = []

    def run(action: Any) -> None:
        try:
            for _ in range(20):
                action()
        except BaseException as error:
            failures.append(error)

    actions = [index.sync, lambda: index.find("fox"), lambda: index.spent(0), index.sync]
    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(index.find("fox")) == 30


def test_several_processes_may_open_and_fill_one_index_at_once(library: Library, cache: Path) -> None:
    for number in range(20):
        library.make(f"{number}.png")
    program = (
        "import sys\nfrom pathlib import Path\nfrom tui.library.index import Index\nsys.stdin.read(1)\n"
        "with Index.open(Path(sys.argv[1]), Path(sys.argv[2])) as index:\n"
        "    index.sync()\n    assert len(index.find('fox')) == 20\n"
        "    assert index._run(lambda db: db.execute('PRAGMA database_list').fetchone()[2])"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(library.root), str(cache)],
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]
    for run in runs:
        assert run.stdin
        run.stdin.write(b"!")
        run.stdin.close()
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    assert not list(cache.glob("*.broken"))


def test_the_library_loads_neither_textual_nor_pillow() -> None:
    program = (
        "import sys, tui.library.index, tui.library.thumbnails\n"
        "sys.exit(', '.join({'PIL', 'numpy', 'textual', 'rich', 'openai', 'requests'} & set(sys.modules)) or None)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr
