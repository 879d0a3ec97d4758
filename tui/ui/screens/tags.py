"""The tags of images: which they have, and others to choose from or to type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.core.record import tag
from tui.ui.screens.box import Box
from tui.ui.shell import shell

if TYPE_CHECKING:
    from tui.library.index import Index

HINT = "enter adds it or takes it off · tab does, and goes on · esc drops all"
# How many tags are shown at once: whoever has more types to narrow them down.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Retagged:
    """Tags that come on, and tags that come off."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Every tag with how many images have it, and how many of the chosen ones, by the tag in small letters."""

    tags: tuple[tuple[str, int], ...]
    chosen: Counter[str]


class Tags(Box[Retagged | None]):
    """`numbers` are the images. What is chosen turns a tag round: one that all of them have comes off."""

    KEEPS_KEYS = True
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("down", "move(1)"),
        Binding("up", "move(-1)"),
        Binding("tab", "turn", priority=True),
    ]

    def __init__(self, numbers: Sequence[int], *, library: bool) -> None:
        super().__init__()
        self._numbers = numbers
        self._library = library
        self._known = Known((), Counter())
        self._turned: dict[str, str] = {}
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            count = len(self._numbers)
            box.border_title = f"Tags of {count:,} images" if count > 1 else "Tags"
            yield Input(placeholder="type to narrow, or a new tag", compact=True, select_on_focus=False)
            yield OptionList(compact=True, markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        box = self.query_one(Input)
        box.cursor_blink = False
        self.query_one(OptionList).can_focus = False
        box.focus()
        numbers = self._numbers

        def ask(index: Index) -> Known:
            chosen = Counter(each.casefold() for entry in index.entries(numbers) for each in entry.tags)
            return Known(tuple(index.tags()), chosen)

        shell(self).ask(ask, self._fill, library=self._library)

    def _fill(self, known: Known) -> None:
        if self.is_attached:
            self._known = known
            self._narrow()
            shell(self).release_keys()

    # --- what is offered ---

    @property
    def _typed(self) -> str:
        return tag(self.query_one(Input).value)

    @on(Input.Changed)
    def _narrow(self) -> None:
        """First what the images have, then what many others have; what begins with what was typed before the rest."""
        typed = self._typed.casefold()
        known = {name.casefold(): name for name, _ in self._known.tags} | self._turned
        fits = [name for folded, name in known.items() if typed in folded]
        uses = dict(self._known.tags)
        fits.sort(
            key=lambda name: (
                bool(typed) and not name.casefold().startswith(typed),
                not self._has(name) and name.casefold() not in self._turned,
                -uses.get(name, 0),
                name.casefold(),
            )
        )
        if typed and typed not in known:
            fits.append(self._typed)
        self._shown = fits[:SHOWN]
        menu = self.query_one(OptionList)
        menu.clear_options()
        menu.add_options([Option(self._row(name, uses)) for name in self._shown])
        menu.display = bool(self._shown)
        # With nothing typed enter says that all is done, and turns nothing.
        exact = next((place for place, name in enumerate(fits) if name.casefold() == typed and typed in known), 0)
        menu.highlighted = exact if typed else None

    def _has(self, name: str) -> int:
        """How many of the images have a tag."""
        return self._known.chosen[name.casefold()]

    def _on(self, name: str) -> bool:
        """Whether all of the images have it, with what was turned."""
        return (self._has(name) >= len(self._numbers)) != (name.casefold() in self._turned)

    def _row(self, name: str, uses: dict[str, int]) -> Content:
        turned, has = name.casefold() in self._turned, self._has(name)
        mark = "●" if self._on(name) else "◐" if has and not turned else "○"
        note = f"{uses[name]:,}" if name in uses else "new"
        if has and has < len(self._numbers):
            note = f"{has:,} of these · {note}"
        if turned:
            note = f"{'added' if self._on(name) else 'taken off'} · {note}"
        style = "bold $warning" if turned else "$primary"
        return Content.assemble((f"{mark} ", style), name, "  ", (note, "$text-muted"))

    # --- choosing ---

    def action_move(self, delta: int) -> None:
        menu = self.query_one(OptionList)
        menu.action_cursor_down() if delta > 0 else menu.action_cursor_up()

    def action_turn(self) -> None:
        """Turn the tag under the cursor round, and go on."""
        if (name := self._highlighted) is not None:
            if self._turned.pop(name.casefold(), None) is None:
                self._turned[name.casefold()] = name
            box = self.query_one(Input)
            if box.value:
                box.value = ""
            else:
                self._narrow()

    @property
    def _highlighted(self) -> str | None:
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if at is not None else None

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_turn()
        names = self._turned.values()
        self.dismiss(Retagged(tuple(filter(self._on, names)), tuple(name for name in names if not self._on(name))))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.query_one(OptionList).highlighted = event.option_index
        self.action_turn()
