"""The index of a library: derived from its files and records, rebuilt at any time, quick to ask."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from tui.core.provider import SANDBOX
from tui.core.record import Record
from tui.core.sniff import HEAD, sniff
from tui.library import files, records, rows, schema
from tui.library.entry import Entry
from tui.library.files import ImageFile
from tui.library.regular import open_regular
from tui.library.search import parse

_BATCH = 100
_T = TypeVar("_T")
_Step = Callable[[sqlite3.Connection], None]


class Index:
    """One library's index, for any thread. Close it, or use it in a `with` block."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root = root
        self.path = path
        self._lock = threading.RLock()
        self._connection = schema.connect(path)

    @classmethod
    def open(cls, root: Path, cache: Path | None = None) -> Index:
        """The index of the library at `root`, empty before the first `sync`; `cache` is the program's cache folder."""
        return cls(root, schema.index_path(root, cache))

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing may be asked of it afterwards."""
        with self._lock:
            self._connection.close()

    def sync(
        self, progress: Callable[[int, int], None] | None = None, cancel: Callable[[], bool] | None = None
    ) -> bool:
        """Brings the index up to the files and records as they are; True where anything was new, changed or gone.

        Only what is new or changed is read. `progress` is told how many of how many; after `cancel` what was done
        so far stays.
        """
        gone, readings = self._differences()
        self._write(gone)
        steps: list[_Step] = []
        for done, read in enumerate(readings, 1):
            if cancel and cancel():
                break
            if step := read():
                steps.append(step)
            if done % _BATCH == 0 or done == len(readings):
                self._write(steps)
                steps = []
                if progress:
                    progress(done, len(readings))
        self._write(steps)
        return bool(gone or readings)

    def add(self, record: Record) -> None:
        """Takes up an image that was just saved, without looking at the rest of the library."""
        try:
            written_ns = records.path_of(self.root, record.sha256).stat().st_mtime_ns
        except OSError:
            written_ns = 0
        steps: list[_Step] = [lambda db: rows.put_record(db, record, written_ns)]
        for origin in record.origins:
            place = Path(origin.path)
            if place.is_absolute() or ".." in place.parts:
                continue
            image = files.image_file(self.root / place)
            if image and image.bytes == record.bytes and (step := self._read_file(image)):
                steps.append(step)
        self._write(steps)

    def find(self, text: str = "", limit: int = 1000, offset: int = 0) -> list[Entry]:
        """The images that every word of `text` fits, the newest first. See `search.parse`; any text will do."""
        search = parse(text)
        return self._run(lambda db: rows.find(db, self.root, search, limit, offset))

    def record_for(self, path: Path) -> Record | None:
        """What is known of the bytes of a file, wherever it lies. Reads the file where the index does not know it."""
        image = files.image_file(path)
        if image is None:
            return None
        try:
            return records.read(self.root, self._known_sha256(image) or files.sha256(path))
        except OSError:
            return None

    def spent(self, since: float, until: float = float("inf")) -> float:
        """US$ that jobs of real providers cost from `since` up to `until`, Unix seconds, as far as it is known."""
        query = "SELECT total(cost) FROM origins WHERE provider != ? AND created >= ? AND created < ?"
        return float(self._run(lambda db: db.execute(query, (SANDBOX, since, until)).fetchone()[0]))

    def _differences(self) -> tuple[list[_Step], list[Callable[[], _Step | None]]]:
        """What the index has too much, as steps; and what it lacks, as readings that give a step each."""
        present = {rows.key(self.root, image.path): image for image in files.scan(self.root)}
        written = dict(records.listed(self.root))
        known = self._run(lambda db: db.execute("SELECT path, bytes, mtime_ns FROM files").fetchall())
        known_files = {path: (size, mtime_ns) for path, size, mtime_ns in known}
        known_records = dict(self._run(lambda db: db.execute("SELECT sha256, written_ns FROM images").fetchall()))

        gone: list[_Step] = [
            *(lambda db, path=path: rows.drop_file(db, path) for path in known_files.keys() - present.keys()),
            *(lambda db, one=one: rows.drop_record(db, one) for one in known_records.keys() - written.keys()),
        ]
        readings: list[Callable[[], _Step | None]] = [
            *(
                lambda one=one, when=when: self._read_record(one, when)
                for one, when in written.items()
                if known_records.get(one) != when
            ),
            *(
                lambda image=image: self._read_file(image)
                for path, image in present.items()
                if known_files.get(path) != (image.bytes, image.mtime_ns)
            ),
        ]
        return gone, readings

    def _read_record(self, sha256: str, written_ns: int) -> _Step:
        record = records.read(self.root, sha256)
        if record is None:
            return lambda db: rows.put_unreadable(db, sha256, written_ns)
        return lambda db: rows.put_record(db, record, written_ns)

    def _read_file(self, image: ImageFile) -> _Step | None:
        try:
            sha256 = files.sha256(image.path)
            with open_regular(image.path) as file:
                facts = sniff(file.read(HEAD))
        except OSError:
            return None
        return lambda db: rows.put_file(db, self.root, image, sha256, facts)

    def _known_sha256(self, image: ImageFile) -> str | None:
        try:
            key = rows.key(self.root, image.path)
        except ValueError:
            return None
        query = "SELECT sha256 FROM files WHERE path = ? AND bytes = ? AND mtime_ns = ?"
        row = self._run(lambda db: db.execute(query, (key, image.bytes, image.mtime_ns)).fetchone())
        return row[0] if row else None

    def _write(self, steps: list[_Step]) -> None:
        def all_steps(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            try:
                for step in steps:
                    step(db)
            except BaseException:
                # A damaged file may have ended the transaction already.
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

        if steps:
            self._run(all_steps)

    def _run(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        """Runs something that leaves no open cursor; an index found to be damaged is made anew, once, and empty."""
        with self._lock:
            try:
                return action(self._connection)
            except sqlite3.DatabaseError as error:
                if not schema.is_corrupt(error):
                    raise
                self._connection.close()
                schema.put_aside(self.path)
                self._connection = schema.connect(self.path)
                return action(self._connection)
