"""The library as the screens use it. Everything here is slow and runs in a worker thread."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.spending import midnight

if TYPE_CHECKING:
    from tui.core.record import Record
    from tui.library.files import ImageFile

if TYPE_CHECKING:
    from tui.library.index import Index

logger = logging.getLogger(__name__)
# A listing of more would take longer to draw up than anybody scrolls; search finds the rest.
LISTED = 20_000
FOUND = 2_000


class Shelf:
    """One library, and whatever other folder is looked at. Close it when the app ends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._index: Index | None = None
        self._opening = threading.Lock()

    def images(self, folder: Path) -> list[ImageFile]:
        """The images below a folder, newest first."""
        from tui.library import files

        return files.scan(folder)[:LISTED]

    def matching(self, query: str, folder: Path, files: list[ImageFile]) -> list[ImageFile]:
        """The images of a folder that fit: in the library as the index has them, elsewhere by their names."""
        if folder == self.root:
            return self._find(query)
        words = query.lower().split()
        return [file for file in files if all(word in file.name.lower() for word in words)]

    def _find(self, query: str) -> list[ImageFile]:
        from tui.library import files

        entries = self.index.find(query, FOUND)
        found = (files.image_file(entry.path) for entry in entries)
        return [file for file in found if file is not None]

    def prompts(self) -> dict[Path, str]:
        """The prompts of the library's newest images, for the list; none where the index is out of order."""
        try:
            return {entry.path: entry.prompt for entry in self.index.find("", FOUND) if entry.prompt}
        except Exception:
            logger.exception("the prompts can't be read")
            return {}

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

        records.write(root, record)
        if root == self.root:
            # The index is derived: whatever ails it must not cost a paid image its place.
            try:
                self.index.add(record)
            except Exception:
                logger.exception("the index did not take a record; it is rebuilt at the next start")

    def catch_up(self, cancelled: Callable[[], bool]) -> None:
        """Bring the index up to the files and records as they lie."""
        self.index.sync(cancel=cancelled)

    def spent_today(self) -> float:
        """US$ spent since midnight, in the person's own time zone."""
        return self.index.spent(midnight())

    def follow(self, folder: Path, stop: threading.Event, changed: Callable[[], None]) -> None:
        """Call `changed` whenever files come or go, until `stop` is set."""
        from tui.library import files

        for _ in files.watch(folder, stop):
            changed()

    @property
    def index(self) -> Index:
        with self._opening:
            if self._index is None:
                from tui.library.index import Index

                self._index = Index.open(self.root)
            return self._index

    def close(self) -> None:
        with self._opening, contextlib.suppress(Exception):
            if self._index is not None:
                self._index.close()
