"""One part of how previews look, as a field: what is in use, and why."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.message import Message

from tui.core.request import Value
from tui.core.text import shorten
from tui.render.look import TITLES, Reason, shown
from tui.ui.widgets.choice import Choice
from tui.ui.widgets.field import LABEL, Field

# As wide as the longest name of a style, and a gap.
VALUE = 15


class LookField(Field):
    """Its value is what the person chose for this run, None: nothing. `offered` are what can be chosen."""

    class Chosen(Message):
        """The person chose a value. It comes along: until this is read, the field may show another again."""

        def __init__(self, part: str, value: str | None) -> None:
            super().__init__()
            self.part = part
            self.value = value

    def __init__(self, part: str, offered: Sequence[Choice], *, free: bool = False) -> None:
        values = [choice.value for choice in offered]
        super().__init__(part, TITLES[part].capitalize(), values, None, free=free)
        self.offered = tuple(offered)
        self.in_use = ""
        self.reason = Reason("")
        self._now = ""

    def tell(self, in_use: str | float | bool | None, reason: Reason, *, now: str, chosen: str | None) -> None:
        """Show what is drawn with, and why; `now` is the same as one of the choices, `chosen` as the value."""
        self.in_use, self.reason, self._now = shown(in_use), reason, now
        self.show(chosen)

    def action_step(self, delta: int) -> None:
        """From what is in use, whoever decided it, to the next choice."""
        if self._now in self.choices:
            self.change(self.choices[(self.choices.index(self._now) + delta) % len(self.choices)])
        else:
            self.change(self.choices[0 if delta > 0 else -1])

    def change(self, value: Value | None) -> None:
        if value != self.value:
            self.show(value)
            self.post_message(self.Chosen(self.field, None if value is None else str(value)))

    def render(self) -> RenderResult:
        width = self.content_size.width
        style = "bold $warning" if self.value is not None else "bold $foreground"
        value = shorten(self.in_use, VALUE - 1).ljust(VALUE)
        why = shorten(self.reason.words, max(width - LABEL - VALUE - 2, 0))
        gap = " " * max(width - LABEL - VALUE - len(why) - 1, 1)
        return Content.assemble(
            (self.label.ljust(LABEL), "$text-muted"), (value, style), (why, "$text-muted"), gap, ("▾", "$text-disabled")
        )
