"""The images of the folder that is shown: listed in workers, followed while files come and go, handed to the places."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual import work
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.core.paths import shown
from tui.core.request import Request
from tui.ui.clearing import Clearing
from tui.ui.screens.browsing import Browsing
from tui.ui.screens.create import CreateScreen
from tui.ui.screens.looking import Looking
from tui.ui.shelf import Shelf, Shown, Wanted

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.ui.shell import Found

T = TypeVar("T")

# Seconds between two looks at a list while it is read for the first time.
LOOK = 0.7


class Listed(NamedTuple):
    """What was wanted and found of the folder that is shown, and of the library for the outputs."""

    wanted: Wanted
    found: Shown
    outputs: Shown


class Listing(Clearing):
    """The part of the app that lists images and finds their records."""

    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        self._listing: Listed | None = None
        self._watched: Path | None = None
        # Whether the index has taken up what no list shows.
        self._missed = False
        # Whether the index is to be brought up to the files once a list is shown. A later list may take the place of
        # the one that it was asked with.
        self._behind = False
        self._stop_watching = threading.Event()

    def list_images(self, *, rescan: bool = True) -> None:
        self._behind |= rescan
        session = self.session
        screens = [screen for screen in self._place_screens() if isinstance(screen, Browsing) and screen.stands]
        places = tuple(place for screen in screens for place in screen.places)
        wanted = Wanted(
            session.shown_folder, session.query, session.order, session.reverse, frozenset(session.marks), places
        )
        beside = {n for screen in screens if isinstance(screen, CreateScreen) for n in screen.images.marks}
        outputs = Wanted(self.shelf.root, marked=frozenset(beside), places=places)
        self._list(wanted, outputs, self._listing.outputs if self._listing else None)

    @work(thread=True, exit_on_error=False, exclusive=True, group="list")
    def _list(self, wanted: Wanted, outputs: Wanted, known: Shown | None) -> None:
        """As the index has it, and at once; what is known of the outputs stands until the list is whole."""
        worker = get_current_worker()
        if wanted.folder != self.shelf.root and not _is_folder(wanted.folder):
            self.call_from_thread(self._no_folder, wanted.folder)
            return
        alike = wanted._replace(marked=outputs.marked) == outputs
        for found in self.shelf.show(wanted, lambda: worker.is_cancelled):
            if alike:
                beside = found._replace(gone=self.shelf.gone(outputs))
            elif known is None or found.listing.complete:
                *_, beside = self.shelf.show(outputs)
            else:
                beside = known
            if not worker.is_cancelled:
                self.call_from_thread(self._listed, Listed(wanted, found, beside))

    @work(thread=True, exit_on_error=False, exclusive=True, group="catch up")
    def _catch_up(self, folder: Path) -> None:
        """Bring the index up to the files; what is new is shown from time to time while that lasts."""
        worker = get_current_worker()
        looked = [time.monotonic()]

        def progress(done: int, total: int) -> None:
            if time.monotonic() - looked[0] > LOOK and not worker.is_cancelled:
                looked[0] = time.monotonic()
                self.call_from_thread(self._reading, done, total)

        if self.shelf.catch_up(folder, progress, lambda: worker.is_cancelled):
            self._missed = True
        # What one that is cancelled took up, the next one does not find any more.
        if not worker.is_cancelled:
            missed, self._missed = self._missed, False
            self.call_from_thread(self._caught_up, missed)

    def _reading(self, done: int, total: int) -> None:
        self.session.reading = (done, total)
        self.list_images(rescan=False)

    def _caught_up(self, changed: bool) -> None:
        was_reading, self.session.reading = self.session.reading, None
        if changed or was_reading:
            self.list_images(rescan=False)
            self.count_spending()

    def _listed(self, listing: Listed) -> None:
        self._listing = listing
        self.refill()
        folder = listing.wanted.folder
        if not listing.found.listing.complete:
            return
        if folder != self._watched:
            # As soon as it is followed it is looked through: what comes in between would be missed.
            self._stop_watching.set()
            self._watched, self._stop_watching = folder, threading.Event()
            self._watch(folder, self._stop_watching)
        elif self._behind:
            self._look_through(folder)

    def _look_through(self, folder: Path) -> None:
        if folder == self.session.shown_folder:
            self._behind = False
            self._catch_up(folder)

    def refill(self) -> None:
        listing = self._listing
        if isinstance(self.here, Browsing) and listing is not None:
            create = isinstance(self.here, CreateScreen)
            self.here.fill(listing.outputs if create else listing.found)
        for screen in self.screen_stack:
            if isinstance(screen, Looking):
                screen.relisted()

    def fetch(
        self, numbers: Iterable[int], then: Callable[[Mapping[int, Entry]], None], *, library: bool = False
    ) -> None:
        folder = self.shelf.root if library else self.session.shown_folder

        def read() -> None:
            worker = get_current_worker()
            entries = self.shelf.entries(folder, numbers)
            if not worker.is_cancelled:
                self.call_from_thread(then, entries)

        self.run_worker(read, thread=True, group="entries", exit_on_error=False)

    def ask(
        self,
        question: Callable[[Index], T],
        then: Callable[[T], object],
        *,
        library: bool = False,
        only_latest: str = "",
    ) -> None:
        folder = self.shelf.root if library else self.session.shown_folder

        def find() -> None:
            worker = get_current_worker()
            answer = question(self.shelf.index_of(folder))
            if not worker.is_cancelled:
                self.call_from_thread(then, answer)

        group = f"question {only_latest}"
        self.run_worker(find, thread=True, exclusive=bool(only_latest), group=group, exit_on_error=False)

    def _no_folder(self, folder: Path) -> None:
        self.notify(f"There is no folder {shown(folder)}", severity="warning", markup=False)
        if self.session.folder == folder:
            self.open_folder(None)

    @work(thread=True, exit_on_error=False, group="watch")
    def _watch(self, folder: Path, stop: threading.Event) -> None:
        """Follow the folder until another one is opened or the app ends."""

        def changed() -> None:
            if folder == self.shelf.root or _is_folder(folder):
                self.call_from_thread(self._look_through, folder)
            else:
                # That it is gone is told where it is listed.
                self.call_from_thread(self.list_images)

        self.shelf.follow(folder, stop, changed)

    def stop_watching(self) -> None:
        """The loop that ends with the app waits for its threads."""
        self._stop_watching.set()

    def look_up(self, file: Entry, then: Found, *, only_latest: str = "") -> None:
        def find() -> None:
            worker = get_current_worker()
            record = self.shelf.record_of(file.path)
            if not worker.is_cancelled:
                self.call_from_thread(then, file, record)

        # Not exclusive by itself: what somebody asked for by a key must not give way to a caption.
        group = f"record {only_latest}"
        self.run_worker(find, thread=True, exclusive=bool(only_latest), group=group, exit_on_error=False)

    def open_folder(self, folder: Path | None) -> None:
        self.session.folder = folder
        self.session.query = ""
        self.session.marks.clear()
        self.list_images()

    def sort_images(self, order: str, *, reverse: bool) -> None:
        self.session.order, self.session.reverse = order, reverse
        self.list_images(rescan=False)

    async def _go_to_create(self, request: Request) -> None:
        await self.switch_mode("create")
        if isinstance(self.screen, CreateScreen):
            self.screen.form.take(request)

    def reuse(self, request: Request) -> None:
        self.call_next(self._go_to_create, request)

    def _place_screens(self) -> list[Screen[object]]:
        """The places that have been gone to."""
        return [stack[0] for stack in self._screen_stacks.values() if stack]

    def _follow(self) -> None:
        """Draw anew what shows the session, where it can be seen."""
        if self.here is not None:
            self.here.follow()
            self.here.refresh_bindings()


def _is_folder(path: Path) -> bool:
    """Whether it is one that can be looked at; a path that is too long or closed to us is none."""
    try:
        return path.is_dir()
    except OSError:
        return False
