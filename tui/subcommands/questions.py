"""What a job asks on a terminal, one question at a time. Where nobody can answer, the answer is no."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from tui.core.events import Waiting
from tui.subcommands import output
from tui.subcommands.progress import Progress

RETRY = "retry"


class Questions:
    """`answer(job, choice)` takes the person's choice."""

    def __init__(self, progress: Progress, answer: Callable[[str, str], None]) -> None:
        self._progress, self._answer = progress, answer
        self._person = output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, event: Waiting) -> None:
        """Put a question, or answer it where there is nobody to."""
        no = next((choice for choice in event.choices if choice != RETRY), "")
        if event.failure.advice and (self._person or not event.url):
            self._progress.say(f"→ {event.failure.advice}", event.number)
        if not self._person:
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
        self._answer(event.job, choice)

    async def _choice(self, event: Waiting, no: str) -> str:
        question = "Retry? (y/n/u for the URL) " if event.url else "Retry? (y/n) "
        while True:
            typed = await self._typed(question)
            if typed is None or typed.startswith("n"):
                return no
            if typed.startswith("y"):
                return RETRY
            if typed.startswith("u") and event.url:
                # Secret, and asked for.
                output.write_error(f"{output.shown_path(event.url)}\n")

    async def _typed(self, question: str) -> str | None:
        """What the person types, in small letters; None at the end of the input."""
        self._progress.close()
        self._progress.quiet = True
        output.write_error(question)
        try:
            line = await _read_line()
        finally:
            self._progress.quiet = False
        return line.decode("utf-8", "replace").strip().lower() if line else None


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
