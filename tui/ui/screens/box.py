"""What stands over a place: the base of menus, questions and help."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class Over(Screen[Result]):
    """A screen that is left once: of keys that come in a bunch, the second must not take away what is below."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Box(Over[Result], ModalScreen[Result]):
    """A modal screen in the look that all of them share."""

    CSS_PATH = "../styles/modal.tcss"
