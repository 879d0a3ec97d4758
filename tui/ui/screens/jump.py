"""Jump: a letter on every pane and field; pressing it goes there."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Static

from tui.ui.screens.box import Box

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class Jump(Box[Widget | None]):
    """Gives back the widget whose letter was pressed, or None."""

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            label = Static(f" {letter} ", classes="letter", markup=False)
            label.styles.offset = (max(target.region.x, 0), max(target.region.y, 0))
            yield label

    def on_key(self, event: Key) -> None:
        event.stop()
        self.dismiss(self._targets.get(event.key))
