"""What the terminal shows is what the app means it to show, whatever was there before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.ui.conftest import Watch
from tests.ui.written import Watched


def photo(file: Path, number: int = 0, size: tuple[int, int] = (320, 240)) -> Path:
    """An image of many colours, another for each number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    few = np.random.default_rng(number).integers(0, 256, (6, 8, 3), np.uint8)
    Image.fromarray(few).resize(size, Image.Resampling.BICUBIC).save(file)
    return file


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


async def test_a_terminal_that_was_another_size_for_a_moment_is_sent_everything(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        w.terminal.screen.resize(24, 80)
        w.terminal.screen.resize(40, 120)
        await w.resize(120, 40)
        assert not w.wrong


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
