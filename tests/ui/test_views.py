"""The Library's views, list, contact sheet and tree, with one selection in all three."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint
from tests.ui.window import Window
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


async def test_what_is_marked_is_found_in_the_tree_too(window: Open, library: Path) -> None:
    files = fill(library, 9)
    async with window() as w:
        await view(w, ImageList)
        await listed(w, 9)
        await w.press("space", "space", "slash")
        await w.write("is:marked")
        await w.press("enter")
        await w.until(lambda: len(w.images.numbers) == 2, "the marked ones")
        folders = await tree(w)
        await w.until(lambda: len(folders.files) == 2, "them in their folders")
        assert {file.path for file in folders.files} == set(files[:2])


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
