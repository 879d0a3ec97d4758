"""The second key of two: shows what may follow, and runs it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from tui.ui.commands import COMMANDS
from tui.ui.screens.box import Box


class Chord(Box[str | None]):
    """Gives back the id of the command that the second key stands for, or None for any other key."""

    def __init__(self, first: str) -> None:
        super().__init__()
        self._first = first
        starts = f"{first} "
        self._commands = {c.chord.removeprefix(starts): c for c in COMMANDS if c.chord.startswith(starts)}

    def compose(self) -> ComposeResult:
        parts: list[tuple[str, str]] = [(f"{self._first} …  ", "$text-muted")]
        for key, command in self._commands.items():
            parts += [(key, "bold $warning"), (f" {command.title}   ", "$foreground")]
        yield Static(Content.assemble(*parts), id="chord")

    def on_key(self, event: Key) -> None:
        event.stop()
        command = self._commands.get(event.key)
        self.dismiss(command.id if command else None)
