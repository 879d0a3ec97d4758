"""The preview: what is drawn when, how near, and what moves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Open, Watch
from tests.ui.test_library import listed, paint, point
from tests.ui.test_written import canvas, looking, photo, preview
from tests.ui.window import Window, configure
from tests.ui.written import Watched
from tui.library import thumbnails

RED, GREEN, BLUE = "#ff0000", "#00ff00", "#0000ff"


def film(file: Path, colours: tuple[str, ...] = (RED, GREEN, BLUE), milliseconds: int = 20) -> Path:
    """An animation of plain frames that goes on for ever."""
    file.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = [Image.new("RGB", (32, 32), colour) for colour in colours]
    first.save(file, save_all=True, append_images=rest, duration=milliseconds, loop=0)
    return file


def series(library: Path, count: int) -> list[Path]:
    """Photos, the newest first."""
    files = [photo(library / f"{number:02}.png", number) for number in range(count)]
    for number, file in enumerate(files):
        os.utime(file, (2e9 - number, 2e9 - number))
    return files


def picture(w: Window) -> list[str]:
    """What the preview shows, with its colours."""
    return [repr(list(canvas(w).render_line(y))) for y in range(canvas(w).size.height)]


async def until_ahead(w: Watched, *files: Path) -> None:
    """Until these are drawn and kept."""
    known = w.app.previewer.known
    await w.until(lambda: all(any(map(known, w.drawn(file))) for file in files), "what is drawn ahead")


# --- what is drawn when ---------------------------------------------------------------------------------------------


async def test_an_image_is_drawn_once_whatever_is_known_of_it(terminal: Watch) -> None:
    async with terminal() as w:
        for words in (1, 40, 9):
            await w.make("a fox " * words)
        await w.to("library")
        await looking(w, 3)
        await until_ahead(w, *[file.path for file in w.images.files[:2]])
        w.app.previewer.drawn.clear()
        for key in ("down", "down", "up", "up"):
            await w.press(key)
            await w.until_painted()
            await w.until_shown("256x256 png · ")
        await until_ahead(w, w.images.files[2].path)
        assert len(w.app.previewer.drawn) == 1, "only what had not been drawn ahead"


async def test_the_neighbours_are_drawn_ahead_and_shown_at_once(terminal: Watch, library: Path) -> None:
    files = series(library, 5)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 5)
        await until_ahead(w, files[1])
        assert not w.drawn(files[2])
        before = picture(w)
        # Without any thread: `press` waits for nothing but the app's own loop.
        await w.press("down")
        assert preview(w).path == files[1] and picture(w) != before
        await until_ahead(w, files[2])
        assert len(w.drawn(files[1])) == 1


async def test_a_cursor_that_runs_draws_a_few_of_what_it_passes(terminal: Watch, library: Path) -> None:
    files = series(library, 40)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 40)
        await until_ahead(w, files[1])
        for _ in range(30):
            w.app.simulate_key("down")
        await w.until(lambda: preview(w).path == files[30] and w.drawn(files[30]) and w.drawn(files[31]), "the last")
        await w.until(lambda: not w.wrong, "its picture")
        assert len({sight.path for sight in w.app.previewer.drawn}) < 12


async def test_a_large_image_in_a_large_pane_is_seen_coarse_first(terminal: Watch, library: Path) -> None:
    file = photo(library / "large.png", size=(2000, 1500))
    async with terminal((200, 60)) as w:
        w.app.previewer.keep_thumbnail(file)
        await w.until(lambda: thumbnails.valid(file), "its thumbnail")
        await w.to("library")
        await looking(w, 1)
        await w.press("enter")
        await w.until(lambda: len(w.drawn(file)) == 2, "a coarse one, and all of it")
        await w.until(lambda: not w.wrong, "its picture")


async def test_a_file_that_is_replaced_is_drawn_anew(terminal: Watch, library: Path) -> None:
    file = paint(library / "a.png", RED)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await w.press("tab")
        os.replace(paint(library / ".new", BLUE), file)
        await w.until(lambda: any("#0000ff" in ink for ink in w.inks), "the blue one")
        await w.until(lambda: not w.wrong, "its picture")


async def test_a_file_that_goes_while_it_is_looked_at_gives_way_to_the_next(terminal: Watch, library: Path) -> None:
    first, second = series(library, 2)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 2)
        await w.press("plus", "plus", "tab", "L")
        first.unlink()
        await w.press("plus")
        await w.until(lambda: preview(w).path == second, "the other one")
        await w.until_painted()
        assert "%" not in str(preview(w).border_title)


async def test_the_last_file_that_goes_while_it_is_seen_from_near_leaves_the_empty_state(
    terminal: Watch, library: Path
) -> None:
    (only,) = series(library, 1)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await w.press("plus", "plus")
        only.unlink()
        await w.press("plus")
        await w.until_shown("No images here yet")
        await w.until(lambda: not canvas(w).painted and not w.wrong, "the empty state")


@pytest.mark.parametrize("size", [(1, 1), (16_384, 1), (1, 16_384), (3, 2)], ids=str)
async def test_an_image_of_any_shape_is_drawn_from_far_and_near(
    terminal: Watch, library: Path, size: tuple[int, int]
) -> None:
    photo(library / "a.png", size=size)
    async with terminal((80, 24)) as w:
        await w.to("library")
        await listed(w, 1)
        await w.press("enter")
        await w.until_painted()
        for key in ("plus", "plus", "equals_sign", "L", "J", "minus", "minus", "minus", "w", "H", "K"):
            await w.press(key)
            await w.until(lambda: canvas(w).painted and not w.wrong, f"the picture after {key}")


# --- how near -------------------------------------------------------------------------------------------------------


async def test_the_title_says_how_near_and_w_shows_all_of_it_again(terminal: Watch, library: Path) -> None:
    photo(library / "a.png", size=(640, 480))
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        whole = picture(w)
        assert "%" not in str(preview(w).border_title)
        await w.press("equals_sign")
        await w.until_shown("Preview  100 %")
        await w.until(lambda: picture(w) != whole, "another picture")
        near = picture(w)
        await w.press("L")
        await w.until(lambda: picture(w) != near, "what is on its right")
        await w.press("H")
        await w.until(lambda: picture(w) == near, "what it was")
        await w.press("plus", "minus", "minus", "plus")
        await w.until_shown("Preview  100 %")
        await w.press("w")
        await w.until(lambda: picture(w) == whole, "all of it")
        assert "%" not in str(preview(w).border_title)
        await w.until(lambda: not w.wrong, "the picture")


async def test_another_image_is_seen_whole_again(terminal: Watch, library: Path) -> None:
    files = series(library, 2)
    async with terminal() as w:
        await w.to("library")
        await looking(w, 2)
        await w.press("plus", "plus")
        await w.until_shown(" %")
        await point(w, files[1])
        await w.until(lambda: "%" not in str(preview(w).border_title), "the whole")


# --- what moves -----------------------------------------------------------------------------------------------------


async def changes(w: Window, times: int = 4) -> None:
    """Until other colours were seen so many times."""
    for _ in range(times):
        before = w.inks
        await w.until(lambda before=before: w.inks != before, "another frame")  # type: ignore[misc]  # with a default


async def stands(w: Watched) -> None:
    """Longer than a dozen frames would take, nothing is written."""
    await w.rest()
    await w.until(lambda: not w.wrong, "the picture")
    w.taken()
    await w.pilot.pause(0.25)
    assert w.taken() == ""


async def test_an_animation_plays_stops_and_goes_on(terminal: Watch, library: Path) -> None:
    film(library / "a.gif")
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await changes(w)
        await w.press("full_stop")
        await stands(w)
        await w.press("full_stop")
        await changes(w)


async def test_an_animation_ends_where_another_image_is_looked_at(terminal: Watch, library: Path) -> None:
    moving, still = film(library / "a.gif"), paint(library / "b.png", "#123456")
    async with terminal() as w:
        await w.to("library")
        await listed(w, 2)
        await point(w, moving)
        await changes(w)
        await point(w, still)
        await w.until(lambda: "#123456" in str(w.inks), "the other one")
        await stands(w)
        await w.press("full_stop")
        await w.until(lambda: "This image does not move." in w.toasts, "words")


@pytest.mark.parametrize("keys", [("f1",), ("ctrl+p",), ("f7",)], ids=str)
async def test_an_animation_stands_still_while_something_else_is_looked_at(
    terminal: Watch, library: Path, keys: tuple[str, ...]
) -> None:
    film(library / "a.gif")
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await changes(w)
        await w.press(*keys)
        await stands(w)
        await w.press(*("f6",) if keys == ("f7",) else ("escape",))
        await changes(w)


async def test_a_still_over_an_animation_does_not_move(terminal: Watch, library: Path) -> None:
    still, _ = paint(library / "b.png"), film(library / "a.gif")
    os.utime(still, (1, 1))
    async with terminal() as w:
        await w.to("library")
        await listed(w, 2)
        await changes(w)
        await w.press("enter", "right_square_bracket")
        await w.until_shown("2 of 2")
        await w.press("full_stop")
        await w.until(lambda: "This image does not move." in w.toasts, "words")


async def test_no_animation_where_none_is_wanted(terminal: Watch, library: Path) -> None:
    film(library / "a.gif")
    configure("[preview]\nanimation = 'off'\n")
    async with terminal() as w:
        await w.to("library")
        await looking(w, 1)
        await stands(w)


async def test_an_app_whose_animation_stands_still_can_be_left(window: Open, library: Path) -> None:
    film(library / "a.gif")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.until_painted()
        await changes(w)
        await w.press("full_stop")
        await w.press("ctrl+q")
        await w.until(lambda: not w.app.is_running, "its end")
