"""A job that an earlier run left, taken up where it stopped: nothing of it is sent, all that came is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui.core.failures import Failure, Kind
from tui.core.provider import Provider
from tui.core.request import Request
from tui.core.text import clean_line
from tui.engine import sources
from tui.engine.job import BrokenError
from tui.engine.leftovers import State, state_of
from tui.engine.network import LOST
from tui.engine.spool import Entry

ENDED = "the program ended before the answer came"
# What stands for a request that can't be read: its images are saved all the same.
UNREADABLE = Request(prompt="", model="unknown")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A left job, now this process's; `template` names its images as its own run would have."""

    entry: Entry
    request: Request
    provider: Provider
    template: str | None
    sources: tuple[str, ...]


def adopt(library: Path, job: str, provider: Provider | None) -> Adopted:
    """Take a job over. Raises LookupError where another process has it or has ended it, or where it can't be read now.

    `provider` counts where it is the one that the job went to; otherwise its host is known from the job itself.
    """
    entry = Entry.adopt(library, job) if Path(job).name == job else None
    if entry is None:
        raise LookupError(job)
    try:
        request, facts = entry.request()
    except OSError as error:
        # The next time may go better; saved now, its images would lose their prompt for good.
        entry.release()
        raise LookupError(job) from error
    except (ValueError, RecursionError):
        request, facts = UNREADABLE, {}
    template = facts.get("template")
    return Adopted(
        entry,
        request,
        _provider(facts, provider),
        template if isinstance(template, str) else None,
        sources.known(facts.get("sources")),
    )


def prepare(entry: Entry) -> None:
    """See to it that the whole answer lies in `entry.response`. Raises BrokenError where it does not, OSError."""
    if entry.response.exists():
        return
    head, state = entry.head(), state_of(entry)
    if state is not State.UNKNOWN:
        message = "nothing was sent" if state is State.UNSENT else "the server did nothing"
        raise BrokenError(Failure(kind=Kind.INTERRUPTED, message=message, advice="Send it again if you want it."))
    if head is not None and head.status == 200 and head.total and entry.received == head.total:
        # Killed between the last byte and the answer's own name.
        entry.commit()
        return
    last = next((note for note in reversed(entry.notes()) if note.get("what") == "unknown"), None)
    words = clean_line(last.get("message") or "") if last else ""
    raise BrokenError(replace(LOST, message=words or ENDED, request_id=head.request_id if head else None))


def _provider(facts: Mapping[str, object], known: Provider | None) -> Provider:
    name, host = (clean_line(value) if isinstance(value := facts.get(key), str) else "" for key in ("provider", "host"))
    if known is not None and (known.name, known.host) == (name, host):
        return known
    return Provider(name or "unknown", f"https://{host}")
