"""The jobs: sent to the engine, and what the engine tells of them shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from tui.core.provider import Provider
from tui.core.request import Request
from tui.ui.bridge import Bridge, EngineEvents
from tui.ui.screens.create import CreateScreen
from tui.ui.spending import Spending

if TYPE_CHECKING:
    from tui.core.events import Event
    from tui.ui.jobs import Job

# Seconds in which the same request from the same keys is taken for one that was pressed twice.
TWICE = 0.7


class Working(Spending):
    """The part of the app between the screens and the engine."""

    def __init__(self) -> None:
        super().__init__()
        self.bridge = Bridge(self)
        self._went_to: dict[str, Provider] = {}
        self._last_sent: tuple[float, Request, Provider | None] | None = None
        # What is not sent yet, as the app still starts; each with its provider, None for the first that is found.
        self._early: list[tuple[Request, Provider | None]] = []

    @on(EngineEvents)
    def _engine_events(self) -> None:
        for event in self.bridge.fetch():
            self.session.apply(event)
            self._react(event)
        self._follow()

    def _react(self, event: Event) -> None:
        from tui.core.events import Cancelled, Done, Failed, Saved, Sent, Unknown, Waiting

        for screen in self._place_screens():
            if isinstance(screen, CreateScreen):
                screen.develop(event)
        if isinstance(event, Saved):
            self.previewer.keep_thumbnail(event.path)
            self.list_images()
        if isinstance(event, (Done, Failed, Unknown, Cancelled)) or (isinstance(event, Sent) and self.config.limits):
            self.count_spending()
        if isinstance(event, (Done, Failed, Unknown)) or (isinstance(event, Waiting) and event.seconds is None):
            self._tell(event)

    def _tell(self, event: Event) -> None:
        """A toast for what happens while the person is elsewhere, or where an answer is wanted."""
        from tui.core.events import Done, Failed, Unknown, Waiting

        job = self.session.jobs.get(event.job)
        if job is not None and job.recovered and not isinstance(event, Waiting):
            # There may be many, and nobody waits for them.
            return
        elsewhere = self.current_mode != "create"
        match event:
            case Done() if elsewhere and job:
                self.notify(f"#{event.number} done: {event.saved} saved", markup=False)
            case Failed() if self._is_told(event.job):
                pass
            case Failed() | Unknown():
                head = "outcome unknown, f9 offers to send again" if isinstance(event, Unknown) else event.failure.kind
                self.notify(f"#{event.number} {head}: {event.failure.message}"[:300], severity="error", markup=False)
            case Waiting():
                self.notify(f"#{event.number} {event.failure.kind}: f9 answers", severity="warning", markup=False)

    def _is_told(self, job: str) -> bool:
        """Whether the preview in sight says what became of a job: a toast would stand over the same words."""
        return isinstance(self.screen, CreateScreen) and self.screen.tells(job)

    def submit(self, request: Request) -> None:
        provider = self.session.provider
        now, last = time.monotonic(), self._last_sent
        if last and last[1:] == (request, provider) and now - last[0] < TWICE:
            self.notify("Sent already; once more sends it again", timeout=3)
            return
        self._last_sent = (now, request, provider)
        self._early.append((request, provider))
        self.send_early()
        if self._early:
            self.notify("Still starting: it is sent in a moment", timeout=3)

    def send_early(self) -> None:
        """Send what was wished, if the engine and a provider are there; else when they are. Nothing once one left."""
        if self.engine is None or self._exit:
            return
        early, self._early = self._early, []
        for request, known in early:
            if provider := known or self.session.provider:
                self._send(request, provider)
            elif self.session.unconnected:
                self.notify(f"Not sent: {self.session.unconnected}", severity="error")
            else:
                self._early.append((request, known))

    def resend(self, job: Job) -> None:
        if provider := self._went_to.get(job.id):
            self.session.again[self._send(job.request, provider)] = job.id

    def _send(self, request: Request, provider: Provider) -> str:
        assert self.engine is not None
        job = self.engine.submit(request, provider)
        self._went_to[job] = provider
        self.session.memory.sent(request.prompt)
        self.remember()
        for screen in self._place_screens():
            if isinstance(screen, CreateScreen):
                screen.developing = job
        return job

    def cancel_job(self, job: str) -> None:
        if self.engine is not None:
            self.engine.cancel(job)

    def move_job(self, job: str, delta: int) -> None:
        if self.engine is not None:
            self.engine.move(job, delta)
        self.session.jobs.move(job, delta)
        self._follow()

    def answer_job(self, job: str, choice: str, folder: Path | None = None) -> None:
        if self.engine is not None:
            self.engine.answer(job, choice, folder=folder)
