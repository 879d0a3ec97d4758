"""Choosing a folder: the path is typed, and what goes on from it is offered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.widgets import Input
from textual.worker import get_current_worker

from tui.core.text import clean
from tui.ui import folders
from tui.ui.screens.pick import Pick
from tui.ui.widgets.choice import Choice

HINT = "type a path; tab completes it"


class FolderPick(Pick):
    """Gives back the path as typed, a choice's value, or None. `base` is where paths begin that are not whole."""

    BINDINGS = [("tab", "complete", "Complete")]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice] = (),
        *,
        hint: str = HINT,
        current: str | None = None,
        base: Path | None = None,
    ) -> None:
        super().__init__(title, choices, free=True, hint=hint, current=current)
        self._base = base
        self._folders: list[str] = []

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._look(clean(event.value).strip())

    @work(thread=True, exit_on_error=False, exclusive=True, group="folders")
    def _look(self, typed: str) -> None:
        found = folders.completions(typed, os.environ, self._base)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._found, typed, found)

    def _found(self, typed: str, found: list[str]) -> None:
        if self.is_active and clean(self.query_one(Input).value).strip() == typed:
            self._folders = found
            self.offer([Choice(folder, folder) for folder in found if folder != typed])

    def action_complete(self) -> None:
        box = self.query_one(Input)
        if self._folders:
            box.value = folders.common(box.value, self._folders)
            box.cursor_position = len(box.value)
