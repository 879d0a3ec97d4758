"""Other names for images, by a template, with the first of them shown while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from tui.core.naming import TemplateError
from tui.core.text import clean, clean_line, shorten_middle
from tui.ui.screens.box import Box

if TYPE_CHECKING:
    from tui.library.entry import Entry

# Names that are shown, and names that are worked out to say how many are taken.
SHOWN, LOOKED_AT = 6, 1000
HINT = "{model} {created:%Y-%m-%d} {index:02d} {prompt:.40} {job} are filled in; enter renames"


@dataclass(frozen=True, slots=True)
class Names:
    """The first names as they are and as they would be, what is wrong, and how many get a number behind them."""

    pairs: Sequence[tuple[str, str]] = ()
    problem: str = ""
    taken: int = 0


class Rename(Box[str | None]):
    """Gives back the template, or None."""

    BINDINGS = [("escape", "dismiss(None)", "Back")]

    def __init__(self, entries: Sequence[Entry], template: str) -> None:
        super().__init__()
        self._entries = entries
        self._template = template
        self._names: Names | None = None

    def compose(self) -> ComposeResult:
        count = len(self._entries)
        with Vertical(id="box") as box:
            box.border_title = Content("Rename 1 image" if count == 1 else f"Rename {count:,} images")
            box.border_subtitle = "enter rename · esc back"
            yield Input(self._template, compact=True, select_on_focus=False)
            yield Static(id="names", markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        box = self.query_one(Input)
        box.cursor_blink = False
        box.focus()

    @property
    def template(self) -> str:
        return clean(self.query_one(Input).value).strip()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._names = None
        self._work_out(self.template)

    @work(thread=True, exit_on_error=False, exclusive=True, group="names")
    def _work_out(self, template: str) -> None:
        names = names_of(self._entries, template)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, template, names)

    def _show(self, template: str, names: Names) -> None:
        if not self.is_attached or template != self.template:
            return
        self._names = names
        room = max(self.query_one("#names").size.width // 2 - 2, 12)
        lines = [
            Content.assemble((shorten_middle(old, room).ljust(room), "$text-muted"), " → ", shorten_middle(new, room))
            for old, new in names.pairs
        ]
        more = len(self._entries) - len(names.pairs)
        if names.pairs and more:
            lines.append(Content.styled(f"… and {more:,} more", "$text-muted"))
        self.query_one("#names", Static).update(Content("\n").join(lines))
        verb = "1 name is" if names.taken == 1 else f"{names.taken:,} names are"
        taken = f"{verb} taken: a number is put behind. " if names.taken else ""
        hint = self.query_one("#hint", Static)
        hint.update(f"✗ {names.problem}" if names.problem else f"{taken}{HINT}")
        hint.set_class(bool(names.problem), "-wrong")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        problem = self._names.problem if self._names else names_of(self._entries[:1], self.template).problem
        if not problem:
            self.dismiss(self.template)


def names_of(entries: Sequence[Entry], template: str) -> Names:
    """What a template makes of the first images. Slow."""
    from tui.library.tidy import new_name

    if not template:
        return Names(problem="type what the names are to be made of")
    looked_at = entries[:LOOKED_AT]
    try:
        names = [new_name(entry, template, number) for number, entry in enumerate(looked_at)]
    except TemplateError as error:
        return Names(problem=str(error))
    leaving = {entry.path for entry in looked_at}
    wanted = set()
    taken = 0
    for entry, name in zip(looked_at, names, strict=True):
        path = entry.path.with_name(name)
        taken += path in wanted or (path not in leaving and path.exists())
        wanted.add(path)
    return Names(
        [(entry.name, clean_line(name)) for entry, name in zip(looked_at, names, strict=True)][:SHOWN], "", taken
    )
