"""Where the spool's file can't be linked to, a copy takes the image's name: whole, once, and over nothing else."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tui.engine import steps
from tui.engine.leftovers import sweep
from tui.engine.save import place, store, tidy

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)


class PulledError(BaseException):
    """The plug is pulled."""


@pytest.fixture(params=["another disk", "no links"])
def library(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library that the spool's file can't be linked into: on another file system, or on one that has no links."""
    import tempfile

    if request.param == "another disk":
        memory = Path("/dev/shm")
        if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no second file system here")
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            yield Path(folder)
        return

    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    yield tmp_path / "library"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    folder = tmp_path / "spool" / "job"
    folder.mkdir(parents=True)
    return store([PNG], folder / "image-0").path


def names() -> Iterator[str]:
    yield "fox.png"
    yield from (f"fox-{number}.png" for number in count(2))


def files(library: Path) -> list[str]:
    hidden = library / ".safelight"
    return sorted(
        path.relative_to(library).as_posix()
        for path in library.rglob("*")
        if path.is_file() and not path.is_relative_to(hidden)
    )


def test_the_copy_is_whole_and_nothing_else_is_left(library: Path, image: Path) -> None:
    day = library / "2026-11-22"
    target = place(image, day, names())
    tidy(image, day)
    assert (target, target.read_bytes()) == (day / "fox.png", PNG)
    assert files(library) == ["2026-11-22/fox.png"]
    assert target.stat().st_mode & 0o077 == 0


def test_a_name_that_is_taken_stays_its_owners(library: Path, image: Path) -> None:
    day = library / "2026-11-22"
    day.mkdir(parents=True)
    (day / "fox.png").write_bytes(b"mine")
    (day / "fox-2.png").touch()
    assert place(image, day, names()) == day / "fox-3.png"
    assert (day / "fox.png").read_bytes() == b"mine"
    assert (day / "fox-2.png").read_bytes() == b"", "an empty file of someone else's"


@pytest.mark.parametrize("label", ["image copied", "name claimed", "image linked"])
def test_cut_short_at_any_step_it_is_finished_and_not_made_twice(
    library: Path, image: Path, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = library / "2026-11-22"
    told: list[str] = []

    def pull(reached: str) -> None:
        told.append(reached)
        if reached == label:
            raise PulledError

    with monkeypatch.context() as patch:
        patch.setattr(steps, "reached", pull)
        try:
            place(image, day, names())
        except PulledError:
            pass
        else:
            assert label == "name claimed", "only where there are no links"
            assert label not in told
    for _ in range(2):
        assert place(image, day, names()) == day / "fox.png"
    tidy(image, day)
    assert files(library) == ["2026-11-22/fox.png"]
    assert (day / "fox.png").read_bytes() == PNG


def test_a_copy_that_was_cut_is_made_again(library: Path, image: Path) -> None:
    day = library / "2026-11-22"
    day.mkdir(parents=True)
    (day / ".safelight-job-image-0.tmp").write_bytes(PNG[:500])
    assert place(image, day, names()).read_bytes() == PNG
    tidy(image, day)
    assert files(library) == ["2026-11-22/fox.png"]


def test_a_file_that_is_renamed_before_its_record_is_written_is_found(library: Path, image: Path) -> None:
    day = library / "2026-11-22"
    target = place(image, day, names())
    if not (day / ".safelight-job-image-0.tmp").exists():
        pytest.skip("without links nothing tells a renamed file from another one of the same bytes")
    moved = target.rename(library / "best.png")
    sweep(library)
    assert place(image, day, names()) == moved
    tidy(image, day)
    assert files(library) == ["best.png"]


def test_a_copy_in_the_making_is_not_swept_away(library: Path, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper comes when the copy is there and its name is not: it is made again until it is held."""
    swept: list[int] = []

    def reached(label: str) -> None:
        if label == "image copied" and len(swept) < 3:
            swept.append(len(list((library / "2026-11-22").iterdir())))
            sweep(library)

    monkeypatch.setattr(steps, "reached", reached)
    assert place(image, library / "2026-11-22", names()).read_bytes() == PNG
    assert swept == [1, 1, 1]
