"""The files of a folder: found whatever their names, and followed while they change."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from tui.library.files import MAX_DEPTH, days, image_file, is_image_name, scan, sha256, watch

NAMES = [
    "plain.png",
    "ÄÖÜ.jpg",
    "日本語の絵.webp",
    "عربي.gif",
    "🦊🦊.svg",
    "emoji👩‍👩‍👧.jpeg",
    "UPPER.PNG",
    " blank .png",
    "new\nline.png",
    "-n.png",
    "%41.png",
    "\x1b[31m.png",
]


def put(path: Path, seconds: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (seconds, seconds))
    return path


def test_images_are_listed_newest_first_and_nothing_else_is(tmp_path: Path) -> None:
    old, new = put(tmp_path / "a.png", 100), put(tmp_path / "day" / "b.JPG", 200)
    for name in ("notes.txt", ".hidden.png", ".safelight/c.png", "day/.git/d.png", "png", "e.png.part", "f.tiff"):
        put(tmp_path / name, 300)
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    assert [image.path for image in scan(tmp_path)] == [new, old]
    assert [image.path for image in scan(tmp_path, recursive=False)] == [old]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_kept_exactly_and_shown_cleaned(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    (image,) = scan(tmp_path)
    assert image.path == tmp_path / name and image.path.read_bytes() == b"x"
    assert not set(image.name) & set("\n\x1b\t")


def test_a_name_that_is_no_text_and_one_of_255_bytes_survive(tmp_path: Path) -> None:
    raw = [b"\xff\xfe\x80.png", b"a" * 251 + b".png"]
    for name in raw:
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    found = scan(tmp_path)
    assert sorted(os.fsencode(image.path.name) for image in found) == sorted(raw)
    for image in found:
        assert sha256(image.path) == hashlib.sha256(b"x").hexdigest()
        image.name.encode()


def test_links_to_folders_are_not_followed_and_links_to_images_are(tmp_path: Path) -> None:
    put(tmp_path / "real" / "a.png")
    (tmp_path / "again").symlink_to("real")
    (tmp_path / "real" / "up").symlink_to("..")
    (tmp_path / "link.png").symlink_to("real/a.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert sorted(image.path.name for image in scan(tmp_path)) == ["a.png", "link.png"]


def test_the_depth_is_bounded(tmp_path: Path) -> None:
    put(tmp_path.joinpath(*["d"] * MAX_DEPTH, "in.png"))
    put(tmp_path.joinpath(*["d"] * (MAX_DEPTH + 1), "out.png"))
    assert [image.path.name for image in scan(tmp_path)] == ["in.png"]


def test_a_folder_that_can_not_be_read_or_is_not_there_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "a.png")
    shut = put(tmp_path / "shut" / "b.png").parent
    shut.chmod(0)
    try:
        assert "a.png" in {image.path.name for image in scan(tmp_path)}
    finally:
        shut.chmod(0o700)
    assert scan(tmp_path / "absent") == []


@pytest.mark.parametrize("seconds", [-(10**10), 0, 10**11])
def test_a_file_of_an_impossible_time_is_listed(tmp_path: Path, seconds: int) -> None:
    try:
        put(tmp_path / "a.png", seconds)
    except OSError:
        pytest.skip("this file system has no such time")
    assert len(scan(tmp_path)) == 1


def test_a_days_folder_names_the_day_and_else_the_time_in_utc(tmp_path: Path) -> None:
    put(tmp_path / "2026-11-22" / "a.png", 0)
    put(tmp_path / "b.png", 86_400)
    put(tmp_path / "c.png", 86_401)
    grouped = days(scan(tmp_path))
    assert [(day, [image.name for image in images]) for day, images in grouped] == [
        ("2026-11-22", ["a.png"]),
        ("1970-01-02", ["c.png", "b.png"]),
    ]


def test_one_file_is_listed_as_the_scan_lists_it(tmp_path: Path) -> None:
    path = put(tmp_path / "a.png", 7)
    assert [image_file(path)] == scan(tmp_path)
    assert image_file(tmp_path) is None and image_file(tmp_path / "absent.png") is None


def test_hashing_anything_but_a_file_is_an_error_and_never_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "absent"):
        with pytest.raises(OSError):
            sha256(tmp_path / name)


def test_image_names_are_those_of_the_formats_that_are_shown() -> None:
    assert all(is_image_name(name) for name in ("a.png", "a.JPEG", "a.b.webp", "a.gif", "a.svg", "a.jpg"))
    assert not any(is_image_name(name) for name in ("png", ".png", ".a.png", "a.png.tmp", "a.bmp", "a"))


class _Rounds(threading.Event):
    """A stop event whose waits are the rounds of a script; it is set after the last one."""

    def __init__(self, *steps: object) -> None:
        super().__init__()
        self.steps = iter(steps)

    def wait(self, timeout: float | None = None) -> bool:
        step = next(self.steps, None)
        if not callable(step):
            return True
        step()
        return False


def test_a_watcher_tells_the_folders_in_which_something_changed_and_nothing_else(tmp_path: Path) -> None:
    day = put(tmp_path / "2026-11-22" / "a.png").parent
    other = put(tmp_path / "other" / "a.png").parent
    steps = _Rounds(
        lambda: None,
        lambda: put(day / "b.png"),
        lambda: None,
        lambda: (other / "a.png").unlink(),
        lambda: put(tmp_path / "new" / "deep" / "c.png"),
        lambda: (day / "b.png").rename(other / "b.png"),
        lambda: put(other / "c.png"),
    )
    assert list(watch(tmp_path, steps)) == [
        set(),
        {day},
        {other},
        {tmp_path, tmp_path / "new", tmp_path / "new" / "deep"},
        {day, other},
        {other},
    ]


def test_a_watcher_ends_when_it_is_told_to_and_outlives_its_folder(tmp_path: Path) -> None:
    gone = put(tmp_path / "gone" / "a.png").parent

    def remove() -> None:
        (gone / "a.png").unlink()
        gone.rmdir()

    assert list(watch(gone, _Rounds(remove, lambda: put(gone / "b.png")))) == [set(), {gone}, {gone}]
    stop = threading.Event()
    stop.set()
    assert list(watch(tmp_path, stop)) == []


def test_a_watcher_says_when_nothing_is_missed_any_more(tmp_path: Path) -> None:
    stop = threading.Event()
    changes = watch(tmp_path, stop, 0.01)
    assert next(changes) == set()
    put(tmp_path / "a.png")
    assert next(changes) == {tmp_path}
    stop.set()
    assert list(changes) == []
