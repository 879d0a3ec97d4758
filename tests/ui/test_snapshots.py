"""Every screen as a picture, at 80x24 and 120x40, with a clock, ids and names that stand still.

`pytest tests/ui/test_snapshots.py --snapshot-update` takes them anew; look at them before they are committed.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.pilot import Pilot

from tests.ui.test_queue import select
from tests.ui.window import SandboxedApp, Window, remember
from tui.core import paths
from tui.core.request import Request
from tui.library import thumbnails
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State
from tui.ui.widgets.preview import Preview

NOW = datetime(2026, 11, 22, 14, 32, 5, tzinfo=UTC).timestamp()
SIZES = [(80, 24), (120, 40)]
FLARE = {"model": "gpt-image-2.5-flare", "size": "1024x640", "quality": "low"}
PROMPT = "Ballet dancers posing on a beam. Romantic impressionist painting."

Act = Callable[[Window], Awaitable[None]]


class Day(date):
    """A calendar that stands still."""

    @classmethod
    def today(cls) -> date:
        return date(2026, 11, 22)


class Clock(datetime):
    """A clock that stands still, for those who ask it by name."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(NOW, tz)


@pytest.fixture(autouse=True)
def still(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything that would differ from run to run: the time, where on earth, ids, and the person's terminal."""
    counters = {size: itertools.count(1) for size in range(1, 65)}
    jobs = itertools.count(1)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLORTERM", "truecolor")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: NOW)
    monkeypatch.setattr(secrets, "token_hex", lambda size: f"{next(counters[size]):0{2 * size}x}")
    monkeypatch.setattr("tui.engine.thread.new_id", lambda: f"20261122-143205-{next(jobs):08x}")
    monkeypatch.setattr("tui.ui.widgets.form.date", Day)
    monkeypatch.setattr("tui.ui.screens.browsing.datetime", Clock)
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def shot(snap_compare: Callable[..., bool], server: Sandbox) -> Callable[..., bool]:
    """Opens the app, does something in it, and compares what it shows with the picture that was accepted."""

    def take(act: Act, size: tuple[int, int], **memory: Any) -> bool:
        if memory.pop("first_run", False) is False:
            remember(**{"form": FLARE, **memory})
        app = SandboxedApp(server)

        async def before(pilot: Pilot[Any]) -> None:
            w = Window(app, pilot)
            await w.started()
            await act(w)
            app.clear_notifications()
            await w.settle()

        try:
            return snap_compare(app, terminal_size=size, run_before=before)
        finally:
            app.close()

    return take


async def image(w: Window, prompt: str = PROMPT) -> None:
    """Make an image, and give its file the time at which it was made."""
    job = await w.make(prompt)
    file = job.saved[0].path
    # Drawn from the original, whichever came first: another time makes the thumbnail out of date.
    await w.until(lambda: thumbnails.valid(file), "its thumbnail")
    os.utime(file, (NOW, NOW))
    preview = w.here(Preview)
    await w.until(lambda: preview.path == file, "its preview")
    await w.until_painted()
    w.app.list_images()
    await w.until(lambda: w.images.file and w.images.file.mtime == NOW, "its time")
    # It may have been drawn while it was listed by itself.
    preview.canvas.say("")
    preview._sought = None
    preview.redraw()
    await w.until_painted()


# --- the states -----------------------------------------------------------------------------------------------------


async def create_empty(w: Window) -> None:
    assert w.screen is w.create


async def create_with_a_problem(w: Window) -> None:
    await w.prompt(PROMPT)
    (await w.go("background")).change("transparent")
    (await w.go("output_format")).change("jpeg")
    await w.until_shown("✗")


async def create_with_more_fields(w: Window) -> None:
    await w.prompt(PROMPT)
    await w.form.toggle_more()
    await w.go("output_format")


async def create_with_an_image(w: Window) -> None:
    await image(w)


async def create_of_another_model(w: Window) -> None:
    await w.form.choose_model("dall-e-3")
    await w.prompt(PROMPT)


async def failures_in_the_log(w: Window) -> None:
    for fault in ("moderation", "bad-gateway", "quota"):
        job = await w.generate(f"a fox fault:{fault}")
        await w.until(lambda job=job: not job.running, "its end")


def bands(file: Path, days_ago: int) -> None:
    """An image of plain bands: drawn the same wherever numpy and Pillow are of another version."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (640, 480))
    for number, colour in enumerate(("#1d3557", "#457b9d", "#a8dadc", "#f1faee", "#e63946")):
        picture.paste(colour, (0, number * 96, 640, number * 96 + 96))
    picture.save(file)
    os.utime(file, (NOW - 86_400 * days_ago, NOW - 86_400 * days_ago))


async def others(w: Window) -> None:
    """Images of another tool in the library, and the cursor on the newest of them."""
    files = [w.app.config.library / f"holiday {number}.png" for number in range(3)]
    for days, file in enumerate(files, 1):
        bands(file, days)
    w.app.list_images()
    await w.until(lambda: {f.path for f in w.images.files} >= set(files), "the images")
    w.images.focus()
    await w.until(lambda: w.focus in ("outputs", "list"), "the list")
    w.images.point_at(files[0])
    await w.until_painted()


async def create_looking_back(w: Window) -> None:
    await others(w)
    await w.until_shown("holiday 0.png · ")


async def library(w: Window) -> None:
    await image(w)
    await w.to("library")
    await others(w)
    await w.until(lambda: len(w.images.files) == 4, "the images")
    await w.until(lambda: w.here(Preview).path == w.app.config.library / "holiday 0.png", "the preview")
    await w.until_painted()


async def library_details(w: Window) -> None:
    await library(w)
    await w.press("g", "i")
    await w.until_painted()
    await w.until_shown("Ballet dancers posing")


async def library_empty(w: Window) -> None:
    await w.to("library")
    await w.until_shown("No images here yet")


async def library_search(w: Window) -> None:
    await library(w)
    await w.press("slash")
    await w.write("ballet")
    await w.until(lambda: len(w.images.files) == 1, "what fits")


async def queue(w: Window) -> None:
    await image(w)
    ends = {"fault:moderation": State.FAILED, "fault:bad-gateway": State.UNKNOWN, "fault:timeout": State.SENT}
    for number, (fault, state) in enumerate(ends.items(), 2):
        w.app.submit(Request(f"a fox in the snow {fault}", "dall-e-2", parameters={"size": "256x256"}))
        await w.until(lambda: len(w.app.session.jobs) == number, "the job")  # noqa: B023  # called before it changes
        await w.until(lambda: list(w.app.session.jobs)[-1].state is state, "its state")  # noqa: B023  # as above
    await w.to("queue")
    await select(w, list(w.app.session.jobs)[2])


async def full_screen(w: Window) -> None:
    await others(w)
    await w.press("enter")
    await w.until_shown("1 of 3")
    await w.until_painted()


async def help_(w: Window) -> None:
    await w.press("f1")


async def palette(w: Window) -> None:
    await w.press("ctrl+p")


async def menu_of_models(w: Window) -> None:
    await w.go("model")
    await w.press("enter")


async def menu_of_sizes(w: Window) -> None:
    await w.go("size")
    await w.press("enter")
    await w.paste("1000x1000")
    await w.until_shown("✗")


async def question(w: Window) -> None:
    job = await w.generate("a fox fault:hang-up")
    await w.until(lambda: job.state is State.UNKNOWN and w.toasts, "its end")
    w.app.clear_notifications()
    await w.press("f9")


async def jump(w: Window) -> None:
    await w.press("ctrl+o")


async def chord(w: Window) -> None:
    await library(w)
    await w.press("y")


STATES: tuple[Act, ...] = (
    create_empty, create_with_a_problem, create_with_more_fields, create_with_an_image, create_of_another_model,
    failures_in_the_log, library, library_details, library_empty, library_search, queue, full_screen,
    help_, palette, menu_of_models, menu_of_sizes, question, jump, chord,
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", STATES, ids=lambda act: act.__name__.strip("_"))
def test_screen(act: Act, size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
def test_the_first_run(size: tuple[int, int], shot: Callable[..., bool]) -> None:
    async def welcome(w: Window) -> None:
        await w.until_shown("A darkroom for images.")

    assert shot(welcome, size, first_run=True)


@pytest.mark.parametrize("act", [create_looking_back, library], ids=["create", "library"])
def test_a_wide_screen(act: Act, shot: Callable[..., bool]) -> None:
    assert shot(act, (200, 60))


@pytest.mark.parametrize("theme", [file.stem for file in sorted(paths.themes_folder().glob("*.toml"))])
def test_theme(theme: str, shot: Callable[..., bool]) -> None:
    assert shot(queue, (120, 40), theme=theme)


def test_no_colour(shot: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shot(create_with_an_image, (120, 40))
