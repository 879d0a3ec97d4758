"""A disk that refuses what was paid for: once more, another folder, or stop; nothing that came is lost."""

from __future__ import annotations

import time
from pathlib import Path

from tests.ui.conftest import Open
from tests.ui.window import Window
from tui.engine.leftovers import leftovers
from tui.library import records
from tui.sandbox.server import Sandbox
from tui.ui.jobs import Job, State
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.question import Question


def block(library: Path) -> list[Path]:
    """Files where the folders of the days would be: nothing can be saved there. Today's, and the next if it is late."""
    library.mkdir(parents=True)
    days = [time.strftime("%Y-%m-%d", time.gmtime(time.time() + ahead)) for ahead in (0, 3600)]
    for day in set(days):
        (library / day).touch()
    return [library / day for day in set(days)]


def images(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.png"))


async def refused(w: Window) -> Job:
    """A job that was paid for and can't be saved, and what it asks."""
    job = await w.generate("a fox")
    await w.until(lambda: job.state is State.ASKING, "its question")
    await w.press("f9")
    await w.until(lambda: isinstance(w.screen, Question), "the question")
    return job


async def test_another_folder_takes_the_images_and_their_record(
    window: Open, sandbox: Sandbox, library: Path, home: Path
) -> None:
    block(library)
    async with window() as w:
        job = await refused(w)
        for words in ("retry", "another folder", "stop: what came is kept"):
            assert words in w.text, words
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the line for the path")
        await w.paste("~/saved here")
        await w.press("enter")
        await w.until(lambda: job.state is State.DONE, "its end")
        (image,) = images(home / "saved here")
        assert job.saved[0].path == image
        assert records.read(home / "saved here", job.saved[0].record.sha256) is not None
    assert len(sandbox.posts) == 1
    assert not leftovers(library)


async def test_the_path_is_completed(window: Open, library: Path, home: Path) -> None:
    block(library)
    (home / "another disk" / "inner").mkdir(parents=True)
    async with window() as w:
        job = await refused(w)
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the line for the path")
        await w.paste("~/ano")
        await w.until_shown("~/another disk")
        await w.press("tab")
        await w.until_shown("~/another disk/inner")
        await w.press("down", "enter")
        await w.until(lambda: job.state is State.DONE, "its end")
        assert job.saved[0].path.is_relative_to(home / "another disk" / "inner")


async def test_no_folder_leads_back_to_the_question(window: Open, library: Path) -> None:
    days = block(library)
    async with window() as w:
        job = await refused(w)
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the line for the path")
        await w.press("escape")
        await w.until(lambda: isinstance(w.screen, Question), "the question")
        for day in days:
            day.unlink()
        await w.press("r")
        await w.until(lambda: job.state is State.DONE, "its end")
        assert len(images(library)) == 1


async def test_a_folder_that_refuses_too_is_asked_about_again(window: Open, library: Path, home: Path) -> None:
    block(library)
    (home / "plain file").touch()
    async with window() as w:
        job = await refused(w)
        await w.press("a")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the line for the path")
        first = job.question
        await w.paste("~/plain file/below")
        await w.press("enter")
        await w.until(lambda: job.state is State.ASKING and job.question is not first, "the next question")


async def test_stopping_keeps_what_came_and_the_next_start_saves_it(
    window: Open, sandbox: Sandbox, library: Path
) -> None:
    days = block(library)
    async with window() as w:
        job = await refused(w)
        await w.press("s")
        await w.until(lambda: job.state is State.FAILED, "its end")
    assert [left.state for left in leftovers(library)] == ["answered"]
    for day in days:
        day.unlink()
    async with window() as w:
        await w.until(lambda: [each.state for each in w.app.session.jobs] == [State.DONE], "its end")
    assert len(images(library)) == 1
    assert len(sandbox.posts) == 1
