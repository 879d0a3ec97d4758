"""A menu over the screen: type to narrow it down, or, where that is allowed, type something of your own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.core.text import clean, clean_line, shorten
from tui.ui.screens.box import Box
from tui.ui.widgets.choice import Choice

# Cells that a row has on the smallest screen that is looked after, 80 columns wide.
ROW = 68


class Pick(Box[str | None]):
    """Gives back a choice's value, the typed text where `free`, or None. `check` says what is wrong with typed text."""

    BINDINGS = [("escape", "dismiss(None)", "Back"), ("down", "move(1)"), ("up", "move(-1)")]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str | None = None,
        free: bool = False,
        hint: str = "",
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._current = current
        self._free = free
        self._hint = hint
        self._check = check
        self._shown: list[Choice] = []
        self._offered: list[Choice] = []
        # Notes stand below one another where the labels are short enough for it.
        labels = max((len(choice.label) for choice in choices if len(choice.label) <= 40), default=0)
        keys = max((len(choice.key) for choice in choices), default=0)
        self._columns = (labels + 2, keys + 2 if keys else 0)

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder=self._placeholder, compact=True, select_on_focus=False)
            yield OptionList(compact=True, markup=False)
            yield Static(self._hint, id="hint", markup=False)

    @property
    def _placeholder(self) -> str:
        if not self._choices:
            return "type a value, enter to set it, empty to leave it out"
        return "type to narrow, or type another value" if self._free else "type to narrow"

    def on_mount(self) -> None:
        box = self.query_one(Input)
        box.cursor_blink = False
        if self._free and not self._choices and self._current:
            box.value = self._current
        self.query_one(OptionList).display = bool(self._choices)
        # The keys stay with the line that is typed into; up and down move in the list all the same.
        self.query_one(OptionList).can_focus = False
        self._narrow("")
        box.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        typed = clean(event.value).strip()
        # They go with what was typed before.
        self._offered = [each for each in self._offered if each.value.startswith(typed)]
        self._narrow(typed)
        # Only where nothing else fits is a complaint about what was typed of any use.
        self._say(self._complaint(typed) if len(self._shown) == 1 else "")

    def _narrow(self, typed: str) -> None:
        """Show what has all the words that were typed; below it, where that is allowed, what was typed itself."""
        words = typed.lower().split()
        fits = [each for each in self._choices if all(word in f"{each.label} {each.note}".lower() for word in words)]
        # What has the words in its name stands before what only speaks of them.
        fits.sort(key=lambda each: not all(word in each.label.lower() for word in words))
        exact = next((place for place, each in enumerate(fits) if each.value == typed), None)
        if self._free and typed and exact is None:
            fits.append(Choice(typed, typed, "as typed"))
            fits += self._offered
        self._shown = fits
        menu = self.query_one(OptionList)
        menu.clear_options()
        menu.add_options([Option(self._row(choice)) for choice in fits])
        values = [choice.value for choice in fits]
        here = values.index(self._current) if not typed and self._current in values else 0
        menu.highlighted = (here if exact is None else exact) if fits else None

    def offer(self, choices: Sequence[Choice]) -> None:
        """What else goes with what was typed so far, below it."""
        self._offered = list(choices)
        self.query_one(OptionList).display = bool(self._choices or choices)
        self._narrow(clean(self.query_one(Input).value).strip())

    def _row(self, choice: Choice) -> Content:
        mark = "● " if choice.value == self._current else "  "
        label = shorten(clean_line(choice.label), 200)
        label = label.ljust(max(self._columns[0], len(label) + 2))
        key = choice.key.ljust(self._columns[1])
        note = shorten(choice.note, max(ROW - len(mark) - len(label) - len(key), 8))
        return Content.assemble((mark, "$primary"), label, (key, "bold $warning"), (note, "$text-muted"))

    def _complaint(self, value: str) -> str:
        """What is wrong with a value that is none of the choices."""
        known = any(choice.value == value for choice in self._choices)
        return self._check(value) if self._check and value and not known else ""

    def _say(self, complaint: str) -> None:
        hint = self.query_one("#hint", Static)
        hint.update(f"✗ {complaint}" if complaint else self._hint)
        hint.set_class(bool(complaint), "-wrong")

    def action_move(self, delta: int) -> None:
        menu = self.query_one(OptionList)
        menu.action_cursor_down() if delta > 0 else menu.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._give(self._shown[event.option_index].value)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._give(self._shown[highlighted].value)
        elif self._free:
            self._give("")
        else:
            self._say("nothing fits: shorten what you typed")

    def _give(self, value: str) -> None:
        if complaint := self._complaint(value):
            self._say(complaint)
        else:
            self.dismiss(value)
