"""What earlier runs left, and the questions around leaving and full disks, as pictures."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.left import leave
from tests.ui.test_snapshots import NOW, SIZES, Act, server, shot, still
from tests.ui.window import Window
from tui.core import paths
from tui.core.request import Request
from tui.ui.jobs import State
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.question import Question
from tui.ui.screens.quit import Quit
from tui.ui.widgets.job_list import JobList

__all__ = ["server", "shot", "still"]
HOUR = 3600.0


@pytest.fixture
def left(still: object) -> Path:
    """Three jobs that earlier runs left, one of which is kept."""
    library = paths.default_library(os.environ)
    part = b'{"created": 1763822000, "data": [{"b64_json": "iVBORw0KGgo' + b"A" * 700_000
    host = "api.openai.com"
    leave(library, 1, host=host, body=part, at=NOW - 20 * HOUR)
    leave(library, 2, host=host, prompt="a lighthouse in a storm, from the sea", at=NOW - 3 * HOUR)
    refused = "503 server trouble · The engine is currently overloaded."
    leave(library, 3, host=host, prompt="a fox in the snow", refused=refused, at=NOW - 2 * HOUR)
    return library


async def found(w: Window) -> None:
    await w.until(lambda: len(w.app.session.left) == 3, "what was left")


async def told(w: Window) -> None:
    await found(w)
    await w.until_shown("f9 3 left")


async def listed(w: Window) -> None:
    await found(w)
    w.app.keep_left(w.app.session.left[1].job)
    await w.until(lambda: len(w.app.session.unsettled) == 2, "one that is kept")
    await w.app.run_action("show_left")
    await w.until(lambda: w.screen.id == "queue" and w.here(JobList).selected is not None, "the first of them")
    await w.until_shown("unknown · kept")


async def asked(w: Window) -> None:
    await found(w)
    # Its lines come in the order in which the jobs were looked at.
    await w.press("f2")
    await w.press("f9")
    await w.until(lambda: isinstance(w.screen, Question), "the question")


async def forgotten(w: Window) -> None:
    await asked(w)
    await w.press("f")
    await w.until_shown("Forget it?")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [told, listed, asked, forgotten], ids=lambda act: act.__name__)
def test_left(act: Act, size: tuple[int, int], left: Path, shot: Callable[..., bool]) -> None:
    assert shot(act, size)


async def quitting(w: Window) -> None:
    jobs = w.app.session.jobs
    for number, prompt in enumerate(("a fox in the snow", "a lighthouse in a storm"), 1):
        w.app.submit(Request(f"fault:timeout {prompt}", "dall-e-2", parameters={"size": "256x256"}))
        await w.until(lambda: [job.state for job in jobs] == [State.SENT] * number, "the job")  # noqa: B023  # called before it changes
    await w.press("ctrl+q")
    await w.until(lambda: isinstance(w.screen, Quit), "the question")


async def waiting_to_quit(w: Window) -> None:
    await quitting(w)
    await w.press("w")
    await w.until_shown("Quits when 2 jobs have ended")


async def no_room(w: Window) -> None:
    library = w.app.config.library
    library.mkdir(parents=True, exist_ok=True)
    (library / time.strftime("%Y-%m-%d", time.gmtime(NOW))).touch()
    job = await w.generate("a fox")
    await w.until(lambda: job.state is State.ASKING, "its question")
    await w.press("f9")
    await w.until(lambda: isinstance(w.screen, Question), "the question")


async def another_folder(w: Window) -> None:
    await no_room(w)
    for name in ("disk one", "disk two"):
        (Path(os.environ["HOME"]) / name).mkdir()
    await w.press("a")
    await w.until(lambda: isinstance(w.screen, FolderPick), "the line for the path")
    await w.paste("~/di")
    await w.until_shown("~/disk two")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [quitting, waiting_to_quit, no_room, another_folder], ids=lambda act: act.__name__)
def test_question(act: Act, size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)
