"""Help: the keys that act where you are, made from the command table."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from tui.ui.commands import SCOPES, Command, in_scope, key_name
from tui.ui.screens.box import Box
from tui.ui.widgets.facts import Fact, Facts

MOVING = (
    ("h j k l, arrows", "move"),
    ("g G", "first, last"),
    ("ctrl+d ctrl+u", "half a page"),
    ("tab, shift+tab", "next field or pane, the one before"),
    ("esc", "leave the field; back"),
)
FIELDS = (
    ("← →, a digit", "another value"),
    ("enter, space", "choose from a menu, or type"),
    ("backspace", "leave the value to the server"),
)


class Help(Box[None]):
    """`scopes` are the command table's, the nearest first; `keys` maps a command's id to its keys of the moment."""

    BINDINGS = [
        Binding("escape,q,f1,question_mark", "dismiss", "Back"),
        Binding("j", "scroll_by(1)"),
        Binding("k", "scroll_by(-1)"),
    ]

    def __init__(self, scopes: tuple[str, ...], keys: dict[str, str]) -> None:
        super().__init__()
        self._scopes = scopes
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", classes="-tall") as box:
            box.border_title = "Help"
            box.border_subtitle = "esc back"
            yield Facts(self._facts(), column=20)

    def _facts(self) -> list[Fact]:
        facts: list[Fact] = []
        for scope in self._scopes:
            rows = [(self._keys_of(command), command.help) for command in in_scope(scope)]
            facts += _section(SCOPES[scope], rows)
        facts += _section("Moving", MOVING)
        return facts + (_section("Fields", FIELDS) if "create" in self._scopes else [])

    def _keys_of(self, command: Command) -> str:
        keys = [key_name(key) for key in self._keys.get(command.id, "").split(",") if key]
        return command.chord or " ".join(keys) or "ctrl+p"

    def action_scroll_by(self, delta: int) -> None:
        self.query_one("#box").scroll_relative(y=delta, animate=False)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> list[Fact]:
    head = Fact(text=title, style="bold $primary")
    return [head, *(Fact(keys, words, "$text-muted", "bold $foreground") for keys, words in rows), Fact()]
