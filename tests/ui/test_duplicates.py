"""Files of the same bytes in the app: all but one go to the trash, and the person says which."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.ui.conftest import Open
from tests.ui.test_library import listed
from tests.ui.test_tidy import command, images, opened, there
from tui.library import tidy
from tui.ui.screens.duplicates import DuplicateList, Duplicates
from tui.ui.screens.question import Question

__all__ = ["images"]


async def test_of_duplicates_all_but_one_go_to_the_trash(window: Open, library: Path, images: list[Path]) -> None:
    for name in ("copy.png", "another copy.png"):
        (library / name).write_bytes(images[0].read_bytes())
    (library / "third.png").write_bytes(images[1].read_bytes())
    os.utime(images[0], (time.time() - 9000, time.time() - 9000))
    async with window() as w:
        await opened(w, 8)
        await command(w, "duplicates")
        await w.until(lambda: isinstance(w.screen, Duplicates), "the box")
        assert "of 2 images · 3 files would go" in w.text and "3 files of the same" in w.text
        box = w.screen.query_one(DuplicateList)
        assert {entry.name for entry in box.going} == {"copy.png", "another copy.png", "third.png"}, "the oldest stay"
        await w.press("enter")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        await w.press("y")
        await listed(w, 5)
        assert all(path.exists() for path in images) and len(tidy.trashed(library)) == 3
        await command(w, "duplicates")
        await w.until(lambda: "No two files here have the same bytes" in w.toasts, "words")
        await w.press("u")
        await listed(w, 8)


async def test_which_of_the_duplicates_stay_can_be_chosen_but_one_does(
    window: Open, library: Path, images: list[Path]
) -> None:
    (library / "copy.png").write_bytes(images[0].read_bytes())
    async with window() as w:
        await opened(w, 6)
        await command(w, "duplicates")
        await w.until(lambda: isinstance(w.screen, Duplicates), "the box")
        box = w.screen.query_one(DuplicateList)
        first, second = (box.entry_at(row) for row in (1, 2))
        await w.press("space")
        assert "One of each stays" in w.toasts and box.going == [second]
        await w.press("down", "space")
        assert box.going == []
        await w.press("up", "space")
        assert box.going == [first]
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert len(there(library)) == 6
