"""How previews look here and why: what was found out about the terminal, and what can be chosen for this run."""

from __future__ import annotations

import json

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.events import DescendantFocus

from tui.core.config import AUTO, BY_NAME, complaint
from tui.render import look
from tui.render.terminal.pictures import TITLES
from tui.ui.knowledge import Knowledge
from tui.ui.screens.box import Box
from tui.ui.screens.pick import Pick
from tui.ui.widgets.choice import Choice
from tui.ui.widgets.facts import Fact, Facts
from tui.ui.widgets.field import Field
from tui.ui.widgets.look_field import LookField

# What stands for no choice of this run's own.
AS_FOUND = ""
STYLES = {
    "blocks": "of the common block characters the one that fits best",
    "half": "two pixels in every cell",
    "sextant": "two by three; fonts since 2020",
    "octant": "two by four; fonts since 2024",
    "blocks+octant": "whichever fits best of both; fonts since 2024",
    "ascii": "letters and signs",
    "plain": "half blocks as rich-pixels draws them",
}
CHOICES = {
    "depth": [
        Choice("truecolor", "truecolor", "24 bits"),
        Choice("256", "256", "the usual palette of 256"),
        Choice("16", "16", "the terminal's own sixteen"),
        Choice("none", "none", "letters alone"),
    ],
    "dither": [Choice("on", "on", "dots mix what the palette lacks"), Choice("off", "off", "the nearest colour")],
    "budget": [Choice("0", "no limit"), *(Choice(str(kb), f"{kb} kB") for kb in (16, 32, 64, 128, 256))],
    "ground": [
        Choice("checker", "checker", "a chequered ground"),
        Choice("theme", "theme", "the theme's own"),
        Choice("#000000", "#000000", "black"),
        Choice("#ffffff", "#ffffff", "white"),
    ],
    "aspect": [Choice(each, each) for each in ("1.6", "1.8", "2", "2.2", "2.4")],
    "graphics": [
        Choice("off", "off", "characters everywhere"),
        Choice(AUTO, AUTO, "pixels, where the terminal answers that it has them"),
        *(Choice(name, name, title) for name, title in TITLES.items()),
    ],
    "animation": [Choice("on", "on"), Choice("off", "off", "the first picture alone")],
}
FREE = {"budget": "thousand bytes", "ground": "a colour such as #161616", "aspect": "height of a cell over its width"}


class LookPanel(Box[None]):
    """`file` is where the configuration stands, as it is shown."""

    BINDINGS = [Binding("escape,q", "dismiss", "Back")]
    AUTO_FOCUS = "LookField"

    def __init__(self, knowledge: Knowledge, file: str) -> None:
        super().__init__()
        self._knowledge = knowledge
        self._file = file
        self._facts = Facts(column=12)
        self._why = Facts(column=12)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", can_focus=False) as box:
            box.border_title = "Preview"
            box.border_subtitle = "← → change · backspace undo · esc back"
            yield self._facts
            styles = [Choice(style, style, STYLES[style]) for style in self._knowledge.terminal.styles]
            for part, offered in {"style": styles, **CHOICES}.items():
                yield LookField(part, offered, free=part in FREE)
            yield self._why

    def on_mount(self) -> None:
        self._knowledge.listeners.append(self._show)
        self._show()

    def on_unmount(self) -> None:
        self._knowledge.listeners.remove(self._show)

    # --- what is known ----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._facts.show(self._about_terminal())
        now = self._knowledge.look
        for field in self.query(LookField):
            wished = self._knowledge.wished(field.field)
            value = getattr(now, field.field)
            field.tell(
                value,
                now.reasons[field.field],
                now=written(field.field, value),
                chosen=None if wished is None else f"{wished:g}" if isinstance(wished, float) else wished,
            )
        self._explain()

    def _about_terminal(self) -> list[Fact]:
        terminal = self._knowledge.terminal
        known = terminal.here.identity
        facts = [Fact("Terminal", f"{terminal.name}: {known.evidence}" if known else terminal.name)]
        facts += [Fact("Between" if number == 0 else " ", note) for number, note in enumerate(terminal.here.notes)]
        facts.append(Fact("Pixels", terminal.graphics_reason.words))
        erase = terminal.look.reasons["erase"]
        return [*facts, Fact("Erase", f"{look.shown(terminal.look.erase)}: {erase.words}")]

    @on(DescendantFocus)
    def _explain(self) -> None:
        """All that is known of the part that has the focus."""
        field = self.focused
        if isinstance(field, LookField):
            value = getattr(self._knowledge.look, field.field)
            self._why.show(
                [
                    Fact(field.reason.source.capitalize(), field.reason.words),
                    Fact("To keep it", f"{config_line(field.field, value)} below [preview] in {self._file}"),
                ]
            )

    # --- what is chosen ---------------------------------------------------------------------------------------------

    @on(LookField.Chosen)
    def _chosen(self, event: LookField.Chosen) -> None:
        self._choose(event.part, event.value)

    @on(Field.Asked)
    def _asked(self, event: Field.Asked) -> None:
        field = event.field
        if not isinstance(field, LookField):
            return
        part = field.field

        def chosen(text: str | None) -> None:
            if text is not None:
                self._choose(part, text or None)

        unset = Choice(AS_FOUND, "as found", "what the terminal and the configuration give")
        self.app.push_screen(
            Pick(
                field.label,
                [unset, *field.offered],
                current=AS_FOUND if field.value is None else str(field.value),
                free=field.free,
                hint=FREE.get(part, ""),
                check=lambda text: complaint_about(part, text),
            ),
            chosen,
        )

    def _choose(self, part: str, text: str | None) -> None:
        self._knowledge.wish(part, None if text is None else read(part, text))


def read(part: str, text: str) -> str | float:
    """A value of the configuration, from what was chosen or typed. ValueError: it must be a number and is none."""
    return float(text) if BY_NAME[look.SETTINGS[part]].kind is float else text


def written(part: str, value: str | float | bool | None) -> str:
    """A part's value as the configuration has it."""
    if part == "budget":
        return f"{float(value or 0) / 1000:g}"
    return f"{value:g}" if isinstance(value, float) else look.shown(value)


def complaint_about(part: str, text: str) -> str:
    """What is wrong with what was typed, empty for nothing."""
    try:
        wrong = complaint(BY_NAME[look.SETTINGS[part]], read(part, text))
    except ValueError:
        wrong = "a number"
    return f"it must be {wrong}" if wrong else ""


def config_line(part: str, value: str | float | bool | None) -> str:
    """The line of the configuration that gives a part this value."""
    setting = BY_NAME[look.SETTINGS[part]]
    text = written(part, value)
    return f"{setting.name.rpartition('.')[2]} = {json.dumps(text) if setting.kind is str else text}"
