"""Bringing an index up to the files and records as they are."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui.core.recalled import Recalled
from tui.library import files, records, rows

if TYPE_CHECKING:
    import sqlite3

    from tui.library.index import Index, Step

_T = TypeVar("_T")
# Reads what other programs wrote into a file; None where it can't be read at the moment.
Recall = Callable[[Path], Recalled | None]
# Rows that are written at once: others may ask in between.
_SEEN, _READ = 1000, 100
_HEX = "0123456789abcdef"


class CatchingUp:
    """One run of it. See Index.sync."""

    def __init__(
        self,
        index: Index,
        progress: Callable[[int, int], None] | None,
        cancel: Callable[[], bool] | None,
        recall: Recall | None,
    ) -> None:
        self._index = index
        self._progress = progress
        self._cancelled = cancel or (lambda: False)
        self._recall = recall
        self._done = self._total = 0

    def run(self) -> bool:
        if not self._index.root.is_dir():
            # A disk that is not there at the moment: what is known of it was hard to find out.
            return False
        seen = self._see()
        unread = self._unread()
        self._total = len(unread)
        told = self._read_records()
        read = self._read_files(unread)
        recalled = self._recall is not None and self._recall_all(self._recall)
        return seen or told or read or recalled

    # --- names ---

    def _see(self) -> bool:
        """All names and sizes, without reading a file."""
        index, changed = self._index, False
        folders: set[bytes] = set()
        for folder, images in files.by_folder(index.root):
            name = rows.key(index.root, folder) if folder != index.root else b""
            folders.add(name)
            # Of one second the numbers go up as they are given.
            images.sort(key=lambda image: os.fsencode(image.path), reverse=True)
            images.sort(key=lambda image: image.mtime_ns)
            present = {rows.key(index.root, image.path): image for image in images}
            known = index.ask(partial(_known, name))
            steps = [
                *(_dropping(path) for path in known.keys() - present.keys()),
                *(
                    self._seeing(image)
                    for path, image in present.items()
                    if known.get(path) != (image.bytes, image.mtime_ns)
                ),
            ]
            changed |= self._write(steps, _SEEN)
        for name, _ in index.folders():
            if name not in folders:
                gone = index.ask(partial(_known, name))
                changed |= self._write([_dropping(path) for path in gone], _SEEN)
        return changed

    def _seeing(self, image: files.ImageFile) -> Step:
        return lambda db: rows.put_seen(db, self._index.root, image)

    # --- what records tell ---

    def _read_records(self) -> bool:
        """A part of them at a time: together they may be a million."""
        changed = False
        for prefix in map("".join, product(_HEX, repeat=records.PREFIX)):
            written = dict(records.beginning(self._index.library, prefix))
            known = self._index.ask(partial(_written, prefix))
            changed |= self._write([_forgetting(sha256) for sha256 in known.keys() - written.keys()], _SEEN)
            due = [(sha256, when) for sha256, when in written.items() if known.get(sha256) != when]
            self._total += len(due)
            changed |= self._each(due, lambda one: self._read_record(*one))
        return changed

    def _read_record(self, sha256: str, written_ns: int) -> Step:
        record = records.read(self._index.library, sha256)
        if record is None:
            return lambda db: rows.put_unreadable(db, sha256, written_ns)
        return lambda db: rows.put_record(db, record, written_ns)

    # --- what files tell ---

    def _unread(self) -> array[int]:
        unread = "SELECT id FROM files WHERE sha256 = '' ORDER BY id DESC"
        return self._index.ask(lambda db: array("q", chain.from_iterable(db.execute(unread))))

    def _read_files(self, unread: Iterable[int]) -> bool:
        return self._each(unread, self._read_file)

    def _read_file(self, number: int) -> Step | None:
        path = self._index.ask(lambda db: db.execute("SELECT path FROM files WHERE id = ?", (number,)).fetchone())
        image = files.image_file(self._index.root / rows.path_of(path[0])) if path else None
        return self._index.file_step(image) if image else None

    # --- what other programs told ---

    def _recall_all(self, recall: Recall) -> bool:
        """Of images that no record tells a job of, once for the same bytes."""
        unknown = (
            "SELECT max(files.id) FROM files LEFT JOIN images USING (sha256) WHERE sha256 != '' AND images.job IS NULL"
            " AND sha256 NOT IN (SELECT sha256 FROM recalled) GROUP BY sha256"
        )
        numbers = self._index.ask(lambda db: array("q", chain.from_iterable(db.execute(unknown))))
        self._total += len(numbers)
        return self._each(numbers, lambda number: self._recalling(number, recall))

    def _recalling(self, number: int, recall: Recall) -> Step | None:
        query = "SELECT path, sha256 FROM files WHERE id = ?"
        row = self._index.ask(lambda db: db.execute(query, (number,)).fetchone())
        recalled = recall(self._index.root / rows.path_of(row[0])) if row else None
        return (lambda db: rows.put_recalled(db, row[1], recalled)) if recalled else None

    # --- writing ---

    def _each(self, things: Iterable[_T], reading: Callable[[_T], Step | None]) -> bool:
        """Reads them one by one and writes what that gives, until it is cancelled; whether it gave anything."""
        changed = False
        for some in batched(self._until_cancelled(things), _READ):
            steps = [step for thing in some if (step := reading(thing))]
            changed |= self._write(steps, _READ)
            self._done += len(some)
            if self._progress:
                self._progress(self._done, self._total)
        return changed

    def _until_cancelled(self, things: Iterable[_T]) -> Iterator[_T]:
        for thing in things:
            if self._cancelled():
                return
            yield thing

    def _write(self, steps: list[Step], at_once: int) -> bool:
        for some in batched(steps, at_once):
            self._index.write(some)
        return bool(steps)


def batched(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    # The one of itertools came with Python 3.12.
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def _known(folder: bytes, db: sqlite3.Connection) -> dict[bytes, tuple[int, int]]:
    rows = db.execute("SELECT path, bytes, mtime_ns FROM files JOIN facts USING (id) WHERE folder = ?", (folder,))
    return {path: (size, mtime_ns) for path, size, mtime_ns in rows}


def _written(prefix: str, db: sqlite3.Connection) -> dict[str, int]:
    rows = db.execute("SELECT sha256, written_ns FROM images WHERE sha256 >= ? AND sha256 < ?", (prefix, prefix + "g"))
    return dict(rows.fetchall())


def _dropping(path: bytes) -> Step:
    return lambda db: rows.drop_file(db, path)


def _forgetting(sha256: str) -> Step:
    return lambda db: rows.drop_record(db, sha256)
