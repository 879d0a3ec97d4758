"""A form's fields: one row each, the label to the left and the value to the right."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.core.models import Parameter
from tui.core.request import Value
from tui.core.text import shorten

LABEL = 12


class Field(Widget, can_focus=True):
    """A value that is chosen among some, with the arrows or from a menu, or typed where `free` says so.

    `value` None leaves the parameter to the server. `problem` stands below the row. A single widget that draws
    itself: a form of them mounts several times faster than one of Select and Input widgets.
    """

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; padding: 0 1; color: $foreground; }
    Field.-wrong { height: 2; }
    Field:focus { background: $primary 22%; }
    Field:hover { background: $foreground 6%; }
    Field:focus:hover { background: $primary 22%; }
    """
    BINDINGS = [
        Binding("right,l", "step(1)", "Next value", show=False),
        Binding("left,h", "step(-1)", "Previous value", show=False),
        Binding("enter,space", "choose", "Choose", show=False),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
        Binding("backspace,delete", "clear", "Leave to the server", show=False),
    ]

    class Changed(Message):
        """The person changed a field."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Asked(Message):
        """The person wants to choose from a menu or to type."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[Value],
        value: Value | None,
        *,
        optional: bool = True,
        free: bool = False,
        help: str = "",  # noqa: A002  # the parameter's own word for it
    ) -> None:
        super().__init__(id=f"field-{name}")
        self.field = name
        self.label = label
        self.choices = tuple(choices)
        self.value = value
        self.optional = optional
        self.free = free
        self.help_text = help
        self.problem = ""

    @classmethod
    def of(cls, parameter: Parameter, value: Value | None) -> Field:
        """The field of a parameter as a model takes it."""
        choices: Sequence[Value]
        match parameter.kind:
            case "flag":
                return cls(
                    parameter.name, parameter.label, (False, True), bool(value), optional=False, help=parameter.help
                )
            case "integer" if parameter.min is not None and parameter.max is not None and parameter.max <= 16:
                choices = range(parameter.min, parameter.max + 1)
            case _:
                choices = parameter.values
        free = parameter.kind == "text" or parameter.free is not None or (parameter.kind == "integer" and not choices)
        optional = parameter.default is None
        return cls(parameter.name, parameter.label, choices, value, optional=optional, free=free, help=parameter.help)

    def show(self, value: Value | None) -> None:
        """Change the value from outside, silently."""
        self.value = value
        self.refresh()

    def complain(self, problem: str) -> None:
        """Put words below the field, or take them away."""
        if problem != self.problem:
            self.problem = problem
            self.set_class(bool(problem), "-wrong")
            self.refresh()

    def render(self) -> RenderResult:
        width = self.content_size.width
        label = self.label.ljust(LABEL)
        room = max(width - len(label) - 2, 4)
        text = shorten(display(self.value), room)
        style = "$text-disabled" if self.value is None else "bold $foreground"
        arrow = "▾" if self.choices or self.free else " "
        gap = " " * max(width - len(label) - len(text) - 2, 1)
        row = Content.assemble((label, "$text-muted"), (text, style), gap, (arrow, "$text-disabled"))
        if not self.problem:
            return row
        return Content.assemble(row, "\n", (shorten(f"✗ {self.problem}", width), "$error"))

    def action_step(self, delta: int) -> None:
        ring: list[Value | None] = [None, *self.choices] if self.optional else list(self.choices)
        if not self.choices:
            self.action_choose()
            return
        here = ring.index(self.value) if self.value in ring else 0
        self.change(ring[(here + delta) % len(ring)])

    def action_choose(self) -> None:
        if self.choices == (False, True):
            self.change(not self.value)
        else:
            self.post_message(self.Asked(self))

    def action_clear(self) -> None:
        if self.optional:
            self.change(None)

    def change(self, value: Value | None) -> None:
        """Change the value as the person wants it."""
        if value is not self.value:
            self.show(value)
            self.post_message(self.Changed(self))

    def on_key(self, event: events.Key) -> None:
        """A digit chooses a small number at once."""
        numbers = [choice for choice in self.choices if isinstance(choice, int) and not isinstance(choice, bool)]
        digit = event.character if event.character and event.character in "0123456789" else None
        if digit is not None and int(digit) in numbers:
            event.stop()
            self.change(int(digit))

    def on_click(self) -> None:
        self.focus()
        self.action_choose()


def display(value: Value | None) -> str:
    """A value as the form shows it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
