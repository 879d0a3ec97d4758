"""The engine: jobs in a queue, several at once, each from a request to saved images, told in events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core import models, pricing
from tui.core.events import Cancelled, Event, Failed, Queued, Unknown
from tui.core.failures import Failure, Kind
from tui.core.models import Catalogue
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine import recovery, sources
from tui.engine.ending import Ending
from tui.engine.exchange import exchange
from tui.engine.finish import Outcome, RecordReader, RecordWriter, finish
from tui.engine.job import BrokenError, Job, NoRoomError, Settings, StoppedError, in_thread, new_id, on_disk, storage
from tui.engine.spending import Ledger
from tui.engine.spool import Entry

if TYPE_CHECKING:
    from tui.engine.client import Client

log = logging.getLogger("safelight.engine")

__all__ = ["RecordReader", "RecordWriter", "Runner", "Settings", "new_id"]


class Runner:
    """Runs jobs in the running event loop, from which everything here is called.

    `emit` hears every event, in order for each job; `record(library, record)` writes an image's record, in a thread;
    `recorded(library, sha256)` reads one, so that recovery finds what was moved or taken away since it was saved.
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
        self._recorded = recorded
        self._ledger = ledger or Ledger(settings.out)
        self._settings, self._emit, self._record = settings, emit, record
        self._catalogue = catalogue or models.catalogue()
        self._jobs: dict[str, Job] = {}
        self._line: list[Job] = []
        self._tasks: dict[Job, asyncio.Task[None]] = {}
        self._asking: set[Job] = set()
        self._clients: dict[tuple[Provider, float], Client] = {}
        self._last_number = 0
        self._closing = False

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def running(self) -> tuple[str, ...]:
        """The jobs on their way, those that wait for an answer among them."""
        return tuple(job.id for job in self._tasks)

    @property
    def queued(self) -> tuple[str, ...]:
        """The jobs in line, in the order in which they will start."""
        return tuple(job.id for job in self._line)

    @staticmethod
    def warm() -> None:
        """Import what the first job would wait for. Raises BrokenError where the SDK is too old."""
        from tui.engine import client, download

        client.check_version()
        assert download

    def configure(self, settings: Settings) -> None:
        """Other settings from here on; a job on its way takes them at its next step."""
        self._settings = settings
        self._start_next()

    def prepare(self, provider: Provider) -> None:
        """Make a provider's client ahead of its first job: loading the certificates takes a tenth of a second."""
        # The first job tells what is wrong.
        with suppress(BrokenError):
            self._client(provider)

    def submit(self, request: Request, provider: Provider, *, job: str | None = None) -> str:
        """Put a request in line and return its job's id, which is `job` where that is given (see `new_id`)."""
        return self._queue(self._job(job or new_id(), request, provider))

    def recover(self, job: str, provider: Provider | None = None) -> str:
        """Put a job in line that an earlier run left in the library's spool: what came of it is saved, nothing sent.

        `provider` may be the one that it went to, where that is known. Raises LookupError where it is not left any
        more: another process has it, or has ended it.
        """
        left = recovery.adopt(self._settings.out, job, provider)
        known = self._job(job, left.request, left.provider)
        known.entry, known.sent = left.entry, True
        known.template, known.sources = left.template, left.sources
        return self._queue(known)

    def _job(self, job: str, request: Request, provider: Provider) -> Job:
        self._last_number += 1
        model = self._catalogue.get(request.model)
        known: Job
        known = Job(
            id=job,
            number=self._last_number,
            request=request,
            provider=provider,
            model=model,
            estimate=pricing.estimate(request, model),
            emit=self._emit,
            asking=lambda asks: self._asks(known, asks),
        )
        return known

    def _queue(self, job: Job) -> str:
        self._jobs[job.id] = job
        self._line.append(job)
        job.tell(
            Queued,
            request=job.request,
            provider=job.provider.name,
            estimate=job.estimate,
            recovered=job.recovered,
        )
        if self._closing:
            self._leave_line(job)
        self._start_next()
        return job.id

    def cancel(self, job: str) -> None:
        """End a job at whatever stage it is; nothing happens to one that has ended or is not known."""
        known = self._jobs.get(job)
        if known is None or known.ending.done():
            return
        known.stop.set()
        if known in self._line:
            self._leave_line(known)

    def answer(self, job: str, choice: str, *, folder: Path | None = None) -> None:
        """The person's answer to a Waiting, "elsewhere" with a folder; one that answers nothing is passed over."""
        if known := self._jobs.get(job):
            known.choose(choice, folder)

    def move(self, job: str, delta: int) -> None:
        """Move a queued job by `delta` places, towards the front where that is negative."""
        known = self._jobs.get(job)
        if known in self._line:
            place = self._line.index(known)
            self._line.insert(min(max(place + delta, 0), len(self._line) - 1), self._line.pop(place))

    async def wait(self, job: str) -> Event:
        """A job's ending. Raises KeyError for a job that is not known."""
        return await asyncio.shield(self._jobs[job].ending)

    def stop_sending(self) -> None:
        """Nothing more is sent from now on: the engine is about to end."""
        self._closing = True
        self._settings = replace(self._settings, retries=0)
        for job in list(self._line):
            self.cancel(job.id)
        for job in self._tasks:
            if job in self._asking or not job.sent:
                job.stop.set()

    async def close(self, grace: float = 0.0) -> None:
        """End the engine: nothing more is sent; what is on its way has `grace` seconds to end by itself.

        What was received of the others stays in the spool.
        """
        self.stop_sending()
        if self._tasks and grace > 0:
            await asyncio.wait(self._tasks.values(), timeout=grace)
        for job in self._tasks:
            job.stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    # --- the queue ---

    def _leave_line(self, job: Job) -> None:
        self._line.remove(job)
        if job.entry is not None:
            job.entry.release()
        self._end(job, job.tell(Cancelled, sent=job.sent))

    def _asks(self, job: Job, asks: bool) -> None:
        """A job that waits for a person keeps no other from running."""
        (self._asking.add if asks else self._asking.discard)(job)
        self._start_next()

    def _start_next(self) -> None:
        while self._line and len(self._tasks) - len(self._asking) < max(self._settings.parallel, 1):
            job = self._line.pop(0)
            self._tasks[job] = asyncio.ensure_future(self._run(job))

    def _end(self, job: Job, event: Event) -> None:
        if not job.ending.done():
            job.ending.set_result(event)

    # --- one job ---

    async def _run(self, job: Job) -> None:
        try:
            event = await self._outcome(job)
        except Exception as error:
            # A mistake of ours: the job must still end, and its entry is as it was left.
            log.exception("#%d ended by an error of the program", job.number)
            failure = Failure(kind=Kind.UNEXPECTED, message=f"an error of the program: {type(error).__name__}")
            event = job.tell(Unknown, failure=failure) if job.sent else job.tell(Failed, failure=failure)
        finally:
            del self._tasks[job]
        self._ledger.settle(job, event)
        self._end(job, event)
        self._start_next()

    async def _outcome(self, job: Job) -> Event:
        try:
            entry = job.entry or await self._entry(job)
        except BrokenError as broken:
            return job.tell(Failed, failure=broken.failure)
        except StoppedError:
            return job.tell(Cancelled, sent=False)
        except OSError as error:
            return job.tell(Failed, failure=storage(error, paid=False))
        ending = Ending(job, entry)
        try:
            await self._to_images(job, entry, ending)
        finally:
            await in_thread(ending.settle)
        return job.tell(ending.kind, **ending.facts)

    async def _entry(self, job: Job) -> Entry:
        """A place for what a new job receives, when all that it needs before it may be sent is there."""
        self._client(job.provider)
        await self._ledger.admit(job, self._settings.limits)

        def made() -> Entry:
            job.sources = sources.of(job.request)
            return Entry.create(self._settings.out, job.id, job.request, self._facts(job))

        return await in_thread(made)

    async def _to_images(self, job: Job, entry: Entry, ending: Ending) -> None:
        try:
            try:
                if job.recovered:
                    await on_disk(job, entry, lambda: recovery.prepare(entry))
                else:
                    await exchange(job, entry, self._client(job.provider), lambda: self._settings)
            except BrokenError as broken:
                if not broken.failure.unknown or not await self._salvaged(job, entry, ending):
                    ending.broken(broken.failure, keep=job.recovered)
                return
            ending.finished(await self._finish(job, entry))
        except BrokenError as broken:
            ending.broken(broken.failure, keep=True)
        except NoRoomError as refused:
            ending.no_room(refused.failure)
        except OSError as error:
            ending.no_room(storage(error, paid=True))
        except StoppedError:
            ending.stopped(closing=self._closing)

    async def _salvaged(self, job: Job, entry: Entry, ending: Ending) -> bool:
        """Save what is whole in the part that came; whether that was everything."""
        head = entry.head()
        if head is None or head.status != 200 or not entry.received:
            return False
        await in_thread(entry.end)
        try:
            outcome = await self._finish(job, entry)
        except BrokenError:
            return False
        if outcome.failure is not None or outcome.saved < job.request.count:
            return False
        ending.finished(outcome)
        return True

    async def _finish(self, job: Job, entry: Entry) -> Outcome:
        def settings() -> Settings:
            return replace(self._settings, template=job.template) if job.template else self._settings

        return await finish(job, entry, settings, self._record, self._recorded)

    def _client(self, provider: Provider) -> Client:
        from tui.engine.client import Client

        wanted = (provider, self._settings.deadline)
        if wanted not in self._clients:
            self._clients[wanted] = Client(provider, silence=self._settings.deadline)
        return self._clients[wanted]

    def _facts(self, job: Job) -> dict[str, object]:
        """What recovery needs beside the request."""
        high = job.estimate.high
        return {
            "provider": job.provider.name,
            "host": job.provider.host,
            "template": self._settings.template,
            "estimate": float(high) if high is not None else None,
            "sources": job.sources,
        }
