"""A question before something can't be undone, or an answer that a job waits for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from tui.ui.screens.box import Box


class Question(Box[str | None]):
    """`answers` are (key, word) pairs; gives back the word, or None for escape. `text` is shown without markup."""

    BINDINGS = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, text: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = answers

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            yield Static(self._text, id="text", markup=False)
            rows = [
                Content.assemble((f" {key} ", "bold reverse $warning"), (f" {word}", "$foreground"))
                for key, word in (*self._answers, ("esc", "back"))
            ]
            yield Static(Content("\n").join(rows), id="hint")

    def on_key(self, event: Key) -> None:
        for key, word in self._answers:
            if event.key == key:
                event.stop()
                self.dismiss(word)
