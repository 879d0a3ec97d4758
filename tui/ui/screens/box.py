"""What stands over a place: the base of menus, questions and help."""

from __future__ import annotations

from typing import TypeVar, cast

from textual._context import active_app, visible_screen_stack
from textual.await_complete import AwaitComplete
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tui.ui.shell import Shell, shell
from tui.ui.widgets.strips import Finished, JoinedStrip

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is below, as it is: the terminal shows it already, and nothing of it has to be sent again."""
        below = visible_screen_stack.get(None)
        if not below or self.styles.background.a:
            return super().render_lines(crop)
        size = below[-1].size
        chops = below.pop()._compositor._render_chops(size.region, lambda _: True)
        lines = [JoinedStrip(_inert(chop) for chop in line.values()) for line in chops]
        return [line.crop(crop.x, crop.right) for line in lines[crop.y : crop.bottom]]

    def on_mount(self) -> None:
        # What was typed in the same bunch as the key that opened this belongs here.
        self.call_after_refresh(shell(self).release_keys)


def _inert(strip: Strip) -> Strip:
    """Without what a click on it would do."""
    return strip if isinstance(strip, Finished) else strip.discard_meta()
