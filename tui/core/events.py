"""What happens to a job, as frozen events in order of time.

A job ends with exactly one of Done, Failed, Cancelled and Unknown. Times are Unix seconds; waits are lengths in
seconds from the moment of the event, measured on a clock that does not jump.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui.core.failures import Failure
from tui.core.pricing import Estimate
from tui.core.record import Origin, Record
from tui.core.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`job` is the job's id; `number` is short and counts from 1 in this run of the program."""

    job: str
    number: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(Event):
    """A job stands in line; with `recovered` one that an earlier run left, of which nothing is sent any more."""

    request: Request
    provider: str
    estimate: Estimate
    recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Event):
    """An attempt's request goes out. `attempt` counts from 1."""

    attempt: int
    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Event):
    """A job waits: for `seconds` before attempt `attempt` of `attempts`, or, with `seconds` None, for an answer.

    `choices` are the answers that may be given, the last of which gives up: retry, elsewhere (with a folder), skip,
    send, stop. `url` is what "copy URL" copies, secret and
    never logged; `expires` is when it ends.
    """

    failure: Failure
    seconds: float | None
    attempt: int = 0
    attempts: int = 0
    choices: tuple[str, ...] = ()
    index: int | None = None
    url: str | None = None
    expires: float | None = None

    def __repr__(self) -> str:
        return (
            f"Waiting(job={self.job!r}, failure={self.failure.kind!r}, seconds={self.seconds}, choices={self.choices})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving(Event):
    """The answer arrives: bytes so far, of `total` where the server said."""

    status: int
    request_id: str | None
    received: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial(Event):
    """The image as it develops: `stage` counts from 0; the file lies in the spool until the job ends."""

    index: int
    stage: int
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloading(Event):
    """An image is fetched from its URL, whose host is shown and nothing else. `expires` is when the URL ends."""

    index: int
    host: str
    received: int
    total: int | None
    expires: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Event):
    """An image lies in the library: its file, its record, and the origin in it that is this job's."""

    index: int
    path: Path
    record: Record
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Event):
    """Everything that the answer held is saved. `cost` is US$, None where it can't be known.

    `fewer` says in words where less came than was asked for.
    """

    saved: int
    cost: float | None
    fewer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The job ends without all its images; `saved` of them lie in the library."""

    failure: Failure
    saved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Event):
    """The person cancelled. `sent`: a request had gone out, so that the provider may have charged for it."""

    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """The request went out and its answer was lost. `kept` is what arrived, in the spool; `received` its bytes."""

    failure: Failure
    received: int = 0
    kept: Path | None = None


Ending = Done | Failed | Cancelled | Unknown
