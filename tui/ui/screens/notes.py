"""Notes on images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from tui.core.record import MAX_NOTES
from tui.core.text import clean
from tui.ui.screens.box import Box
from tui.ui.shell import shell

if TYPE_CHECKING:
    from tui.library.index import Index

HINT = "ctrl+j keeps it · esc leaves it as it was"


class Notes(Box[str | None]):
    """`numbers` are the images; gives back the text that goes with all of them, or None."""

    KEEPS_KEYS = True
    BINDINGS = [
        Binding("escape", "leave", "Back", priority=True),
        Binding("ctrl+j", "keep", "Keep", priority=True),
    ]

    def __init__(self, numbers: Sequence[int], *, library: bool) -> None:
        super().__init__()
        self._numbers = numbers
        self._library = library
        self._before = ""
        self._warned = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            count = len(self._numbers)
            box.border_title = Content(f"Notes on {count:,} images" if count > 1 else "Notes")
            area = TextArea(compact=True, show_line_numbers=False, highlight_cursor_line=False, id="notes")
            area.cursor_blink = False
            yield area
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        numbers = self._numbers

        def ask(index: Index) -> set[str]:
            return {entry.notes for entry in index.entries(numbers)}

        shell(self).ask(ask, self._fill, library=self._library)

    def _fill(self, notes: set[str]) -> None:
        if not self.is_attached:
            return
        if len(notes) == 1:
            self._before = notes.pop()
            area = self.query_one(TextArea)
            area.text = self._before
            area.move_cursor(area.document.end)
        elif notes:
            self._say(f"They have {len(notes)} different notes, in whose place this comes · {HINT}")
        shell(self).release_keys()

    @property
    def _text(self) -> str:
        return clean(self.query_one(TextArea).text, limit=MAX_NOTES).strip()

    def _say(self, words: str) -> None:
        self.query_one("#hint", Static).update(words)

    def action_keep(self) -> None:
        self.dismiss(self._text)

    def action_leave(self) -> None:
        """Only the second time, where something was written."""
        if self._text == self._before.strip() or self._warned:
            self.dismiss(None)
        else:
            self._warned = True
            self._say("It was changed: ctrl+j keeps it, esc again drops the change")
