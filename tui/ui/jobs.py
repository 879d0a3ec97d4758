"""The jobs as the screens see them: the engine's events folded into one state for each job."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.core.pricing import Estimate
from tui.core.request import Request

if TYPE_CHECKING:
    from tui.core.events import Event, Saved, Waiting
    from tui.core.failures import Failure


class State(StrEnum):
    """Where a job stands, in the words that the screens show."""

    QUEUED = "queued"
    SENT = "sent"
    WAITING = "waiting"
    ASKING = "asks you"
    RECEIVING = "receiving"
    DOWNLOADING = "downloading"
    SAVING = "saving"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.UNKNOWN})


@dataclass(slots=True)
class Job:
    """One job. Times are Unix seconds, `until` is on the monotonic clock, `cost` is US$.

    `settled`: its outcome is unknown and the person has said what is to become of it. `recovered`: an earlier run left
    it, and nothing of it is sent any more.
    """

    id: str
    number: int
    request: Request
    provider: str
    estimate: Estimate
    started: float
    state: State = State.QUEUED
    attempt: int = 0
    received: int = 0
    total: int | None = None
    until: float | None = None
    failure: Failure | None = None
    question: Waiting | None = None
    request_id: str | None = None
    saved: list[Saved] = field(default_factory=list)
    cost: float | None = None
    fewer: str = ""
    ended: float | None = None
    settled: bool = False
    recovered: bool = False

    @property
    def running(self) -> bool:
        return self.state not in ENDED

    @property
    def left_behind(self) -> bool:
        """Whether the program ended before the job did, or nobody knows how it ended."""
        from tui.core.failures import Kind

        interrupted = self.state is State.FAILED and self.failure is not None and self.failure.kind is Kind.INTERRUPTED
        return interrupted or (self.state is State.UNKNOWN and not self.settled)

    @property
    def progress(self) -> float | None:
        """The share of the bytes that have come, 0 to 1, where the whole is known."""
        return min(self.received / self.total, 1.0) if self.total else None

    def apply(self, event: Event) -> None:
        """Take in one event of this job."""
        from tui.core import events

        self.until = None
        self.question = None
        match event:
            case events.Queued():
                self.state = State.QUEUED
            case events.Sent():
                self.state, self.attempt, self.received, self.total = State.SENT, event.attempt, 0, None
            case events.Waiting(seconds=None):
                self.state, self.failure, self.question = State.ASKING, event.failure, event
            case events.Waiting():
                self.state, self.failure = State.WAITING, event.failure
                self.until = time.monotonic() + (event.seconds or 0)
                self.question = event if event.choices else None
            case events.Receiving():
                self.state, self.request_id = State.RECEIVING, event.request_id
                self.received, self.total = event.received, event.total
            case events.Partial():
                self.state = State.RECEIVING
            case events.Downloading():
                self.state, self.received, self.total = State.DOWNLOADING, event.received, event.total
            case events.Saved():
                self.state = State.SAVING
                self.saved.append(event)
            case events.Done():
                self.state, self.cost, self.fewer, self.ended = State.DONE, event.cost, event.fewer, event.at
            case events.Failed():
                self.state, self.failure, self.ended = State.FAILED, event.failure, event.at
            case events.Cancelled():
                self.state, self.ended = State.CANCELLED, event.at
            case events.Unknown():
                self.state, self.failure, self.received = State.UNKNOWN, event.failure, event.received
                self.ended = event.at


class Jobs:
    """Every job of this run, in the order in which they were sent in; the newest can be asked for first."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def apply(self, event: Event) -> Job | None:
        """Take in an event; None for an event of a job that was never queued here."""
        from tui.core.events import Queued

        if isinstance(event, Queued):
            self._jobs[event.job] = Job(
                event.job,
                event.number,
                event.request,
                event.provider,
                event.estimate,
                event.at,
                recovered=event.recovered,
            )
        job = self._jobs.get(event.job)
        if job is not None:
            job.apply(event)
        return job

    def get(self, job: str) -> Job | None:
        return self._jobs.get(job)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> int:
        return sum(job.running for job in self)

    @property
    def queued(self) -> int:
        return sum(job.state is State.QUEUED for job in self)

    @property
    def asking(self) -> list[Job]:
        """The jobs that wait for the person's word."""
        return [job for job in self if job.question is not None]

    @property
    def unknown(self) -> list[Job]:
        """The jobs of unknown outcome of which the person has not said what is to become."""
        return [job for job in self if job.state is State.UNKNOWN and not job.settled and not job.recovered]

    def move(self, job: str, delta: int) -> None:
        """Follow a change of the queue's order: `job` changes places with its neighbour among the waiting."""
        waiting = [each.id for each in self if each.state is State.QUEUED]
        if job not in waiting:
            return
        at = waiting.index(job)
        to = at + delta
        if not 0 <= to < len(waiting):
            return
        ids = list(self._jobs)
        here, there = ids.index(waiting[at]), ids.index(waiting[to])
        ids[here], ids[there] = ids[there], ids[here]
        self._jobs = {each: self._jobs[each] for each in ids}
