"""Files to other names and folders, to the trash and back. The bytes of an original are never touched."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.core import naming
from tui.core.paths import PRIVATE_FOLDER, write_private
from tui.core.text import clean, clean_line
from tui.library.entry import Entry
from tui.library.files import image_file
from tui.library.moving import move, move_free
from tui.library.regular import open_regular
from tui.library.undo import Cancelled, Deed, Progress, each

if TYPE_CHECKING:
    from tui.library.index import Index

TRASH = Path(".safelight", "trash")
_ORIGIN = "origin.json"
_MAX_ORIGIN = 100_000


# --- to other names and folders ---


def move_to(
    index: Index,
    images: Sequence[Entry],
    folder: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Deed:
    """Into a folder, which is made where there is none; a name that is taken there gets a number."""

    def act(image: Entry) -> Callable[[], object] | None:
        folder.mkdir(parents=True, exist_ok=True)
        if image.path.parent == folder:
            return None
        return _undoing(index, image.path, move_free(image.path, folder, image.path.name), image)

    return each(images, act, words="moved", path=_path, undone="moved back", progress=progress, cancelled=cancelled)


def new_name(image: Entry, template: str, index: int) -> str:
    """The name that a template gives an image. Raises naming.TemplateError."""
    stem = naming.stem(
        template,
        model=image.model or "image",
        created=image.created,
        index=index,
        prompt=image.prompt or "",
        job=image.job or "",
    )
    return stem + image.path.suffix


def rename(
    index: Index,
    images: Sequence[Entry],
    template: str,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Deed:
    """By a template, whose {index} counts from 0; a name that is taken gets a number. Raises naming.TemplateError."""
    names = {image.path: new_name(image, template, number) for number, image in enumerate(images)}

    def act(image: Entry) -> Callable[[], object] | None:
        name = names[image.path]
        if name == image.path.name:
            return None
        return _undoing(index, image.path, move_free(image.path, image.path.parent, name), image)

    return each(images, act, words="renamed", path=_path, undone="renamed back", progress=progress, cancelled=cancelled)


def _undoing(index: Index, before: Path, after: Path, image: Entry) -> Callable[[], object]:
    _follow(index, before, after, image)

    def back() -> None:
        before.parent.mkdir(parents=True, exist_ok=True)
        move(after, before)
        _follow(index, after, before, image)

    return back


def _follow(index: Index, before: Path, after: Path, image: Entry) -> None:
    """Tell the index, which would find out by itself, but would read the file again."""
    index.moved(before, image_file(after), image)


# --- the trash ---


@dataclass(frozen=True, slots=True)
class Trashed:
    """`folder` holds the file that was thrown away from `origin` at `at`, Unix seconds."""

    folder: Path
    origin: Path
    at: float
    bytes: int

    @property
    def name(self) -> str:
        return clean_line(self.origin.name, limit=255)


def trash(
    index: Index, images: Sequence[Entry], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Deed:
    """Into the library's trash, from where they can be had back."""

    def act(image: Entry) -> Callable[[], object]:
        place = _throw(index.library, image.path)
        _follow(index, image.path, place, image)
        return lambda: _restore(index, place, image.path, image)

    return each(
        images, act, words="in the trash", path=_path, undone="taken out of the trash", progress=progress,
        cancelled=cancelled,
    )  # fmt: skip


def _throw(library: Path, path: Path) -> Path:
    """Where it says from where it came before it comes, so that a crash loses nothing."""
    folder = library / TRASH / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
    try:
        # Any bytes can be a name, and JSON is text.
        origin = {"path": os.fsencode(path).hex(), "shown": clean(path), "at": time.time()}
        write_private(folder / _ORIGIN, json.dumps(origin))
        move(path, folder / path.name)
    except BaseException:
        (folder / _ORIGIN).unlink(missing_ok=True)
        if not (folder / path.name).exists():
            folder.rmdir()
        raise
    return folder / path.name


def trashed(library: Path) -> list[Trashed]:
    """What lies in the trash, what was thrown away last first. Raises nothing."""
    try:
        folders = list((library / TRASH).iterdir())
    except OSError:
        return []
    found = [item for folder in folders if (item := _item(folder))]
    return sorted(found, key=lambda item: (item.at, item.folder), reverse=True)


def _item(folder: Path) -> Trashed | None:
    try:
        files = [path for path in folder.iterdir() if path.name != _ORIGIN and path.is_file()]
        if len(files) != 1:
            return None
        size = files[0].stat().st_size
        origin, at = _origin(folder, files[0])
    except OSError:
        return None
    return Trashed(folder, origin, at, size)


def _origin(folder: Path, file: Path) -> tuple[Path, float]:
    """From where and when it came. What can't be read came from the library itself, when it was put here."""
    try:
        with open_regular(folder / _ORIGIN) as content:
            told: Any = json.loads(content.read(_MAX_ORIGIN))
        path, at = Path(os.fsdecode(bytes.fromhex(told["path"]))), float(told["at"])
        if path.is_absolute() and path.name == file.name:
            return path, at
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    return folder.parents[2] / file.name, folder.stat().st_mtime


def restore(
    index: Index, items: Sequence[Trashed], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Deed:
    """Back to where they came from; a name that is taken there gets a number."""

    def act(item: Trashed) -> Callable[[], object]:
        back = _restore(index, item.folder / item.origin.name, item.origin, None)
        return lambda: _throw_again(index, back)

    return each(
        items, act, words="taken out of the trash", path=lambda item: item.origin, undone="in the trash again",
        progress=progress, cancelled=cancelled,
    )  # fmt: skip


def _throw_again(index: Index, path: Path) -> None:
    known = index.entry(path)
    place = _throw(index.library, path)
    if known is not None:
        _follow(index, path, place, known)


def _restore(index: Index, place: Path, origin: Path, image: Entry | None) -> Path:
    """Where it lies then."""
    origin.parent.mkdir(parents=True, exist_ok=True)
    back = move_free(place, origin.parent, origin.name)
    (place.parent / _ORIGIN).unlink(missing_ok=True)
    place.parent.rmdir()
    if image is not None:
        _follow(index, place, back, image)
    else:
        index.seen(image_file(back))
    return back


def empty(items: Sequence[Trashed], progress: Progress | None = None, cancelled: Cancelled | None = None) -> Deed:
    """Deletes what lies in the trash for good."""

    def act(item: Trashed) -> None:
        (item.folder / item.origin.name).unlink()
        (item.folder / _ORIGIN).unlink(missing_ok=True)
        item.folder.rmdir()

    return each(items, act, words="deleted", path=lambda item: item.origin, progress=progress, cancelled=cancelled)


def delete(
    index: Index, images: Sequence[Entry], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Deed:
    """Deletes files for good. Their records stay: they tell what was spent."""

    def act(image: Entry) -> None:
        image.path.unlink()
        index.moved(image.path, None, image)

    return each(images, act, words="deleted", path=_path, progress=progress, cancelled=cancelled)


def _path(image: Entry) -> Path:
    return image.path
