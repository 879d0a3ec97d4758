"""The journal of a job on disk: what was asked, and the answer's bytes before anything looks at them.

A folder for each job, `.safelight/spool/<job>/`, holding in order of time

    reserve          room on the disk for what will come; given up when the disk is full
    request.json     the request; its lock is held by the process that the job belongs to
    attempts.jsonl   what happened to it, where there is more to say than one attempt
    head.json        status, content type, encoding and request id of the answer
    response.part    the answer while it arrives
    response         the answer, complete: from here the images are safe
    image-<i>        an image on its way into the library, where it is linked to
    done.json        request.json once everything is saved: what is left may go

Where the disk refused and the person named another library, what was still to be written lies in that library's
`.safelight/away/<job>/`, and `attempts.jsonl` says so.

From `request.json` on the request may have gone out, so that an entry without `response` is unknown, unless the
last attempt in `attempts.jsonl` is one with which the server did nothing. `response` goes last of all that matters.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tui.core.paths import sync_folder
from tui.core.request import Request, parse_size
from tui.core.text import clean_line
from tui.engine import disk, notes, ownership
from tui.engine.steps import step

SPOOL = Path(".safelight") / "spool"
AWAY = Path(".safelight") / "away"
REQUEST, DONE, ATTEMPTS, HEAD = "request.json", "done.json", "attempts.jsonl", "head.json"
PART, RESPONSE, PLAIN, RESERVE = "response.part", "response", "plain", "reserve"
# Our unfinished files end like this; those in the open begin like that.
TEMPORARY, DRAFT = ".tmp", ".safelight-"
VERSION = 1
MAX_RESERVE = 256_000_000

T = TypeVar("T")
log = logging.getLogger("safelight.engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an answer's head says; `total` is its length in bytes where that is known."""

    status: int
    content_type: str = ""
    encoding: str = ""
    request_id: str | None = None
    total: int | None = None


def expected_bytes(request: Request) -> int:
    """How much room an answer and its images may need: a generous guess, at least 4 MB an image."""
    edges = parse_size(str(request.parameters.get("size", ""))) or (1024, 1024)
    # Three bytes a pixel, once as base64 and once as a file.
    return min(request.count * max(edges[0] * edges[1] * 7, 4_000_000), MAX_RESERVE)


class Entry:
    """One job's folder. Only the process that holds its lock may write to it.

    `library` is where the images go: another one's from `divert` on.
    """

    def __init__(self, library: Path, job: str) -> None:
        self.library, self.job = library, job
        self.folder = library / SPOOL / job
        # Where its files are, the newest first.
        self._places = [self.folder]
        self.received = 0
        self._lock: int | None = None
        self._part: int | None = None
        self._suspect = False

    @classmethod
    def create(cls, library: Path, job: str, request: Request, facts: Mapping[str, Any]) -> Entry:
        """Probe the library, reserve room, and write `request.json`; `facts` are kept beside the request.

        Raises OSError where the library can't be written or has no room; nothing is left behind then.
        """
        entry = cls(library, job)
        disk.make_folder(library, 0o700)
        disk.make_folder(entry.folder.parent, 0o700)
        # Until its request is there nothing tells this folder from one that a crash left: nobody may sweep now.
        with ownership.guard(library, alone=False):
            entry.folder.mkdir(0o700)
            step("folder made")
            try:
                entry._prepare(request, facts)
            except BaseException:
                try:
                    entry.remove()
                except OSError as error:
                    log.warning("%s can't be swept away: %s", job, error.strerror)
                entry.release()
                raise
        return entry

    def _prepare(self, request: Request, facts: Mapping[str, Any]) -> None:
        probe = self.library / f"{DRAFT}{self.job}{TEMPORARY}"
        os.close(os.open(probe, disk.NEW, disk.OURS))
        probe.unlink()
        step("probed")
        disk.reserve(self.folder / RESERVE, expected_bytes(request))
        step("reserved")
        self._write_request(request, facts)

    def _write_request(self, request: Request, facts: Mapping[str, Any]) -> None:
        data = {
            "version": VERSION,
            "job": self.job,
            "at": time.time(),
            "prompt": request.prompt,
            "model": request.model,
            "operation": request.operation,
            "parameters": dict(request.parameters),
            "images": [str(path) for path in request.images],
            "mask": str(request.mask) if request.mask else None,
            "owner": ownership.me(),
            **facts,
        }
        temporary = self.folder / f"{REQUEST}{TEMPORARY}"
        ownership.hold(self.folder)
        self._lock = os.open(temporary, disk.NEW, disk.OURS)
        disk.try_lock(self._lock)
        disk.write_all(self._lock, json.dumps(data).encode())
        os.fsync(self._lock)
        step("request written")
        if os.name == "nt":
            self._unlock()
        temporary.rename(self.folder / REQUEST)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        step("request named")

    @classmethod
    def adopt(cls, library: Path, job: str) -> Entry | None:
        """An entry that an earlier run left behind, now ours; None where it is done or another process holds it."""
        entry = cls(library, job)
        entry._lock = ownership.take(entry.folder / REQUEST, claim=True, patience=ownership.PATIENCE_SECONDS)
        if entry._lock is None:
            return None
        entry.look_again()
        with contextlib.suppress(OSError):
            entry.received = entry.part.stat().st_size
        step("adopted")
        return entry

    @classmethod
    def adopt_done(cls, library: Path, job: str) -> Entry | None:
        """What is left of an entry whose job is over, now ours to remove."""
        entry = cls(library, job)
        entry._lock = ownership.take(entry.folder / DONE, claim=True)
        if entry._lock is None:
            return None
        entry.look_again()
        return entry

    def look_again(self) -> None:
        """Find out where the files of an entry that another run wrote are."""
        for note in self.notes():
            if note.get("what") == "elsewhere" and isinstance(folder := note.get("folder"), str):
                self._go(Path(folder))

    def request(self) -> tuple[Request, dict[str, Any]]:
        """The request as it was asked, and the facts beside it. Raises ValueError, OSError."""
        data = json.loads((self.folder / REQUEST).read_bytes())
        try:
            request = Request(
                prompt=data.pop("prompt"),
                model=data.pop("model"),
                operation=data.pop("operation"),
                parameters=data.pop("parameters"),
                images=tuple(Path(name) for name in data.pop("images")),
                mask=Path(mask) if (mask := data.pop("mask")) else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a request: {error}") from error
        return request, data

    def note(self, what: str, **facts: Any) -> None:
        """One more line in `attempts.jsonl`, if the disk takes it; `facts` must be fit for showing."""
        try:
            notes.add(self.folder / ATTEMPTS, what, **facts)
        except OSError as error:
            log.warning("%s: %s can't be noted: %s", self.job, what, error.strerror)

    def note_sent(self, attempt: int) -> None:
        """Before one more attempt, whose answer would be lost behind the last one's refusal. Raises OSError."""
        notes.add(self.folder / ATTEMPTS, "sent", attempt=attempt, sync=True)
        step("attempt noted")

    def note_kept(self) -> None:
        """The person keeps the entry as it is. Raises OSError."""
        notes.add(self.folder / ATTEMPTS, "kept", sync=True)

    def notes(self) -> list[dict[str, Any]]:
        """The lines of `attempts.jsonl`."""
        return notes.read(self.folder / ATTEMPTS)

    # --- the answer ---

    @property
    def libraries(self) -> tuple[Path, ...]:
        """Every library that may have images of this job."""
        return tuple(place.parents[2] for place in self._places)

    @property
    def storage(self) -> Path:
        """The folder that files of the answer and of images are written to."""
        return self._places[0]

    def found(self, name: str) -> Path:
        """A file of the answer or of an image: where it is, or else where it is to be written."""
        there = (place / name for place in self._places)
        return next((path for path in there if path.exists()), self.storage / name)

    @property
    def part(self) -> Path:
        return self.found(PART)

    @property
    def response(self) -> Path:
        return self.found(RESPONSE)

    @property
    def body(self) -> Path | None:
        """What there is of the answer: all of it, a part of it, or nothing."""
        return next((path for path in (self.response, self.part) if path.exists()), None)

    @property
    def developed(self) -> Path | None:
        """The last of the partial images, None where there is none."""
        partials = (path for folder in {self.folder, self.storage} for path in folder.glob("partial-*-*.*"))
        return max(partials, key=lambda path: path.stat().st_mtime_ns, default=None)

    def begin(self, head: Head) -> None:
        """An answer starts: its head is kept and `response.part` is empty."""
        self.end()
        self._part, self._suspect = disk.twice(lambda: os.open(self.storage / PART, disk.AGAIN, disk.OURS)), False
        step("part begun")
        self.received = 0
        # It is paid for, and can be read without its head.
        with contextlib.suppress(OSError):
            disk.twice(
                lambda: self.with_room(lambda: disk.write(self.storage / HEAD, json.dumps(asdict(head)).encode()))
            )
        step("head written")

    def append(self, chunk: bytes) -> None:
        """The next bytes as they came. Raises OSError; the bytes can then be appended again."""
        self.with_room(lambda: self._append(chunk))
        self.received += len(chunk)
        step("part grown")

    def _append(self, chunk: bytes) -> None:
        assert self._part is not None
        os.lseek(self._part, self.received, os.SEEK_SET)
        disk.write_all(self._part, chunk)

    def with_room(self, write: Callable[[], T]) -> T:
        """`write()`, once more without the reserve where the disk is full."""
        try:
            return write()
        except OSError as error:
            if error.errno not in disk.FULL or not (self.folder / RESERVE).exists():
                raise
            self.give_up_reserve()
            return write()

    def commit(self) -> None:
        """The answer is complete: from here its images are safe. Raises OSError; it can then be called again."""
        if not self.response.exists():
            part = self.part
            self._suspect = self._suspect or self._part is None or not disk.synced(self._part)
            if self._suspect:
                fresh = part.with_name(f"{PART}{TEMPORARY}")
                self.with_room(lambda: disk.copy(part, fresh))
                fresh.replace(part)
            step("part synced")
            self.end()
            part.rename(part.with_name(RESPONSE))
        sync_folder(self.response.parent)
        step("response named")

    def end(self) -> None:
        """Nothing more comes for `response.part`."""
        if self._part is not None:
            part, self._part = self._part, None
            os.close(part)

    def head(self) -> Head | None:
        """The head of the answer, None where it was lost."""
        try:
            head = Head(**json.loads(self.found(HEAD).read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        texts = (head.content_type, head.encoding, head.request_id or "")
        fits = all(isinstance(text, str) for text in texts) and isinstance(head.status, int)
        if not (fits and isinstance(head.total, int | None)):
            return None
        content_type, encoding, request_id = (clean_line(text, limit=200) for text in texts)
        return replace(head, content_type=content_type, encoding=encoding, request_id=request_id or None)

    def divert(self, library: Path) -> None:
        """Another library takes the images, and all that is still to be written for them. Raises OSError.

        A part of an answer is copied there and goes on; a whole one stays and is read where it is.
        """
        storage = library / AWAY / self.job
        for folder in (library, storage):
            disk.make_folder(folder, 0o700)
        if self._part is not None:
            disk.copy(self.part, storage / PART, self.received)
            with contextlib.suppress(FileNotFoundError):
                disk.copy(self.found(HEAD), storage / HEAD)
            part = os.open(storage / PART, os.O_RDWR)
            self.end()
            self._part, self._suspect = part, False
        # The line has to fit on a disk that is full.
        self.give_up_reserve()
        try:
            notes.add(self.folder / ATTEMPTS, "elsewhere", folder=str(library.absolute()), sync=True)
        except OSError as error:
            log.warning("%s: that it goes on elsewhere can't be noted: %s", self.job, error.strerror)
        self._go(library)

    def _go(self, library: Path) -> None:
        self.library = library
        self._places.insert(0, library / AWAY / self.job)

    # --- the end ---

    def release(self) -> None:
        """Let go of the entry and leave in it all that was received. Raises nothing."""
        for let_go in (self.end, self.give_up_reserve, self._unlock):
            with contextlib.suppress(OSError):
                let_go()

    def remove(self) -> None:
        """The job is over: marked as done first, so that what a crash leaves of it is only swept away.

        Raises OSError, with the lock still held.
        """
        self.end()
        with contextlib.suppress(FileNotFoundError):
            (self.folder / REQUEST).rename(self.folder / DONE)
            sync_folder(self.folder)
            step("entry done")
        for place in self._places:
            _empty(place)
            if place != self.folder:
                with contextlib.suppress(OSError):
                    place.parent.rmdir()
        step("folder removed")
        self._unlock()

    def tidy(self) -> None:
        """Take away what can be made again: temporaries, and the room that was kept. Raises OSError."""
        for place in self._places:
            for path in (*place.glob(f"*{TEMPORARY}"), place / PLAIN, place / RESERVE):
                path.unlink(missing_ok=True)

    def give_up_reserve(self) -> None:
        """What is written from now on may have the room that was kept for the answer."""
        with contextlib.suppress(OSError):
            (self.folder / RESERVE).unlink(missing_ok=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            ownership.let_go(self.folder)
            os.close(lock)


def entries(library: Path) -> Iterator[Path]:
    """The folders of a library's spool in order of their names, whatever they hold. Raises nothing."""
    with contextlib.suppress(OSError):
        yield from sorted(path for path in (library / SPOOL).iterdir() if path.is_dir() and not path.is_symlink())


def _empty(folder: Path) -> None:
    """Remove a folder and its files, what says that the job is over last of all."""
    with contextlib.suppress(FileNotFoundError):
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == DONE, path.name == RESPONSE)):
            path.unlink(missing_ok=True)
            if path.name == RESPONSE:
                step("response removed")
        folder.rmdir()
