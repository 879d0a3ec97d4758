"""Exports: nothing is replaced, nothing half is left, and originals are as they were."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.library.test_index import Library
from tui.core.record import Record
from tui.library import export as exporting
from tui.library import records
from tui.library.entry import Entry
from tui.library.export import Exported, How, export, told
from tui.library.index import Index


@pytest.fixture
def images(tmp_path: Path) -> Iterator[list[Entry]]:
    library = Library(tmp_path / "library")
    library.make("one/a.png", prompt="=a red fox", created=1_764_000_002)
    library.make("two/a.png", prompt="a hut", created=1_764_000_001, model="dall-e-3")
    with Index.open(library.root, tmp_path / "cache") as index:
        index.sync()
        before = {entry.path: entry.path.read_bytes() for entry in index.find()}
        yield index.find()
        assert {path: path.read_bytes() for path in before} == before


def encode(image: Entry, how: How) -> tuple[bytes, bool]:
    if "hut" in (image.prompt or ""):
        raise ValueError("it can't be decoded")
    return f"{how.form} {how.kind} {image.prompt}".encode(), True


def test_originals_are_copied_as_they_are_and_nothing_is_replaced(images: list[Entry], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes(b"mine")
    done = export(images, out, How(), encode)
    assert [path.name for path in done.paths] == ["a-2.png", "a-3.png"] and not done.failed
    assert [path.read_bytes() for path in done.paths] == [image.path.read_bytes() for image in images]
    assert (out / "a.png").read_bytes() == b"mine" and len(list(out.iterdir())) == 3


def test_what_can_not_be_made_is_told_and_the_rest_is_there(images: list[Entry], tmp_path: Path) -> None:
    told_of: list[tuple[int, int]] = []
    how = How("portable", kind="jpeg", template="{prompt}-{index}", manifest="json")
    done = export(images, tmp_path / "out", how, encode, lambda done, of: told_of.append((done, of)))
    assert [path.name for path in done.paths] == ["a_red_fox-0.jpg"]
    assert done.failed == ((images[1].path, "it can't be decoded"),) and done.credentials_lost == 1
    assert done.paths[0].read_bytes() == b"portable jpeg =a red fox" and told_of == [(1, 2), (2, 2)]
    (row,) = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert (row["file"], row["prompt"], row["model"]) == ("a_red_fox-0.jpg", "=a red fox", "gpt-image-1")
    assert str(tmp_path) not in json.dumps(row)


def test_a_zip_is_whole_and_its_names_are_apart(images: list[Entry], tmp_path: Path) -> None:
    target = tmp_path / "new" / "some.zip"
    done = export(images, target, How(manifest="csv"), encode)
    assert done == Exported((target,))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.png", "a-2.png", "manifest.csv"]
        assert archive.read("a.png") == images[0].path.read_bytes()
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
    assert [row["prompt"] for row in rows] == ["'=a red fox", "a hut"], "no formula for a spreadsheet"
    assert export(images, target, How(), encode).paths == (target.with_name("some-2.zip"),)
    assert [path.name for path in target.parent.iterdir()] == ["some-2.zip", "some.zip"] or len(
        list(target.parent.iterdir())
    ) == 2


def test_a_cancelled_zip_leaves_nothing_and_a_cancelled_folder_what_was_done(
    images: list[Entry], tmp_path: Path
) -> None:
    answers = iter([False, True])
    assert export(images, tmp_path / "a.zip", How(), encode, cancelled=lambda: next(answers)).paths == ()
    assert not list(tmp_path.glob("*.zip*")) and not list(tmp_path.glob(".*"))
    answers = iter([False, True])
    done = export(images, tmp_path / "out", How(), encode, cancelled=lambda: next(answers))
    assert [path.name for path in done.paths] == ["a.png"]


def test_an_original_that_is_gone_is_told(images: list[Entry], tmp_path: Path) -> None:
    content = images[0].path.read_bytes()
    images[0].path.unlink()
    for target in (tmp_path / "out", tmp_path / "a.zip"):
        done = export(images, target, How(), encode)
        assert done.failed == ((images[0].path, "No such file or directory"),) and len(done.paths) == 1
    images[0].path.write_bytes(content)


def test_what_is_told_of_an_image_is_what_its_record_says(images: list[Entry], tmp_path: Path) -> None:
    record = records.read(tmp_path / "library", images[0].sha256)
    assert isinstance(record, Record)
    assert told(images[0], record) == {
        "prompt": "=a red fox",
        "model": "gpt-image-1",
        "parameters": {"n": 2, "quality": "high", "stream": True},
    }
    assert told(images[0], None) == {"prompt": "=a red fox", "model": "gpt-image-1", "parameters": {}}


def test_a_manifest_of_nothing_is_one(images: list[Entry]) -> None:
    assert json.loads(exporting.manifest([], "json")) == []
    assert exporting.manifest([], "csv") == b"file\r\n"
