"""The app's part in how previews look: it asks the terminal, and opens the panel that shows what is known."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from textual import events, work
from textual.driver import Driver

from tui.core import paths
from tui.core.config import Config
from tui.render.look import Look
from tui.render.terminal.cells import cell_size
from tui.ui.knowledge import Knowledge
from tui.ui.shell import Shell
from tui.ui.widgets.image_list import ImageList
from tui.ui.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.render.graphics.placement import Graphics
    from tui.render.terminal.answers import Answers
    from tui.render.terminal.deciding import Pixels


class Looks(Shell):
    """`learn_looks` comes before everything else; from then on `knowledge.look` is how pictures are drawn."""

    config: Config
    env: Mapping[str, str]
    knowledge: Knowledge
    _drawn: Look | None = None
    _pixels: Pixels | None = None
    _has_terminal = _may_ask = False

    def learn_looks(self, remembered: str | None) -> Look:
        """What the environment and the configuration give; `remembered` is the style of an earlier run."""
        self.knowledge = Knowledge(self.env, self.config.values, remembered=remembered)
        self.knowledge.listeners.append(self._learned)
        self._drawn = self.knowledge.look
        return self._drawn

    def _draw_as_known(self) -> None:
        """Draw in the look of now from now on, and in pixels where that is wanted and can be."""
        terminal = self.knowledge.terminal
        pixels = terminal.pixels if self._has_terminal else None
        if (terminal.look, pixels) == (self._drawn, self._pixels):
            return
        graphics = self.previewer.graphics if pixels == self._pixels else self._use(pixels)
        self._drawn, self._pixels = terminal.look, pixels
        self.previewer.take(terminal.look, graphics)
        for screen in [screen for stack in self._screen_stacks.values() for screen in stack]:
            for preview in screen.query(Preview):
                preview.redraw()
            for images in screen.query(ImageList):
                images.refresh()

    def _use(self, pixels: Pixels | None) -> Graphics | None:
        """What makes pixels of pictures from now on."""
        from tui.render.graphics.placement import Graphics
        from tui.ui.placements import Placements

        if self._sent.placements is None:
            self._sent.placements = Placements(lambda: self.previewer.placements)
            self._say_farewell(self._sent.placements.farewell)
        graphics = Graphics(**pixels._asdict()) if pixels else None
        self._sent.placements.use(graphics)
        return graphics

    def _say_farewell(self, farewell: Callable[[], str]) -> None:
        """Have the driver write this before it leaves the terminal."""
        if os.name == "posix":
            from tui.ui.leaving import LeavingDriver

            if isinstance(self._driver, LeavingDriver):
                self._driver.farewell = farewell

    def next_style(self) -> str:
        style = self.knowledge.next_style()
        return f"{style}, where there are no pixels" if self._pixels else style

    def action_show_look(self) -> None:
        from tui.ui.screens.look import LookPanel

        self.push_screen(LookPanel(self.knowledge, paths.shown(self.config.file, self.env)))

    def _learned(self) -> None:
        self._draw_as_known()
        # Pictures may have been asked for just now.
        self._put_questions()

    # --- asking the terminal --------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        if os.name != "posix":
            return chosen
        from textual.drivers.linux_driver import LinuxDriver

        from tui.ui.asking import AskingDriver

        return AskingDriver if chosen is LinuxDriver else chosen

    def ask_terminal(self) -> None:
        """Find out what the environment does not tell. Not before the first frame, which nothing here may delay."""
        if self.is_headless:
            return
        from tui.render.terminal.ancestors import ancestors

        self._has_terminal = True
        self._may_ask = os.name == "posix"
        self.knowledge.learn(cell=_cell_size(), above=ancestors())
        self._draw_as_known()
        self._put_questions()

    def _put_questions(self) -> None:
        if not self._may_ask:
            return
        from tui.ui.asking import AskingDriver

        query = self.knowledge.query()
        if query and isinstance(self._driver, AskingDriver):
            self._driver.ask(query, self._answered)
        if self.knowledge.asks_tmux():
            self._ask_tmux()

    @work(thread=True, exit_on_error=False, group="tmux")
    def _ask_tmux(self) -> None:
        from tui.render.terminal import tmux

        around = tmux.ask(self.env)
        self.call_from_thread(lambda: self.knowledge.learn(around=around))

    def _answered(self, answers: Answers) -> None:
        self.knowledge.learn(cell=answers.cell_of(*self.size), answers=answers)

    def on_resize(self, event: events.Resize) -> None:
        """Another size of the window may come from another size of its font. Some terminals tell the pixels, too."""
        if event.pixel_size is None:
            cell = None if self.is_headless else _cell_size()
        else:
            cell = event.pixel_size.width // event.size.width, event.pixel_size.height // event.size.height
        # Pictures of the size before are of no use any more, and the terminal need not hold them.
        self.previewer.forget_pixels()
        self.knowledge.learn(cell=cell)

    def action_redraw(self) -> None:
        # It may be another terminal by now, to which tmux was attached.
        if self._sent.placements is not None and self._driver is not None:
            self._driver.write(self._sent.placements.farewell())
        super().action_redraw()


def _cell_size() -> tuple[int, int] | None:
    """As the terminal that Textual writes to tells it."""
    return cell_size(sys.__stderr__.fileno()) if sys.__stderr__ else None
