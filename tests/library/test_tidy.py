"""Files are moved, renamed, thrown away and had back; nothing is replaced, and no byte of an original changes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.library.test_index import PNG, Library
from tui.core.naming import TemplateError
from tui.library import judging, moving, records, tidy
from tui.library.entry import Entry
from tui.library.index import Index


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def index(library: Library, tmp_path: Path) -> Iterator[Index]:
    with Index.open(library.root, tmp_path / "cache") as one:
        yield one


def made(library: Library, index: Index, *names: str) -> list[Entry]:
    for number, name in enumerate(names):
        library.make(name, prompt=f"a fox {number}", created=1_764_000_000 + number, index=number)
    index.sync()
    return sorted(index.find(), key=lambda entry: entry.path)


def lying(root: Path) -> dict[str, bytes]:
    """The images by their place."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*.png"))
        if ".safelight" not in path.parts
    }


def up_to_date(index: Index) -> bool:
    return not index.sync()


def test_images_are_moved_and_moved_back_and_the_index_knows(library: Library, index: Index) -> None:
    images = made(library, index, "a.png", "b.png")
    before = lying(library.root)
    deed = tidy.move_to(index, images, library.root / "best" / "of")
    assert (deed.words, deed.count, deed.failed) == ("moved", 2, ())
    assert list(lying(library.root)) == ["best/of/a.png", "best/of/b.png"]
    assert [entry.sha256 for entry in index.find()] == [image.sha256 for image in reversed(images)]
    assert up_to_date(index)
    assert deed.undo and deed.undo().count == 2
    assert lying(library.root) == before and up_to_date(index)


def test_an_image_keeps_its_number_wherever_it_goes_and_when_it_comes_back(library: Library, index: Index) -> None:
    for number, name in enumerate(("a.png", "b.png", "c.png")):
        library.make(name, prompt="a fox", created=1_764_000_000, index=number)
    index.sync()
    images = index.find()
    numbers = {image.number for image in images}
    tidy.rename(index, images[:2], "{index}")
    tidy.move_to(index, index.entries(numbers), library.root / "best")
    assert {image.number for image in index.find()} == numbers
    deed = tidy.trash(index, index.find()[1:2])
    assert len(index.absent(numbers)) == 1
    assert deed.undo and deed.undo().count == 1
    assert not index.absent(numbers) and up_to_date(index)


def test_a_name_that_is_taken_is_never_replaced(library: Library, index: Index) -> None:
    images = made(library, index, "a.png", "one/a.png", "two/a.png")
    deed = tidy.move_to(index, images, library.root / "one")
    assert deed.count == 3
    assert list(lying(library.root)) == ["one/a-2.png", "one/a-3.png", "one/a.png"]
    assert len(set(lying(library.root).values())) == 3 and up_to_date(index)


def test_images_are_renamed_by_a_template_and_back(library: Library, index: Index) -> None:
    images = made(library, index, "x.png", "y.png")
    before = lying(library.root)
    assert [tidy.new_name(image, "{prompt}_{index}", 7) for image in images] == ["a_fox_0_7.png", "a_fox_1_7.png"]
    deed = tidy.rename(index, images, "{model}-{index:03d}")
    assert list(lying(library.root)) == ["gpt-image-1-000.png", "gpt-image-1-001.png"] and up_to_date(index)
    assert deed.undo and deed.undo().words == "renamed back" and lying(library.root) == before
    with pytest.raises(TemplateError):
        tidy.rename(index, images, "{nonsense}")
    assert lying(library.root) == before


def test_what_was_thrown_away_is_had_back_from_where_it_came(library: Library, index: Index) -> None:
    images = made(library, index, "day/a.png", "day/b.png")
    judging.rate(index, images, 4)
    before = lying(library.root)
    deed = tidy.trash(index, images)
    assert lying(library.root) == {} and index.find() == [] and up_to_date(index)
    items = tidy.trashed(library.root)
    assert sorted(item.name for item in items) == ["a.png", "b.png"]
    assert all(item.origin.parent == library.root / "day" and item.bytes for item in items)
    assert deed.undo and deed.undo().count == 2
    assert lying(library.root) == before and tidy.trashed(library.root) == [] and up_to_date(index)
    assert [entry.rating for entry in index.find()] == [4, 4]

    tidy.trash(index, images)
    (library.root / "day" / "a.png").write_bytes(PNG + b"another")
    index.sync()
    restored = tidy.restore(index, tidy.trashed(library.root))
    assert restored.undo and restored.undo().count == 2
    assert list(lying(library.root)) == ["day/a.png"] and len(tidy.trashed(library.root)) == 2 and up_to_date(index)
    assert tidy.restore(index, tidy.trashed(library.root)).count == 2
    assert sorted(lying(library.root)) == ["day/a-2.png", "day/a.png", "day/b.png"] and up_to_date(index)
    assert {entry.rating for entry in index.find()} == {0, 4}


def test_the_trash_is_private_and_emptied_for_good(library: Library, index: Index) -> None:
    images = made(library, index, "a.png", "b.png")
    tidy.trash(index, images)
    trash = library.root / tidy.TRASH
    assert all(path.stat().st_mode & 0o077 == 0 for path in trash.rglob("*") if path.is_dir() or path.suffix == ".json")
    assert tidy.empty(tidy.trashed(library.root)[:1]).count == 1
    assert len(tidy.trashed(library.root)) == 1
    tidy.empty(tidy.trashed(library.root))
    assert list(trash.iterdir()) == []
    assert all(records.read(library.root, image.sha256) for image in images), "they tell what was spent"


def test_deleting_for_good_takes_the_file_and_leaves_the_record(library: Library, index: Index) -> None:
    (image,) = made(library, index, "a.png")
    deed = tidy.delete(index, [image])
    assert (deed.count, deed.undo) == (1, None) and lying(library.root) == {} and index.find() == []
    assert records.read(library.root, image.sha256) and index.spent(0) == pytest.approx(0.04)


def test_one_that_can_not_be_moved_is_told_and_the_others_are_moved(library: Library, index: Index) -> None:
    images = made(library, index, "a.png", "b.png", "c.png")
    (library.root / "b.png").unlink()
    deed = tidy.trash(index, images)
    assert deed.count == 2 and deed.failed == ((library.root / "b.png", "No such file or directory"),)
    assert len(list((library.root / tidy.TRASH).iterdir())) == 2, "no empty place stays behind"


def test_an_action_is_cancelled_between_two_images_and_what_was_done_can_be_undone(
    library: Library, index: Index
) -> None:
    images = made(library, index, "a.png", "b.png", "c.png")
    told: list[tuple[int, int]] = []
    deed = tidy.trash(index, images, lambda done, of: told.append((done, of)), lambda: len(told) == 2)
    assert deed.count == 2 and told == [(1, 3), (2, 3)] and list(lying(library.root)) == ["c.png"]
    assert deed.undo and deed.undo().count == 2 and len(lying(library.root)) == 3


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"path": 1}', '{"path": "zz", "at": 1}', '{"path": "2e2e", "at": 1}']
)
def test_an_origin_that_can_not_be_read_costs_no_image(library: Library, index: Index, content: str) -> None:
    images = made(library, index, "day/a.png")
    tidy.trash(index, images)
    next((library.root / tidy.TRASH).glob("*/origin.json")).write_text(content)
    (item,) = tidy.trashed(library.root)
    assert item.origin == library.root / "a.png"
    tidy.restore(index, [item])
    assert list(lying(library.root)) == ["a.png"]


def test_what_others_put_into_the_trash_is_passed_over(library: Library, index: Index) -> None:
    made(library, index, "a.png")
    trash = library.root / tidy.TRASH
    (trash / "empty").mkdir(parents=True)
    (trash / "two").mkdir()
    for name in ("one.png", "two.png"):
        (trash / "two" / name).write_bytes(PNG)
    (trash / "loose.png").write_bytes(PNG)
    assert tidy.trashed(library.root) == []


def test_names_of_any_bytes_go_and_come_back(library: Library, index: Index) -> None:
    for name in (b"\xff\xfe.png", b"new\nline.png", b"a" * 251 + b".png", "日本語 🦊.png".encode()):
        (library.root / os.fsdecode(name)).write_bytes(PNG + name)
    index.sync()
    before = {path.name for path in library.root.glob("*.png")}
    assert tidy.trash(index, index.find()).count == 4
    assert tidy.restore(index, tidy.trashed(library.root)).count == 4
    assert {path.name for path in library.root.glob("*.png")} == before


def test_a_file_system_without_links_moves_by_copying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"bytes")
    os.utime(source, (5, 5))
    moving.move(source, target)
    assert target.read_bytes() == b"bytes" and target.stat().st_mtime == 5 and not source.exists()
    source.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        moving.move(source, target)
    assert source.read_bytes() == b"other" and target.read_bytes() == b"bytes"


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"some"
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(OSError, match="no space"):
        moving.write(tmp_path / "a", pieces())
    assert list(tmp_path.iterdir()) == []


# --- judging ---


def test_judgements_go_to_records_and_index_and_are_undone(library: Library, index: Index) -> None:
    images = made(library, index, "a.png", "b.png")
    judging.tag(index, images[:1], add=["sea"])
    deed = judging.rate(index, images, 5)
    assert {records.read(library.root, image.sha256).rating for image in images} == {5}  # type: ignore[union-attr]  # it is there
    assert len(index.find("rating:5")) == 2 and up_to_date(index)
    assert deed.undo
    deed.undo()
    assert index.find("is:rated") == [] and len(index.find("tag:sea")) == 1 and up_to_date(index)
    judging.favour(index, images, True)
    judging.note(index, images[1:], "keep this one")
    judging.tag(index, images, add=["deep blue", "SEA"], remove=["nothing"])
    assert [entry.tags for entry in sorted(index.find(), key=lambda entry: entry.path)] == [
        ("deep blue", "sea"), ("deep blue", "SEA"),
    ]  # fmt: skip
    judging.tag(index, images, remove=["Sea"])
    assert len(index.find('tag:"deep blue" is:favourite')) == 2 and index.find("keep")[0].name == "b.png"
    assert not index.find("tag:sea") and up_to_date(index)


def test_an_image_of_another_program_gets_a_record_when_it_is_judged(library: Library, index: Index) -> None:
    library.make("theirs.png", recorded=False)
    index.sync()
    judging.rate(index, index.find(), 3)
    (entry,) = index.find("rating:3 is:foreign")
    record = records.read(library.root, entry.sha256)
    assert record and (record.rating, record.origins, record.bytes, record.width) == (3, (), entry.bytes, 4)


def test_an_image_that_was_not_read_yet_can_be_judged(library: Library, index: Index) -> None:
    library.make("fox.png", prompt="a red fox")
    index.sync(cancel=lambda: True)
    assert index.find()[0].sha256 == ""
    judging.rate(index, index.find(), 2)
    index.sync()
    assert index.find("red rating:2")


def test_judging_what_is_so_already_leaves_nothing_to_undo(library: Library, index: Index) -> None:
    images = made(library, index, "a.png")
    judging.rate(index, images, 2)
    assert judging.rate(index, images, 2).undo is None
