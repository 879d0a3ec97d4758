"""From an answer on disk to images in the library. An answer that an earlier run left ends the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tui.core import naming, pricing
from tui.core.events import Downloading, Saved
from tui.core.failures import Failure, Kind
from tui.core.record import Origin, Record
from tui.core.text import clean
from tui.engine import inflate, retry
from tui.engine.answer import Answer, Item, read
from tui.engine.decode import NotBase64Error, image_bytes
from tui.engine.job import BrokenError, Job, Settings, in_thread, on_disk, storage
from tui.engine.network import LOST
from tui.engine.save import Stored, place, store, stored
from tui.engine.skeleton import text_of
from tui.engine.spool import Entry, Head
from tui.engine.steps import step

T = TypeVar("T")
# The person's own names are no part of what is known of an image.
PRIVATE = frozenset({"user", "safety_identifier"})
_ASTRAY = "Does the base URL lead to an Images API?"
# Writes a record into a library and gives what is known of the image now, where that is more.
RecordWriter = Callable[[Path, Record], Record | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`saved` images lie in the library. `failure` is why others don't, and `fewer` says so in words.

    `whole`: the answer was complete, so that nothing more of it could be saved later.
    """

    saved: int
    cost: float | None
    fewer: str = ""
    failure: Failure | None = None
    whole: bool = True


async def finish(job: Job, entry: Entry, settings: Callable[[], Settings], record: RecordWriter) -> Outcome:
    """Save every image of `entry.body`, telling each. Raises BrokenError where it holds none, StoppedError, OSError.

    Images that an earlier run of this function linked are found again and not saved twice.
    """
    return await _Finish(job, entry, settings, record).run()


class _Finish:
    def __init__(self, job: Job, entry: Entry, settings: Callable[[], Settings], record: RecordWriter) -> None:
        self._job, self._entry, self._settings, self._record = job, entry, settings, record
        self._head = entry.head() or Head(status=200)
        self._cost: Decimal | None = None
        self._share: float | None = None
        self._created = 0

    async def run(self) -> Outcome:
        body = self._entry.body
        if body is None:
            raise BrokenError(LOST)
        plain, answer = await self._on_disk(lambda: self._read(body))
        if not answer.items:
            raise BrokenError(_imageless(answer, self._head))
        self._created = answer.created or int(body.stat().st_mtime)
        count = len(answer.items)
        self._cost = pricing.actual(self._job.model, answer.usage, self._job.request, count, authored=answer.authored)
        self._share = float(self._cost / count) if self._cost is not None else None
        saved, notes, failure = 0, [], None
        for item in answer.items:
            try:
                whole = await self._item(item, plain)
            except BrokenError as broken:
                failure = broken.failure
                notes.append(f"image {item.index + 1}: {failure.message}")
                continue
            saved += 1
            if not whole:
                notes.append(f"image {item.index + 1} ends early")
        return self._outcome(answer, saved, notes, failure)

    def _read(self, body: Path) -> tuple[Path, Answer]:
        plain = inflate.plain(body, self._head.encoding)
        return plain, read(plain)

    def _outcome(self, answer: Answer, saved: int, notes: list[str], failure: Failure | None) -> Outcome:
        asked = self._job.request.count
        if saved < asked:
            notes.insert(0, f"{saved} of {asked} came")
            if answer.error is not None:
                notes.append(retry.describe(answer.error, self._head.status).summary)
        cost = float(self._cost) if self._cost is not None else None
        return Outcome(saved, cost, "; ".join(notes), failure, answer.complete)

    async def _item(self, item: Item, plain: Path) -> bool:
        """One image into the library, told; whether its format's end is there. Raises BrokenError."""
        path = self._entry.folder / f"image-{item.index}"
        if item.url is not None and not path.exists():
            await self._download(item, item.url, path)
        # All of it in one go: a trip to another thread and back costs more than most of these steps.
        image, event = await self._on_disk(lambda: self._save(item, path, plain))
        self._job.tell(Saved, index=item.index, **event)
        return image.whole

    def _stored(self, item: Item, path: Path, plain: Path) -> Stored:
        source = item.source
        if path.exists() or source is None:
            return stored(path)
        try:
            image = self._entry.with_room(lambda: store(image_bytes(source, plain), path))
        except NotBase64Error as error:
            raise BrokenError(_unreadable("it is not base64")) from error
        if not image.bytes or image.is_text:
            path.unlink()
            raise BrokenError(_unreadable("it is empty" if not image.bytes else "it is text and no image"))
        return image

    async def _download(self, item: Item, url: str, path: Path) -> Stored:
        from tui.engine.download import Download, expires, host

        loop = asyncio.get_running_loop()
        facts: dict[str, Any] = {"index": item.index, "host": host(url), "expires": expires(url)}

        def progress(received: int, total: int | None) -> None:
            tell = partial(self._job.progress, Downloading, received=received, total=total, **facts)
            loop.call_soon_threadsafe(tell)

        while True:
            self._job.progress(Downloading, always=True, received=0, total=None, **facts)
            download = Download(url, path, self._job.provider, seconds=self._settings().deadline, progress=progress)
            try:
                return await self._job.unless_stopped(in_thread(download.run, download.stop))
            except BrokenError as broken:
                failure = broken.failure
            except OSError as error:
                failure = storage(error, paid=True)
            choice = await self._job.ask(failure, "retry", "skip", index=item.index, url=url, expires=facts["expires"])
            if choice == "skip":
                await in_thread(lambda: self._entry.note("skipped", index=item.index, expires=facts["expires"]))
                raise BrokenError(failure)

    def _save(self, item: Item, path: Path, plain: Path) -> tuple[Stored, dict[str, Any]]:
        """What is stored, and the facts of its event. It may be called again where the disk refused in its midst."""
        job, request = self._job, self._job.request
        image = self._stored(item, path, plain)
        revised = text_of(plain, item.revised_prompt)
        library = self._settings().out
        names = naming.candidates(self._stem(item.index), image.facts.format)
        folder = library / naming.day_folder(self._created)
        target = self._entry.with_room(lambda: place(image.path, folder, names))
        estimate = job.estimate.high
        origin = Origin(
            job=job.id,
            index=item.index,
            provider=job.provider.name,
            model=request.model,
            operation=request.operation,
            prompt=request.prompt,
            parameters={name: value for name, value in request.parameters.items() if name not in PRIVATE},
            created=self._created,
            path=target.relative_to(library).as_posix(),
            revised_prompt=clean(revised) if revised else None,
            request_id=self._head.request_id,
            cost=self._share,
            estimate=float(estimate) if estimate is not None else None,
        )
        facts = image.facts
        known = Record(
            sha256=image.sha256,
            bytes=image.bytes,
            format=facts.format,
            width=facts.width,
            height=facts.height,
            origins=(origin,),
        )
        joined = self._record(library, known)
        step("record written")
        return image, {"path": target, "record": joined or known, "origin": origin}

    def _stem(self, index: int) -> str:
        request = self._job.request

        def filled(template: str) -> str:
            return naming.stem(
                template,
                model=request.model,
                created=self._created,
                index=index,
                prompt=request.prompt,
                job=self._job.id,
            )

        try:
            return filled(self._settings().template)
        except naming.TemplateError:
            # A paid image is not lost over its name.
            return filled(naming.DEFAULT_TEMPLATE)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await on_disk(self._job, work)


def _imageless(answer: Answer, head: Head) -> Failure:
    """Why an answer without an image has none, and whether the provider may have made one all the same."""
    if answer.error is not None:
        failure = retry.describe(answer.error, head.status)
        advice = LOST.advice if answer.streamed else failure.advice or _ASTRAY
        return replace(failure, request_id=head.request_id, unknown=answer.streamed, advice=advice)
    if answer.streamed or not answer.complete:
        return replace(LOST, kind=Kind.UNEXPECTED, message=f"the answer is {answer.form}", request_id=head.request_id)
    return replace(_unreadable(f"the answer is {answer.form}"), status=head.status, request_id=head.request_id)


def _unreadable(message: str) -> Failure:
    return Failure(kind=Kind.UNEXPECTED, message=message, advice=_ASTRAY)
