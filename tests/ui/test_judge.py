"""Judging: ratings, favourites, tags and notes, what they look like everywhere, and the way to an image's kin."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.ui.conftest import Open
from tests.ui.test_library import HOSTILE, listed, paint, point
from tests.ui.window import Window, no_control_character
from tui.core.record import Origin, Record
from tui.library import records
from tui.ui.screens.notes import Notes
from tui.ui.screens.tags import Tags
from tui.ui.screens.viewer import Viewer


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def record(library: Path, file: Path, prompt: str = "", made: int = 1_700_000_000, **more: Any) -> str:
    """Write a record of an image; its sha256."""
    sha256 = sha256_of(file)
    judged = {name: more.pop(name) for name in ("tags", "notes", "rating") if name in more}
    told = {"job": sha256[:8], "index": 0, "provider": "x", "model": "m", "operation": "generate", "parameters": {}}
    origin = Origin(**{**told, "prompt": prompt, "created": made, "path": file.name, **more})
    size = file.stat().st_size
    records.write(library, Record(sha256=sha256, bytes=size, format="png", width=32, height=32, origins=(origin,)))
    if judged:
        known = records.read(library, sha256)
        assert known is not None
        records.change(library, known, lambda each: replace(each, **judged))
    return sha256


def known(library: Path, file: Path) -> Record:
    found = records.read(library, sha256_of(file))
    assert found is not None
    return found


async def marked(w: Window, *files: Path) -> None:
    for file in files:
        await point(w, file)
        await w.press("space")


# --- ratings and favourites ---


async def test_a_rating_shows_at_once_in_the_list_the_caption_and_the_details(window: Open, library: Path) -> None:
    file = paint(library / "a.png")
    async with window(size=(200, 50)) as w:
        await w.to("library")
        await listed(w, 1)
        await point(w, file)
        await w.press("4", "f")
        await w.until(lambda: w.text.count("★★★★♥") >= 2, "stars in list and caption")
        await w.until_shown("★★★★☆")
        assert (known(library, file).rating, known(library, file).favourite) == (4, True)
        await w.press("0")
        await w.until(lambda: "★" not in w.text, "no stars")
        await w.press("f")
        await w.until(lambda: not known(library, file).favourite, "no favourite")


async def test_all_that_is_marked_is_judged_and_undo_takes_back_one_after_another(window: Open, library: Path) -> None:
    files = [paint(library / f"{name}.png", name) for name in ("red", "green", "blue")]
    async with window() as w:
        await w.to("library")
        await listed(w, 3)
        await marked(w, files[0], files[1])
        await w.press("5")
        await w.until(lambda: [each.rating for each in w.images.files].count(5) == 2, "two ratings")
        await w.press("f")
        await w.until(lambda: [each.favourite for each in w.images.files].count(True) == 2, "two favourites")
        assert any("2 images: favourite" in toast for toast in w.toasts)
        await w.press("u")
        await w.until(lambda: not any(each.favourite for each in w.images.files), "none")
        assert [each.rating for each in w.images.files].count(5) == 2
        await w.press("u")
        await w.until(lambda: not any(each.rating for each in w.images.files), "no rating")


async def test_favourite_makes_all_of_them_one_before_it_makes_none_of_them_one(window: Open, library: Path) -> None:
    files = [paint(library / f"{name}.png", name) for name in ("red", "green")]
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await point(w, files[0])
        await w.press("f")
        await w.until(lambda: w.images.file and w.images.file.favourite, "one")
        await marked(w, *files)
        await w.press("f")
        await w.until(lambda: all(each.favourite for each in w.images.files), "both")
        await w.press("f")
        await w.until(lambda: not any(each.favourite for each in w.images.files), "none")


async def test_full_screen_judges_what_is_seen_whatever_is_marked(window: Open, library: Path) -> None:
    files = [paint(library / f"{name}.png", name) for name in ("red", "green")]
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await marked(w, files[0])
        await point(w, files[1])
        await w.press("enter")
        await w.until(lambda: isinstance(w.screen, Viewer), "full screen")
        await w.press("3")
        await w.until_shown("★★★")
        assert known(library, files[1]).rating == 3
        await w.press("u")
        await w.until(lambda: "★" not in w.text, "no stars")
        assert not records.path_of(library, sha256_of(files[0])).exists()


async def test_from_the_preview_one_judges_too_and_in_a_text_field_a_digit_is_a_digit(
    window: Open, library: Path
) -> None:
    file = paint(library / "a.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        w.screen.preview.canvas.focus()
        await w.press("2")
        await w.until(lambda: w.images.file and w.images.file.rating == 2, "a rating")
        await w.press("slash")
        await w.write("5f")
        await w.until(lambda: w.app.session.query == "5f", "a search")
        assert (known(library, file).rating, known(library, file).favourite) == (2, False)


async def test_beside_the_form_it_is_the_library_that_is_judged_whatever_folder_is_shown(
    window: Open, library: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "other" / "theirs.png", "blue")
    async with window() as w:
        job = await w.make("a fox")
        w.app.open_folder(tmp_path / "other")
        await w.to("library")
        await w.until_shown("theirs.png")
        await w.to("create")
        w.images.focus()
        await w.press("5")
        await w.until(lambda: known(library, job.saved[0].path).rating == 5, "its rating")


# --- tags ---


async def test_a_tag_is_typed_completed_and_taken_off(window: Open, library: Path) -> None:
    first, second = paint(library / "red.png"), paint(library / "green.png", "green")
    record(library, first, tags=("harbour", "night"))
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await point(w, second)
        await w.press("t", "h", "a", "enter")
        await w.until(lambda: known_tags(library, second) == ("harbour",), "the tag")
        await w.until(lambda: not isinstance(w.screen, Tags), "its box to be gone")
        await w.press("t")
        await w.until_shown("● harbour")
        await w.write("a new one")
        await w.press("enter")
        await w.until(lambda: set(known_tags(library, second)) == {"harbour", "a new one"}, "both tags")
        await w.press("t", "h", "a", "r", "enter")
        await w.until(lambda: known_tags(library, second) == ("a new one",), "one of them")
        await w.press("u")
        await w.until(lambda: set(known_tags(library, second)) == {"harbour", "a new one"}, "both again")
        await w.until_shown("a new one, harbour")


def known_tags(library: Path, file: Path) -> tuple[str, ...]:
    found = records.read(library, sha256_of(file))
    return found.tags if found else ()


async def test_of_several_images_it_shows_which_have_a_tag_and_escape_leaves_all_as_it_was(
    window: Open, library: Path
) -> None:
    first, second = paint(library / "red.png"), paint(library / "green.png", "green")
    record(library, first, tags=("sea", "night"))
    record(library, second, tags=("sea",))
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await marked(w, first, second)
        await w.press("t")
        await w.until_shown("● sea")
        assert "◐ night" in w.text
        await w.press("down", "down", "tab")
        await w.until_shown("● night")
        await w.press("escape")
        assert known_tags(library, second) == ("sea",)
        await w.press("t")
        await w.until_shown("◐ night")
        for name in ("nig", "sea", "dusk"):
            await w.write(name)
            await w.press("tab")
        await w.press("enter")
        await w.until(lambda: set(known_tags(library, second)) == {"night", "dusk"}, "their tags")
        assert set(known_tags(library, first)) == {"night", "dusk"}


# --- notes ---


async def test_notes_are_written_kept_and_had_back(window: Open, library: Path) -> None:
    file = paint(library / "a.png")
    async with window(size=(200, 50)) as w:
        await w.to("library")
        await listed(w, 1)
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, Notes), "the box")
        await w.write("for the wall")
        await w.press("enter")
        await w.write("in the hall")
        await w.press("ctrl+j")
        await w.until(lambda: known_notes(library, file) == "for the wall\nin the hall", "the notes")
        await w.until_shown("for the wall")
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, Notes) and w.screen._text, "the notes in the box")
        await w.write("way")
        await w.press("escape")
        await w.until_shown("It was changed")
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert known_notes(library, file) == "for the wall\nin the hall"
        await w.press("u")
        await w.until(lambda: known_notes(library, file) == "", "no notes")


def known_notes(library: Path, file: Path) -> str:
    found = records.read(library, sha256_of(file))
    return found.notes if found else ""


async def test_what_is_typed_as_tag_or_note_never_reaches_the_terminal_as_it_is(window: Open, library: Path) -> None:
    file = paint(library / "a.png")
    record(library, file, "x", tags=(HOSTILE,), notes=HOSTILE)
    async with window(size=(200, 50)) as w:
        await w.to("library")
        await listed(w, 1)
        await w.until_shown("notes")
        assert no_control_character(w.app)
        await w.press("t")
        await w.until_shown("[@click")
        assert no_control_character(w.app)
        await w.press("escape", "a")
        await w.until(lambda: isinstance(w.screen, Notes) and w.screen._text, "the notes in the box")
        await w.paste(HOSTILE)
        assert no_control_character(w.app)
        assert w.app.is_running


# --- what is known, and kin ---


async def test_the_details_tell_what_another_program_wrote_and_mark_what_was_searched_for(
    window: Open, library: Path
) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("parameters", "a Café by the sea\nNegative prompt: rain\nSteps: 20, Sampler: Euler, Model: dreamer")
    Image.new("RGB", (32, 32), "red").save(paint(library / "a.png"), pnginfo=told)
    async with window(size=(200, 50)) as w:
        await w.to("library")
        await listed(w, 1)
        await w.until_shown("negative prompt")
        for words in ("a Café by the sea", "rain", "dreamer", "Euler", "written into the file by"):
            assert words in w.text, words
        await w.press("slash")
        await w.write("cafe")
        await w.press("enter")
        await w.until(lambda: "Café" in reversed_words(w), "the word as one that was found")
        assert "sea" not in reversed_words(w)


def reversed_words(w: Window) -> str:
    details = w.screen.query_one("#details")
    strips = w.screen._compositor.render_strips()
    region = details.region
    segments = [segment for strip in strips[region.y : region.bottom] for segment in strip.crop(region.x, region.right)]
    return " ".join(segment.text for segment in segments if segment.style and segment.style.reverse)


async def test_kin_are_told_and_walked_to(window: Open, library: Path) -> None:
    parent, child, again = (paint(library / f"{name}.png", name) for name in ("red", "green", "blue"))
    source = record(library, parent, "a hat", made=1_700_000_000)
    for at, file in enumerate((child, again), 1):
        made = 1_700_000_000 + at
        record(library, file, "with a feather", made=made, operation="edit", sources=(source,))
    async with window(size=(200, 50)) as w:
        await w.to("library")
        await listed(w, 3)
        await point(w, child)
        await w.until_shown("made from · < goes there")
        assert "made again · } goes there" in w.text
        await w.press("less_than_sign")
        await w.until(lambda: w.images.file and w.images.file.path == parent, "its parent")
        await w.until_shown("made of it · 2 · > goes there")
        await w.press("greater_than_sign")
        await w.until(lambda: w.images.file and w.images.file.path == again, "the newest child")
        await w.press("right_curly_bracket")
        await w.until(lambda: w.images.file and w.images.file.path == child, "its sibling")
        await w.press("right_curly_bracket")
        await w.until(lambda: w.images.file and w.images.file.path == again, "the first again")
        await w.press("p")
        await w.until_shown("made from red.png")
        await w.press("enter")
        await w.until(lambda: w.images.file and w.images.file.path == parent, "its parent")


async def test_kin_that_a_search_hides_is_gone_to_and_the_search_ends(window: Open, library: Path) -> None:
    parent, child = paint(library / "red.png"), paint(library / "green.png", "green")
    record(library, child, "with a feather", operation="edit", sources=(record(library, parent, "a hat"),))
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await w.press("slash")
        await w.write("feather")
        await w.press("enter")
        await listed(w, 1)
        await w.press("less_than_sign")
        await w.until(lambda: w.images.file and w.images.file.path == parent, "its parent")
        assert w.app.session.query == ""
        await w.press("less_than_sign")
        await w.until(lambda: any("Nothing is known that it was made from" in each for each in w.toasts), "words")
        parent.unlink()
        await listed(w, 1)
        await w.press("less_than_sign")
        await w.until(lambda: any("not in this folder" in each for each in w.toasts), "words about it")
