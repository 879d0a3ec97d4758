"""Jobs held against the person's spending limits before they are sent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tui.core.events import Done, Event
from tui.core.failures import Failure, Kind
from tui.core.limits import Limits
from tui.core.provider import SANDBOX
from tui.core.spending import Budget, midnight
from tui.engine.job import BrokenError, Job, in_thread
from tui.engine.leftovers import State, state_of
from tui.engine.spool import Entry, entries

log = logging.getLogger("safelight.engine")
# Gives what jobs have cost since a time: US$ by job, as a library's records have it.
Costs = Callable[[float], Mapping[str, float]]
SEND, STOP = "send", "stop"
# Whoever is asked to make an image, or may have been, may charge for it.
_PAID = frozenset({State.ANSWERED, State.UNKNOWN})


class Ledger:
    """What jobs of real providers cost. `admit` and `settle` belong to the engine's loop, the rest to any thread.

    A job counts with what it is known to have cost; one that is on its way, or whose outcome or cost nobody knows,
    with the upper end of its estimate. Today's are those of this run, those that `costs` knows, and those that lie
    unfinished in the library's spool, whichever process they belong to. Two processes that send at the very same
    moment do not see each other's job.
    """

    def __init__(self, library: Path, costs: Costs | None = None) -> None:
        self._library, self._costs = library, costs
        self._ours: dict[str, tuple[float, float]] = {}
        self._turn = asyncio.Lock()

    def budget(self, limits: Limits, now: float | None = None) -> Budget:
        """What is spent by now. Reads the disk, and raises what `costs` raises."""
        begins = midnight(now)
        ours = self._ours.copy()
        today = unfinished(self._library, begins)
        for job, cost in (self._costs(begins) if self._costs else {}).items():
            today[job] = max(cost, today.get(job, 0.0))
        today |= {job: cost for job, (at, cost) in ours.items() if at >= begins}
        return Budget(limits, sum(today.values()), self.session)

    @property
    def session(self) -> float:
        """US$ of this run."""
        return sum(cost for _, cost in self._ours.copy().values())

    async def admit(self, job: Job, limits: Limits) -> None:
        """Count a job that is about to be sent; where it would go over a limit, only on the person's word.

        Raises BrokenError where the person does not give it, and StoppedError.
        """
        if job.provider.is_sandbox:
            return
        if limits:
            # One after another: each counts those before it.
            async with self._turn:
                objection = await in_thread(lambda: self._objection(job, limits))
                if not objection:
                    self._count(job)
            if not objection:
                return
            failure = Failure(kind=Kind.LIMIT, message=objection)
            if await job.ask(failure, SEND, STOP) == STOP:
                raise BrokenError(replace(failure, advice="Nothing was sent."))
        self._count(job)

    def settle(self, job: Job, ending: Event) -> None:
        """A job has ended: its cost counts from here on, the estimate where it may have cost something unknown."""
        if job.id not in self._ours:
            return
        at, _ = self._ours[job.id]
        if isinstance(ending, Done) and ending.cost is not None:
            self._ours[job.id] = at, ending.cost
        elif not job.sent:
            del self._ours[job.id]

    def _objection(self, job: Job, limits: Limits) -> str:
        try:
            return self.budget(limits).objection(job.estimate)
        except Exception:
            log.exception("#%d what was spent can't be read", job.number)
            return "what was spent today can't be read, and there is a limit"

    def _count(self, job: Job) -> None:
        self._ours[job.id] = time.time(), float(job.estimate.high or 0)


def unfinished(library: Path, since: float) -> dict[str, float]:
    """The estimates, in US$ by job, of what lies in the spool and may have been sent since then. Raises nothing."""
    found: dict[str, float] = {}
    for folder in entries(library):
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
            _, facts = (entry := Entry(library, folder.name)).request()
            if facts["at"] >= since and facts["provider"] != SANDBOX and state_of(entry) in _PAID:
                found[folder.name] = float(facts.get("estimate") or 0)
    return found
