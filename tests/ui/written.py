"""The app with a terminal of its own that keeps what it was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
from textual._compositor import LayoutUpdate
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from tests.emulator import Cells, Emulator, differences
from tests.ui.window import SandboxedApp, Window
from tui.render.look import Look
from tui.render.picture import Picture
from tui.sandbox.server import Sandbox
from tui.ui.previewer import Previewer, Rendered, Sight
from tui.ui.sent import Sent
from tui.ui.widgets.canvas import Canvas
from tui.ui.widths import is_unsure


class Recorder(HeadlessDriver):
    """Writes to an emulator, as a driver does to a terminal: at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.text = ""
        self.frames: list[str] = []
        columns, rows = self._get_terminal_size()
        self.screen = Emulator(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed("\x1b[?7l")

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.text += data
        self.frames.append(data)
        self._stream.feed(data)


class Counting(Previewer):
    """Keeps what it draws, in the order in which that is finished."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.drawn: list[Sight] = []

    def _rendered(self, sight: Sight, picture: Picture) -> Rendered:
        rendered = super()._rendered(sight, picture)
        self.drawn.append(sight)
        return rendered


class WatchedApp(SandboxedApp):
    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.previewer: Counting = Counting(self.previewer.look)

    def get_driver_class(self) -> type[Driver]:
        return Recorder


class Watched(Window):
    """A run of the app whose terminal and whose drawing are looked at."""

    app: WatchedApp

    def drawn(self, path: Path) -> list[Sight]:
        """How often a file was drawn for the pane that is shown, and as what."""
        size = self.screen.query_one(Canvas).size
        return [each for each in self.app.previewer.drawn if (each.path, each.columns, each.rows) == (path, *size)]

    @property
    def terminal(self) -> Recorder:
        driver = self.app._driver
        assert isinstance(driver, Recorder)
        return driver

    def taken(self) -> str:
        """What was written since this was asked the last time."""
        text, self.terminal.text = self.terminal.text, ""
        return text

    def touched(self, text: str | None = None) -> set[tuple[int, int]]:
        """Columns and rows that `text` writes: what was written since this or `taken` was asked the last time."""
        screen = Emulator(*self.app.size)
        screen.fill()
        pyte.Stream(screen).feed("\x1b[?7l" + (self.taken() if text is None else text))
        rows = screen.cells()
        return {(x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell[0] != screen.FILLED}

    @property
    def meant(self) -> Cells:
        """What the terminal would show if everything were sent to an empty one.

        That is done as Textual does it, but where it leaves to the terminal how wide a character is.
        """
        app, compositor = self.app, self.app.screen._compositor
        waiting = set(compositor._dirty_regions)
        update = compositor.render_update(full=True, screen_stack=app._background_screens)
        compositor._dirty_regions.update(waiting)
        assert isinstance(update, LayoutUpdate)
        screen = Emulator(*app.size)
        text = update.render_segments(app.console).replace("\n", "\r\n")
        pyte.Stream(screen).feed("\x1b[?7l" + (Sent().changes(update, app.console) if is_unsure(text) else text))
        return screen.cells()

    @property
    def wrong(self) -> str:
        """Where the terminal does not show what it should; empty where it does."""
        for each in [self.app.screen, *self.app._background_screens]:
            if each._layout_required or each._scroll_required:
                # To draw it now would take from Textual what it has yet to find out.
                return "something has yet to find its place"
        return differences(self.terminal.screen.cells(), self.meant)

    async def settle(self) -> None:
        """Screens below a box come to be drawn, too: Textual leaves that to whatever happens next."""
        await super().settle()
        for screen in self.app._background_screens if self.app._running else ():
            screen._on_timer_update()
        await super().settle()

    async def resize(self, width: int, height: int) -> None:
        self.terminal.screen.resize(height, width)
        await super().resize(width, height)


@asynccontextmanager
async def watched(sandbox: Sandbox, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Watched]:
    """The app on a terminal of that size, ready to send; closed at the end."""
    app = WatchedApp(sandbox)
    try:
        async with app.run_test(headless=False, size=size, notifications=True, tooltips=True) as pilot:
            window = Watched(app, pilot)
            await window.started()
            yield window
    finally:
        app.close()
