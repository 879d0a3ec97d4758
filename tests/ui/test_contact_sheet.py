"""The contact sheet: as many columns as fit, pictures in sight only, kept from sheet to sheet and for the next time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Open, Watch
from tests.ui.test_library import paint
from tests.ui.test_views import drawn, fill, pictures, sheet, tree
from tests.ui.test_written import photo
from tests.ui.window import no_control_character
from tui.library import thumbnails


async def test_the_sheet_has_as_many_columns_as_fit_and_the_cursor_moves_both_ways(window: Open, library: Path) -> None:
    fill(library, 20)
    async with window() as w:
        images = await sheet(w)
        assert images.columns == 6
        for key, place in (("l", 1), ("right", 2), ("j", 8), ("down", 14), ("h", 13), ("k", 7), ("up", 1), ("k", 1)):
            await w.press(key)
            assert images.place == place, key
        for key, place in (("G", 19), ("j", 19), ("h", 18), ("k", 12), ("g", 0), ("h", 0), ("ctrl+d", 18)):
            await w.press(key)
            assert images.place == place, key
        # Below the last but one row there is nothing at this column: the last image is the nearest.
        await w.press("g", "l", "l", "l", "l", "j", "j", "j")
        assert images.place == 19
        await w.resize(80, 24)
        await w.until(lambda: images.columns == 4, "fewer columns")
        assert images.place == 19 and images.scroll_offset.y > 0
        regions = [images.region_of(place) for place in range(4)]
        assert sum(region.width for region in regions) == images.scrollable_content_region.width
        assert all(images.place_at(region.x, region.bottom - 1) == place for place, region in enumerate(regions))


async def test_only_images_in_sight_are_asked_for_and_drawn_and_they_are_kept(window: Open, library: Path) -> None:
    files = fill(library, 300)
    async with window() as w:
        images = await sheet(w)
        seen = set(files[: images.columns * (images.size.height // 9 + 1)])
        await w.until(lambda: pictures(images) > 20 and not images._wanted, "the pictures")
        assert drawn(images) <= seen
        tiles = dict(images.tiles.drawings)
        await w.press("G")
        await w.until(lambda: files[-1] in drawn(images) and not images._wanted, "the last pictures")
        assert len(drawn(images)) <= 2 * len(seen)
        await w.press("g")
        await w.until(lambda: pictures(images) > 20, "the first ones")
        assert all(images.tiles.drawings[tile] is drawing for tile, drawing in tiles.items())


async def test_marks_names_and_stars_stand_at_their_images(window: Open, library: Path) -> None:
    fill(library, 3)
    async with window() as w:
        images = await sheet(w)
        await w.press("4")
        await w.until_shown("★★★★")
        await w.press("space")
        await w.until_shown("▌000.png")
        assert images.place == 1
        await w.press("v", "l")
        assert w.text.count("▌00") == 3
        await w.press("v", "escape")
        assert not w.app.session.marks


async def test_the_cursor_of_the_sheet_stays_in_sight_when_sizes_and_lists_change(window: Open, library: Path) -> None:
    fill(library, 40)
    async with window() as w:
        images = await sheet(w)
        await w.press("G")
        for size in ((100, 30), (200, 50), (80, 24)):
            await w.resize(*size)
            w.app.refill()
            await w.rest()
            assert images.virtual_size.height == images.height_of_all > 40
            top = images.scroll_offset.y
            assert top <= images.region_of_cursor.y and images.region_of_cursor.bottom <= top + images.size.height


async def test_enter_and_clicks_open_images_of_the_sheet(window: Open, library: Path) -> None:
    fill(library, 9)
    async with window() as w:
        images = await sheet(w)
        await w.press("j", "l", "enter")
        await w.until_shown("007.png  8 of 9")
        await w.press("left_square_bracket", "escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert images.place == 6
        target = images.region_of(2)
        await w.pilot.click(images, offset=(target.x + 3, target.y + 3))
        assert images.place == 2
        await w.pilot.click(images, offset=(target.x + 3, target.y + 3), times=2)
        await w.until_shown("002.png  3 of 9")


async def test_an_image_that_is_refused_says_so_and_odd_names_are_text(window: Open, library: Path) -> None:
    paint(library / "bad.png").write_bytes(b"no image at all")
    for name in ("new\nline.png", "esc\x1b[31m.png", "[@click=app.quit]x.png", "漢字と🦊漢字と🦊漢字.png"):
        paint(library / name)
    paint(library / os.fsdecode(b"caf\xe9\xff.png"))
    async with window() as w:
        await sheet(w)
        await w.until_shown("no preview")
        assert no_control_character(w.app)
        await tree(w)
        await w.until_shown("bad.png")
        assert no_control_character(w.app)
        width = w.app.size.width
        assert all(strip.cell_length == width for strip in w.app.screen._compositor.render_strips())


async def test_the_sheet_is_drawn_anew_in_another_style_and_when_a_file_changes(window: Open, library: Path) -> None:
    (file,) = fill(library, 1)
    async with window() as w:
        images = await sheet(w)
        await w.until(lambda: pictures(images), "the picture")
        while w.app.knowledge.look.style != "ascii":
            await w.press("P")
        await w.until(lambda: any(tile.sight.look.style == "ascii" for tile in images.tiles.drawings), "letters")
        before = len(images.tiles.drawings)
        file.unlink()
        paint(file, "orange", days_ago=2)
        await w.until(lambda: len(images.tiles.drawings) > before, "the new picture")


async def test_what_the_terminal_shows_is_what_is_meant_and_a_cursor_that_moves_sends_no_picture(
    terminal: Watch, library: Path
) -> None:
    fill(library, 30)
    async with terminal() as w:
        images = await sheet(w)
        await w.until(lambda: pictures(images) > 20 and not images._wanted, "the pictures")
        await w.until(lambda: not w.wrong, "all of it")
        for key in ("l", "j", "space", "G", "k", "ctrl+p", "escape", "g"):
            await w.press(key)
            await w.until(lambda: not images._wanted and not w.wrong, f"all of it after {key}")
        w.taken()
        await w.press("l")
        region = images.region
        picture = {
            (x, y)
            for place in (0, 1)
            for x in range(images.region_of(place).x + 4, images.region_of(place).right - 4)
            for y in range(region.y + 1, region.y + 8)
        }
        assert not w.touched() & picture
        assert not w.wrong


async def test_the_sheet_of_an_empty_folder_says_what_will_stand_there(window: Open) -> None:
    async with window() as w:
        await w.to("library")
        for _ in range(3):
            await w.until_shown("No images here yet")
            await w.press("V", "j", "l", "h", "space", "enter")
        assert w.screen.id == "library"


@pytest.mark.parametrize("kind", ["png", "svg"])
async def test_a_sheets_pictures_are_kept_small_in_the_shared_cache_for_the_next_time(
    kind: str, window: Open, library: Path
) -> None:
    file = library / f"a.{kind}"
    photo(library / "a.png", size=(400, 300))
    if kind == "svg":
        file.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"></svg>')
    for name in (None, "x-large", "normal"):
        if name:
            # What is missing of them is made again, each by itself.
            thumbnails.thumbnail_path(file, side={"x-large": 512, "normal": 128}[name]).unlink()
        async with window() as w:
            found = await sheet(w)
            await w.until(lambda found=found: len(drawn(found)) == w.images.count, "the pictures")  # type: ignore[misc]  # with a default
            await w.until(lambda: not thumbnails.due(file), "its thumbnails")
        large, small = thumbnails.valid(file), thumbnails.valid(file, side=128)
        assert large and small and (large.source, large.format) == (small.source, small.format)
        assert small.source == (400, 300)
        with Image.open(small.path) as picture:
            assert max(picture.size) == 128
