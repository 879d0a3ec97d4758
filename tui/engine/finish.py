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
from tui.engine.job import BrokenError, Job, Settings, in_thread, on_disk
from tui.engine.links import expires, has_ended, host
from tui.engine.network import LOST
from tui.engine.save import Stored, linked, place, store, stored, tidy
from tui.engine.skeleton import text_of
from tui.engine.spool import Entry, Head
from tui.engine.steps import step

T = TypeVar("T")
# The person's own names are no part of what is known of an image.
PRIVATE = frozenset({"user", "safety_identifier"})
_ASTRAY = "Does the base URL lead to an Images API?"
# Writes a record into a library and gives what is known of the image now, where that is more.
RecordWriter = Callable[[Path, Record], Record | None]
# What a library knows of the bytes with this sha256.
RecordReader = Callable[[Path, str], Record | None]


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


async def finish(
    job: Job,
    entry: Entry,
    settings: Callable[[], Settings],
    record: RecordWriter,
    recorded: RecordReader | None = None,
) -> Outcome:
    """Save every image of `entry.body`, telling each. Raises BrokenError where it holds none, StoppedError, OSError.

    Images that an earlier run of this function linked are found again and not saved twice; with `recorded` also those
    that have since been moved, or taken away, which are saved and not told again.
    """
    return await _Finish(job, entry, settings, record, recorded).run()


class _Finish:
    def __init__(
        self,
        job: Job,
        entry: Entry,
        settings: Callable[[], Settings],
        record: RecordWriter,
        recorded: RecordReader | None,
    ) -> None:
        self._job, self._entry, self._settings, self._record = job, entry, settings, record
        self._recorded = recorded
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
                notes.append(f"image {item.index + 1}: {broken.failure.message}")
                # What may still be had counts more than what may not.
                if failure is None or failure.kind is not Kind.DOWNLOAD:
                    failure = broken.failure
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
        # A stream has an event for each image: without one it was cut, however cleanly it ended.
        whole = answer.complete and not (answer.streamed and saved < asked)
        return Outcome(saved, cost, "; ".join(notes), failure, whole)

    async def _item(self, item: Item, plain: Path) -> bool:
        """One image into the library, told; whether its format's end is there. Raises BrokenError."""
        if item.url is not None and not self._path(item).exists():
            await self._download(item, item.url)
        # All of it in one go: a trip to another thread and back costs more than most of these steps.
        image, event = await self._on_disk(lambda: self._save(item, plain))
        if event is not None:
            self._job.tell(Saved, index=item.index, **event)
        return image.whole

    def _path(self, item: Item) -> Path:
        return self._entry.found(f"image-{item.index}")

    def _stored(self, item: Item, plain: Path) -> Stored:
        source, path = item.source, self._path(item)
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

    async def _download(self, item: Item, url: str) -> None:
        from tui.engine.download import Download

        loop = asyncio.get_running_loop()
        facts: dict[str, Any] = {"index": item.index, "host": host(url), "expires": expires(url)}

        def progress(received: int, total: int | None) -> None:
            tell = partial(self._job.progress, Downloading, received=received, total=total, **facts)
            loop.call_soon_threadsafe(tell)

        while True:
            self._job.progress(Downloading, always=True, received=0, total=None, **facts)
            seconds, path = self._settings().deadline, self._path(item)
            download = Download(url, path, self._job.provider, seconds=seconds, progress=progress)
            try:
                await self._job.unless_stopped(in_thread(download.run, download.stop))
            except BrokenError as broken:
                failure = broken.failure
            except OSError as error:
                # The disk's refusal is asked about as everywhere; then all of it comes again.
                await self._on_disk(_raising(error))
                continue
            else:
                return
            if self._job.recovered and has_ended(facts["expires"]):
                raise BrokenError(failure)
            choice = await self._job.ask(failure, "retry", "skip", index=item.index, url=url, expires=facts["expires"])
            if choice == "skip":
                await in_thread(lambda: self._entry.note("skipped", index=item.index, expires=facts["expires"]))
                raise BrokenError(failure)

    def _save(self, item: Item, plain: Path) -> tuple[Stored, dict[str, Any] | None]:
        """What is stored, and the facts of its event. It may be called again where the disk refused in its midst."""
        image = self._stored(item, plain)
        if known := self._known(image, item.index):
            library, record, origin = known
            tidy(image.path, library / naming.day_folder(self._created))
            if (path := _inside(library, origin.path)) is not None and path.is_file():
                return image, {"path": path, "record": record, "origin": origin}
            if (moved := linked(image.path, library)) is None:
                return image, None
            return image, self._keep(image, item, plain, library, moved)
        library = self._entry.library
        names = naming.candidates(self._stem(item.index), image.facts.format)
        folder = library / naming.day_folder(self._created)
        target = self._entry.with_room(lambda: place(image.path, folder, names))
        facts = self._keep(image, item, plain, library, target)
        tidy(image.path, folder)
        return image, facts

    def _known(self, image: Stored, index: int) -> tuple[Path, Record, Origin] | None:
        """The record that an earlier run wrote of this image, and the library that it is in."""
        if self._recorded is None or not self._job.recovered:
            return None
        for library in self._entry.libraries:
            record = self._recorded(library, image.sha256)
            for origin in record.origins if record else ():
                if record and (origin.job, origin.index) == (self._job.id, index):
                    return library, record, origin
        return None

    def _keep(self, image: Stored, item: Item, plain: Path, library: Path, target: Path) -> dict[str, Any]:
        """Write the record of an image that lies at `target`; the facts of its event."""
        job, request = self._job, self._job.request
        revised = text_of(plain, item.revised_prompt)
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
            sources=job.sources,
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
        return {"path": target, "record": joined or known, "origin": origin}

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
        return await on_disk(self._job, self._entry, work)


def _raising(error: OSError) -> Callable[[], None]:
    """Something that fails with `error` at first, and then goes well."""
    errors = [error]

    def work() -> None:
        if errors:
            raise errors.pop()

    return work


def _inside(library: Path, place: str) -> Path | None:
    """A record's path in its library; None for one that leads out of it."""
    path = Path(place)
    return None if path.is_absolute() or ".." in path.parts else library / path


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
