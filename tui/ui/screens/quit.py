"""Leaving while jobs run: wait for them, leave them to the next start, or stay."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.core.text import clean_line, human_seconds
from tui.ui.jobs import Job, State
from tui.ui.screens.box import Box
from tui.ui.session import Session
from tui.ui.widgets.job_list import state_words

# On the smallest screen that is looked after there is room for so many.
ROWS = 8
WIDTH = 70
LOOK_SECONDS = 0.25


class Quit(Box[bool]):
    """Gives back whether to leave. While it stands it shows the jobs as they go on."""

    BINDINGS = [
        Binding("escape", "dismiss(False)", "Stay"),
        Binding("w", "wait", "Wait"),
        Binding("l", "dismiss(True)", "Leave"),
        Binding("q", "quit_idle", show=False),
        Binding("f9", "answer", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._waits = False
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("", id="text", markup=False)
            yield Static("", id="hint")

    def on_mount(self) -> None:
        self.follow()
        self.set_interval(LOOK_SECONDS, self.follow)

    def on_screen_resume(self) -> None:
        self.follow()

    def action_wait(self) -> None:
        self._waits = True
        self.follow()

    def action_quit_idle(self) -> None:
        """The key that opened this may have come twice: with jobs on their way it does nothing."""
        if not self._session.jobs.running:
            self.dismiss(True)

    async def action_answer(self) -> None:
        await self.app.run_action("answer", self.app)

    def follow(self) -> None:
        """Draw what has changed. Where that was all that was waited for, leave."""
        if not self.is_mounted or not self.query("#hint"):
            return
        running = [job for job in self._session.jobs if job.running]
        if self._waits and not running:
            self.dismiss(True)
            return
        rows = [_row(job) for job in running[:ROWS]]
        if len(running) > ROWS:
            rows.append(f"and {len(running) - ROWS} more")
        title, keys = self._title(len(running)), self._keys(running)
        now = [title, *rows, *(word for pair in keys for word in pair)]
        if now == self._shown:
            return
        self._shown = now
        self.query_one("#box").border_title = title
        self.query_one("#text", Static).update("\n".join(rows))
        lines = [
            Content.assemble((f" {key} ", "bold reverse $warning"), (f" {word}", "$foreground")) for key, word in keys
        ]
        self.query_one("#hint", Static).update(Content("\n").join(lines))

    def _title(self, running: int) -> str:
        if not running:
            return "Nothing runs any more"
        jobs = "1 job" if running == 1 else f"{running} jobs"
        if self._waits:
            return f"Quits when {jobs} {'has' if running == 1 else 'have'} ended"
        return f"{jobs} {'runs' if running == 1 else 'run'} still"

    def _keys(self, running: list[Job]) -> list[tuple[str, str]]:
        stay = ("esc", "stay")
        if not running:
            return [("q", "quit"), stay]
        asking = sum(job.question is not None and job.state is State.ASKING for job in running)
        queued = sum(job.state is State.QUEUED for job in running)
        leave = "leave now: the next start finishes or lists what has come"
        if queued:
            verb = "is" if queued == 1 else "are"
            leave = f"leave now: {queued} {verb} not sent; the next start sees to the others"
        keys = [("l", leave), stay]
        if not self._waits:
            keys.insert(0, ("w", "wait for it, then quit" if len(running) == 1 else "wait for all of them, then quit"))
        if asking:
            keys.insert(0, ("f9", "answer: 1 asks you" if asking == 1 else f"answer: {asking} ask you"))
        return keys


def _row(job: Job) -> str:
    age = human_seconds(max(time.time() - job.started, 0))
    head = f"#{job.number:<4}{state_words(job):<19}{age:<10}"
    return head + clean_line(job.request.prompt, limit=WIDTH - len(head))
