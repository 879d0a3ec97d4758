"""What stands over a place: the base of menus, questions and help."""

from __future__ import annotations

from typing import TypeVar, cast

from textual._context import active_app
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from tui.ui.shell import Shell, shell

Result = TypeVar("Result")


class Over(Screen[Result]):
    """A screen that is left once: of keys that come in a bunch, the second must not take away what is below."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Box(Over[Result], ModalScreen[Result]):
    """A modal screen in the look that all of them share."""

    CSS_PATH = "../styles/modal.tcss"

    def __init__(self) -> None:
        super().__init__()
        cast(Shell, active_app.get()).hold_keys()

    def on_mount(self) -> None:
        # What was typed in the same bunch as the key that opened this belongs here.
        self.call_after_refresh(shell(self).release_keys)
