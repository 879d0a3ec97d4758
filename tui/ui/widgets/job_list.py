"""The jobs of this run: those that run or wait in their order, then those that ended, the newest first."""

from __future__ import annotations

import time

from rich.text import Text
from textual.content import Content

from tui.core.text import clean_line, human_bytes, human_seconds
from tui.ui.jobs import Job, Jobs, State
from tui.ui.widgets.lines import Lines

EMPTY = "No jobs yet: f5, then ctrl+j makes one."
TONES = {
    State.QUEUED: "quiet",
    State.ASKING: "ask",
    State.DONE: "good",
    State.FAILED: "bad",
    State.UNKNOWN: "bad",
    State.CANCELLED: "quiet",
}


class JobList(Lines):
    """One row a job: number, state, model, size, count and prompt."""

    DEFAULT_CSS = """
    JobList { padding: 0 1; }
    """

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(id="jobs", classes="pane")
        self._jobs = jobs
        self._rows: list[Job] = []
        self.border_title = "Jobs"

    @property
    def count(self) -> int:
        return max(len(self._rows), 1)

    def selectable(self, row: int) -> bool:
        return 0 <= row < len(self._rows)

    @property
    def job(self) -> Job | None:
        return self._rows[self.cursor] if self.selectable(self.cursor) else None

    def follow(self) -> None:
        here = self.job
        running = [job for job in self._jobs if job.running]
        self._rows = [*running, *(job for job in reversed(list(self._jobs)) if not job.running)]
        count = f"  {len(running) - self._jobs.queued} running · {len(self._rows)} in all" if self._rows else ""
        self.border_title = Content.assemble("Jobs", (count, "$text-disabled"))
        if here is not None:
            self.set_reactive(Lines.cursor, self._rows.index(here))
        self.recount()
        self.post_message(self.Moved(self))

    def draw(self, row: int, width: int) -> Text:
        if not self._rows:
            return Text(EMPTY, self.tone("quiet"))
        job = self._rows[row]
        text = Text(f"#{job.number:<4}", self.tone("faint"))
        text.append(f"{state_words(job):<19}", self.tone(TONES.get(job.state, "moving")))
        size = str(job.request.parameters.get("size", ""))
        text.append(f"{job.request.model}  {size} ×{job.request.count}  ", self.tone("quiet"))
        return text.append(clean_line(job.request.prompt, limit=max(width - text.cell_len, 1)), self.tone("plain"))


def state_words(job: Job) -> str:
    """Where a job stands, with how long it waits or how much of it has come."""
    if job.state is State.WAITING and job.until is not None:
        return f"waiting {human_seconds(max(job.until - time.monotonic(), 0))}"
    if job.state in (State.RECEIVING, State.DOWNLOADING):
        share = f"{job.progress:.0%}" if job.progress is not None else human_bytes(job.received)
        return f"{job.state} {share}"
    return str(job.state)
