"""The save protocol broken on purpose, in four ways that a test must notice. Installed in a run's own process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def response_removed_early() -> None:
    """The answer goes once its image is decoded, before that has a name in the library."""
    from tui.engine import finish

    place = finish.place

    def early(image: Path, folder: Path, names: Iterator[str]) -> Path:
        (image.parent / "response").unlink(missing_ok=True)
        return place(image, folder, names)

    finish.place = early


def record_before_file() -> None:
    """The record is written before the file that it names is linked."""
    from tui.engine import finish, steps

    place, step = finish.place, finish.step
    waiting: list[Callable[[], Any]] = []

    def later(image: Path, folder: Path, names: Iterator[str]) -> Path:
        name = next(name for name in names if not (folder / name).exists())
        waiting.append(lambda: place(image, folder, iter([name])))
        return folder / name

    def record_written(label: str) -> None:
        step(label)
        if label == "record written":
            while waiting:
                waiting.pop()()

    finish.place, finish.step = later, record_written
    assert steps


def no_lock() -> None:
    """A job, a record and a sweep belong to whoever comes."""
    from tui.engine import disk
    from tui.library import records

    @contextmanager
    def unlocked(path: Path) -> Iterator[None]:
        yield

    disk.try_lock = lambda handle: True
    records.locked = unlocked


def rename_for_link() -> None:
    """An image is moved to its name, whatever has it already."""
    from tui.engine import save

    save._link = lambda image, target: Path(image).replace(target)


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way for way in (response_removed_early, record_before_file, no_lock, rename_for_link)
}


def install(name: str) -> None:
    WAYS[name]()
