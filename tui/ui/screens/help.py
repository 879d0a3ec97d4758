"""Help: the keys that act where you are, made from the command table."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.ui.commands import SCOPES, in_scope
from tui.ui.widgets.key_bar import key_name

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


class Help(ModalScreen[None]):
    """`scopes` are the command table's, the nearest first; `keys` maps a command's id to its keys of the moment."""

    CSS_PATH = "../styles/modal.tcss"
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
            yield Static(Content("\n").join(self._lines()))

    def _lines(self) -> list[Content]:
        lines: list[Content] = []
        for scope in self._scopes:
            lines.append(Content.styled(SCOPES[scope], "bold $primary"))
            for command in in_scope(scope):
                keys = command.chord or " ".join(
                    key_name(key) for key in self._keys.get(command.id, "").split(",") if key
                )
                lines.append(_row(keys or "ctrl+p", command.help))
            lines.append(Content(""))
        lines.append(Content.styled("Moving", "bold $primary"))
        lines += [_row(*row) for row in MOVING]
        if "create" in self._scopes:
            lines += [Content(""), Content.styled("Fields", "bold $primary"), *(_row(*row) for row in FIELDS)]
        return lines

    def action_scroll_by(self, delta: int) -> None:
        self.query_one("#box").scroll_relative(y=delta, animate=False)


def _row(keys: str, words: str) -> Content:
    return Content.assemble((f"  {keys:<18}", "bold $foreground"), (words, "$text-muted"))
