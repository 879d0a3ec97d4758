"""Pictures as pixels in the app: what the terminal shows and holds, by every protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from tests.pixels import CELL, PixelScreen, paint
from tests.ui.window import SandboxedApp, Window, configure
from tui.render.graphics import PROTOCOLS
from tui.render.graphics.kitty import PLACEHOLDER
from tui.render.terminal.answers import Answers
from tui.sandbox.server import Sandbox
from tui.ui.widgets.canvas import Canvas
from tui.ui.widgets.preview import Preview

SIZE = (120, 40)
PAINTED = ["sixel", "iterm2"]


class Recorder(HeadlessDriver):
    """Writes to a terminal of pixels."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.screen = PixelScreen(*self._get_terminal_size())
        self.text = ""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.text += data
        self.screen.feed(data)


class PixelledApp(SandboxedApp):
    def get_driver_class(self) -> type[Driver]:
        return Recorder


class Pixelled(Window):
    """A run of the app on a terminal of pixels."""

    @property
    def driver(self) -> Recorder:
        driver = self.app._driver
        assert isinstance(driver, Recorder)
        return driver

    @property
    def terminal(self) -> PixelScreen:
        return self.driver.screen

    def taken(self) -> str:
        """What was written since this was asked the last time."""
        text, self.driver.text = self.driver.text, ""
        return text

    @property
    def canvas(self) -> Canvas:
        return self.screen.query_one(Canvas)

    async def until_shown_as_pixels(self, image: Path) -> None:
        await self.until(lambda: self.terminal.shows(image), f"{image.name} in pixels")

    async def resize(self, width: int, height: int) -> None:
        self.terminal.resize(width, height)
        await super().resize(width, height)


Pixel = Callable[..., AbstractAsyncContextManager[Pixelled]]


@pytest.fixture
def pixels(window: object, sandbox: Sandbox, library: Path, monkeypatch: pytest.MonkeyPatch) -> Pixel:
    """Opens the Library on a terminal with cells of CELL pixels, with a protocol set and so many images there."""

    @asynccontextmanager
    async def make(protocol: str, count: int = 3) -> AsyncIterator[Pixelled]:
        monkeypatch.setenv("OPENAI_BASE_URL", sandbox.base_url)
        configure(f'[preview]\ngraphics = "{protocol}"\n')
        for number in range(count):
            paint(library / "2026-11-22" / f"{number:02}.png", number)
        app = PixelledApp(sandbox)
        try:
            async with app.run_test(headless=False, size=SIZE, notifications=True, tooltips=True) as pilot:
                w = Pixelled(app, pilot)
                await w.started()
                app.knowledge.learn(answers=Answers(cell=CELL), cell=CELL)
                # Create shows it as well, which is not what is counted here.
                await w.until_shown_as_pixels(image(library, count - 1))
                w.terminal.pixels.received = 0
                await w.to("library")
                await w.until(lambda: len(w.images.files) == count, "the images")
                await w.until(lambda: w.terminal.received, "the picture in the Library's size")
                yield w
        finally:
            app.close()

    return make


def image(library: Path, number: int) -> Path:
    return library / "2026-11-22" / f"{number:02}.png"


def again(protocol: str, times: int) -> int:
    """How often a picture is sent that was shown so many times."""
    return 1 if protocol == "kitty" else times


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_picture_is_shown_as_pixels_which_are_sent_once(pixels: Pixel, library: Path, protocol: str) -> None:
    async with pixels(protocol, 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        assert w.terminal.received == 1
        w.taken()
        w.app.refresh()
        await w.settle()
        assert PLACEHOLDER not in w.taken()
        assert w.terminal.received == 1
        w.app.action_redraw()
        await w.settle()
        assert w.terminal.shows(image(library, 0))
        assert w.terminal.received == 2
        assert w.terminal.images == (1 if protocol == "kitty" else 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_next_picture_takes_its_place_and_the_one_before_is_sent_again_only_where_it_must(
    pixels: Pixel, library: Path, protocol: str
) -> None:
    async with pixels(protocol) as w:
        await w.until_shown_as_pixels(image(library, 2))
        await w.press("j")
        await w.until_shown_as_pixels(image(library, 1))
        await w.press("k")
        await w.until_shown_as_pixels(image(library, 2))
        assert w.terminal.received == again(protocol, 2) + 1
        assert w.terminal.images == (3 if protocol == "kitty" else 0), "with the one of Create"


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_box_that_closes_leaves_the_picture_whole(pixels: Pixel, library: Path, protocol: str) -> None:
    async with pixels(protocol, 1) as w:
        await w.press("enter")
        await w.until_shown_as_pixels(image(library, 0))
        sent = w.terminal.received
        whole = w.terminal.seen()
        w.taken()
        await w.press("f1")
        await w.until(lambda: not w.terminal.shows(image(library, 0)), "the box over it")
        covered = w.terminal.seen()
        # On all sides of the box.
        assert covered[: CELL[1]].any() or covered[CELL[1] : 2 * CELL[1]].any()
        assert (covered == whole).all(axis=2)[covered.any(axis=2)].all(), "what is not covered stays as it is"
        assert len(w.taken()) < 25_000
        assert w.terminal.received == sent
        await w.press("escape")
        await w.until_shown_as_pixels(image(library, 0))
        assert (w.terminal.seen() == whole).all()
        assert w.terminal.received == sent + (0 if protocol == "kitty" else 1)


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
async def test_a_toast_that_goes_leaves_the_picture_whole(pixels: Pixel, library: Path, protocol: str) -> None:
    async with pixels(protocol, 1) as w:
        await w.press("enter")
        await w.until_shown_as_pixels(image(library, 0))
        whole = w.terminal.seen()
        w.app.notify("a few words " * 12)
        await w.until(lambda: not w.terminal.shows(image(library, 0)), "the toast over it")
        covered = w.terminal.seen()
        assert (covered == whole).all(axis=2)[covered.any(axis=2)].all()
        w.app.clear_notifications()
        await w.until_shown_as_pixels(image(library, 0))
        assert (w.terminal.seen() == whole).all()


@pytest.mark.parametrize("protocol", ["kitty", "iterm2"])
async def test_on_a_terminal_of_another_size_the_picture_is_made_anew(
    pixels: Pixel, library: Path, protocol: str
) -> None:
    async with pixels(protocol, 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        for times, (width, height) in enumerate(((140, 50), (100, 30)), 2):
            await w.resize(width, height)
            await w.until(lambda: w.terminal.received == times, "another one")  # noqa: B023  # it is asked at once
            await w.until_shown_as_pixels(image(library, 0))
            assert w.terminal.received == times
            assert w.terminal.images == (1 if protocol == "kitty" else 0)


async def test_from_nearer_it_is_pixels_of_the_part_that_is_seen(pixels: Pixel, library: Path) -> None:
    async with pixels("kitty", 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        await w.press("=")
        await w.until(lambda: "100 %" in w.text, "the scale")
        # A pixel of the image is one of the terminal's.
        canvas = w.canvas.size
        wide, high = (min(columns * cell, side) for columns, cell, side in zip(canvas, CELL, (600, 400), strict=True))
        part = ((600 - wide) / 1200, (400 - high) / 800, (600 + wide) / 1200, (400 + high) / 800)
        await w.until(lambda: w.terminal.shows(image(library, 0), part), "the middle")
        await w.press("L")
        right = (1 - wide / 600, part[1], 1.0, part[3])
        for _ in range(20):
            await w.press("L")
        await w.until(lambda: w.terminal.shows(image(library, 0), right), "the right edge")


async def test_what_is_gone_is_freed(pixels: Pixel, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.kept.KEPT", 3)
    async with pixels("kitty", 7) as w:
        for number in reversed(range(7)):
            await w.until_shown_as_pixels(image(library, number))
            await w.press("j")
        assert w.terminal.received == 7
        assert w.terminal.images <= 4


async def test_a_screenshot_shows_cells(pixels: Pixel, library: Path) -> None:
    async with pixels("kitty", 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        svg = w.app.export_screenshot()
        assert "\U0010eeee" not in svg
        assert sum(map(svg.count, map(chr, range(0x2580, 0x25A0)))) > 50
        assert w.terminal.shows(image(library, 0))


async def test_switched_off_nothing_is_left_and_switched_on_it_comes_back(pixels: Pixel, library: Path) -> None:
    async with pixels("kitty", 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        w.app.knowledge.wish("graphics", "off")
        await w.until(lambda: not w.terminal.seen().any(), "cells")
        assert w.terminal.images == 0
        assert w.inks
        for other in PROTOCOLS:
            w.app.knowledge.wish("graphics", other)
            held = int(other == "kitty")
            await w.until(lambda held=held: w.terminal.images == held, "the image of before to be gone")
            await w.until_shown_as_pixels(image(library, 0))
        await w.to("create")
        w.app.knowledge.wish("graphics", "off")
        await w.to("library")
        await w.until(lambda: not w.terminal.seen().any(), "cells where nobody looked, too")


async def test_a_colour_depth_of_none_shows_no_pixels(pixels: Pixel, library: Path) -> None:
    async with pixels("kitty", 1) as w:
        await w.until_shown_as_pixels(image(library, 0))
        w.app.knowledge.wish("depth", "none")
        await w.until(lambda: not w.terminal.seen().any(), "letters")
        assert w.terminal.images == 0


async def test_what_moves_is_cells_and_a_still_of_the_same_kind_is_pixels(pixels: Pixel, library: Path) -> None:
    async with pixels("kitty", 2) as w:
        with Image.open(image(library, 0)) as one, Image.open(image(library, 1)) as two:
            frames = [each.convert("RGB").quantize(64) for each in (one, two)]
        frames[0].save(library / "still.gif")
        frames[0].save(library / "moves.gif", save_all=True, append_images=frames[1:], duration=60, loop=0)
        w.app.list_images()
        await w.until(lambda: len(w.images.files) == 4, "the images")
        await w.press("g")
        for _ in range(4):
            assert w.images.file
            name = w.images.file.path.name
            if name == "moves.gif":
                await w.until(lambda: len(w.inks) > 20 and not w.terminal.seen().any(), "cells")
                sent = w.terminal.received
                await w.until(lambda: w.here(Preview).pause(), "that it moves")
                assert w.terminal.received == sent
            else:
                await w.until_shown_as_pixels(
                    library / "still.gif" if name == "still.gif" else image(library, int(name[:2]))
                )
            await w.press("j")
