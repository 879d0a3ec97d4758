"""What earlier runs left in a library's spool: jobs that belong to no process any more."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tui.core.failures import Kind
from tui.core.request import Request
from tui.core.text import clean_line
from tui.engine import links, ownership
from tui.engine.answer import read
from tui.engine.spool import DONE, DRAFT, REQUEST, RESPONSE, TEMPORARY, Entry, Head, entries

log = logging.getLogger("safelight.engine")
# An answer with URLs is small; a larger one holds the images themselves.
URLS_LIMIT = 1_000_000
# An unfinished file that has its name already tells the job that it has it; its job may be another library's.
LINKED_DRAFT_SECONDS = 7 * 24 * 3600.0
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class State(StrEnum):
    """What is known of a job that did not end, or ended badly."""

    ANSWERED = "answered"  # a whole answer lies there
    UNKNOWN = "unknown"  # the request may have gone out, and nobody knows what became of it
    REFUSED = "refused"  # the server did nothing
    UNSENT = "unsent"  # nothing went out


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One job. `at` is when it was begun, in Unix seconds; `received` the bytes that came of its answer.

    `request` is None where it can't be read, `failure` holds the last words about it, `expires` says when its first URL
    ends, `estimate` is US$. `finishable`: `Runner.recover` may save something that is not saved yet. `kept`: the person
    chose to keep it, so that it is listed but no more told of. All texts but the request's are cleaned.
    """

    job: str
    folder: Path
    state: State
    at: float
    request: Request | None = None
    provider: str = ""
    host: str = ""
    received: int = 0
    request_id: str | None = None
    failure: str = ""
    expires: float | None = None
    estimate: float | None = None
    finishable: bool = False
    kept: bool = False


def leftovers(library: Path) -> list[Left]:
    """The jobs left behind, the oldest first; what another process has is not among them. Raises nothing."""
    found = [left for folder in entries(library) if (left := _left(library, folder))]
    return sorted(found, key=lambda left: (left.at, left.job))


def forget(library: Path, job: str) -> bool:
    """Take a job away, with all that came for it; False where another process has it or it can't be taken away."""
    return _with_entry(library, job, Entry.remove)


def keep(library: Path, job: str) -> bool:
    """Note that the person keeps a job as it is; False where another process has it or it can't be noted."""
    return _with_entry(library, job, lambda entry: entry.note_kept())


def sweep(library: Path) -> None:
    """Take away what nobody needs any more: rests of jobs that are over, and unfinished files of ours. Raises nothing.

    What a live process has is left alone, and so is all that came for a job that is not over.
    """
    for folder in entries(library):
        with contextlib.suppress(OSError):
            _sweep_entry(library, folder)
    _sweep_unbegun(library)
    for path in _drafts(library):
        with contextlib.suppress(OSError):
            _sweep_draft(path)


# --- one entry ---


def _left(library: Path, folder: Path) -> Left | None:
    try:
        handle = ownership.take(folder / REQUEST, claim=False)
        if handle is None:
            return None
        os.close(handle)
        return _told(Entry(library, folder.name))
    except OSError as error:
        log.warning("%s can't be looked at: %s", folder.name, error.strerror)
        return None


def _told(entry: Entry) -> Left:
    entry.look_again()
    request, facts = request_of(entry)
    notes, head, body = entry.notes(), entry.head(), entry.body
    state = state_of(entry)
    expires = _expires(body) if state is State.ANSWERED else None
    since = _since_sent(notes)
    last = since[-1] if since else {}
    return Left(
        job=entry.job,
        folder=entry.folder,
        state=state,
        at=_number(facts.get("at")) or entry.folder.stat().st_mtime,
        request=request,
        provider=_text(facts.get("provider")),
        host=_text(facts.get("host")),
        received=body.stat().st_size if body else 0,
        request_id=(head.request_id if head else _text(last.get("request_id"))) or None,
        failure=next((words for note in reversed(notes) if (words := _text(note.get("failure")))), ""),
        expires=expires,
        estimate=_number(facts.get("estimate")),
        finishable=_is_finishable(state, head, body, since, expires),
        kept=any(note.get("what") == "kept" for note in since),
    )


def request_of(entry: Entry) -> tuple[Request | None, Mapping[str, Any]]:
    """What was asked, and the facts beside it; None where it can't be read."""
    try:
        return entry.request()
    except (OSError, ValueError, RecursionError):
        return None, {}


def state_of(entry: Entry) -> State:
    if entry.response.exists():
        return State.ANSWERED
    attempts = [note for note in entry.notes() if note.get("what") in ("sent", "refused")]
    if not attempts or attempts[-1]["what"] == "sent" or entry.part.exists():
        return State.UNKNOWN
    return State.UNSENT if attempts[-1].get("kind") == Kind.CONNECTION else State.REFUSED


def _since_sent(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was noted after the last attempt began."""
    begun = [place for place, note in enumerate(notes) if note.get("what") == "sent"]
    return notes[begun[-1] + 1 :] if begun else notes


def _is_finishable(
    state: State, head: Head | None, body: Path | None, since: list[dict[str, Any]], expires: float | None
) -> bool:
    """Whether something may be saved that is not: a body that no run has read to its end, or URLs that live."""
    if (
        body is None
        or not body.stat().st_size
        or (state is not State.ANSWERED and (head is None or head.status != 200))
    ):
        return False
    ends = [note for note in since if note.get("what") in ("failed", "unknown", "cancelled")]
    last = ends[-1] if ends else {}
    if last.get("final"):
        return False
    return not (last.get("kind") == Kind.DOWNLOAD and links.has_ended(expires))


def _expires(body: Path | None) -> float | None:
    if body is None or body.stat().st_size > URLS_LIMIT:
        return None
    with contextlib.suppress(RecursionError):
        ends = [links.expires(item.url) for item in read(body).items if item.url]
        return min((end for end in ends if end is not None), default=None)
    return None


def _text(value: object) -> str:
    return clean_line(value) if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else None  # type: ignore[arg-type]  # known says that it is a number


def _with_entry(library: Path, job: str, work: Callable[[Entry], None]) -> bool:
    # A job's name is no path.
    if not job or Path(job).name != job or (entry := Entry.adopt(library, job)) is None:
        return False
    try:
        work(entry)
    except OSError as error:
        log.warning("%s can't be put in order: %s", job, error.strerror)
        return False
    finally:
        entry.release()
    return True


# --- sweeping ---


def _sweep_entry(library: Path, folder: Path) -> None:
    adopt = Entry.adopt if (folder / REQUEST).exists() else Entry.adopt_done
    if (entry := adopt(library, folder.name)) is None:
        return
    try:
        if (folder / REQUEST).exists():
            entry.tidy()
        else:
            entry.remove()
    finally:
        entry.release()


def _sweep_unbegun(library: Path) -> None:
    """What has no request: its process ended before there was one, or after all the rest was gone."""

    def unbegun() -> list[Path]:
        return [path for path in entries(library) if not any((path / name).exists() for name in (REQUEST, DONE))]

    with contextlib.suppress(OSError):
        if not unbegun():
            return
        with ownership.guard(library, alone=True) as alone:
            for folder in unbegun():
                old = time.time() - folder.stat().st_mtime > ownership.ABANDONED_SECONDS
                # An answer is not thrown away, whatever became of its request.
                if (alone or old) and not (folder / RESPONSE).exists():
                    with contextlib.suppress(OSError):
                        for path in folder.iterdir():
                            path.unlink(missing_ok=True)
                        folder.rmdir()


def _drafts(library: Path) -> Iterator[Path]:
    """Files outside of the spool that a run of ours began."""
    with contextlib.suppress(OSError):
        days = (path for path in library.iterdir() if _DAY.fullmatch(path.name) and path.is_dir())
        for folder in (library, *days):
            with contextlib.suppress(OSError), os.scandir(folder) as names:
                for entry in names:
                    if entry.name.startswith(DRAFT) and entry.name.endswith(TEMPORARY):
                        yield Path(entry.path)


def _sweep_draft(path: Path) -> None:
    handle = ownership.take_draft(path)
    if handle is None:
        return
    try:
        known = os.fstat(handle)
        if known.st_nlink < 2 or time.time() - known.st_mtime > LINKED_DRAFT_SECONDS:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)
