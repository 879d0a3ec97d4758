"""What stands over a place: the base of menus, questions and help."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Box(ModalScreen[Result]):
    """A modal screen in the look that all of them share."""

    CSS_PATH = "../styles/modal.tcss"
