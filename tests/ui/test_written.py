"""What the terminal shows is what the app means it to show, whatever was there before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from textual.events import Resize
from textual.geometry import Region, Size
from textual.widgets._toast import Toast

from tests.ui.conftest import Watch
from tests.ui.window import Window
from tests.ui.written import Watched
from tui.ui.screens.viewer import Viewer
from tui.ui.widgets.canvas import Canvas
from tui.ui.widgets.image_list import ImageList
from tui.ui.widgets.preview import Preview


def photo(file: Path, number: int = 0, size: tuple[int, int] = (320, 240)) -> Path:
    """An image of many colours, another for each number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    few = np.random.default_rng(number).integers(0, 256, (6, 8, 3), np.uint8)
    Image.fromarray(few).resize(size, Image.Resampling.BICUBIC).save(file)
    return file


def preview(w: Window) -> Preview:
    return w.screen.query_one(Preview)


def canvas(w: Window) -> Canvas:
    return w.screen.query_one(Canvas)


async def looking(w: Watched, count: int) -> None:
    """The Library with the newest image painted."""
    await w.to("library")
    await w.until(lambda: len(w.images.files) == count, "the images")
    await w.until_painted()
    await w.until(lambda: not w.wrong, "the whole screen")


@pytest.mark.parametrize("larger", [(140, 50), (121, 40), (120, 41)])
async def test_a_terminal_can_grow_and_shrink_under_a_box(
    terminal: Watch, library: Path, larger: tuple[int, int]
) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        for opening in ("f1", "ctrl+o", "ctrl+p"):
            await w.press(opening)
            for size in (larger, (60, 20), (120, 40)):
                await w.resize(*size)
                await w.until(lambda: not w.wrong, f"the screen at {size}")
            await w.press("escape")
        await w.until_painted()
        await w.until(lambda: not w.wrong, "the screen")


@pytest.mark.parametrize("heard", [[(120, 40)], [(80, 24), (120, 40)]], ids=["unheard", "heard"])
async def test_a_terminal_that_was_another_size_for_a_moment_is_sent_everything(
    terminal: Watch, library: Path, heard: list[tuple[int, int]]
) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        w.terminal.screen.fill()
        for size in heard:
            w.app.post_message(Resize(Size(*size), Size(*size)))
            handled = asyncio.Event()
            w.app.call_later(handled.set)
            await handled.wait()
        await w.settle()
        await w.until(lambda: not w.wrong, "the whole screen")


ODD = ["漢字と🦊", "family 👨‍👩‍👧‍👦", "heart ❤️", "flags 🇩🇪🇫🇷", "hand 👍🏽", "key 1️⃣", "cafe\u0301", "star ★ ✗"]


async def test_text_whose_width_terminals_do_not_agree_on_moves_nothing_else(terminal: Watch, library: Path) -> None:
    for name in ODD:
        photo(library / f"{name}.png", len(name))
    async with terminal((100, 30)) as w:
        await looking(w, len(ODD))
        rows = [[cell[0] for cell in row[:36]] for row in w.terminal.screen.cells()]
        assert len({row.index(":") for row in rows if ".png" in "".join(row)}) == 1, "the times stand below one another"
        for key in ("down",) * len(ODD) + ("f1", "escape", "ctrl+p", "escape"):
            await w.press(key)
            await w.until(lambda: not w.wrong, f"the screen after {key}")


# --- what is written ------------------------------------------------------------------------------------------------


def within(region: Region) -> set[tuple[int, int]]:
    return {(x, y) for x in region.column_range for y in region.line_range}


async def at_rest(w: Watched) -> None:
    """Until nothing is on its way to the terminal any more."""
    await w.until_painted()
    while w.taken():
        await w.pilot.pause(0.1)
    assert not w.wrong


async def test_what_did_not_change_is_not_written(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        await at_rest(w)
        for refreshed in (canvas(w), preview(w), w.screen, w.app):
            refreshed.refresh()
            await w.settle()
            refreshed.refresh(layout=True)
            await w.settle()
            assert not w.touched(), refreshed


@pytest.mark.parametrize("opening", ["ctrl+p", "f1", "ctrl+t"])
async def test_a_box_over_a_picture_is_written_and_what_it_covered_but_hardly_more(
    opening: str, terminal: Watch, library: Path
) -> None:
    photo(library / "a.png")
    async with terminal((200, 60)) as w:
        await looking(w, 1)
        await at_rest(w)
        picture = within(canvas(w).region)
        await w.press(opening)
        await w.until(lambda: not w.wrong, "the box")
        box = within(w.screen.query_one("#box").region)
        assert picture & box and picture - box, "it covers a part"
        assert w.touched() <= box
        await w.press("down", "escape")
        await w.until(lambda: w.screen is w.app.here and not w.wrong, "the place")
        touched = w.touched() & picture
        assert {y for _, y in touched} <= {y for _, y in box}
        assert len(touched) < 1.5 * len(picture & box), "a row that was covered for the most part is sent whole"


async def test_a_toast_over_a_picture_is_written_and_what_it_covered_but_nothing_else(
    terminal: Watch, library: Path
) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await w.press("enter")
        await w.until(lambda: isinstance(w.screen, Viewer), "full screen")
        await w.until_painted()
        await at_rest(w)
        w.app.notify("a word", timeout=1000)
        await w.until_shown("a word")
        toast = w.screen.query_one(Toast).region
        assert canvas(w).region.contains_region(toast)
        # The blank beside it is one piece of text.
        around = within(toast)
        assert w.touched() <= around
        w.app.clear_notifications()
        await w.until(lambda: "a word" not in w.text and not w.wrong, "its end")
        assert w.touched() <= around


async def test_a_cursor_that_moves_writes_two_rows_and_the_picture(terminal: Watch, library: Path) -> None:
    for number in range(8):
        photo(library / f"{number}.png", 5)
    async with terminal() as w:
        await looking(w, 8)
        await at_rest(w)
        rows = within(w.images.region)
        await w.press("down")
        await at_rest(w)
        w.taken()
        await w.press("up")
        await w.settle()
        touched = w.touched()
        assert len({y for x, y in touched if (x, y) in rows}) == 2
        assert not touched & within(canvas(w).region), "the picture is the same to the last cell"


async def test_a_picture_that_was_drawn_ahead_comes_in_the_same_frame_as_the_cursor(
    terminal: Watch, library: Path
) -> None:
    files = [photo(library / f"{number}.png", number) for number in range(2)]
    async with terminal() as w:
        await looking(w, 2)
        for _ in range(3):
            await at_rest(w)
            await w.until(lambda: all(map(w.drawn, files)), "both pictures")
            w.terminal.frames.clear()
            await w.press("up" if w.images.file == w.images.files[-1] else "down")
            await at_rest(w)
            frames = map(w.touched, w.terminal.frames)
            listed, picture = within(w.images.region), within(canvas(w).region)
            assert next(cells for cells in frames if cells & listed) & picture


async def test_another_caption_writes_nothing_of_the_picture(terminal: Watch, library: Path) -> None:
    file = photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        await at_rest(w)
        for words in ("one", "one\ntwo", "", "three\nlines\nand more"):
            preview(w).show(file, words)
            await w.settle()
            await at_rest(w)
            assert not w.touched() & within(canvas(w).region)
        preview(w).show(file, "three\nlines\nand more")
        w.images.post_message(ImageList.Moved(w.images))
        await w.settle()
        assert not w.touched() & within(canvas(w).region), "it was selected once more"


async def test_of_a_picture_that_is_a_little_different_a_little_is_written(terminal: Watch, library: Path) -> None:
    one, other = photo(library / "a.png", 3), photo(library / "b.png", 3)
    with Image.open(other) as image:
        image.paste("white", (150, 100, 190, 130))
        image.save(other)
    async with terminal() as w:
        await looking(w, 2)
        await at_rest(w)
        picture = within(canvas(w).region)
        await w.press("down" if preview(w).path == other else "up")
        await w.press("down" if preview(w).path == other else "up")
        await at_rest(w)
        w.images.point_at(one)
        await at_rest(w)
        w.images.point_at(other)
        await w.until(lambda: preview(w).path == other, "the other one")
        await w.settle()
        changed = w.touched() & picture
        assert 0 < len(changed) < len(picture) / 4


async def test_nothing_is_written_while_nothing_happens(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        await at_rest(w)
        await w.pilot.pause(0.5)
        assert w.taken() == ""
