"""How far something is that lasts, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from tui.ui.screens.box import Box

# Seconds between two looks at how far it is.
LOOK = 0.2


class Busy(Box[None]):
    """`done` of `total` things; `stop` is called for escape. It stays until `end`."""

    BINDINGS = [Binding("escape", "stop", "Stop")]

    def __init__(self, words: str, stop: Callable[[], object]) -> None:
        super().__init__()
        self.done, self.total = 0, 0
        self._words = words
        self._stop = stop

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._words)
            yield ProgressBar(total=None, show_eta=False, id="progress")
            yield Static("esc stops it; what is done stays done", id="hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LOOK, self._look)

    def _look(self) -> None:
        self.query_one(ProgressBar).update(total=self.total or None, progress=self.done)

    def action_stop(self) -> None:
        self._stop()
        self.query_one("#hint", Static).update("stopping …")

    def end(self) -> None:
        """It is over."""
        if self.is_attached:
            self.dismiss(None)
