"""What a job asks on a terminal, one question at a time. Where nobody can answer, the answer is no."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tui.core.events import Waiting
from tui.core.paths import expanded
from tui.subcommands import output
from tui.subcommands.progress import Progress

# The answers that go on, and what asks for them.
YES = {"retry": "Retry?", "send": "Send anyway?"}
SEND = "send"
ELSEWHERE = "elsewhere"
Answer = Callable[..., None]


class Questions:
    """`answer(job, choice, folder=…)` takes the person's choice; the folder goes with another one for the images.

    `send`: jobs over a spending limit are sent unasked.
    """

    def __init__(self, progress: Progress, answer: Answer, *, send: bool = False) -> None:
        self._progress, self._answer, self._send = progress, answer, send
        self._person = output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, event: Waiting) -> None:
        """Put a question, or answer it where there is nobody to."""
        no = next((choice for choice in event.choices if choice not in (*YES, ELSEWHERE)), "")
        if SEND in event.choices and self._send:
            self._answer(event.job, SEND)
            return
        if event.failure.advice and (self._person or not event.url):
            self._progress.say(f"→ {event.failure.advice}", event.number)
        if not self._person:
            if SEND in event.choices:
                self._progress.say("→ --yes sends it all the same; safelight config tells the limits", event.number)
            self._answer(event.job, no)
            return
        task = asyncio.create_task(self._ask(event, no))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _ask(self, event: Waiting, no: str) -> None:
        async with self._turn:
            choice = await self._choice(event, no)
            folder = await self._folder() if choice == ELSEWHERE else None
        if folder is None:
            self._answer(event.job, no if choice == ELSEWHERE else choice)
        else:
            self._answer(event.job, choice, folder=folder)

    async def _choice(self, event: Waiting, no: str) -> str:
        yes = next((choice for choice in event.choices if choice in YES), no)
        more = "/u for the URL" if event.url else "/a for all" if yes == SEND else ""
        if ELSEWHERE in event.choices:
            more += "/f for another folder"
        while not (yes == SEND and self._send):
            line = await self._typed(f"{YES.get(yes, '')} (y/n{more}) ")
            typed = line.lower() if line is not None else None
            if typed is None or typed.startswith("n"):
                return no
            if typed.startswith("y"):
                return yes
            if typed.startswith("f") and ELSEWHERE in event.choices:
                return ELSEWHERE
            if typed.startswith("a") and yes == SEND:
                self._send = True
            if typed.startswith("u") and event.url:
                # Secret, and asked for.
                output.write_error(f"{output.shown_path(event.url)}\n")
        return yes

    async def _folder(self) -> Path | None:
        """Where the images are to go instead; None where nothing is typed."""
        typed = await self._typed("Folder: ")
        return expanded(typed, os.environ) if typed else None

    async def _typed(self, question: str) -> str | None:
        """What the person types; None at the end of the input."""
        self._progress.close()
        self._progress.quiet = True
        output.write_error(question)
        try:
            line = await _read_line()
        finally:
            self._progress.quiet = False
        return os.fsdecode(line).strip() if line else None


async def _read_line() -> bytes:
    """A line of the terminal. Its thread is left behind when the program ends first: nothing can stop a read."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[bytes] = loop.create_future()

    def deliver(content: bytes) -> None:
        if not line.done():
            line.set_result(content)

    def read() -> None:
        content = b""
        with suppress(OSError, ValueError):
            content = os.read(sys.stdin.fileno(), 1024)
        # The loop may have ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver, content)

    threading.Thread(target=read, daemon=True).start()
    return await line
