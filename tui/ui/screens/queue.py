"""Queue: the jobs with their state; cancel, reorder, answer."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widget import Widget

from tui.core.paths import shown
from tui.core.pricing import describe, dollars
from tui.core.text import human_seconds
from tui.ui.commands import bindings
from tui.ui.jobs import Job, State
from tui.ui.screens.place import Place
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.details import LABELS
from tui.ui.widgets.facts import Fact, Facts
from tui.ui.widgets.field import display
from tui.ui.widgets.job_list import JobList

if TYPE_CHECKING:
    from tui.engine.leftovers import Left


class QueueScreen(Place):
    """Jobs to the left, everything about the selected one to the right."""

    PLACE = "queue"
    CSS_PATH = "../styles/queue.tcss"
    PANES: ClassVar = (("jobs", "Jobs"), ("job", "Job"))
    AUTO_FOCUS = "#jobs"
    BINDINGS = bindings("queue")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._timer: Timer | None = None

    def panes(self) -> Iterable[Widget]:
        yield JobList(self.session)
        facts = VerticalScroll(Facts(), id="job", classes="pane")
        facts.border_title = "Job"
        yield facts

    @property
    def job(self) -> Job | None:
        selected = self._selected
        return selected if isinstance(selected, Job) else None

    @property
    def left(self) -> Left | None:
        """What is selected, where an earlier run left it."""
        selected = self._selected
        return None if isinstance(selected, Job) else selected

    @property
    def _selected(self) -> Job | Left | None:
        return self.query_one(JobList).selected

    def point_at_left(self) -> None:
        self.query_one(JobList).focus()
        self.call_after_refresh(self.query_one(JobList).point_at_left)

    def follow(self) -> None:
        super().follow()
        if self.stands:
            self.query_one(JobList).follow()
            self._tick_while_waiting()

    @property
    def _asks(self) -> bool:
        """Whether the selected job of this run waits for the person's word."""
        job = self.job
        return job is not None and (job.question is not None or job in self.session.jobs.unknown)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's
        return self._asks or self.left is not None if action == "settle" and self.stands else True

    async def action_settle(self) -> None:
        if self.left is not None:
            shell(self).settle_left(self.left)
        elif self._asks:
            await self.app.run_action("answer", self.app)

    def action_cancel(self) -> None:
        if self.left is not None:
            shell(self).ask_to_forget(self.left)
        elif self.job is not None and self.job.running:
            shell(self).cancel_job(self.job.id)

    def action_job_again(self) -> None:
        if self.left is not None:
            shell(self).settle_left(self.left)
        elif self.job is not None and not self.job.running:
            self.send_again(self.job.request)

    def action_job_reuse(self) -> None:
        if self.left is not None and self.left.request is not None:
            shell(self).reuse(self.left.request)
        elif self.job is not None:
            shell(self).reuse(self.job.request)

    def action_move_job(self, delta: int) -> None:
        if self.job is not None and self.job.state is State.QUEUED:
            shell(self).move_job(self.job.id, delta)

    @on(JobList.Moved)
    def _moved(self) -> None:
        self.query_one(Facts).show(self._facts())
        self.refresh_bindings()

    def _facts(self) -> list[Fact]:
        if self.left is None:
            return _facts(self.job) if self.job else []
        from tui.ui import left_words

        again = self.session.sent_again(self.left.job)
        return left_words.facts(self.left, self.session.catalogue, again.number if again else None)

    def _tick_while_waiting(self) -> None:
        waiting = any(job.state is State.WAITING for job in self.session.jobs)
        if waiting and self._timer is None:
            self._timer = self.set_interval(0.2, self.query_one(JobList).refresh)
        elif not waiting and self._timer is not None:
            self._timer.stop()
            self._timer = None


def _facts(job: Job) -> list[Fact]:
    """Everything about a job: its prompt, what is wrong, and a fact a row."""
    facts = [Fact(text=job.request.prompt), Fact()]
    if job.failure and job.state is not State.DONE:
        facts += [Fact(text=job.failure.summary, style="$error"), Fact(text=job.failure.advice), Fact()]
    rows = [
        ("from", "an earlier run, which left it" if job.recovered else ""),
        ("state", f"{job.state}{f' · {job.fewer}' if job.fewer else ''}"),
        ("started", time.strftime("%H:%M:%S", time.localtime(job.started))),
        ("took", human_seconds(job.ended - job.started) if job.ended else ""),
        ("attempt", str(job.attempt) if job.attempt else ""),
        ("provider", job.provider),
        ("model", job.request.model),
        *((LABELS.get(name, name), display(value)) for name, value in job.request.parameters.items()),
        ("estimate", describe(job.estimate)),
        ("cost", dollars(job.cost) if job.cost is not None else ""),
        ("request id", job.request_id or (job.failure.request_id if job.failure else "") or ""),
        ("job", job.id),
    ]
    facts += [Fact(name, text) for name, text in rows if text]
    return facts + [Fact("saved", shown(saved.path), "$success") for saved in job.saved]
