"""How a job ends: the event that says so, and what stays of its spool entry."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui.core.events import Cancelled, Done, Event, Failed, Unknown
from tui.core.failures import Failure, Kind
from tui.core.paths import shown
from tui.engine.finish import Outcome
from tui.engine.job import Job
from tui.engine.network import LOST
from tui.engine.spool import Entry

log = logging.getLogger("safelight.engine")
_LEFT = replace(LOST, message="the program ended before the answer came")
_UNFINISHED = Failure(kind=Kind.INTERRUPTED, message="the program ended before everything was saved")


class Ending:
    """One job's end. Until something else is known, its entry stays as it is."""

    def __init__(self, job: Job, entry: Entry) -> None:
        self._job, self._entry = job, entry
        self._keep = True
        # Whether nothing more can come of what was received.
        self._final = False
        self.kind: type[Event] = Failed
        self.facts: dict[str, Any] = {}

    def finished(self, outcome: Outcome) -> None:
        """An answer was read and its images were saved, all or some."""
        if outcome.failure is not None:
            self._final = outcome.failure.kind not in (Kind.DOWNLOAD, Kind.STORAGE)
            self._is(Failed, failure=outcome.failure, saved=outcome.saved)
            return
        if not outcome.whole and outcome.saved < self._job.request.count:
            self._final = True
            self._unknown(replace(LOST, message=f"the answer was cut: {outcome.fewer}"))
            return
        self._keep = False
        self._is(Done, saved=outcome.saved, cost=outcome.cost, fewer=outcome.fewer)

    def broken(self, failure: Failure, *, keep: bool = False) -> None:
        """There is no answer with images; `keep`: something came all the same."""
        self._final = True
        if failure.unknown:
            self._unknown(failure)
            return
        self._keep = keep
        self._is(Failed, failure=failure)

    def no_room(self, failure: Failure) -> None:
        """The disk refused; an answer that is complete waits in the spool."""
        if self._job.sent and not self._entry.response.exists():
            self._unknown(failure)
            return
        self._keep = self._job.sent
        # There is nothing left to retry.
        self._is(Failed, failure=replace(failure, advice=""))

    def stopped(self, *, closing: bool) -> None:
        """The person cancelled, or the program ends and leaves the job to recovery."""
        came = self._entry.body is not None
        if closing and self._entry.response.exists():
            self._is(Failed, failure=_UNFINISHED)
            return
        if closing and self._job.sent:
            self._unknown(_LEFT)
            return
        self._keep = self._job.sent and came
        self._is(Cancelled, sent=self._job.sent)

    def settle(self) -> None:
        """Bring the entry into its last state and let go of it. Raises nothing: the job has ended as it has."""
        try:
            if self._keep:
                # A full disk may be why: the last line gets the room that nothing else needs now.
                self._entry.give_up_reserve()
                failure = self.facts.get("failure")
                what = self.kind.__name__.lower()
                if failure is None:
                    self._entry.note(what, final=self._final)
                else:
                    words, kind = failure.summary, failure.kind
                    self._entry.note(what, failure=words, message=failure.message, kind=kind, final=self._final)
            else:
                self._entry.remove()
        except Exception:
            log.exception("#%d what it leaves in the spool can't be put in order", self._job.number)
        finally:
            self._entry.release()

    def _unknown(self, failure: Failure) -> None:
        kept, received = self._kept()
        self._is(Unknown, failure=failure, received=received, kept=kept)

    def _kept(self) -> tuple[Path | None, int]:
        """What came of the answer and stays, with its bytes."""
        body = self._entry.body if self._keep else None
        received = body.stat().st_size if body else 0
        return (body if received else None), received

    def _is(self, kind: type[Event], **facts: Any) -> None:
        kept, _ = self._kept()
        if kept is not None and (failure := facts.get("failure")):
            came = f"What came is kept in {shown(kept)}"
            if partial := self._entry.developed:
                came += f"; the image as far as it had come, in {partial.name}"
            facts["failure"] = replace(failure, advice=f"{failure.advice} {came}".strip())
        self.kind, self.facts = kind, facts
