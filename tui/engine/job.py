"""A job while it runs: what its steps share, and how it speaks and listens."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tui.core import naming
from tui.core.events import Event, Waiting
from tui.core.failures import Failure, Kind
from tui.core.limits import Limits
from tui.core.models import Model
from tui.core.paths import shown
from tui.core.pricing import Estimate
from tui.core.provider import Provider
from tui.core.request import Request
from tui.core.text import clean_line
from tui.engine.spool import Entry

T = TypeVar("T")
# Progress is told at most ten times a second.
PROGRESS_SECONDS = 0.1
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Settings:
    """How the engine works. Times are seconds; `backoff` is the first pause after a refusal, doubled with each.

    `retries` counts the attempts after the first; 0 never repeats by itself. `deadline` is for one attempt's answer.
    """

    out: Path
    parallel: int = 4
    retries: int = 2
    deadline: float = 600.0
    template: str = naming.DEFAULT_TEMPLATE
    backoff: float = 0.5
    limits: Limits = field(default_factory=Limits)


class StoppedError(Exception):
    """The person cancelled, or the program ends."""


class BrokenError(Exception):
    """The job can't go on; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.summary)
        self.failure = failure


class NoRoomError(Exception):
    """The disk refused and the person gave up; what was received is kept."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.summary)
        self.failure = failure


async def on_disk(job: Job, entry: Entry, work: Callable[[], T]) -> T:
    """`work()` in a thread; where the disk refuses, again there or in another library, as the person says.

    Raises NoRoomError, StoppedError.
    """
    folder: Path | None = None

    def attempt() -> T:
        nonlocal folder
        if folder is not None:
            entry.divert(folder)
            folder = None
        return work()

    while True:
        try:
            return await in_thread(attempt)
        except OSError as error:
            failure = storage(error, paid=True)
            if await job.ask(failure, "retry", ELSEWHERE, "stop") == "stop":
                raise NoRoomError(failure) from error
            folder = job.elsewhere or folder


def storage(error: OSError, *, paid: bool) -> Failure:
    """A disk's refusal in words."""
    said = clean_line(error.strerror or type(error).__name__, limit=200)
    where = f": {shown(Path(os.fsdecode(error.filename)))}" if isinstance(error.filename, str | bytes) else ""
    advice = "What was received is kept: make room and retry, or save elsewhere." if paid else "Nothing was sent."
    return Failure(kind=Kind.STORAGE, message=f"{said}{where}", advice=advice)


def new_id() -> str:
    """A job's id: its time, so that ids sort, and a random part, so that processes don't meet."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


@dataclass(eq=False)
class Job:
    """One request on its way. `sent`: a request went out that the server has not refused.

    `entry` is what an earlier run left of it, where it is one to recover, and `template` how that run named its images;
    `elsewhere` is the folder of the last answer. `sources` are the sha256 of the images that the request goes out with.
    """

    id: str
    number: int
    request: Request
    provider: Provider
    model: Model
    estimate: Estimate
    emit: Callable[[Event], None]
    asking: Callable[[bool], None]
    sent: bool = False
    entry: Entry | None = None
    template: str | None = None
    elsewhere: Path | None = None
    sources: tuple[str, ...] = ()
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    ending: asyncio.Future[Event] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _choices: tuple[str, ...] = ()
    _choice: asyncio.Future[str] | None = None
    _told: float = 0.0

    @property
    def recovered(self) -> bool:
        return self.entry is not None

    def tell(self, kind: type[Event], **facts: Any) -> Event:
        event = kind(job=self.id, number=self.number, at=time.time(), **facts)
        self.emit(event)
        return event

    def progress(self, kind: type[Event], *, always: bool = False, **facts: Any) -> None:
        """`tell`, but not oftener than is of use."""
        now = time.monotonic()
        if always or now - self._told >= PROGRESS_SECONDS:
            self._told = now
            self.tell(kind, **facts)

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which is cancelled when the job is. Raises StoppedError."""
        if self.stop.is_set():
            work.close()
            raise StoppedError
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise StoppedError
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))
                # A failure while being stopped has no one left to hear it.
                _ = task.cancelled() or task.exception()

    async def pause(self, seconds: float) -> None:
        """Wait on the clock that does not jump. Raises StoppedError."""
        await self.unless_stopped(asyncio.sleep(seconds))

    async def ask(self, failure: Failure, *choices: str, **facts: Any) -> str:
        """What the person chooses to do about `failure`. Raises StoppedError."""
        self._choices, self._choice = choices, asyncio.get_running_loop().create_future()
        self.asking(True)
        try:
            self.tell(Waiting, failure=failure, seconds=None, choices=choices, **facts)
            return await self.unless_stopped(_result(self._choice))
        finally:
            self._choices, self._choice = (), None
            self.asking(False)

    def choose(self, choice: str, folder: Path | None = None) -> bool:
        """The person's answer, "elsewhere" with a folder; False where it answers nothing."""
        if self._choice is None or self._choice.done() or choice not in self._choices:
            return False
        if choice == ELSEWHERE and folder is None:
            return False
        self.elsewhere = folder
        self._choice.set_result(choice)
        return True


async def in_thread(work: Callable[[], T], stop: Callable[[], None] | None = None) -> T:
    """The result of `work()` from another thread. A cancellation calls `stop` and waits: no thread is left behind."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if stop is not None:
            stop()
        await asyncio.wait((task,))
        _ = task.cancelled() or task.exception()
        raise


async def _result(future: Awaitable[T]) -> T:
    return await future
