"""A field whose values have names of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import RenderResult
from textual.content import Content

from tui.core.text import clean_line, shorten_middle
from tui.ui.widgets.choice import Choice
from tui.ui.widgets.field import LABEL, Field


class NamedField(Field):
    """Its value is a choice's, or, with `check`, what was typed; `check` says what is wrong with that, in words.

    Without choices its value is a path.
    """

    def __init__(
        self,
        name: str,
        label: str,
        offered: Sequence[Choice],
        value: str,
        *,
        hint: str = "",
        check: Callable[[str], str] | None = None,
    ) -> None:
        values = [choice.value for choice in offered]
        free = check is not None or not offered
        super().__init__(name, label, values, value, optional=False, free=free)
        self.offered = tuple(offered)
        self.hint = hint
        self.check = check

    def render(self) -> RenderResult:
        width = self.content_size.width
        found = next((choice for choice in self.offered if choice.value == self.value), None)
        name = found.label if found else clean_line(self.value, limit=4096)
        text = shorten_middle(name, max(width - LABEL - 2, 4))
        label = self.label.ljust(LABEL)
        room = max(width - len(label) - len(text) - 4, 0)
        note = f"  {found.note}" if found and found.note and len(found.note) <= room else ""
        gap = " " * max(width - len(label) - len(text) - len(note) - 1, 1)
        row = Content.assemble(
            (label, "$text-muted"), (text, "bold $foreground"), (note, "$text-muted"), gap, ("▾", "$text-disabled")
        )
        return Content.assemble(row, "\n", (f"✗ {self.problem}", "$error")) if self.problem else row
