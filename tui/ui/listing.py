"""The images of the folder that is shown: read in workers, followed while files come and go, handed to the places."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.core.paths import shown
from tui.core.request import Request
from tui.ui.actions import Actions
from tui.ui.screens.browsing import Browsing
from tui.ui.screens.create import CreateScreen
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.library.files import ImageFile
    from tui.ui.shell import Found


@dataclass(frozen=True, slots=True)
class Listed:
    """What a folder holds: all its images, those that are searched for; the library's outputs and known prompts."""

    folder: Path
    files: list[ImageFile]
    found: list[ImageFile]
    outputs: list[ImageFile]
    prompts: Mapping[Path, str]


class Listing(Actions):
    """The part of the app that lists images and finds their records."""

    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        self._listing: Listed | None = None
        self._watched: Path | None = None
        self._stop_watching = threading.Event()

    def list_images(self, *, rescan: bool = True) -> None:
        self._list(self.session.shown_folder, self.session.query, None if rescan else self._listing)

    @work(thread=True, exit_on_error=False, exclusive=True, group="list")
    def _list(self, folder: Path, query: str, known: Listed | None) -> None:
        worker = get_current_worker()
        if folder != self.shelf.root and not _is_folder(folder):
            self.call_from_thread(self._no_folder, folder)
            return
        files = known.files if known and known.folder == folder else self.shelf.images(folder)
        outputs = files if folder == self.shelf.root else self.shelf.images(self.shelf.root)
        prompts = self.shelf.prompts()
        found = self.shelf.matching(query, folder, files) if query else files
        if not worker.is_cancelled:
            self.call_from_thread(self._listed, Listed(folder, files, found, outputs, prompts))

    def _listed(self, listing: Listed) -> None:
        self._listing = listing
        self.refill()
        if listing.folder != self._watched:
            self._stop_watching.set()
            self._watched, self._stop_watching = listing.folder, threading.Event()
            self._watch(listing.folder, self._stop_watching)

    def refill(self) -> None:
        listing = self._listing
        if isinstance(self.here, Browsing) and listing is not None:
            create = isinstance(self.here, CreateScreen)
            self.here.fill(listing.outputs if create else listing.found, listing.prompts)

    def _no_folder(self, folder: Path) -> None:
        self.notify(f"There is no folder {shown(folder)}", severity="warning", markup=False)
        if self.session.folder == folder:
            self.open_folder(None)

    @work(thread=True, exit_on_error=False, group="watch")
    def _watch(self, folder: Path, stop: threading.Event) -> None:
        """Follow the folder until another one is opened or the app ends."""
        self.shelf.follow(folder, stop, partial(self.call_from_thread, self.list_images))

    def stop_watching(self) -> None:
        """The loop that ends with the app waits for its threads."""
        self._stop_watching.set()

    def look_up(self, file: ImageFile, then: Found, *, only_latest: str = "") -> None:
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
        self.list_images()

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
