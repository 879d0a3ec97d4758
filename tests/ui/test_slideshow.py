"""The slideshow in the full screen: round and round, held, quicker and slower, still below another screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import Open
from tests.ui.test_library import listed
from tests.ui.test_views import fill, view
from tests.ui.window import Window
from tui.ui.screens import slideshow
from tui.ui.screens.viewer import Viewer
from tui.ui.widgets.image_list import ImageList


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slideshow in which nobody has to wait."""
    monkeypatch.setattr(slideshow, "PACE", 0.05)
    monkeypatch.setattr(slideshow, "PACES", (0.05, 0.1, 60))


async def full_screen(w: Window, count: int) -> Viewer:
    await view(w, ImageList)
    await listed(w, count)
    await w.press("enter")
    await w.until_shown(f"1 of {count}")
    found = w.screen
    assert isinstance(found, Viewer)
    return found


@pytest.mark.usefixtures("quick")
async def test_a_slideshow_goes_through_all_images_and_round_again(window: Open, library: Path) -> None:
    fill(library, 3)
    async with window() as w:
        await full_screen(w, 3)
        await w.press("s")
        for place in (2, 3, 1, 2):
            await w.until_shown(f"{place} of 3")
        await w.until_shown("▶ 0.05 s")


@pytest.mark.usefixtures("quick")
async def test_a_slideshow_is_held_changed_and_ended(window: Open, library: Path) -> None:
    fill(library, 3)
    async with window() as w:
        viewer = await full_screen(w, 3)
        await w.press("greater_than_sign", "space")
        assert not viewer.pace_words, "there is none to hold"
        await w.press("s", "space")
        await w.until_shown("❚❚ 0.05 s")
        await w.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await w.until_shown("❚❚ 60 s")
        await w.press("space")
        await w.until_shown("▶ 60 s")
        await w.press("less_than_sign")
        await w.until_shown("▶ 0.1 s")
        for ends in ("right_square_bracket", "left_square_bracket", "plus", "w", "s"):
            if not viewer.pace_words:
                await w.press("s")
            await w.press(ends)
            assert not viewer.pace_words, ends


@pytest.mark.usefixtures("quick")
async def test_a_slideshow_stands_still_below_another_screen(window: Open, library: Path) -> None:
    fill(library, 3)
    async with window() as w:
        viewer = await full_screen(w, 3)
        await w.press("s", "f1")
        await w.until(lambda: w.screen is not viewer, "the help")
        at = viewer.file
        await w.until_shown("Full screen")
        assert viewer.file is at
        await w.press("escape")
        await w.until(lambda: viewer.file is not at, "the next image")
