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

From `request.json` on the request may have gone out, so that an entry without `response` is unknown, unless the
last line of `attempts.jsonl` says that the server did nothing. `response` goes last of all that matters.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from tui.core.request import Request, parse_size
from tui.engine import disk
from tui.engine.steps import step

SPOOL = Path(".safelight") / "spool"
REQUEST, DONE, ATTEMPTS, HEAD = "request.json", "done.json", "attempts.jsonl", "head.json"
PART, RESPONSE, RESERVE = "response.part", "response", "reserve"
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
    """One job's folder. Only the process that holds its lock may write to it."""

    def __init__(self, library: Path, job: str) -> None:
        self.library, self.job = library, job
        self.folder = library / SPOOL / job
        self.received = 0
        self._lock: int | None = None
        self._part: int | None = None

    @classmethod
    def create(cls, library: Path, job: str, request: Request, facts: Mapping[str, Any]) -> Entry:
        """Probe the library, reserve room, and write `request.json`; `facts` are kept beside the request.

        Raises OSError where the library can't be written or has no room; nothing is left behind then.
        """
        entry = cls(library, job)
        disk.make_folder(library, 0o700)
        disk.make_folder(entry.folder.parent, 0o700)
        entry.folder.mkdir(0o700)
        step("folder made")
        try:
            probe = library / f".safelight-{job}.tmp"
            os.close(os.open(probe, disk.NEW, disk.OURS))
            probe.unlink()
            step("probed")
            disk.reserve(entry.folder / RESERVE, expected_bytes(request))
            step("reserved")
            entry._write_request(request, facts)
        except BaseException:
            try:
                entry.remove()
            except OSError as error:
                log.warning("%s can't be swept away: %s", job, error.strerror)
            entry.release()
            raise
        return entry

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
            **facts,
        }
        temporary = self.folder / f"{REQUEST}.tmp"
        self._lock = os.open(temporary, disk.NEW, disk.OURS)
        disk.try_lock(self._lock)
        disk.write_all(self._lock, json.dumps(data).encode())
        os.fsync(self._lock)
        step("request written")
        if os.name == "nt":
            self._unlock()
        temporary.rename(self.folder / REQUEST)
        disk.sync_folder(self.folder)
        disk.sync_folder(self.folder.parent)
        step("request named")

    @classmethod
    def adopt(cls, library: Path, job: str) -> Entry | None:
        """An entry that an earlier run left behind, now ours; None where it is done or another process holds it."""
        entry = cls(library, job)
        try:
            entry._lock = os.open(entry.folder / REQUEST, os.O_RDWR)
        except FileNotFoundError:
            return None
        # Between opening and locking the job may have ended in the process that held it.
        if not disk.try_lock(entry._lock) or not (entry.folder / REQUEST).exists():
            entry._unlock()
            return None
        return entry

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
            self._note({"what": what, **facts})
        except OSError as error:
            log.warning("%s: %s can't be noted: %s", self.job, what, error.strerror)

    def note_sent(self, attempt: int) -> None:
        """Before one more attempt, whose answer would be lost behind the last one's refusal. Raises OSError."""
        self._note({"what": "sent", "attempt": attempt}, sync=True)
        step("attempt noted")

    def _note(self, facts: Mapping[str, Any], *, sync: bool = False) -> None:
        line = json.dumps({"at": time.time(), **facts})
        handle = os.open(self.folder / ATTEMPTS, disk.APPEND, disk.OURS)
        try:
            disk.write_all(handle, line.encode() + b"\n")
            if sync:
                os.fsync(handle)
        finally:
            os.close(handle)

    def notes(self) -> list[dict[str, Any]]:
        """The lines of `attempts.jsonl`; one that a crash cut is passed over."""
        found = []
        with contextlib.suppress(FileNotFoundError):
            for line in (self.folder / ATTEMPTS).read_bytes().splitlines():
                with contextlib.suppress(ValueError):
                    found.append(json.loads(line))
        return found

    # --- the answer ---

    @property
    def part(self) -> Path:
        return self.folder / PART

    @property
    def response(self) -> Path:
        return self.folder / RESPONSE

    @property
    def body(self) -> Path | None:
        """What there is of the answer: all of it, a part of it, or nothing."""
        return next((path for path in (self.response, self.part) if path.exists()), None)

    def begin(self, head: Head) -> None:
        """An answer starts: its head is kept and `response.part` is empty."""
        self.end()
        self._part = os.open(self.part, disk.AGAIN, disk.OURS)
        step("part begun")
        self.received = 0
        handle = os.open(self.folder / HEAD, disk.AGAIN, disk.OURS)
        try:
            disk.write_all(handle, json.dumps(asdict(head)).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
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
        """The answer is complete: from here its images are safe. Raises OSError."""
        if self._part is None:
            self._part = os.open(self.part, os.O_RDWR)
        os.fsync(self._part)
        step("part synced")
        self.end()
        self.part.rename(self.response)
        disk.sync_folder(self.folder)
        step("response named")

    def end(self) -> None:
        """Nothing more comes for `response.part`."""
        if self._part is not None:
            part, self._part = self._part, None
            os.close(part)

    def head(self) -> Head | None:
        """The head of the answer, None where it was lost."""
        try:
            return Head(**json.loads((self.folder / HEAD).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    # --- the end ---

    def release(self) -> None:
        """Let go of the entry and leave in it all that was received. Raises nothing."""
        with contextlib.suppress(OSError):
            self.end()
        self.give_up_reserve()
        with contextlib.suppress(OSError):
            self._unlock()

    def remove(self) -> None:
        """The job is over: marked as done first, so that what a crash leaves of it is only swept away.

        Raises OSError, with the lock still held.
        """
        self.end()
        with contextlib.suppress(FileNotFoundError):
            (self.folder / REQUEST).rename(self.folder / DONE)
            disk.sync_folder(self.folder)
            step("entry done")
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self.folder.iterdir(), key=lambda path: (path.name == DONE, path.name == RESPONSE)):
                path.unlink(missing_ok=True)
                if path.name == RESPONSE:
                    step("response removed")
            self.folder.rmdir()
            step("folder removed")
        self._unlock()

    def give_up_reserve(self) -> None:
        """What is written from now on may have the room that was kept for the answer."""
        with contextlib.suppress(OSError):
            (self.folder / RESERVE).unlink(missing_ok=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            os.close(lock)
