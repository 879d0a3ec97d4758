"""A job's attempts: one POST each, its answer into the spool, again only where the server did nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tui.core.events import Partial, Receiving, Sent, Waiting
from tui.core.failures import Failure, Kind
from tui.core.naming import EXTENSIONS
from tui.core.text import human_seconds
from tui.engine import retry
from tui.engine.answer import Developing, Reader
from tui.engine.client import PATHS, Client, RefusedError, Reply
from tui.engine.decode import NotBase64Error, image_bytes
from tui.engine.job import BrokenError, Job, Settings, StoppedError, in_thread, on_disk, storage
from tui.engine.network import LOST
from tui.engine.save import store
from tui.engine.spool import TEMPORARY, Entry, Head
from tui.engine.steps import step

log = logging.getLogger("safelight.engine")
MAX_PARTIALS = 40
# Ten images of 3840x2160 that can't be packed are a third of this.
MAX_BYTES = 1_000_000_000


async def exchange(job: Job, entry: Entry, client: Client, settings: Callable[[], Settings]) -> None:
    """Bring the answer into `entry.response`.

    Raises BrokenError, with the part that came in `entry.part`, NoRoomError and StoppedError.
    """
    attempt = 1
    while failure := await _attempt(job, entry, client, attempt, settings().deadline):
        if not failure.retryable or attempt > settings().retries:
            raise BrokenError(failure)
        await in_thread(partial(_note_refused, entry, failure))
        await _wait(job, failure, attempt, settings())
        attempt += 1
        await in_thread(partial(_note_sent, entry, attempt))


def _note_refused(entry: Entry, failure: Failure) -> None:
    entry.note("refused", failure=failure.summary, kind=failure.kind, request_id=failure.request_id)


def _note_sent(entry: Entry, attempt: int) -> None:
    try:
        entry.note_sent(attempt)
    except OSError as error:
        raise BrokenError(storage(error, paid=False)) from error


async def _attempt(job: Job, entry: Entry, client: Client, number: int, deadline: float) -> Failure | None:
    """One POST; why it gave no answer, or None where the answer is safe."""
    path = PATHS[job.request.operation]
    if job.stop.is_set():
        raise StoppedError
    job.sent = True
    job.tell(Sent, attempt=number, method="POST", path=path)
    log.info("#%d POST %s %s, attempt %d", job.number, path, job.request.model, number)
    step("sent")
    try:
        async with asyncio.timeout(deadline):
            await job.unless_stopped(_receive(job, entry, client))
    except TimeoutError:
        message = f"no complete answer within {human_seconds(deadline)}"
        failure = replace(LOST, kind=Kind.TIMEOUT, message=message)
    except RefusedError as refused:
        failure = refused.failure
        if failure.unknown and refused.head is not None:
            await on_disk(job, entry, partial(_keep, entry, refused.head, refused.body))
    else:
        await on_disk(job, entry, entry.commit)
        return None
    entry.end()
    job.sent = failure.unknown
    log.info("#%d attempt %d: %s, status %s", job.number, number, failure.kind, failure.status or "none")
    return failure


def _keep(entry: Entry, head: Head, body: bytes) -> None:
    entry.begin(head)
    entry.append(body)


async def _wait(job: Job, failure: Failure, failed: int, settings: Settings) -> None:
    """Until the next attempt: the server's time or ours; the person is asked where it is long."""
    seconds = retry.pause(failure, failed, settings.backoff)
    facts = {"attempt": failed + 1, "attempts": settings.retries + 1}
    if seconds > retry.LONGEST_WAIT:
        asked = replace(failure, advice=f"The server asks to wait {human_seconds(seconds)}.")
        if await job.ask(asked, "retry", "stop", **facts) == "stop":
            raise BrokenError(failure)
        return
    job.tell(Waiting, failure=failure, seconds=seconds, **facts)
    await job.pause(seconds)


async def _receive(job: Job, entry: Entry, client: Client) -> None:
    async with client.post(job.request) as reply:
        await on_disk(job, entry, partial(entry.begin, reply.head))
        await _body(job, entry, reply)


async def _body(job: Job, entry: Entry, reply: Reply) -> None:
    head = reply.head
    facts: dict[str, Any] = {"status": head.status, "request_id": head.request_id, "total": head.total}
    job.progress(Receiving, always=True, received=0, **facts)
    plain = not head.encoding or head.encoding == "identity"
    reader = Reader() if plain and _may_stream(job, head.content_type) else None
    shown = 0
    async for chunk in reply.chunks:
        try:
            # A write to the page cache is quicker than a trip to another thread.
            entry.append(chunk)
        except OSError:
            await on_disk(job, entry, partial(entry.append, chunk))
        if entry.received > MAX_BYTES:
            failure = replace(LOST, kind=Kind.UNEXPECTED, message="the answer is larger than any answer")
            raise RefusedError(failure)
        job.progress(Receiving, received=entry.received, **facts)
        for developing in reader.feed(chunk) if reader else ():
            shown += 1
            if shown <= MAX_PARTIALS:
                await _show(job, entry, developing)
    job.progress(Receiving, always=True, received=entry.received, **facts)


def _may_stream(job: Job, content_type: str) -> bool:
    return bool(job.request.parameters.get("stream")) or "event-stream" in content_type


async def _show(job: Job, entry: Entry, developing: Developing) -> None:
    """A partial image as a file of the spool; one that can't be read is passed over: the bytes are kept anyway."""
    draft = entry.storage / f"partial-{developing.index}-{developing.stage}{TEMPORARY}"
    try:
        image = await in_thread(partial(store, image_bytes(developing.source, entry.part), draft))
        path = draft.with_suffix(EXTENSIONS.get(image.facts.format, ".bin"))
        draft.replace(path)
    except (NotBase64Error, OSError) as error:
        log.warning("#%d partial image: %s", job.number, type(error).__name__)
        return
    job.tell(Partial, index=developing.index, stage=developing.stage, path=path)
