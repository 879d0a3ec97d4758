"""The app's part in how previews look: it asks the terminal, and opens the panel that shows what is known."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from textual import events
from textual.driver import Driver

from tui.core import paths
from tui.core.config import Config
from tui.render.look import Look
from tui.render.terminal.cells import cell_size
from tui.ui.knowledge import Knowledge
from tui.ui.shell import Shell
from tui.ui.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.render.terminal.answers import Answers


class Looks(Shell):
    """`learn_looks` comes before everything else; from then on `knowledge.look` is how pictures are drawn."""

    config: Config
    env: Mapping[str, str]
    knowledge: Knowledge
    _drawn: Look | None = None
    _may_ask = False

    def learn_looks(self, remembered: str | None) -> Look:
        """What the environment and the configuration give; `remembered` is the style of an earlier run."""
        self.knowledge = Knowledge(self.env, self.config.values, remembered=remembered)
        self.knowledge.listeners.append(self._learned)
        self._drawn = self.knowledge.look
        return self._drawn

    def set_look(self, look: Look) -> None:
        """Draw in this look from now on."""
        self.previewer.take(look)
        for screen in self.screen_stack:
            for preview in screen.query(Preview):
                preview.redraw()

    def next_style(self) -> str:
        return self.knowledge.next_style()

    def action_show_look(self) -> None:
        from tui.ui.screens.look import LookPanel

        self.push_screen(LookPanel(self.knowledge, paths.shown(self.config.file, self.env)))

    def _learned(self) -> None:
        if self.knowledge.look != self._drawn:
            self._drawn = self.knowledge.look
            self.set_look(self._drawn)
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

        self._may_ask = os.name == "posix"
        self.knowledge.learn(cell=_cell_size(), above=ancestors())
        self._put_questions()

    def _put_questions(self) -> None:
        if not self._may_ask:
            return
        from tui.ui.asking import AskingDriver

        query = self.knowledge.query()
        if query and isinstance(self._driver, AskingDriver):
            self._driver.ask(query, self._answered)

    def _answered(self, answers: Answers) -> None:
        self.knowledge.learn(cell=answers.cell_of(*self.size), answers=answers)

    def on_resize(self, event: events.Resize) -> None:
        """Another size of the window may come from another size of its font. Some terminals tell the pixels, too."""
        if event.pixel_size is None:
            cell = None if self.is_headless else _cell_size()
        else:
            cell = event.pixel_size.width // event.size.width, event.pixel_size.height // event.size.height
        self.knowledge.learn(cell=cell)


def _cell_size() -> tuple[int, int] | None:
    """As the terminal that Textual writes to tells it."""
    return cell_size(sys.__stderr__.fileno()) if sys.__stderr__ else None
