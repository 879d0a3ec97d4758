"""Tidying up in the app: trash, delete, rename, move, duplicates; with undo, and no byte of an original is changed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint, point
from tests.ui.window import Window
from tui.library import tidy
from tui.library.undo import Deed
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.question import Question
from tui.ui.screens.rename import Rename
from tui.ui.screens.viewer import Viewer
from tui.ui.selection import next_one
from tui.ui.widgets.preview import Preview

COLOURS = ("red", "green", "blue", "white", "black")


@pytest.fixture
def images(library: Path) -> list[Path]:
    """Five images, each a day older than the one before: as they are listed."""
    return [paint(library / f"{colour}.png", colour, days_ago=number) for number, colour in enumerate(COLOURS)]


def bytes_of(library: Path) -> set[str]:
    """What the images are, wherever they lie."""
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in library.rglob("*.png")}


def there(library: Path) -> set[str]:
    """The names of the images that lie in the library itself."""
    return {path.name for path in library.glob("*.png")}


def names(w: Window) -> list[str]:
    return [file.name for file in w.images.files]


async def opened(w: Window, count: int) -> None:
    await w.to("library")
    await listed(w, count)
    w.images.focus()
    await w.until(lambda: w.focus == "list", "the list")


async def command(w: Window, name: str) -> None:
    await w.press("ctrl+p")
    await w.write(name)
    await w.press("enter")


async def test_a_discarded_image_goes_to_the_trash_the_cursor_to_the_next_and_undo_brings_it_back(
    window: Open, library: Path, images: list[Path]
) -> None:
    before = bytes_of(library)
    async with window() as w:
        await opened(w, 5)
        await point(w, images[1])
        await w.press("d")
        await listed(w, 4)
        assert w.images.file is not None and w.images.file.path == images[2]
        await w.until(lambda: w.here(Preview).path == images[2], "the preview of the next")
        await w.until(lambda: "1 image: in the trash · u takes it back" in w.toasts, "what was done")
        assert bytes_of(library) == before
        await w.press("u")
        await listed(w, 5)
        assert names(w) == [path.name for path in images] and images[1].exists()
        assert w.images.file.path == images[2]


async def test_marked_images_are_discarded_together_and_are_no_longer_marked(
    window: Open, library: Path, images: list[Path]
) -> None:
    async with window() as w:
        await opened(w, 5)
        await point(w, images[1])
        await w.press("space", "space")
        await w.until_shown("2 marked")
        await point(w, images[4])
        await w.press("d")
        await listed(w, 3)
        await w.until(lambda: not w.images.marks, "no marks")
        assert "marked" not in w.text
        await w.until(lambda: w.images.file is not None and w.images.file.path == images[4], "the next image")
        await w.press("d")
        await listed(w, 2)
        assert w.images.file is not None and w.images.file.path == images[3], "after the last the one before it"
        await w.press("u", "u")
        await listed(w, 5)
        assert not w.images.marks
        assert there(library) == {path.name for path in images}


async def test_the_marks_of_what_is_gone_by_itself_go_too(window: Open, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("ctrl+a")
        await w.until_shown("5 marked")
        images[2].unlink()
        await w.until_shown("4 marked")


async def test_in_create_the_outputs_are_meant_whatever_folder_is_open_in_the_library(
    window: Open, tmp_path: Path, library: Path, images: list[Path]
) -> None:
    theirs = paint(tmp_path / "other" / "theirs.png")
    async with window() as w:
        await opened(w, 5)
        await w.press("ctrl+g")
        await w.paste(str(tmp_path / "other"))
        await w.press("enter")
        await w.until_shown("theirs.png")
        await w.to("create")
        await listed(w, 5)
        w.images.focus()
        await w.press("d")
        await listed(w, 4)
        assert not images[0].exists() and theirs.exists()


async def test_deleting_for_good_asks_and_says_how_many_and_how_large(
    window: Open, library: Path, images: list[Path]
) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "D")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        assert "Delete 2 images for good?" in w.text and "red.png" in w.text
        assert f"{images[0].stat().st_size + images[1].stat().st_size} B" in w.text
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert all(path.exists() for path in images)
        await w.press("D")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        await w.press("y")
        await listed(w, 3)
        assert [path.exists() for path in images] == [False, False, True, True, True]
        assert not (library / tidy.TRASH).exists() and not w.app.session.deeds


async def test_a_key_that_comes_before_the_question_is_there_answers_it(window: Open, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("D", "y")
        await listed(w, 4)
        assert not images[0].exists()


async def test_what_can_not_be_discarded_is_told(window: Open, images: list[Path], library: Path) -> None:
    (library / ".safelight").mkdir(exist_ok=True)
    (library / tidy.TRASH).touch()
    async with window() as w:
        await opened(w, 5)
        await w.press("d")
        await w.until(lambda: any(toast.startswith("red.png: ") for toast in w.toasts), "why not")
        assert images[0].exists() and len(w.images.files) == 5


async def test_undo_waits_for_what_is_still_being_done(window: Open, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "d", "u")
        await w.until(lambda: any("taken out of the trash" in toast for toast in w.toasts), "words")
        await listed(w, 5)
        assert "There is nothing to take back" not in w.toasts and all(path.exists() for path in images)


# --- other names and folders ---


async def template(w: Window, text: str) -> None:
    box = w.screen.query_one(Input)
    box.value = ""
    await w.paste(text)
    await w.until(lambda: box.value == text, "the template")


async def test_images_are_renamed_by_a_template_whose_names_are_shown_first(
    window: Open, library: Path, images: list[Path]
) -> None:
    before = bytes_of(library)
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "space", "R")
        await w.until(lambda: isinstance(w.screen, Rename), "the box")
        await template(w, "holiday {index:02d}")
        await w.until_shown("→ holiday 02.png")
        assert "red.png" in w.text and "Rename 3 images" in w.text
        await w.press("enter")
        await w.until(lambda: (library / "holiday 00.png").exists() and "holiday 02.png" in names(w), "other names")
        assert names(w) == ["holiday 00.png", "holiday 01.png", "holiday 02.png", "white.png", "black.png"]
        assert len(w.images.marks) == 3 and bytes_of(library) == before, "they are the same images"
        await w.press("R")
        await w.until(lambda: isinstance(w.screen, Rename), "the box")
        assert w.screen.query_one(Input).value == "holiday {index:02d}", "what was wanted last"
        await w.press("escape", "u")
        await w.until(lambda: names(w) == [path.name for path in images], "the names before")


async def test_problems_of_a_template_are_told_in_words_and_nothing_is_renamed(
    window: Open, library: Path, images: list[Path]
) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "R")
        await w.until(lambda: isinstance(w.screen, Rename), "the box")
        for wrong, words in (
            ("{colour}", "there is no field colour"),
            ("{index:.3f}", "index does not take the form .3f"),
            ("{index", "✗"),
            ("", "type what the names are to be made of"),
        ):
            await template(w, wrong)
            await w.until_shown(words)
            await w.press("enter")
            assert isinstance(w.screen, Rename), wrong
        await template(w, "blue")
        await w.until_shown("2 names are taken: a number is put behind.")
        await w.press("enter")
        renamed = {"blue.png", "blue-2.png", "blue-3.png", "white.png", "black.png"}
        await w.until(lambda: there(library) == renamed, "the names")


async def test_images_are_moved_to_a_folder_that_is_made_and_back(
    window: Open, library: Path, images: list[Path]
) -> None:
    before = bytes_of(library)
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "M")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the folders")
        assert "Move 2 images to" in w.text
        await w.paste("best/of")
        await w.press("enter")
        await w.until(lambda: (library / "best" / "of" / "red.png").exists(), "the file")
        await w.until(lambda: any("moved" in toast for toast in w.toasts), "words")
        await listed(w, 5)
        assert bytes_of(library) == before
        await w.press("M")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the folders")
        await w.until_shown("best/of")
        await w.press("escape", "u")
        await w.until(lambda: images[0].exists() and images[1].exists(), "where they were")


async def test_the_name_of_a_folder_to_move_to_is_completed(window: Open, library: Path, images: list[Path]) -> None:
    (library / "another" / "inner").mkdir(parents=True)
    async with window() as w:
        await opened(w, 5)
        await w.press("M")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the folders")
        await w.paste("ano")
        await w.until_shown("another")
        await w.press("tab")
        await w.until_shown("another/inner")
        await w.press("tab", "enter")
        await w.until(lambda: (library / "another" / "inner" / "red.png").exists(), "the file")


async def test_what_leaves_the_folder_leaves_the_list(window: Open, home: Path, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await point(w, images[2])
        await w.press("M")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the folders")
        await w.paste("~/elsewhere")
        await w.press("enter")
        await listed(w, 4)
        assert (home / "elsewhere" / "blue.png").exists()
        assert w.images.file is not None and w.images.file.path == images[3]
        await w.press("u")
        await listed(w, 5)


async def test_actions_are_done_in_their_order_and_undo_takes_back_the_last(window: Open) -> None:
    done: list[str] = []
    go = threading.Event()

    def deed(name: str, *, waits: bool = False) -> Callable[..., Deed]:
        def run(*_: object) -> Deed:
            assert not waits or go.wait(20)
            done.append(name)
            return Deed(name, 1, undo=deed(f"{name} taken back"))

        return run

    async with window() as w:
        w.app.work_on(deed("first", waits=True), words="First")
        w.app.work_on(deed("second"), words="Second")
        w.app.action_undo()
        w.app.work_on(deed("third"), words="Third")
        go.set()
        await w.until(lambda: len(done) == 4, "all of it")
        assert done == ["first", "second", "second taken back", "third"]
        for _ in range(3):
            w.app.action_undo()
        await w.until(lambda: "There is nothing to take back" in w.toasts, "words")
        assert done[4:] == ["third taken back", "first taken back"]


# --- full screen ---


async def discarded_in_full_screen(w: Window, image: Path) -> None:
    """The fourth of five images."""
    await opened(w, 5)
    await point(w, image)
    await w.press("enter")
    await w.until_shown("white.png  4 of 5")
    await w.press("d")
    await w.until_shown("black.png  4 of 4")


async def test_in_full_screen_a_discarded_image_makes_room_for_the_next(window: Open, images: list[Path]) -> None:
    async with window() as w:
        await discarded_in_full_screen(w, images[3])
        await w.press("d")
        await w.until_shown("blue.png  3 of 3")
        await w.press("u")
        await w.until_shown("black.png  4 of 4")
        await w.until(lambda: images[4].exists() and not images[3].exists(), "the file")
        await w.press("escape")
        await listed(w, 4)
        await w.until(lambda: w.images.file is not None and w.images.file.path == images[4], "the next image")


async def test_an_image_that_is_had_back_in_full_screen_is_gone_to_once_it_is_listed(
    window: Open, images: list[Path]
) -> None:
    async with window() as w:
        await discarded_in_full_screen(w, images[3])
        await w.until(lambda: w.app._listing and len(w.app._listing.found.listing.ids) == 4, "the list without it")
        # It stands there while the full screen has the image back already.
        without = w.app._listing
        await w.press("u")
        await w.until_shown("white.png  4 of 5")
        again = w.app._listing
        w.app._listing = without
        w.app.refill()
        await w.press("escape")
        assert len(w.images.files) == 4
        w.app._listing = again
        w.app.refill()
        await w.until(lambda: w.images.file is not None and w.images.file.path == images[3], "what was had back")


async def test_in_full_screen_the_last_image_leads_back_to_the_list(window: Open, library: Path) -> None:
    paint(library / "only.png")
    async with window() as w:
        await opened(w, 1)
        await w.press("enter")
        await w.until(lambda: isinstance(w.screen, Viewer), "full screen")
        await w.press("d")
        await w.until(lambda: w.screen.id == "library", "the library")
        await w.until_shown("No images here yet")


@pytest.mark.parametrize(
    ("after", "found"),
    [([9, 7, 5], 7), ([9, 6, 5], 6), ([9], 9), ([], None), ([4], 4)],
)
def test_what_stood_next_is_next(after: list[int], found: int | None) -> None:
    before = [9, 8, 7, 6, 5, 4]
    assert next_one(before, 1, after) == next_one(before, 1, after, by_date=True) == found
    # The other way round as well, where what came behind it is larger.
    turned = [-each for each in before], 1, [-each for each in after]
    assert next_one(*turned) == next_one(*turned, by_date=True) == (None if found is None else -found)
