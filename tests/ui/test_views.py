"""The Library's views, list, contact sheet and tree, with one selection in all three; and the slideshow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from textual.events import Key

from tests.ui.conftest import Open, Watch
from tests.ui.test_library import listed, paint
from tests.ui.test_written import photo
from tests.ui.window import Window, no_control_character
from tui.library import thumbnails
from tui.ui.screens import slideshow
from tui.ui.screens.viewer import Viewer
from tui.ui.widgets.contact_sheet import ContactSheet
from tui.ui.widgets.folder_tree import FolderTree
from tui.ui.widgets.image_list import ImageList
from tui.ui.widgets.outline import Outline
from tui.ui.widgets.strips import JoinedStrip, PictureStrip

COLOURS = ("red", "green", "blue", "yellow", "white", "purple")


def fill(library: Path, count: int, folder: str = "") -> list[Path]:
    """So many images, the newest first."""
    return [
        paint(library / folder / f"{number:03}.png", COLOURS[number % len(COLOURS)], days_ago=number + 1)
        for number in range(count)
    ]


async def view(w: Window, kind: type[ImageList]) -> ImageList:
    """The Library in a view, by its key."""
    if w.screen.id != "library":
        await w.to("library")
        await w.until(lambda: w.images.file, "the list")
    while type(w.images) is not kind:
        before = w.images
        await w.press("V")

        def stands(before: ImageList = before) -> bool:
            return bool(w.screen.query(ImageList)) and w.images is not before

        await w.until(stands, "the view")
    await w.until(lambda: w.focus == "list" and w.images.size.width, "its place")
    return w.images


async def sheet(w: Window) -> ContactSheet:
    found = await view(w, ContactSheet)
    assert isinstance(found, ContactSheet)
    return found


async def tree(w: Window) -> FolderTree:
    found = await view(w, FolderTree)
    assert isinstance(found, FolderTree)
    await w.until(lambda: found.count, "the folders")
    return found


def pictures(images: ContactSheet) -> int:
    """The pieces of pictures that the sheet draws now."""
    lines = [images.render_line(y) for y in range(images.size.height)]
    return sum(isinstance(part, PictureStrip) for line in lines if isinstance(line, JoinedStrip) for part in line.parts)


def drawn(images: ContactSheet) -> set[Path]:
    return {tile.sight.path for tile in images.tiles.drawings}


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


# --- rows and places ------------------------------------------------------------------------------------------------


def test_rows_and_places_lead_to_one_another() -> None:
    outline = Outline([("a", 3), ("b", 0), (None, 2), ("c", 0)])
    assert (outline.count, outline.total) == (8, 5)
    assert [outline.place(row) for row in range(-1, 9)] == [None, None, 0, 1, 2, None, 3, 4, None, None]
    assert [outline.place(outline.row(place)) for place in range(5)] == [0, 1, 2, 3, 4]
    assert [outline.heading(row) for row in outline.headings] == ["a", "b", "c"]
    assert outline.row_of("c") == 7 and outline.row_of("d") is None
    with pytest.raises(IndexError):
        outline.row(5)


# --- one selection --------------------------------------------------------------------------------------------------


async def test_cursor_marks_and_search_are_the_same_in_every_view(window: Open, library: Path) -> None:
    files = fill(library, 9)
    async with window() as w:
        await view(w, ImageList)
        await listed(w, 9)
        await w.press("space", "space", "j")
        marked = set(w.images.marks)
        assert len(marked) == 2 and w.images.file is not None and w.images.file.path == files[3]
        for kind in (ContactSheet, FolderTree, ImageList):
            images = await view(w, kind)
            await w.until(lambda: w.images.file and w.images.file.path == files[3], "the same image")
            assert images.marks is w.app.session.marks and images.marks == marked
            assert "2 marked" in w.text
        await w.press("slash")
        await w.write("name:005")
        await w.press("enter")
        await w.until(lambda: len(w.images.numbers) == 1, "what fits")
        await sheet(w)
        assert len(w.images.numbers) == 1 and "1 of 9" in w.text
        await tree(w)
        await w.until(lambda: w.images.number is not None, "the one that fits")
        assert w.images.count == 2


async def test_keys_that_come_in_a_bunch_with_the_view_are_the_new_views(window: Open, library: Path) -> None:
    files = fill(library, 9)
    async with window() as w:
        await view(w, ImageList)
        await listed(w, 9)
        driver = w.app._driver
        assert driver is not None
        for key in ("V", "l", "l"):
            event = Key(key, key)
            event.set_sender(w.app)
            driver.send_message(event)
        await w.until(lambda: isinstance(w.images, ContactSheet), "the sheet")
        await w.until(lambda: w.images.file and w.images.file.path == files[2], "two further")


# --- the contact sheet ----------------------------------------------------------------------------------------------


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


# --- the tree -------------------------------------------------------------------------------------------------------


async def test_folders_open_and_close_and_count_what_is_below_them(window: Open, library: Path) -> None:
    fill(library, 2)
    fill(library, 3, "trip/day one")
    fill(library, 1, "trip")
    async with window() as w:
        await view(w, ImageList)
        images = await tree(w)
        await w.press("g")
        assert images.folder is not None and (images.folder.name, images.folder.total) == ("safelight", 6)
        await w.press("j")
        await w.until(lambda: images.folder and images.folder.name == "trip", "the folder")
        assert images.folder is not None and images.folder.total == 4
        was = images.folder.open
        await w.press("enter")
        await w.until(lambda: images.folder and images.folder.open is not was, "the other way")
        if was:
            await w.press("enter")
        await w.until(lambda: len(images.numbers) >= 3, "its image")
        await w.press("j")
        await w.until(lambda: images.folder and images.folder.name == "day one", "the folder in it")
        assert images.folder is not None
        if not images.folder.open:
            await w.press("l")
        await w.until(lambda: len(images.numbers) == 6, "all images")
        await w.press("j")
        assert images.file is not None and images.file.path == library / "trip" / "day one" / "000.png"
        await w.press("h")
        await w.until(lambda: images.folder and images.folder.name == "day one", "its folder")
        await w.press("h", "h", "h")
        await w.until(lambda: images.folder and not images.folder.open, "closed")
        assert len(images.numbers) == 2


async def test_what_acts_on_images_does_nothing_on_a_folder(window: Open, library: Path) -> None:
    fill(library, 2)
    async with window() as w:
        images = await tree(w)
        await w.press("g", "space", "e", "r", "v", "y")
        assert images.folder is not None and not images.marks and w.screen.id == "library"
        await w.press("escape", "j", "v", "j", "v")
        assert len(images.marks) == 2


async def test_a_file_that_comes_into_an_open_folder_appears_in_the_tree(window: Open, library: Path) -> None:
    fill(library, 2)
    async with window() as w:
        images = await tree(w)
        await w.until(lambda: len(images.numbers) == 2, "the images")
        paint(library / "new.png", days_ago=50)
        await w.until(lambda: len(images.numbers) == 3, "the new one")


# --- the slideshow --------------------------------------------------------------------------------------------------


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
