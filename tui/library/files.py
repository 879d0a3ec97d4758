"""The image files of a folder: listing them, hashing them, and noticing when they change."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from threading import Event

from tui.core.sniff import HEAD, Facts, sniff
from tui.core.text import clean_line
from tui.library.regular import open_regular

EXTENSIONS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"})
# Deeper than anybody sorts images, and an end for folders mounted inside themselves.
MAX_DEPTH = 16
# Seconds.
DAY = 86_400
_DAY = re.compile(rb"\d{4}-\d{2}-\d{2}")
# The end of the year 9999: a file can claim a time that no calendar has.
_LAST_SECOND = 253_402_300_799
# The coarsest clock of a file system that is in use (FAT).
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class ImageFile:
    """`path` is exact, `name` is cleaned for showing; `day` is YYYY-MM-DD: its folder, or else its own, in UTC."""

    path: Path
    name: str
    bytes: int
    mtime_ns: int
    day: str

    @property
    def mtime(self) -> float:
        """Unix seconds."""
        return self.mtime_ns / 1e9


def is_image_name(name: str) -> bool:
    """Whether a file of this name counts as an image; hidden ones don't."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in EXTENSIONS  # noqa: PTH122 - on text


def scan(folder: Path, recursive: bool = True) -> list[ImageFile]:
    """The images below a folder, newest first. What vanishes or can't be read meanwhile is left out."""
    found = [image for _, images in by_folder(folder, recursive) for image in images]
    found.sort(key=lambda image: (-image.mtime_ns, os.fsencode(image.path)))
    return found


def by_folder(folder: Path, recursive: bool = True) -> Iterator[tuple[Path, list[ImageFile]]]:
    """The images below a folder, a folder at a time, in no order."""
    waiting = [(folder, 0)]
    while waiting:
        current, depth = waiting.pop()
        images = []
        for entry in _entries(current):
            if _is_folder(entry):
                if recursive and depth < MAX_DEPTH:
                    waiting.append((Path(entry.path), depth + 1))
            elif is_image_name(entry.name) and (image := _image(entry, current)):
                images.append(image)
        yield current, images


def image_file(path: Path) -> ImageFile | None:
    """One file as `scan` lists it, or None where there is no such file."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return _listed(path, facts) if stat.S_ISREG(facts.st_mode) else None


def days(images: Iterable[ImageFile]) -> list[tuple[str, list[ImageFile]]]:
    """Images by day, the newest day first; within a day as they came."""
    ordered = sorted(images, key=lambda image: image.day, reverse=True)
    return [(day, list(group)) for day, group in groupby(ordered, key=lambda image: image.day)]


def sha256(path: Path) -> str:
    """The sha256 of a regular file, in hex. Raises OSError, also for anything that is no regular file."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(path: Path) -> tuple[str, Facts]:
    """A file's sha256, and its format and size as far as its first bytes tell. Raises OSError as `sha256` does."""
    with open_regular(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return digest, sniff(file.read(HEAD))


def watch(folder: Path, stop: Event, interval: float = 1.0) -> Iterator[set[Path]]:
    """Yields the folders in which something came, went or was replaced, every `interval` seconds that there is any.

    None of them first: whoever looks through the folder from then on misses nothing. Ends when `stop` is set. Costs one
    stat for each folder and round. A file written over in place is not noticed.
    """
    known: dict[Path, _State] = {}
    _look(folder, known)
    if not stop.is_set():
        yield set()
    while not stop.wait(interval):
        if changed := _look(folder, known):
            yield changed


@dataclass(frozen=True, slots=True)
class _State:
    """What a folder looked like: when it was changed, the folders in it, and something that differs with the names of
    its images, of which there may be a million."""

    mtime_ns: int
    folders: frozenset[str]
    names: int


def _look(root: Path, known: dict[Path, _State]) -> set[Path]:
    changed: set[Path] = set()
    seen: set[Path] = set()
    waiting = [(root, 0)]
    now = time.time_ns()
    while waiting:
        folder, depth = waiting.pop()
        try:
            mtime = folder.stat().st_mtime_ns
        except OSError:
            continue
        seen.add(folder)
        before = known.get(folder)
        # Two changes within one tick of the clock leave the same time: a young folder is read again.
        if before is None or before.mtime_ns != mtime or now - mtime < _SETTLED_NS:
            entries = _entries(folder)
            folders = frozenset(entry.name for entry in entries if _is_folder(entry))
            state = _State(
                mtime, folders, hash(frozenset(entry.name for entry in entries if is_image_name(entry.name)))
            )
            if before != state:
                changed.add(folder)
            known[folder] = state
        if depth < MAX_DEPTH:
            waiting += [(folder / name, depth + 1) for name in known[folder].folders]
    for gone in known.keys() - seen:
        del known[gone]
        changed.add(gone)
    return changed


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _image(entry: os.DirEntry[str], folder: Path) -> ImageFile | None:
    try:
        facts = entry.stat()
    except OSError:
        return None
    return _listed(folder / entry.name, facts) if stat.S_ISREG(facts.st_mode) else None


def folder_of(path: bytes) -> bytes:
    """The folder of a path, b"" where it names none."""
    return path.rpartition(b"/")[0]


def made_at(path: bytes, seconds: float) -> int:
    """When a file of that time was made, in Unix seconds from 1970 to 9999: on the day that its folder is named after.

    A copy has a time of its own, and the folder still tells.
    """
    made = int(min(max(seconds, 0), _LAST_SECOND))
    folder = folder_of(path).rpartition(b"/")[2]
    if _DAY.fullmatch(folder) and folder.decode("ascii") != day_of(made):
        with contextlib.suppress(ValueError):
            midnight = datetime.fromisoformat(f"{folder.decode('ascii')}T00:00+00:00").timestamp()
            return max(int(midnight) + made % DAY, 0)
    return made


def day_of(seconds: float) -> str:
    """The day of a time, YYYY-MM-DD, in UTC."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC).strftime("%Y-%m-%d")


def _listed(path: Path, facts: os.stat_result) -> ImageFile:
    day = day_of(made_at(os.fsencode(path), facts.st_mtime))
    return ImageFile(path, clean_line(path.name, limit=255), facts.st_size, facts.st_mtime_ns, day)
