"""The log: each job's whole life as lines. Progress and countdowns are lines that change in place."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.core.provider import SANDBOX
from tui.core.text import clean, human_seconds

if TYPE_CHECKING:
    from tui.core.events import Event

# The log file keeps them all.
LIMIT = 2_000
logger = logging.getLogger("safelight.log")


@dataclass(slots=True)
class Line:
    """One line. `tone` is plain, quiet, moving, good, bad or ask. `until` is the monotonic end of a countdown."""

    at: float
    number: int | None
    text: str
    tone: str = "plain"
    key: str | None = None
    until: float | None = None
    progress: float | None = None

    def words(self, now: float) -> str:
        """The text as it stands at `now`, on the monotonic clock."""
        if self.until is None:
            return self.text
        left = self.until - now
        return f"{self.text} in {human_seconds(left)}" if left > 0 else f"{self.text} now"

    @property
    def stamp(self) -> str:
        return time.strftime("%H:%M:%S", time.localtime(self.at))


class LogBook:
    """The lines in order of time, at most `LIMIT`."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pretend: set[str] = set()

    def say(self, text: str, *, tone: str = "plain", at: float | None = None) -> None:
        """Add a line that belongs to no job."""
        self._add(Line(time.time() if at is None else at, None, text, tone))

    @property
    def counting(self) -> bool:
        """Whether a countdown runs, so that the lines change by themselves."""
        return any(line.until is not None for line in self.lines[-200:])

    def apply(self, event: Event) -> None:
        """Write an event down."""
        from tui.core.events import Queued
        from tui.ui.log_words import lines

        self._settle(event)
        if isinstance(event, Queued) and event.provider == SANDBOX:
            self._pretend.add(event.job)
        for line in lines(event, pretend=event.job in self._pretend):
            self._add(line)

    def _settle(self, event: Event) -> None:
        """What a job's new event makes past: its countdown stops, its bar goes, its question is answered."""
        for line in reversed(self.lines[-200:]):
            if line.number == event.number and (line.until, line.progress, line.tone) != (None, None, "plain"):
                line.until = line.progress = None
                line.tone = "plain" if line.tone in ("ask", "moving") else line.tone

    def _add(self, line: Line) -> None:
        line.text = clean(line.text)
        if line.key:
            for i in range(len(self.lines) - 1, max(-1, len(self.lines) - 200), -1):
                if self.lines[i].key == line.key:
                    line.at = self.lines[i].at
                    self.lines[i] = line
                    return
        # Of what changes in place, the log file has the beginning: status and request id.
        logger.info("%s%s", f"#{line.number} " if line.number else "", line.text)
        self.lines.append(line)
        if len(self.lines) > LIMIT:
            del self.lines[: LIMIT // 10]
