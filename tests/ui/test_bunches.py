"""Keys that come faster than a box opens."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from textual.events import Key
from textual.widgets import Input, TextArea

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint
from tests.ui.window import Window
from tui.ui.widgets.search import Search

TEXT = "how images are drawn"


async def typed(w: Window, *names: str, rhythm: random.Random, most: int) -> None:
    """Keys, with the app's loop running on a little between any two of them."""
    driver = w.app._driver
    assert driver is not None
    for name in names:
        key = Key("space" if name == " " else name, name if len(name) == 1 else None)
        key.set_sender(w.app)
        driver.send_message(key)
        for _ in range(rhythm.randint(0, most)):
            await asyncio.sleep(0)


async def test_they_reach_the_box_in_their_order_whatever_their_rhythm(window: Open) -> None:
    rhythm = random.Random(5)
    async with window() as w:
        for most in [*range(12)] * 3:
            await typed(w, "ctrl+p", *TEXT, rhythm=rhythm, most=most)
            await w.until(lambda: len(w.screen.query(Input)) == 1, "the palette")
            await w.until(lambda: len(w.screen.query_one(Input).value) == len(TEXT), "all of it")
            assert w.screen.query_one(Input).value == TEXT
            await w.press("escape")
            await w.until(lambda: w.screen is w.app.here, "the place")


async def test_one_that_opens_another_box_leaves_the_others_to_that(window: Open) -> None:
    rhythm = random.Random(5)
    async with window() as w:
        for most in [*range(12)] * 2:
            await typed(w, "ctrl+o", "ctrl+p", *TEXT, rhythm=rhythm, most=most)
            await w.until(lambda: len(w.screen.query(Input)) == 1, "the palette")
            await w.until(lambda: w.screen.query_one(Input).value == TEXT, "all of it")
            await w.press("escape")
            await w.until(lambda: not w.screen.query(Input), "the letters")
            await w.press("escape")
            await w.until(lambda: w.screen is w.app.here, "the place")


async def test_letters_behind_a_key_that_empties_or_recalls_the_prompt_stay(window: Open) -> None:
    rhythm = random.Random(5)
    async with window() as w:
        for most in [*range(12)] * 2:
            for key in ("ctrl+l", "alt+down"):
                await w.prompt("an earlier one")
                await typed(w, "ctrl+l", key, *TEXT, rhythm=rhythm, most=most)
                await w.until(lambda: len(w.form.prompt.text) == len(TEXT), "all of it")
                assert w.form.prompt.text == TEXT


async def test_letters_behind_a_key_that_goes_back_to_the_prompt_are_its_own(window: Open) -> None:
    rhythm = random.Random(5)
    async with window() as w:
        for keys in (("f3", "ctrl+l"), ("f3", "f5"), ("f3", "f3", "f5", "ctrl+l")):
            for most in [*range(12)] * 2:
                await typed(w, *keys, *TEXT, rhythm=rhythm, most=most)
                await w.until(lambda: w.form.prompt.text == TEXT, "all of it")
                assert w.screen is w.create
                await w.press("ctrl+l")


async def test_letters_behind_the_key_that_searches_are_searched_for(window: Open, library: Path) -> None:
    rhythm = random.Random(5)
    paint(library / "how images are drawn.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        for most in [*range(12)] * 2:
            await typed(w, "f5", "f6", "f3", "slash", *TEXT, rhythm=rhythm, most=most)
            await w.until(lambda: w.screen.query_one(Search).value == TEXT, "all of it")
            await w.press("escape")
            await w.until(lambda: w.focus == "list", "the list")


async def test_letters_behind_a_key_of_the_list_are_the_boxs_and_do_nothing_to_images(
    window: Open, library: Path
) -> None:
    rhythm = random.Random(5)
    paint(library / "how images are drawn.png")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        w.images.focus()
        await w.until(lambda: w.focus == "list", "the list")
        for key, box in (("t", Input), ("a", TextArea), ("M", Input), ("R", Input)):
            for most in range(12):
                await typed(w, key, *"added", rhythm=rhythm, most=most)
                await w.rest()
                await w.until(lambda box=box: w.screen.is_modal and w.screen.query(box), "the box")  # type: ignore[misc]  # with a default
                field = w.screen.query(box).first()
                text = field.value if isinstance(field, Input) else field.text
                assert text.endswith("added"), (key, most)
                await w.press("escape", "escape")
                await w.until(lambda: w.screen is w.app.here, "the place")
        assert w.app.session.deeds == []


async def test_what_comes_behind_tab_belongs_to_the_next_field(window: Open) -> None:
    rhythm = random.Random(5)
    async with window() as w:
        for most in [*range(12)] * 2:
            w.form.prompt.focus()
            await w.until(lambda: w.focus == "prompt", "the prompt")
            await typed(w, "tab", "enter", rhythm=rhythm, most=most)
            await w.until(lambda: w.screen is not w.create, "the models")
            assert w.form.prompt.text == ""
            await w.press("escape")
            await w.until(lambda: w.screen is w.create, "Create")
            await typed(w, "shift+tab", *TEXT, rhythm=rhythm, most=most)
            await w.until(lambda: w.form.prompt.text == TEXT, "the prompt's letters")
            await w.press("ctrl+l")
