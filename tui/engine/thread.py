"""The engine in a thread of its own, for a program whose own loop must not wait."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from tui.core.events import Event
from tui.core.models import Catalogue
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.finish import RecordReader, RecordWriter
from tui.engine.job import BrokenError, Settings, new_id
from tui.engine.runner import Runner
from tui.engine.spending import Ledger


class EngineThread:
    """A Runner in a daemon thread. Everything here may be called from any thread and returns at once, but `close`.

    `emit` is called in the engine's thread.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        emit: Callable[[Event], None],
        record: RecordWriter,
        catalogue: Catalogue | None = None,
        ledger: Ledger | None = None,
        recorded: RecordReader | None = None,
    ) -> None:
        self._make = partial(
            Runner, settings, emit=emit, record=record, catalogue=catalogue, ledger=ledger, recorded=recorded
        )
        self._ready = threading.Event()
        self._end: asyncio.Event | None = None
        self._grace = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: Runner | None = None
        self._thread = threading.Thread(target=self._main, name="safelight engine", daemon=True)

    def start(self) -> None:
        """Start the thread. Calls before this are an error, calls right after it wait their turn."""
        self._thread.start()
        self._ready.wait()

    def warm(self) -> None:
        """Import what the first job needs, so that it starts at once."""
        self._call(lambda _: _warm())

    def prepare(self, provider: Provider) -> None:
        """Make a provider's client ahead of its first job."""
        self._call(lambda runner: runner.prepare(provider))

    def submit(self, request: Request, provider: Provider) -> str:
        """Put a request in line and return its job's id."""
        job = new_id()
        self._call(lambda runner: runner.submit(request, provider, job=job))
        return job

    def cancel(self, job: str) -> None:
        self._call(lambda runner: runner.cancel(job))

    def recover(self, job: str, provider: Provider | None = None) -> None:
        """Finish a job that an earlier run left. No event comes of one that another process has or has ended."""

        def begin(runner: Runner) -> None:
            with suppress(LookupError):
                runner.recover(job, provider)

        self._call(begin)

    def answer(self, job: str, choice: str, *, folder: Path | None = None) -> None:
        self._call(lambda runner: runner.answer(job, choice, folder=folder))

    def move(self, job: str, delta: int) -> None:
        self._call(lambda runner: runner.move(job, delta))

    def configure(self, settings: Settings) -> None:
        self._call(lambda runner: runner.configure(settings))

    def stop_sending(self) -> None:
        """Nothing more is sent from now on; `close` follows."""
        self._call(lambda runner: runner.stop_sending())

    @property
    def busy(self) -> int:
        """How many jobs run or stand in line."""
        return len(self._runner.running) + len(self._runner.queued) if self._runner else 0

    def close(self, grace: float = 0.0) -> None:
        """End the engine as `Runner.close` does, and wait for it."""
        if self._loop is None or self._end is None:
            return
        self._grace = grace
        loop, self._loop = self._loop, None
        loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _call(self, action: Callable[[Runner], object]) -> None:
        runner = self._runner
        if self._loop is not None and runner is not None:
            self._loop.call_soon_threadsafe(lambda: action(runner))

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        self._runner = self._make()
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._end.wait()
        await self._runner.close(self._grace)


def _warm() -> None:
    # The first job tells what is wrong.
    with suppress(BrokenError):
        Runner.warm()
    # What was loaded stays. Were it looked through for garbage, the program's own loop would stand still for 0.1 s.
    gc.freeze()
