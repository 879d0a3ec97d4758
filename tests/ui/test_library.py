"""Library and the outputs: browsing, searching, details, full screen, and what can be done with an image."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Open
from tests.ui.window import Window, no_control_character, remember
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State
from tui.ui.widgets.canvas import Canvas
from tui.ui.widgets.search import Search

HOSTILE = "[@click=app.quit]x[/] [/] \x1b]0;owned\x07\x1b[2J \u202etxet\u202c 50% [b]bold"


def paint(file: Path, colour: str = "red", days_ago: int = 0) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32), colour).save(file, "PNG")
    if days_ago:
        when = file.stat().st_mtime - days_ago * 86_400
        os.utime(file, (when, when))
    return file


async def listed(w: Window, count: int) -> None:
    await w.until(lambda: len(w.images.files) == count, f"{count} images")


async def point(w: Window, file: Path) -> None:
    w.images.focus()
    w.images.point_at(file)
    await w.until(lambda: w.screen.preview.path == file, "its preview")


async def test_images_stand_by_day_the_newest_first(window: Open, library: Path) -> None:
    paint(library / "old.png", days_ago=3)
    paint(library / "2001-02-03" / "millennium.png")
    paint(library / "older.png", days_ago=400)
    async with window() as w:
        await w.make("a fox")
        await w.to("library")
        await listed(w, 4)
        days = [w.text.index(word) for word in ("Today", "3 Feb 2001")]
        assert days == sorted(days)
        names = [file.path.name for file in w.images.files]
        assert names[1:] == ["old.png", "older.png", "millennium.png"]


async def test_a_file_that_is_dropped_into_the_folder_appears_and_one_that_goes_is_gone(
    window: Open, library: Path
) -> None:
    file = paint(library / "a.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        other = paint(library / "new" / "b.png", "blue")
        await listed(w, 2)
        file.unlink()
        await listed(w, 1)
        assert w.images.file is not None and w.images.file.path == other


async def test_five_thousand_files_that_come_while_the_list_is_open_are_listed_and_the_cursor_stays(
    window: Open, library: Path
) -> None:
    first, second = paint(library / "first.png"), paint(library / "second.png", days_ago=1)

    def drop() -> None:
        for number in range(5000):
            Image.new("RGB", (1, 1), (number % 256, number // 256, 9)).save(library / f"{number:04}.png")

    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await point(w, second)
        dropping = asyncio.create_task(asyncio.to_thread(drop))
        while not dropping.done():
            # Keys act meanwhile.
            await w.press("i", "i")
            await asyncio.sleep(0.01)
        await dropping
        await w.until(lambda: w.images.total == 5002, "all of them")
        assert w.images.file is not None and w.images.file.path == second
        await w.press("/")
        await w.write("4999")
        await w.until(lambda: [file.name for file in w.images.files] == ["4999.png"], "the last of them")
        assert first.exists()


async def test_a_list_that_is_asked_for_meanwhile_does_not_hide_what_is_new(window: Open, library: Path) -> None:
    async with window() as w:
        w.app.stop_watching()
        paint(library / "new.png")
        w.app.list_images()
        w.app.list_images(rescan=False)
        await listed(w, 1)


async def test_typing_searches_prompts_models_and_names_and_escape_ends_it(window: Open) -> None:
    async with window() as w:
        await w.make("a lighthouse in a storm")
        await w.make("two dancers")
        await w.to("library")
        await listed(w, 2)
        await w.press("slash")
        await w.write("danc")
        await listed(w, 1)
        await w.until_shown("/ danc")
        await w.press("enter")
        await w.until(lambda: w.focus == "list", "the list")
        await w.until_shown("two dancers")
        await w.press("slash")
        assert w.here(Search).value == "danc"
        await w.press("escape")
        await listed(w, 2)
        await w.press("slash")
        await w.paste("nothing like it")
        await w.until(lambda: not w.images.files, "nothing")
        assert w.app.is_running
        await w.press("enter", "escape")
        await listed(w, 2)


async def test_the_details_have_everything_that_is_known(window: Open) -> None:
    remember(form={"model": "dall-e-3"})
    async with window() as w:
        job = await w.make("a harbour at night")
        await w.to("library")
        await w.until_shown("revised prompt")
        w.screen.query_one("#details").focus()
        seen = w.text
        for _ in range(8):
            await w.press("pagedown")
            seen += w.text
        for words in ("a harbour at night", "1024 x 1024", "png", "dall-e-3", "$0.0400", "openai", "request id"):
            assert words in seen, words
        # It is longer than its column is wide.
        assert job.request_id and job.request_id[:12] in seen


async def test_another_folder_is_opened_and_the_library_again(window: Open, library: Path, tmp_path: Path) -> None:
    paint(library / "mine.png")
    paint(tmp_path / "other" / "theirs.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.press("ctrl+g")
        await w.paste("/no/such/folder")
        await w.press("enter")
        await w.until(lambda: "There is no folder /no/such/folder" in w.toasts, "words about it")
        await listed(w, 1)
        await w.press("ctrl+g")
        await w.paste(str(tmp_path / "other"))
        await w.press("enter")
        await w.until_shown("theirs.png")
        await w.until_shown("Nothing more is known")
        paint(tmp_path / "other" / "later.png")
        await listed(w, 2)
        await w.press("ctrl+g")
        await w.press("enter")
        await w.until_shown("mine.png")
        await listed(w, 1)


@pytest.mark.parametrize(
    "typed",
    ["~nobody-of-this-name/x", "x" * 5000, "/x\x00/y", "/[/][@click=app.quit]x"],
    ids=["user", "long", "null", "markup"],
)
async def test_no_folder_that_is_typed_ends_the_app(typed: str, window: Open) -> None:
    async with window() as w:
        await w.to("library")
        await w.press("ctrl+g")
        await w.paste(typed)
        await w.press("enter")
        await w.until(lambda: any("There is no folder" in toast for toast in w.toasts), "words about it")
        assert w.screen.id == "library"


async def test_full_screen_goes_from_image_to_image_and_back(window: Open, library: Path) -> None:
    for number, colour in enumerate(("red", "green", "blue")):
        paint(library / f"{colour}.png", colour, days_ago=number + 1)
    async with window() as w:
        await w.to("library")
        await listed(w, 3)
        await w.press("enter")
        await w.until_shown("red.png  1 of 3")
        await w.until_painted()
        await w.press("right_square_bracket")
        await w.until_shown("green.png  2 of 3")
        await w.press("right_square_bracket", "right_square_bracket")
        await w.until_shown("blue.png  3 of 3")
        await w.press("left_square_bracket")
        await w.press("i")
        await w.resize(60, 20)
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert w.images.file is not None and w.images.file.name == "green.png"


async def test_settings_go_into_create_and_the_same_request_is_sent_again(window: Open, sandbox: Sandbox) -> None:
    remember(form={"model": "gpt-image-2.5-flare", "size": "1024x640", "quality": "low", "output_format": "webp"})
    async with window() as w:
        await w.make("a fox")
        await w.form.choose_model("dall-e-2")
        await w.prompt("something else")
        await w.to("library")
        await listed(w, 1)
        await w.press("e")
        await w.until(lambda: w.screen is w.create and w.form.model.name == "gpt-image-2.5-flare", "its settings")
        assert w.form.prompt.text == "a fox"
        assert w.form.request.parameters["output_format"] == "webp"
        assert w.form.request.parameters["size"] == "1024x640"
        await w.to("library")
        w.app._last_sent = None  # it is long ago
        await w.press("r")
        await w.until_shown("The same again?")
        assert len(w.app.session.jobs) == 1, "nothing is paid for by a stray key"
        await w.press("y")
        await w.until(lambda: len(w.app.session.jobs) == 2, "a second job")
        again = list(w.app.session.jobs)[-1]
        await w.until(lambda: again.state is State.DONE, "its image")
        assert sandbox.posts[0].body == sandbox.posts[1].body


async def test_prompt_path_and_url_are_copied(window: Open) -> None:
    async with window() as w:
        job = await w.make("a fox")
        await w.to("library")
        await listed(w, 1)
        file = job.saved[0].path
        for second, text in (("p", "a fox"), ("f", str(file)), ("u", file.as_uri())):
            await w.press("y")
            await w.until_shown("Copy path")
            await w.press(second)
            await w.until(lambda text=text: w.app.clipboard == text, text)
        await w.press("y", "escape")
        assert w.screen.id == "library"


async def test_an_image_of_another_tool_has_no_settings_and_says_so(window: Open, library: Path) -> None:
    paint(library / "theirs.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.press("e")
        await w.until(lambda: "No settings go with theirs.png" in w.toasts, "words")
        await w.press("y", "p")
        await w.until(lambda: "No prompt goes with this image" in w.toasts, "words")


async def test_the_preview_is_drawn_in_every_style(window: Open, library: Path) -> None:
    from tui.render.geometry import STYLES

    paint(library / "a.png", "#c8322b")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.until_painted()
        drawn = set()
        for _ in STYLES:
            await w.press("P")
            await w.until(lambda: f"Preview: {w.app.knowledge.look.style}" in w.toasts, "the style")
            await w.until_painted()
            drawn.add(w.app.knowledge.look.style)
            if w.app.knowledge.look.style == "ascii":
                await w.until(lambda: "▀" not in w.text, "letters in place of blocks")
        assert drawn == set(STYLES)


async def test_a_cursor_that_runs_through_the_list_ends_at_the_right_image(window: Open, library: Path) -> None:
    for number in range(30):
        paint(library / f"{number:02}.png", "red" if number else "#0000ff", days_ago=number + 1)
    async with window() as w:
        await w.to("library")
        await listed(w, 30)
        await w.press("G")
        await w.press("g")
        await w.until_painted()
        await w.until(lambda: any("rgb(0,0,255)" in ink or "#0000ff" in ink for ink in w.inks), "the blue one")


REFUSED = {
    "empty.png": b"",
    "text.png": b"no image at all",
    "cut.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}


async def test_a_refused_image_is_listed_and_says_why(window: Open, library: Path) -> None:
    for name, content in REFUSED.items():
        paint(library / name).write_bytes(content)
    async with window() as w:
        await w.to("library")
        await listed(w, len(REFUSED))
        for name in REFUSED:
            await point(w, library / name)
            await w.until(lambda: "Cannot preview: " in w.screen.query_one(Canvas).words, f"why not {name}")
            assert len(w.screen.query_one(Canvas).words) > len("Cannot preview: ") + 3


async def test_odd_file_names_are_shown_as_text_and_do_nothing(window: Open, library: Path) -> None:
    odd = [
        "new\nline.png",
        "\u202egnp.evil.png",
        "[@click=app.quit]x[\\].png",
        "esc\x1b[31m.png",
        "漢字と🦊.png",
        "[/].png",
    ]
    for name in odd:
        paint(library / name)
    bad = os.fsdecode(b"caf\xe9\xff.png")
    paint(library / bad)
    async with window() as w:
        await w.to("library")
        await listed(w, len(odd) + 1)
        for file in w.images.files:
            await point(w, file.path)
            await w.until_painted()
            assert no_control_character(w.app)
            await w.press("y", "f")
            if file.path.name == bad:
                await w.until(lambda: any("is no text" in toast for toast in w.toasts), "why not")
            else:
                await w.until(lambda file=file: w.app.clipboard == str(file.path), "its path")
            await w.press("enter")
            await w.until(lambda: w.screen.id != "library", "full screen")
            assert no_control_character(w.app)
            await w.press("escape")
            await w.until(lambda: w.screen.id == "library", "the library")
        for y, row in enumerate(w.rows):
            if "app.quit" in row:
                await w.pilot.click(offset=(row.index("app.quit"), y))
        assert w.app.is_running


async def test_a_hostile_prompt_is_shown_as_text_everywhere(window: Open) -> None:
    remember(prompts=[HOSTILE])
    async with window() as w:
        await w.prompt(HOSTILE.replace("\x1b", "").replace("\x07", ""))
        await w.press("ctrl+j")
        await w.until(lambda: len(w.app.session.jobs) == 1, "the job")
        (job,) = w.app.session.jobs
        await w.until(lambda: job.state is State.DONE, "the image")
        await w.until(lambda: w.images.files, "its row")
        assert no_control_character(w.app)
        for keys in (["ctrl+r"], ["f7"], ["f6"], ["enter"]):
            await w.press(*keys)
            await w.until(lambda: "[@click=app.quit]x[/]" in w.text, f"the prompt after {keys}")
            assert no_control_character(w.app)
            if keys == ["ctrl+r"]:
                await w.press("escape")
        assert w.app.is_running


async def test_what_acts_on_an_image_does_nothing_where_there_is_none(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.to("library")
        await w.until_shown("No images here yet")
        await w.press("enter", "e", "r", "o", "O", "P", "i", "y", "n", "g", "G")
        await w.press("escape")
        assert w.app.is_running and sandbox.posts == []
