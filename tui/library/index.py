"""The index of a library: derived from its files and records, rebuilt at any time, quick to ask."""

from __future__ import annotations

import json
import sqlite3
import threading
from array import array
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tui.core.recalled import Recalled
from tui.core.record import Record
from tui.core.sniff import Facts
from tui.library import files, lists, records, rows, schema, spend
from tui.library.catching import CatchingUp, Recall
from tui.library.entry import Entry
from tui.library.files import ImageFile
from tui.library.lists import Cancelled, Listing
from tui.library.query import Query, parse
from tui.library.spend import Spent

# Lists that are kept: the library's, and the one that is looked at.
KEPT = 2
T = TypeVar("T")
Step = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """`unrecorded` files have no record, `absent` records no file: moved away, trashed or deleted."""

    files: int
    records: int
    unrecorded: int
    absent: int


class Index:
    """One folder's index, for any thread. Close it, or use it in a `with` block.

    `root` is the folder whose images are indexed; their records lie in `library`, which is mostly the same.
    """

    def __init__(self, root: Path, path: Path, library: Path | None = None) -> None:
        self.root = root
        self.library = library or root
        self.path = path
        self._lock = threading.RLock()
        self._marked: frozenset[int] = frozenset()
        # The last lists, each with the version of the index that it is of.
        self._lists: dict[tuple[object, ...], tuple[object, Listing]] = {}
        self._connection = schema.connect(path)

    @classmethod
    def open(cls, root: Path, cache: Path | None = None, library: Path | None = None) -> Index:
        """The index of what lies below `root`, empty before the first `sync`; `cache` is the program's cache folder."""
        return cls(root, schema.index_path(root, cache), library)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing may be asked of it afterwards."""
        with self._lock:
            self._connection.close()

    # --- keeping up ---------------------------------------------------------------------------------------------------

    def sync(
        self,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
        *,
        recall: Recall | None = None,
    ) -> bool:
        """Brings the index up to the files and records as they are; True where anything was new, changed or gone.

        Only what is new or changed is read: first all names are there, then what records and files tell. `recall` reads
        what other programs wrote into a file. `progress` is told how many of how many; after `cancel` what was done so
        far stays.
        """
        return CatchingUp(self, progress, cancel, recall).run()

    def clear(self) -> None:
        """Forgets everything, so that the next `sync` reads all of it again; a damaged file is put aside."""
        with self._lock:
            if self.ask(schema.is_sound):
                self.write([schema.make_anew])
            else:
                self._make_anew()

    def add(self, record: Record) -> None:
        """Takes up an image that was just saved, without looking at the rest of the library."""
        steps: list[Step] = [self.record_step(record)]
        for origin in record.origins:
            place = Path(origin.path)
            if place.is_absolute() or ".." in place.parts:
                continue
            image = files.image_file(self.root / place)
            if image and image.bytes == record.bytes and (step := self.file_step(image)):
                steps.append(step)
        self.write(steps)

    def change(self, record: Record) -> None:
        """Takes up what was changed in a record."""
        self.write([self.record_step(record)])

    def moved(self, before: Path, after: ImageFile | None, known: Entry) -> None:
        """Takes up that a file has another name, without reading it again; None: it is gone from here.

        It keeps its number, as far as it stays where it was among the days.
        """
        steps: list[Step] = []
        with suppress(ValueError):
            key = rows.key(self.root, before)
            steps.append(lambda db: rows.drop_file(db, key))
        if after is not None and self._indexed(after.path):
            facts = Facts(known.format, known.width, known.height)
            steps.append(lambda db: rows.put_file(db, self.root, after, known.sha256, facts, known.number))
        self.write(steps)

    def seen(self, image: ImageFile | None) -> None:
        """Takes up a file that has come, wherever it lies."""
        if image is not None and self._indexed(image.path) and (step := self.file_step(image)):
            self.write([step])

    def _indexed(self, path: Path) -> bool:
        """Whether `sync` would find it."""
        if not path.is_relative_to(self.root):
            return False
        folders = path.relative_to(self.root).parts[:-1]
        return files.is_image_name(path.name) and not any(folder.startswith(".") for folder in folders)

    def record_step(self, record: Record) -> Step:
        try:
            written_ns = records.path_of(self.library, record.sha256).stat().st_mtime_ns
        except OSError:
            written_ns = 0
        return lambda db: rows.put_record(db, record, written_ns)

    def file_step(self, image: ImageFile) -> Step | None:
        """The reading of a file; None where it can't be read."""
        try:
            sha256, facts = files.read(image.path)
        except OSError:
            return None
        return lambda db: rows.put_file(db, self.root, image, sha256, facts)

    # --- asking -------------------------------------------------------------------------------------------------------

    def find(self, text: str = "", limit: int = 1000, offset: int = 0) -> list[Entry]:
        """The images that a query fits, the newest first. See `query`; any text will do."""
        query = parse(text)
        return self.ask(lambda db: lists.find(db, self.root, query, limit, offset))

    def listing(
        self,
        query: Query,
        order: str = "date",
        *,
        reverse: bool = False,
        marked: Collection[int] = (),
        most: int | None = None,
        cancelled: Cancelled = lambda: False,
    ) -> Listing:
        """Which images a query fits, in order, or the first `most` of them; KeyError: no such order.

        `marked` are the numbers of those that are. What is `cancelled` is not complete.
        """
        key = (query, order, reverse, frozenset(marked) if query.about_marks else None)

        def asked(db: sqlite3.Connection) -> Listing:
            self._take_marks(db, query, marked)
            # Another one as soon as anything is written, by whatever process.
            version = (db.total_changes, db.execute("PRAGMA data_version").fetchone()[0])
            known = self._lists.pop(key, None)
            if known is None or known[0] != version:
                found = lists.listing(db, query, order, reverse=reverse, most=most, cancelled=cancelled)
                known = (version, found)
            if known[1].complete:
                self._lists[key] = known
                while len(self._lists) > KEPT:
                    del self._lists[next(iter(self._lists))]
            return known[1]

        return self.ask(asked)

    def _take_marks(self, db: sqlite3.Connection, query: Query, marked: Collection[int]) -> None:
        """Has a query find the marked ones."""
        wanted = frozenset(marked)
        if query.about_marks and wanted != self._marked:
            db.execute("DELETE FROM marks")
            db.executemany("INSERT INTO marks VALUES (?)", [(number,) for number in wanted])
            self._marked = wanted

    def entries(self, ids: Iterable[int]) -> list[Entry]:
        """What is known of images of a listing, in this order; what is gone meanwhile is left out."""
        wanted = array("q", ids)
        return self.ask(lambda db: lists.entries(db, self.root, wanted))

    def number_of(self, path: Path) -> int | None:
        """A file's number in listings."""
        try:
            key = rows.key(self.root, path)
        except ValueError:
            return None
        row = self.ask(lambda db: db.execute("SELECT id FROM files WHERE path = ?", (key,)).fetchone())
        return int(row[0]) if row else None

    def absent(self, ids: Iterable[int]) -> frozenset[int]:
        """Those of these numbers that no image has any more."""
        wanted = json.dumps(list(ids))
        query = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM files)"
        return frozenset(self.ask(lambda db: [row[0] for row in db.execute(query, (wanted,))]))

    def entry(self, path: Path) -> Entry | None:
        """What is known of a file of this folder."""
        number = self.number_of(path)
        return next(iter(self.entries([number])), None) if number is not None else None

    @property
    def count(self) -> int:
        """How many images there are."""
        return int(self.ask(lambda db: db.execute("SELECT count(*) FROM facts").fetchone()[0]))

    def files_of(self, sha256: str) -> list[Entry]:
        """The files of these bytes."""
        return self.ask(lambda db: lists.of_bytes(db, self.root, sha256))

    def folders(self, query: Query | None = None, marked: Collection[int] = ()) -> list[tuple[bytes, int]]:
        """The folders that hold images, relative to the root, each with how many lie directly in it.

        With a query only the images that it fits count; `marked` are the numbers of those that are.
        """

        def asked(db: sqlite3.Connection) -> list[tuple[bytes, int]]:
            self._take_marks(db, query or Query(), marked)
            return lists.folders(db, query or Query())

        return self.ask(asked)

    def tags(self) -> list[tuple[str, int]]:
        """Every tag with how many images have it, the commonest first."""
        return self.ask(lists.tags)

    def duplicates(self) -> list[list[Entry]]:
        """Files of the same bytes, as groups of at least two."""
        return self.ask(lambda db: lists.duplicates(db, self.root))

    def parents(self, sha256: str) -> list[str]:
        """The sha256 of what an image was made from."""
        return self.ask(lambda db: lists.parents(db, sha256))

    def children(self, sha256: str) -> list[str]:
        """The sha256 of what was made from an image, the newest first."""
        return self.ask(lambda db: lists.children(db, sha256))

    def siblings(self, sha256: str) -> list[str]:
        """The sha256 of the other images that the same request gave, the newest first."""
        return self.ask(lambda db: lists.siblings(db, sha256))

    def recalled(self, sha256: str) -> Recalled | None:
        """What another program wrote into these bytes, as far as they were read; None for nothing."""
        return self.ask(lambda db: lists.recalled(db, sha256))

    def record_for(self, path: Path) -> Record | None:
        """What is known of the bytes of a file, wherever it lies. Reads the file where the index does not know it."""
        image = files.image_file(path)
        if image is None:
            return None
        try:
            return records.read(self.library, self.known_sha256(image) or files.sha256(path))
        except OSError:
            return None

    def known_sha256(self, image: ImageFile) -> str | None:
        """The sha256 of a file that is as it was when it was read."""
        try:
            key = rows.key(self.root, image.path)
        except ValueError:
            return None
        query = (
            "SELECT nullif(sha256, '') FROM files JOIN facts USING (id) WHERE path = ? AND bytes = ? AND mtime_ns = ?"
        )
        row = self.ask(lambda db: db.execute(query, (key, image.bytes, image.mtime_ns)).fetchone())
        return row[0] if row else None

    def counts(self) -> Counts:
        """How many files and records there are, and how many of them have no counterpart."""
        query = (
            "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM images), "
            "(SELECT count(*) FROM files WHERE sha256 NOT IN (SELECT sha256 FROM images)), "
            "(SELECT count(*) FROM images WHERE sha256 NOT IN (SELECT sha256 FROM files))"
        )
        return Counts(*self.ask(lambda db: db.execute(query).fetchone()))

    def spent(self, since: float, until: float = float("inf")) -> float:
        """US$ that jobs of real providers cost from `since` up to `until`, Unix seconds, as far as it is known."""
        return self.ask(lambda db: spend.spent(db, since, until))

    def spent_by(
        self, period: str, since: float = 0, until: float = float("inf"), *, pretend: bool = False
    ) -> list[Spent]:
        """See `spend.by`."""
        return self.ask(lambda db: spend.by(db, period, since, until, pretend=pretend))

    # --- the connection -----------------------------------------------------------------------------------------------

    def write(self, steps: Collection[Step]) -> None:
        """Carries out steps, all of them or none."""

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
            self.ask(all_steps)

    def ask(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Runs something that leaves no open cursor; an index found to be damaged is made anew, once, and empty."""
        with self._lock:
            try:
                return action(self._connection)
            except sqlite3.DatabaseError as error:
                if not schema.is_corrupt(error):
                    raise
                self._make_anew()
                return action(self._connection)

    def _make_anew(self) -> None:
        self._connection.close()
        schema.put_aside(self.path)
        self._connection = schema.connect(self.path)
        self._marked = frozenset()
        self._lists.clear()
