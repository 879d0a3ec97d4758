"""What stands over a place: the base of menus, questions and help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

from textual._context import active_app, visible_screen_stack
from textual.await_complete import AwaitComplete
from textual.events import Resize
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
    # Whether it hands out by itself what was typed meanwhile, once it knows what that is meant for.
    KEEPS_KEYS = False

    def __init__(self) -> None:
        super().__init__()
        self._inert = _Inert()
        self._left_at = active_app.get().size
        cast(Shell, active_app.get()).hold_keys()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is below, as it is: the terminal shows it already, and nothing of it has to be sent again."""
        # Textual leaves the screens below here for whoever draws a background. Its own way takes a picture apart.
        below = visible_screen_stack.get(None)
        if not below or self.styles.background.a:
            return super().render_lines(crop)
        compositor = below.pop()._compositor
        wanted = Region(0, crop.y, compositor.size.width, crop.height)
        lines = compositor._render_chops(wanted, crop.line_range.__contains__)
        self._inert.age()
        return [self._line(lines[y].values() if y < len(lines) else (), crop) for y in crop.line_range]

    def _line(self, strips: Iterable[Strip], crop: Region) -> Strip:
        """A line of what is below. That is laid out later than this is, and can be too small for a moment."""
        line = JoinedStrip(map(self._inert, strips))
        if line.cell_length < crop.right:
            line = JoinedStrip([line, Strip.blank(crop.right - line.cell_length, self.rich_style)])
        return line.crop(crop.x, crop.right)

    def on_mount(self) -> None:
        # What was typed in the same bunch as the key that opened this belongs here.
        if not self.KEEPS_KEYS:
            self.call_after_refresh(shell(self).release_keys)

    def on_screen_suspend(self) -> None:
        self._left_at = self.app.size

    def on_screen_resume(self) -> None:
        """The terminal may be of another size since another place was shown: Textual does not tell what is below."""
        size = self.app.size
        if size != self._left_at:
            for screen in self.app._background_screens:
                screen.post_message(Resize(size, size))


class _Inert:
    """Takes from strips what a click on them would do. Of a strip that comes again the same comes back."""

    def __init__(self) -> None:
        self._now: dict[int, tuple[Strip, Strip]] = {}
        self._before = self._now

    def age(self) -> None:
        """What is not asked for from now on until this is called again is forgotten."""
        self._before, self._now = self._now, {}

    def __call__(self, strip: Strip) -> Strip:
        if isinstance(strip, Finished):
            return strip
        found = self._before.get(id(strip)) or self._now.get(id(strip)) or (strip, strip.discard_meta())
        self._now[id(strip)] = found
        return found[1]
