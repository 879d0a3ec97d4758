"""Records on disk, one JSON file for each image's bytes: the truth that everything else is derived from."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tui.core.paths import sync_folder
from tui.core.record import Origin, Record, judged
from tui.core.text import clean, clean_line
from tui.library import moving
from tui.library.lock import locked
from tui.library.regular import open_regular

FOLDER = Path(".safelight", "records")
MAX_BYTES = 8 << 20
# Letters of a sha256 that name the folder of its record.
PREFIX = 2

_log = logging.getLogger(__name__)
# What a database takes as a number.
_MAX_NUMBER = 1 << 62
_SHA256 = re.compile(r"[0-9a-f]{64}")


def path_of(root: Path, sha256: str) -> Path:
    """Where the record of these bytes lies; ValueError for anything but a sha256 in lower-case hex."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a sha256")
    return root / FOLDER / sha256[:PREFIX] / f"{sha256}.json"


def write(root: Path, record: Record) -> Record:
    """Adds a record to the library and returns what is known now: joined with what was known of the same bytes.

    It is on the disk, whole, when this returns. Raises OSError.
    """
    return change(root, record, lambda known: known.joined(record))


def change(root: Path, record: Record, how: Callable[[Record], Record]) -> Record:
    """Changes what is known of an image, whoever else does at the same time, and returns what is known now.

    `how` is given the record as it lies in the library, or `record` where there is none. Raises OSError.
    """
    path = path_of(root, record.sha256)
    for folder in (root / FOLDER.parent, root / FOLDER, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(root / FOLDER / "lock"):
        known = read(root, record.sha256)
        if known is None and path.exists():
            path.replace(path.with_suffix(".broken"))
        changed = judged(how(known or record))
        _replace(path, json.dumps(changed.to_json(), indent=1).encode("ascii"))
    return changed


def read(root: Path, sha256: str) -> Record | None:
    """The record of these bytes, its text cleaned; None where there is none or it can't be read."""
    path = path_of(root, sha256)
    try:
        with open_regular(path) as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError("too large")
        record = _cleaned(Record.from_json(json.loads(content)))
        if record.sha256 != sha256:
            raise ValueError("of another image")
        if any(not 0 <= number < _MAX_NUMBER for number in _numbers(record)):
            raise ValueError("a number out of range")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("record %s can't be read: %s", path.name, clean_line(error, limit=200))
        return None
    return record


def listed(root: Path) -> Iterator[tuple[str, int]]:
    """Every record's sha256 and the time it was written, in nanoseconds."""
    for folder in sorted(_entries(root / FOLDER), key=lambda entry: entry.name):
        if len(folder.name) == PREFIX:
            yield from beginning(root, folder.name)


def beginning(root: Path, prefix: str) -> Iterator[tuple[str, int]]:
    """The same, of those that begin with these PREFIX letters."""
    folder = root / FOLDER / prefix
    for entry in _entries(folder) if not folder.is_symlink() else ():
        name, _, suffix = entry.name.partition(".")
        if suffix == "json" and name.startswith(prefix) and _SHA256.fullmatch(name):
            try:
                yield name, entry.stat().st_mtime_ns
            except OSError:
                continue


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _replace(path: Path, content: bytes) -> None:
    # Its name is free or left over from a crash: whoever writes here holds the lock.
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    moving.write(temporary, [content])
    temporary.replace(path)
    sync_folder(path.parent)


def _numbers(record: Record) -> list[int]:
    own = [record.bytes, record.width, record.height]
    return own + [number for origin in record.origins for number in (origin.index, origin.created)]


def _cleaned(record: Record) -> Record:
    return replace(
        judged(record),
        format=clean_line(record.format, limit=20),
        origins=tuple(_cleaned_origin(origin) for origin in record.origins),
    )


def _cleaned_origin(origin: Origin) -> Origin:
    return replace(
        origin,
        job=clean_line(origin.job),
        provider=clean_line(origin.provider),
        model=clean_line(origin.model),
        operation=clean_line(origin.operation),
        prompt=clean(origin.prompt),
        parameters={
            clean_line(name): value if isinstance(value, bool | int) else clean(value)
            for name, value in origin.parameters.items()
        },
        path=clean(origin.path),
        sources=tuple(source for source in origin.sources if _SHA256.fullmatch(source)),
        revised_prompt=None if origin.revised_prompt is None else clean(origin.revised_prompt),
        request_id=None if origin.request_id is None else clean_line(origin.request_id),
    )
