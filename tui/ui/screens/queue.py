"""Queue: the jobs with their state; cancel, reorder, answer."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.core.paths import shown
from tui.core.pricing import describe, dollars
from tui.core.text import human_seconds
from tui.ui.commands import bindings
from tui.ui.jobs import Job, State
from tui.ui.screens.place import Place
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.field import display
from tui.ui.widgets.job_list import JobList


class QueueScreen(Place):
    """Jobs to the left, everything about the selected one to the right."""

    PLACE = "queue"
    PANES: ClassVar = (("jobs", "Jobs"), ("job", "Job"))
    CSS_PATH = "../styles/queue.tcss"
    AUTO_FOCUS = "#jobs"
    BINDINGS = bindings("queue")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._timer: Timer | None = None

    def panes(self) -> ComposeResult:
        yield JobList(self.session.jobs)
        with VerticalScroll(id="job", classes="pane") as box:
            box.border_title = "Job"
            yield Static(id="job-facts")

    @property
    def job(self) -> Job | None:
        return self.query_one(JobList).job

    def follow(self) -> None:
        super().follow()
        if self.is_mounted:
            self.query_one(JobList).follow()
            self._tick_while_waiting()

    def action_cancel(self) -> None:
        if self.job is not None and self.job.running:
            shell(self).cancel_job(self.job.id)

    def action_move_job(self, delta: int) -> None:
        if self.job is not None and self.job.state is State.QUEUED:
            shell(self).move_job(self.job.id, delta)

    @on(JobList.Moved)
    def _moved(self) -> None:
        job = self.job
        self.query_one("#job-facts", Static).update(_facts(job) if job else "")

    def _tick_while_waiting(self) -> None:
        waiting = any(job.state is State.WAITING for job in self.session.jobs)
        if waiting and self._timer is None:
            self._timer = self.set_interval(0.2, self.query_one(JobList).refresh)
        elif not waiting and self._timer is not None:
            self._timer.stop()
            self._timer = None


def _facts(job: Job) -> Content:
    rows = [
        ("state", str(job.state)),
        ("started", time.strftime("%H:%M:%S", time.localtime(job.started))),
        ("took", human_seconds(job.ended - job.started) if job.ended else ""),
        ("attempt", str(job.attempt) if job.attempt else ""),
        ("provider", job.provider),
        ("model", job.request.model),
        *((name, display(value)) for name, value in job.request.parameters.items()),
        ("estimate", describe(job.estimate)),
        ("cost", dollars(job.cost) if job.cost is not None else ""),
        ("request id", job.request_id or (job.failure.request_id if job.failure else "") or ""),
        ("job", job.id),
    ]
    parts: list[tuple[str, str]] = [(f"{job.request.prompt}\n\n", "$foreground")]
    if job.failure and job.state is not State.DONE:
        parts += [(f"{job.failure.summary}\n", "$error"), (f"{job.failure.advice}\n\n", "$foreground")]
    for name, text in rows:
        if text:
            parts += [(f"{name:<20}", "$text-muted"), (f"{text}\n", "$foreground")]
    for saved in job.saved:
        parts += [("saved".ljust(20), "$text-muted"), (f"{shown(saved.path)}\n", "$success")]
    return Content.assemble(*parts)
