"""The trash in the app: listed, had back, emptied on a word."""

from __future__ import annotations

import os
from pathlib import Path

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint
from tests.ui.test_tidy import command, images, opened, there
from tests.ui.window import no_control_character
from tui.library import tidy
from tui.ui.screens.question import Question
from tui.ui.screens.rename import Rename
from tui.ui.screens.trash import Trash, TrashList

__all__ = ["images"]


async def test_the_trash_lists_what_was_thrown_away_and_gives_it_back(
    window: Open, library: Path, images: list[Path]
) -> None:
    async with window() as w:
        await opened(w, 5)
        await command(w, "trash")
        await w.until(lambda: "The trash is empty; d moves images there" in w.toasts, "words")
        for count in (4, 3, 2):
            await w.press("d")
            await listed(w, count)
        await command(w, "trash")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        assert "3 images" in w.text and "blue.png" in w.text and "~/Pictures/safelight" in w.text
        box = w.screen.query_one(TrashList)
        assert [item.name for item in box.items] == ["blue.png", "green.png", "red.png"], "what went last comes first"
        await w.press("down", "enter")
        await w.until(lambda: [item.name for item in box.items] == ["blue.png", "red.png"], "the others")
        assert images[1].exists() and not images[0].exists()
        await w.press("g", "space", "space", "enter")
        await w.until(lambda: not box.items, "none")
        await w.press("escape")
        await listed(w, 5)
        assert all(path.exists() for path in images)


async def test_all_of_the_trash_is_had_back_at_once(window: Open, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("ctrl+a", "d")
        await listed(w, 0)
        await command(w, "trash")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        await w.press("a")
        await w.until(lambda: not w.screen.query_one(TrashList).items, "none")
        assert all(path.exists() for path in images)


async def test_emptying_the_trash_asks(window: Open, library: Path, images: list[Path]) -> None:
    async with window() as w:
        await opened(w, 5)
        await w.press("space", "space", "d")
        await listed(w, 3)
        await command(w, "trash")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        await w.press("E")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        assert "Empty the trash?" in w.text and "2 images, " in w.text
        await w.press("escape")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        assert len(tidy.trashed(library)) == 2
        await w.press("E")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        await w.press("y")
        await w.until(lambda: not tidy.trashed(library), "an empty trash")
        await w.until_shown("Trash  empty")
        assert len(there(library)) == 3


async def test_a_trash_of_thousands_is_drawn_by_what_is_in_sight(window: Open, library: Path, home: Path) -> None:
    paint(library / "here.png")
    for number in range(3000):
        folder = library / tidy.TRASH / f"20260101-000000-{number:08x}"
        folder.mkdir(parents=True)
        (folder / f"{number}.png").touch()
    async with window((80, 24)) as w:
        await opened(w, 1)
        await command(w, "trash")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        box = w.screen.query_one(TrashList)
        assert box.count == 3000 and box.size.height < 24
        await w.press("G")
        await w.until(lambda: box.cursor == 2999, "the last")


async def test_hostile_names_in_the_trash_do_nothing(window: Open, library: Path) -> None:
    for name in (
        b"new\nline.png",
        b"esc\x1b[31m.png",
        b"[@click=app.quit]x.png",
        b"caf\xe9.png",
        b"\xe2\x80\xaegnp.png",
    ):
        paint(library / os.fsdecode(name))
    async with window() as w:
        await opened(w, 5)
        await w.press("ctrl+a", "R")
        await w.until(lambda: isinstance(w.screen, Rename) and "→" in w.text, "the names")
        assert no_control_character(w.app)
        await w.press("escape", "D")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        assert no_control_character(w.app)
        await w.press("escape", "d")
        await listed(w, 0)
        await command(w, "trash")
        await w.until(lambda: isinstance(w.screen, Trash), "the box")
        assert no_control_character(w.app) and "[@click=app.quit]" in w.text
        await w.press("a")
        await w.until(lambda: not w.screen.query_one(TrashList).items, "none")
        assert len(there(library)) == 5
