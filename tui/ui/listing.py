"""The images of the folder that is shown: read in workers, followed while files come and go, handed to the places."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.core.request import Request
from tui.ui.actions import Actions
from tui.ui.screens.browsing import Browsing
from tui.ui.screens.create import CreateScreen
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.core.record import Record
    from tui.library.files import ImageFile


class Listing(Actions):
    """The part of the app that lists images and finds their records."""

    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        self._watched: Path | None = None
        self._stop_watching = threading.Event()

    def list_images(self) -> None:
        self._list(self.session.shown_folder, self.session.query)

    @work(thread=True, exclusive=True, group="list", exit_on_error=False)
    def _list(self, folder: Path, query: str) -> None:
        worker = get_current_worker()
        files = self.shelf.images(folder)
        found = self.shelf.find(query) if query else files
        prompts = self.shelf.prompts()
        if not worker.is_cancelled:
            self.call_from_thread(self._listed, folder, files, found, prompts)

    def _listed(
        self, folder: Path, files: list[ImageFile], found: list[ImageFile], prompts: Mapping[Path, str]
    ) -> None:
        for screen in self._place_screens():
            if isinstance(screen, Browsing):
                screen.fill(files if isinstance(screen, CreateScreen) else found, prompts)
        if folder != self._watched:
            self._stop_watching.set()
            self._watched, self._stop_watching = folder, threading.Event()
            self._watch(folder, self._stop_watching)

    @work(thread=True, group="watch", exit_on_error=False)
    def _watch(self, folder: Path, stop: threading.Event) -> None:
        """Follow the folder until another one is opened or the app ends."""
        self.shelf.follow(folder, stop, partial(self.call_from_thread, self.list_images))

    def stop_watching(self) -> None:
        """The loop that ends with the app waits for its threads."""
        self._stop_watching.set()

    def look_up(self, file: ImageFile, then: Callable[[ImageFile, Record | None], None]) -> None:
        self._look_up(file, then)

    @work(thread=True, exclusive=True, group="record", exit_on_error=False)
    def _look_up(self, file: ImageFile, then: Callable[[ImageFile, Record | None], None]) -> None:
        worker = get_current_worker()
        record = self.shelf.record_of(file.path)
        if not worker.is_cancelled:
            self.call_from_thread(then, file, record)

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
