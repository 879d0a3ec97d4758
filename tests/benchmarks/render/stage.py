"""A small app that shows one picture in 160x50 cells and goes through what happens to pictures. Run by `inside`.

python -m tests.benchmarks.render.stage WAY ROUNDS FILE. What it did, and when, goes to FILE as JSON: for each step its
name, when it began, when the last byte was handed to Textual's driver, and when it was over.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tests.benchmarks.render import ours
from tests.benchmarks.render.pictures import pictures

COLUMNS, ROWS = 160, 50
# Longer than any of them takes to draw.
QUIET = 0.5


class OurPicture:
    def __init__(self, style: str) -> None:
        self.style = style

    def widget(self) -> Widget:
        return ours.canvas()

    def show(self, widget: Widget, image: Image.Image) -> None:
        ours.show(widget, image, self.style)


class RichPixels:
    def widget(self) -> Widget:
        return Static()

    def show(self, widget: Widget, image: Image.Image) -> None:
        from rich_pixels import Pixels

        assert isinstance(widget, Static)
        widget.update(Pixels.from_image(image, resize=(COLUMNS, 2 * ROWS)))


class TextualImage:
    def widget(self) -> Widget:
        from textual_image.widget import HalfcellImage

        return HalfcellImage()

    def show(self, widget: Any, image: Image.Image) -> None:
        widget.image = image


WAYS: dict[str, Callable[[], OurPicture | RichPixels | TextualImage]] = {
    "half": lambda: OurPicture("half"),
    "blocks": lambda: OurPicture("blocks"),
    "Static with rich-pixels": RichPixels,
    "textual-image half cells": TextualImage,
}


class Box(ModalScreen[None]):
    CSS = "Box { align: center middle; } Box Static { width: 60; height: 12; border: round $primary; }"

    def compose(self) -> ComposeResult:
        yield Static("A question over the picture")


class Stage(App[int]):
    """`way` and `rounds` are set before it runs."""

    CSS = f"""
    #line {{ height: 1; display: none; }}
    #line.-shown {{ display: block; }}
    #picture {{ width: {COLUMNS}; height: {ROWS}; }}
    """
    ENABLE_COMMAND_PALETTE = False

    way: OurPicture | RichPixels | TextualImage
    rounds: int
    _last = 0.0

    def compose(self) -> ComposeResult:
        yield Static("a line above the picture", id="line")
        with Vertical():
            picture = self.way.widget()
            picture.id = "picture"
            yield picture

    def on_mount(self) -> None:
        self.steps: list[tuple[str, float, float, float]] = []
        self._watch_driver()
        self.run_worker(self._go())

    def _watch_driver(self) -> None:
        driver = self._driver
        assert driver is not None
        write = driver.write

        def watched(data: str) -> None:
            write(data)
            self._last = time.monotonic()

        setattr(driver, "write", watched)  # noqa: B010 - a method of one driver only

    async def _go(self) -> None:
        photo = next(each.image for each in pictures() if each.kind == "photo")
        two = [photo, photo.transpose(Image.Transpose.ROTATE_180)]
        line, widget = self.query_one("#line"), self.query_one("#picture")
        await self._quiet(time.monotonic())
        for number in range(self.rounds + 1):
            await self._step("set", partial(self.way.show, widget, two[number % 2]))
        for _ in range(3):
            await self._step("refresh", widget.refresh)
            await self._step("move", lambda: line.add_class("-shown"))
            await self._step("back", lambda: line.remove_class("-shown"))
            await self._step("open", lambda: self.push_screen(Box()))
            await self._step("close", self.pop_screen)
        self.exit()

    async def _step(self, name: str, act: Callable[[], object]) -> None:
        begin = self._last = time.monotonic()
        done = act()
        if inspect.isawaitable(done):
            await done
        await self._quiet(begin)
        self.steps.append((name, begin, self._last, time.monotonic()))

    async def _quiet(self, begin: float) -> None:
        while True:
            left = max(begin, self._last) + QUIET - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)


def main() -> None:
    name, rounds, told = sys.argv[1:]
    way = WAYS[name]()
    # Ours also has to do with how the app writes.
    stage = type("Ours", (ours.app(), Stage), {})() if isinstance(way, OurPicture) else Stage()
    stage.way, stage.rounds = way, int(rounds)
    stage.run()
    if stage.return_code:
        sys.exit(stage.return_code)
    Path(told).write_text(json.dumps(stage.steps))


if __name__ == "__main__":
    main()
