"""Jobs run to their end by the engine, with results on standard output: what `generate` and `recover` are made of."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from tui.core import logs, paths, signals
from tui.core.config import Config
from tui.core.events import Cancelled, Done, Event, Failed, Saved, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.models import Catalogue
from tui.core.provider import Provider
from tui.core.record import Record
from tui.core.request import Request
from tui.engine.client import RefusedError, check_version
from tui.engine.runner import Runner
from tui.engine.settings import from_config
from tui.engine.spending import Ledger
from tui.engine.spool import RESPONSE, SPOOL
from tui.library import costs, records
from tui.library.entry import as_json, entry_of
from tui.subcommands import output
from tui.subcommands.progress import Progress
from tui.subcommands.questions import Questions

INTERRUPTED = 130
RECOVERABLE = 3
# Puts jobs in line and gives their ids.
Begin = Callable[[Runner], list[str]]


def run(
    requests: Sequence[Request],
    provider: Provider,
    config: Config,
    models: Catalogue,
    *,
    as_json: bool,
    over_limits: bool = False,
) -> int:
    """Send the requests and save what comes; the exit code. `over_limits`: also what goes over a spending limit."""
    logs.set_up(paths.log_file(os.environ))
    try:
        _load_sdk()
    except RefusedError as refused:
        output.say(f"{refused.failure.message}. {refused.failure.advice}")
        return 2
    jobs = _Jobs(config, models, as_json=as_json, over_limits=over_limits)
    return asyncio.run(
        jobs.run(lambda runner: [runner.submit(request, provider) for request in requests], several=len(requests) > 1)
    )


def recover(left: Sequence[str], config: Config, models: Catalogue, *, as_json: bool) -> int:
    """Finish jobs that an earlier run left, without sending anything; the exit code.

    What another process finishes meanwhile is passed over.
    """
    logs.set_up(paths.log_file(os.environ))

    def begin(runner: Runner) -> list[str]:
        jobs = []
        for job in left:
            with suppress(LookupError):
                jobs.append(runner.recover(job))
        return jobs

    return asyncio.run(_Jobs(config, models, as_json=as_json, complete=False).run(begin, several=len(left) > 1))


def _load_sdk() -> None:
    """Import it without looking for garbage, of which an import makes none: a sixth of its time."""
    gc.disable()
    try:
        check_version()
    finally:
        gc.freeze()
        gc.enable()


class _Jobs:
    """`complete`: a job that gave fewer images than it was asked for has failed."""

    def __init__(
        self, config: Config, models: Catalogue, *, as_json: bool, over_limits: bool = False, complete: bool = True
    ) -> None:
        self._config, self._models, self._as_json, self._complete = config, models, as_json, complete
        self._over_limits = over_limits
        self._lines = output.Lines()
        self._ended_by: int | None = None
        self._closing: asyncio.Task[None] | None = None

    async def run(self, begin: Begin, *, several: bool) -> int:
        self._progress = Progress(os.environ, several=several)
        ledger = Ledger(self._config.library, partial(costs.of_jobs, self._config.library))
        self._runner = Runner(
            from_config(self._config),
            emit=self._hear,
            record=_record,
            recorded=records.read,
            catalogue=self._models,
            ledger=ledger,
        )
        self._questions = Questions(self._progress, self._runner.answer, send=self._over_limits)
        ticking = asyncio.create_task(self._progress.tick())
        self._listen()
        try:
            endings = await self._endings(begin(self._runner))
        finally:
            await (self._closing or self._runner.close())
            ticking.cancel()
            self._questions.close()
            self._progress.close()
        if self._ended_by:
            return signals.SIGNALLED + self._ended_by
        return max([*(self._code(ending) for ending in endings), int(self._lines.failed)])

    async def _endings(self, jobs: list[str]) -> list[Event]:
        """How each job ends. Ctrl+C cancels this task, and so the jobs; each still says how it ended."""
        every = asyncio.gather(*map(self._runner.wait, jobs))
        try:
            return await asyncio.shield(every)
        except asyncio.CancelledError:
            if task := asyncio.current_task():
                task.uncancel()
            for job in jobs:
                self._runner.cancel(job)
            return await every

    def _listen(self) -> None:
        """Hear from here on that the program is to end."""
        if os.name == "posix":
            for number in signals.wanted():
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end, number)

    def _told_to_end(self, number: int) -> None:
        """What was sent may still come. The same signal again ends it at once, but for the SIGHUPs of a lost line."""
        if number == signal.SIGTERM:
            asyncio.get_running_loop().remove_signal_handler(number)
        if self._ended_by is None:
            self._ended_by = number
            grace = self._config.get("engine.grace")
            if sent := len(self._runner.running):
                jobs = "1 job still receives" if sent == 1 else f"{sent} jobs still receive"
                self._progress.say(f"{signal.Signals(number).name}: waiting up to {grace:.0f} s for what {jobs}…")
            self._closing = asyncio.create_task(self._runner.close(grace))

    def _hear(self, event: Event) -> None:
        self._progress.tell(event)
        match event:
            case Saved():
                self._print(event)
            case Waiting(seconds=None):
                if event.expires:
                    ends = time.strftime("%H:%M", time.localtime(event.expires))
                    self._progress.say(f"the image's URL ends at {ends}", event.number)
                self._questions.ask(event)

    def _print(self, event: Saved) -> None:
        if self._as_json:
            self._lines.json(as_json(entry_of(event.path, event.record, event.origin)))
        else:
            self._lines.line(output.shown_path(event.path))

    def _response(self, event: Event) -> Path:
        return self._config.library / SPOOL / event.job / RESPONSE

    def _code(self, ending: Event) -> int:
        match ending:
            case Done() if not self._complete or not ending.fewer:
                return 0
            case Cancelled():
                return INTERRUPTED
            case Unknown():
                return RECOVERABLE
            case Failed() if ending.failure.kind in (Kind.DOWNLOAD, Kind.STORAGE) and self._response(ending).exists():
                return RECOVERABLE
        return 1


def _record(library: Path, record: Record) -> None:
    records.write(library, record)
