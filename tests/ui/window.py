"""The real app under Textual's pilot, with words for what a person does and sees."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tui.app import SafelightApp
from tui.core import config, paths
from tui.core.provider import SANDBOX, Provider
from tui.core.text import clean
from tui.sandbox.process import SandboxError
from tui.sandbox.server import Sandbox
from tui.ui.jobs import Job, State
from tui.ui.screens.create import CreateScreen
from tui.ui.widgets.canvas import Canvas
from tui.ui.widgets.field import Field
from tui.ui.widgets.form import Form
from tui.ui.widgets.image_list import ImageList

W = TypeVar("W", bound=Widget)
PATIENCE = 20.0
# Workers that go on for as long as what they follow is shown.
LASTING = ("watch", "play")
# The model and size that are painted fastest.
QUICK = {"model": "dall-e-2", "size": "256x256"}


class SandboxedApp(SafelightApp):
    """The app as it is, whose built-in sandbox is the test's own; for None there is one that does not start."""

    def __init__(self, sandbox: Sandbox | None) -> None:
        super().__init__(config.load(os.environ), os.environ)
        self._address = sandbox.base_url if sandbox is not None else ""

    def _start_sandbox(self) -> Provider:
        if not self._address:
            raise SandboxError("no port is free")
        return Provider(name=SANDBOX, base_url=self._address, key=SANDBOX, key_source="built in")


class Window:
    """One run of the app. Everything waits for what it asks for; nothing waits for a time."""

    def __init__(self, app: SafelightApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    # --- what a person does ---------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys, each once the one before has done all that it does at once."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            event = Key(name, key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)
            await self.settle()

    async def started(self) -> None:
        """Wait until the app is ready to send and everything that it looks up at its start is shown."""
        app = self.app
        await self.until(lambda: app.session.provider and app.engine and app.session.spent is not None, "its start")
        await self.until(lambda: self.here(ImageList).loaded and not app._behind, "the list of images")
        await self.until(
            lambda: all(worker.is_finished for worker in app.workers if worker.group in ("list", "catch up")),
            "the files",
        )

    async def settle(self) -> None:
        """Let the app do what it can do without time passing and without its threads.

        The pilot's own pause waits until the whole process is idle, which a test that paints in a thread never is.
        """
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # the callbacks that are due
        for _ in range(2):
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0)
                quiet = 0 if ready else quiet + 1
            if self.app._running and self.app._screen_stacks:
                self.app.screen._on_timer_update()

    async def rest(self) -> None:
        """Wait until nothing is looked up, drawn or saved any more."""
        await self.until(
            lambda: all(worker.is_finished or worker.group in LASTING for worker in self.app.workers), "its rest"
        )

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        await self.press(*text)

    async def paste(self, text: str) -> None:
        self.app.post_message(Paste(text))
        await self.settle()

    async def prompt(self, text: str) -> None:
        """Write a prompt in place of what stands there, by pasting it."""
        self.form.prompt.focus()
        await self.until(lambda: self.focus == "prompt", "the prompt")
        self.form.prompt.select_all()
        await self.paste(text)
        # What is pasted is cleaned on its way.
        await self.until(lambda: self.form.prompt.text == clean(text), f"the prompt {text!r}")

    async def generate(self, prompt: str) -> Job:
        """Send a prompt from Create, and wait until it is a job."""
        before = len(self.app.session.jobs)
        await self.prompt(prompt)
        await self.press("ctrl+j")
        await self.until(lambda: len(self.app.session.jobs) > before, "the job")
        return list(self.app.session.jobs)[-1]

    async def make(self, prompt: str) -> Job:
        """Send a prompt and wait until its image is saved, listed and selected."""
        job = await self.generate(prompt)
        await self.until(lambda: job.state is State.DONE, f"an image of {prompt!r}")
        await self.until(lambda: any(f.path == job.saved[-1].path for f in self.images.files), "its row")
        return job

    async def to(self, place: str) -> None:
        await self.press({"create": "f5", "library": "f6", "queue": "f7", "spend": "f8"}[place])
        await self.until(lambda: self.app.screen.id == place, place)

    async def go(self, name: str) -> Field:
        """The focus on a field of the form."""
        self.form.go_to(name)
        await self.until(lambda: self.app.focused is self.field(name), f"the field {name}")
        return self.field(name)

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.app.size == (width, height), "the new size")
        await self.settle()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds; what has not come by then is a failure."""
        end = time.monotonic() + PATIENCE
        await self.settle()
        while not holds():
            assert time.monotonic() < end, f"waited in vain for {what}; the screen:\n{self.text}\nthe log:\n{self.log}"
            await asyncio.sleep(0.01)
            await self.settle()
        await self.settle()

    async def until_shown(self, words: str) -> None:
        await self.until(lambda: words in self.text, repr(words))

    # --- what a person sees ---------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[str]:
        """The screen as text."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)

    @property
    def log(self) -> str:
        """The whole log."""
        return "\n".join(line.words(time.monotonic()) for line in self.app.session.log.lines)

    def log_of(self, job: Job) -> str:
        return "\n".join(line.text for line in self.app.session.log.lines if line.number == job.number)

    @property
    def toasts(self) -> list[str]:
        return [str(note.message) for note in self.app._notifications]

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def create(self) -> CreateScreen:
        found = self.app._screen_stacks["create"][0]
        assert isinstance(found, CreateScreen)
        return found

    @property
    def form(self) -> Form:
        return self.create.form

    @property
    def fields(self) -> list[str]:
        """The names of the fields that the form shows."""
        return [field.field for field in self.form.query(Field)]

    def field(self, name: str) -> Field:
        return self.form.query_one(f"#field-{name}", Field)

    @property
    def images(self) -> ImageList:
        return self.here(ImageList)

    def here(self, kind: type[W]) -> W:
        """A widget of the place that is shown, also while something stands over it."""
        assert self.app.here is not None
        return self.app.here.query_one(kind)

    @property
    def focus(self) -> str:
        """The id of what has the focus."""
        return (self.app.focused.id or type(self.app.focused).__name__) if self.app.focused else ""

    @property
    def inks(self) -> set[str]:
        """The colours of the preview."""
        found = set()
        canvas = self.screen.query_one(Canvas)
        for strip in [canvas.render_line(y) for y in range(canvas.size.height)]:
            for segment in strip:
                if segment.style is not None:
                    found |= {str(colour) for colour in (segment.style.color, segment.style.bgcolor) if colour}
        return found

    async def until_painted(self) -> None:
        """Until the preview shows a picture, where it is in sight."""
        canvas = self.screen.query_one(Canvas)
        await self.until(lambda: canvas.painted or not canvas.region.area, "the picture")


def remember(**memory: Any) -> None:
    """What an earlier run left: the form's values, prompts, theme."""
    file = paths.state_folder(os.environ) / "memory.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"welcomed": True, "form": QUICK, **memory}))


def configure(text: str) -> Path:
    """Write the configuration file."""
    file = paths.config_file(os.environ)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@asynccontextmanager
async def opened(sandbox: Sandbox, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Window]:
    """The app on a terminal of that size, ready to send; closed at the end."""
    app = SandboxedApp(sandbox)
    try:
        async with app.run_test(size=size) as pilot:
            window = Window(app, pilot)
            await window.started()
            yield window
    finally:
        app.close()


def no_control_character(app: App[Any]) -> bool:
    """Whether what is drawn holds nothing that a terminal would act on."""
    text = "".join(strip.text for strip in app.screen._compositor.render_strips())
    return not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u202c\u200f" for c in text)
