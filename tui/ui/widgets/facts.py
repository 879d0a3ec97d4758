"""Names and values in two columns, with the values wrapped under themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from tui.core.text import clean
from tui.ui.marking import spans
from tui.ui.widgets.lined import Lined


@dataclass(frozen=True, slots=True)
class Fact:
    """One row. Without a name the text takes the whole width; with neither it is an empty line.

    `words` were searched for, and are marked where they stand in the text.
    """

    name: str = ""
    text: str = ""
    style: str = "$foreground"
    name_style: str = "$text-muted"
    words: tuple[str, ...] = ()

    @property
    def content(self) -> Content:
        """The text, with what was searched for marked."""
        shown = Content.styled(self.text, self.style)
        for start, end in spans(self.text, self.words):
            shown = shown.stylize("bold reverse", start, end)
        return shown


class Facts(Lined):
    """A fact a row, its name in a column of its own."""

    def __init__(self, facts: Sequence[Fact] = (), *, column: int = 12) -> None:
        super().__init__()
        self._facts = _cleaned(facts)
        self._column = column

    def show(self, facts: Sequence[Fact]) -> None:
        cleaned = _cleaned(facts)
        if cleaned != self._facts:
            self._facts = cleaned
            self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for fact in self._facts:
            column = self._column if fact.name else 0
            name = Content.styled(fact.name, fact.name_style)
            if name.cell_length >= column > 0:
                column = name.cell_length + 1
            wrapped = fact.content.wrap(max(width - column, 8)) if fact.text else [Content("")]
            for number, row in enumerate(wrapped):
                head = name.pad_right(column - name.cell_length) if number == 0 else Content(" " * column)
                lines.append(Content.assemble(head, row) if fact.name else row)
        return lines


def _cleaned(facts: Sequence[Fact]) -> list[Fact]:
    """Some come from files that anybody may have written."""
    return [replace(fact, name=clean(fact.name).replace("\n", " "), text=clean(fact.text)) for fact in facts]
