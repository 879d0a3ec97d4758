"""The contact sheet, the tree of folders, a slideshow and Spend as pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.library.test_records import origin, record
from tests.ui.test_snapshots import NOW, SIZES, Act, bands, server, shot, still
from tests.ui.test_views import pictures, sheet, tree
from tests.ui.window import Window
from tui.core import paths
from tui.core.provider import SANDBOX
from tui.library import records, thumbnails
from tui.render.decoding.decoder import Decoder
from tui.ui.widgets.spend_table import SpendTable

__all__ = ["server", "shot", "still"]
DAY = 86_400


@pytest.fixture
def images(still: object) -> Path:
    """Images in the library and in folders of it."""
    library, files = paths.default_library(os.environ), []
    for number in range(13):
        folder = ("", "holiday", "holiday/beach")[number % 3]
        file = library / folder / f"picture {number}.png"
        bands(file, number + 1)
        when = file.stat().st_mtime
        with Image.open(file) as picture:
            # No two of them are of the same bytes, or they would be judged together.
            picture.putpixel((0, 0), (number, 0, 0))
            picture.save(file)
        os.utime(file, (when, when))
        files.append(file)
    # From its thumbnail or from itself a picture looks a little different.
    with Decoder() as decoder:
        for file in files:
            for side in thumbnails.due(file):
                target = thumbnails.thumbnail_path(file, side=side)
                decoder.thumbnail(file, target, thumbnails.texts(file), side=side)
    return library


@pytest.fixture
def books(still: object) -> None:
    """What three models cost in some weeks."""
    library = paths.default_library(os.environ)
    for number in range(24):
        one = origin(
            f"job-{number}",
            created=int(NOW) - number * number * DAY // 12,
            path=f"{number}.png",
            provider=SANDBOX if number % 7 == 5 else "studio" if number % 5 == 0 else "openai",
            model=("gpt-image-2.5-flare", "gpt-image-1.5", "dall-e-3")[number % 3],
            cost=None if number % 8 == 3 else 0.01 + number % 4 * 0.04,
            estimate=0.015 + number % 3 * 0.05,
        )
        records.write(library, record(one, sha256=f"{number:064x}"))


async def contact_sheet(w: Window) -> None:
    found = await sheet(w)
    await w.press("l", "space", "l", "space", "4")
    await w.until_shown("★★★★")
    await w.until(lambda: pictures(found) and not found._wanted, "the pictures")


async def folder_tree(w: Window) -> None:
    found = await tree(w)
    await w.press("g", "j")
    await w.until(lambda: found.folder and found.folder.name == "holiday", "the folder")
    if found.folder is not None and not found.folder.open:
        await w.press("l")
    await w.until_shown("picture 10.png")
    await w.press("j", "j", "space")
    await w.until(lambda: found.marks, "a mark")
    await w.until_painted()


async def slideshow(w: Window) -> None:
    await w.to("library")
    await w.until(lambda: w.images.file, "the images")
    await w.press("enter")
    await w.until_shown("1 of 13")
    await w.press("s", "greater_than_sign", "greater_than_sign", "space")
    await w.until_shown("❚❚ 12 s")
    await w.until_painted()


async def by_day(w: Window) -> None:
    await w.to("spend")
    await w.until(lambda: w.here(SpendTable).selected, "what was spent")


async def by_model(w: Window) -> None:
    await by_day(w)
    await w.press("o")
    await w.until_shown("by model")


async def plot(w: Window) -> None:
    await by_day(w)
    await w.press("w", "f3")
    await w.until_shown("by week" if w.app.size.width > 100 else "estimate")


async def nothing_spent(w: Window) -> None:
    await w.to("spend")
    await w.until_shown("Nothing was spent yet")


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [contact_sheet, folder_tree, slideshow], ids=lambda act: act.__name__)
def test_a_view(act: Act, size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)


@pytest.mark.usefixtures("images")
def test_the_contact_sheet_on_a_wide_screen(shot: Callable[..., bool]) -> None:
    assert shot(contact_sheet, (200, 60))


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [by_day, by_model, plot], ids=lambda act: act.__name__)
def test_spending(act: Act, size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
def test_nothing_spent(size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(nothing_spent, size)
