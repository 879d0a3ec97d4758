"""The jobs: those that run or wait in their order, those that ended, the newest first, and what earlier runs left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content

from tui.core.text import clean_line, human_bytes, human_seconds
from tui.ui.jobs import Job, State
from tui.ui.session import Session
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.engine.leftovers import Left

EMPTY = "No jobs yet: f5, then ctrl+j makes one."
LEFT = "Left by earlier runs: enter tells of one and asks what to do"
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

    def __init__(self, session: Session) -> None:
        super().__init__(id="jobs", classes="pane")
        self._session = session
        self._rows: list[Job | Left | str] = []
        self.border_title = "Jobs"

    @property
    def count(self) -> int:
        return max(len(self._rows), 1)

    def selectable(self, row: int) -> bool:
        return 0 <= row < len(self._rows) and not isinstance(self._rows[row], str)

    @property
    def selected(self) -> Job | Left | None:
        """The job under the cursor, of this run or left by an earlier one."""
        row = self._rows[self.cursor] if self.selectable(self.cursor) else None
        return None if isinstance(row, str) else row

    def follow(self) -> None:
        here = self._key(self.selected)
        # What could not be saved of one that was left stands there.
        left = {each.job for each in self._session.left}
        jobs = [job for job in self._session.jobs if job.running or job.id not in left]
        running = [job for job in jobs if job.running]
        listed = [*running, *(job for job in reversed(jobs) if not job.running)]
        self._rows = list(listed)
        if self._session.left:
            # What is settled already stands behind what is not.
            by_turn = sorted(self._session.left, key=lambda each: each.kept)
            self._rows += [*([] if listed else [EMPTY]), "", LEFT, *by_turn]
        count = f"  {len(running) - self._session.jobs.queued} running · {len(listed)} in all" if listed else ""
        self.border_title = Content.assemble("Jobs", (count, "$text-disabled"))
        keys = [self._key(row) for row in self._rows]
        if here is not None and here in keys:
            self.set_reactive(Lines.cursor, keys.index(here))
        self.recount()
        self.post_message(self.Moved(self))

    def point_at_left(self) -> None:
        """The cursor on the first job that an earlier run left."""
        if LEFT in self._rows:
            self.cursor = self._rows.index(LEFT) + 1

    @staticmethod
    def _key(row: Job | Left | str | None) -> tuple[type, str] | None:
        """What tells a row from the others, also when the list is made anew."""
        if row is None or isinstance(row, str):
            return None
        return type(row), row.id if isinstance(row, Job) else row.job

    def draw(self, row: int, width: int) -> Text:
        if not self._rows:
            return Text(EMPTY, self.tone("quiet"))
        what = self._rows[row]
        if isinstance(what, str):
            return Text(what, self.tone("quiet"))
        return self._draw_job(what, width) if isinstance(what, Job) else self._draw_left(what, width)

    def _draw_job(self, job: Job, width: int) -> Text:
        text = Text(f"#{job.number:<4}", self.tone("faint"))
        text.append(f"{state_words(job):<19}", self.tone(TONES.get(job.state, "moving")))
        size, model = clean_line(job.request.parameters.get("size", "")), clean_line(job.request.model)
        earlier = "left earlier  " if job.recovered else ""
        text.append(f"{earlier}{model}  {size} ×{job.request.count}  ", self.tone("quiet"))
        return text.append(clean_line(job.request.prompt, limit=max(width - text.cell_len, 1)), self.tone("plain"))

    def _draw_left(self, left: Left, width: int) -> Text:
        from tui.ui import left_words

        again = self._session.sent_again(left.job)
        text = Text(f"{left_words.when(left)}  ", self.tone("faint"))
        state = f"sent again as #{again.number}" if again else left_words.state(left)
        text.append(f"{state:<19}", self.tone("moving" if again else "quiet" if left.kept else "ask"))
        request = left.request
        text.append(f"{clean_line(request.model)}  " if request else "", self.tone("quiet"))
        prompt = request.prompt if request else "the request can't be read"
        return text.append(clean_line(prompt, limit=max(width - text.cell_len, 1)), self.tone("plain"))


def state_words(job: Job) -> str:
    """Where a job stands, with how long it waits or how much of it has come."""
    if job.state is State.WAITING and job.until is not None:
        return f"waiting {human_seconds(max(job.until - time.monotonic(), 0))}"
    if job.state in (State.RECEIVING, State.DOWNLOADING):
        share = f"{job.progress:.0%}" if job.progress is not None else human_bytes(job.received)
        return f"{job.state} {share}"
    return str(job.state)
