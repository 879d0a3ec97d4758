"""The library as the screens use it. Everything here is slow and runs in a worker thread."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.core.recalled import Recalled
    from tui.core.record import Record
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.lists import Listing

logger = logging.getLogger(__name__)
# Images that are read at once with a list: more than any screen shows.
PAGE = 120
# Images that are listed within a frame, and how many of a longer list are shown first.
LONG, BEGINNING = 30_000, 600


class Wanted(NamedTuple):
    """What is to be listed: the images of a folder that fit a query, in an order of `lists.ORDERS`.

    `marked` are numbers, and `places` the files that the list is to show, such as the one under the cursor.
    """

    folder: Path
    query: str = ""
    order: str = "date"
    reverse: bool = False
    marked: Collection[int] = ()
    places: tuple[Path, ...] = ()


class Shown(NamedTuple):
    """A list, how many images there are in all, what is known of its first page and of what is around `places`,
    where those stand in it, and which of the marked images are gone."""

    listing: Listing
    total: int
    entries: Mapping[int, Entry]
    places: Mapping[Path, int]
    gone: frozenset[int] = frozenset()


class Shelf:
    """One library, and whatever other folder is looked at. Close it when the app ends.

    `recall` reads what other programs wrote into an image.
    """

    def __init__(self, root: Path, recall: Callable[[Path], Recalled | None] | None = None) -> None:
        self.root = root
        self._recall = recall
        self._indexes: dict[Path, Index] = {}
        self._opening = threading.Lock()

    def show(self, wanted: Wanted, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Shown]:
        """The list as the index has it; of a long one the beginning first, where no place in it is wanted."""
        from tui.library.query import parse

        index = self.index_of(wanted.folder)
        listing = partial(
            index.listing, parse(wanted.query), wanted.order, reverse=wanted.reverse, marked=wanted.marked
        )
        total = index.count
        if total > LONG and not wanted.places:
            beginning = listing(most=BEGINNING)
            yield self._shown(index, wanted, beginning, total)
            if beginning.complete:
                return
        found = listing(cancelled=cancelled)
        if found.complete:
            yield self._shown(index, wanted, found, total)

    def _shown(self, index: Index, wanted: Wanted, found: Listing, total: int) -> Shown:
        places: dict[Path, int] = {}
        for path in wanted.places:
            # What is not listed, or not in this folder, has no place.
            with contextlib.suppress(ValueError):
                places[path] = found.ids.index(index.number_of(path) or -1)
        near = {at for place in (0, *places.values()) for at in range(max(place - PAGE // 2, 0), place + PAGE // 2)}
        numbers = [found.ids[at] for at in sorted(near) if at < len(found.ids)]
        entries = {entry.number: entry for entry in index.entries(numbers)}
        return Shown(found, total, entries, places, self.gone(wanted))

    def gone(self, wanted: Wanted) -> frozenset[int]:
        """Which of the marked images are there no longer."""
        return self.index_of(wanted.folder).absent(wanted.marked) if wanted.marked else frozenset()

    def entries(self, folder: Path, numbers: Iterable[int]) -> dict[int, Entry]:
        """What is known of images of a list, by their numbers."""
        return {entry.number: entry for entry in self.index_of(folder).entries(numbers)}

    def record_of(self, path: Path) -> Record | None:
        """What is known of a file's bytes, wherever it lies; None also where the index is out of order."""
        try:
            return self.index.record_for(path)
        except Exception:
            logger.exception("the record of a file can't be read")
            return None

    def keep(self, root: Path, record: Record) -> None:
        """Take in the record of an image that was just saved: the truth first, then the index."""
        from tui.library import records

        joined = records.write(root, record)
        if root == self.root:
            # The index is derived: whatever ails it must not cost a paid image its place.
            try:
                self.index.add(joined)
            except Exception:
                logger.exception("the index did not take a record; it is rebuilt at the next start")

    def catch_up(self, folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> bool:
        """Bring a folder's index up to the files and records as they lie; whether anything was new."""
        return self.index_of(folder).sync(progress, cancelled, recall=self._recall)

    def spent_today(self) -> float:
        """US$ spent since midnight, in the person's own time zone."""
        now = time.localtime()
        return self.index.spent(time.mktime((now.tm_year, now.tm_mon, now.tm_mday, 0, 0, 0, 0, 0, -1)))

    def follow(self, folder: Path, stop: threading.Event, changed: Callable[[], None]) -> None:
        """Call `changed` as soon as nothing is missed, and whenever files come or go, until `stop` is set."""
        from tui.library import files

        for _ in files.watch(folder, stop):
            changed()

    @property
    def index(self) -> Index:
        """The library's."""
        return self.index_of(self.root)

    def index_of(self, folder: Path) -> Index:
        """The index of the library, or of another folder that is looked at: its images' records are the library's."""
        with self._opening:
            if folder not in self._indexes:
                from tui.library.index import Index

                self._indexes[folder] = Index.open(folder, library=self.root)
            return self._indexes[folder]

    def close(self) -> None:
        with self._opening, contextlib.suppress(Exception):
            for index in self._indexes.values():
                index.close()
