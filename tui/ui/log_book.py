"""The log: each job's whole life as lines. Progress and countdowns are lines that change in place."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from tui.core.events import (
    Cancelled,
    Done,
    Downloading,
    Event,
    Failed,
    Partial,
    Queued,
    Receiving,
    Saved,
    Sent,
    Unknown,
    Waiting,
)
from tui.core.paths import shown
from tui.core.pricing import describe, dollars
from tui.core.provider import SANDBOX
from tui.core.text import human_bytes, human_seconds

LIMIT = 5_000
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
    """The lines in order of time, at most `LIMIT`. `version` grows with every change."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.version = 0

    def say(self, text: str, *, tone: str = "plain", at: float | None = None) -> None:
        """Add a line that belongs to no job."""
        self._add(Line(time.time() if at is None else at, None, text, tone))

    @property
    def counting(self) -> bool:
        """Whether a countdown runs, so that the lines change by themselves."""
        return any(line.until is not None for line in self.lines[-200:])

    def apply(self, event: Event) -> None:
        """Write an event down."""
        self._settle(event)
        for line in _lines(event):
            self._add(line)

    def _settle(self, event: Event) -> None:
        """What a job's new event makes past: its countdown stops, its question is answered."""
        for line in reversed(self.lines[-200:]):
            if line.number == event.number and (line.until is not None or line.tone == "ask"):
                line.until, line.tone = None, "plain"

    def _add(self, line: Line) -> None:
        self.version += 1
        if line.key:
            for i in range(len(self.lines) - 1, max(-1, len(self.lines) - 200), -1):
                if self.lines[i].key == line.key:
                    self.lines[i] = line
                    return
        else:
            logger.info("%s%s", f"#{line.number} " if line.number else "", line.text)
        self.lines.append(line)
        if len(self.lines) > LIMIT:
            del self.lines[: LIMIT // 10]


def _lines(event: Event) -> list[Line]:
    """An event in words: mostly one line, two where there is something to do about it."""

    def line(text: str, tone: str = "plain", **more: object) -> Line:
        return Line(event.at, event.number, text, tone, **more)  # type: ignore[arg-type]  # the fields of Line

    match event:
        case Queued():
            request = event.request
            size = request.parameters.get("size", "")
            price = "free in the sandbox" if event.provider == SANDBOX else describe(event.estimate)
            facts = " ".join(str(fact) for fact in (request.model, size, f"×{request.count}") if fact)
            return [line(f"{request.operation} · {facts} · {event.provider} · {price}", "quiet")]
        case Sent():
            attempt = f" · attempt {event.attempt}" if event.attempt > 1 else ""
            return [line(f"{event.method} {event.path}{attempt}")]
        case Waiting(seconds=None):
            choices = ", ".join([*event.choices, *(["copy URL"] if event.url else [])])
            until = f" · URL ends {time.strftime('%H:%M', time.localtime(event.expires))}" if event.expires else ""
            return [line(event.failure.summary, "bad"), line(f"f9: {choices}{until}", "ask")]
        case Waiting():
            name = event.failure.summary + _request_id(event.failure.request_id)
            retry = f"retry {event.attempt - 1} of {event.attempts - 1}"
            return [line(name, "bad"), line(retry, "moving", until=time.monotonic() + (event.seconds or 0))]
        case Receiving():
            total = f" of {human_bytes(event.total)}" if event.total else ""
            text = f"{event.status} · {human_bytes(event.received)}{total}{_request_id(event.request_id)}"
            share = event.received / event.total if event.total else None
            return [line(text, "moving", key=f"{event.job}/receive", progress=share)]
        case Partial():
            return [line(f"partial image {event.stage + 1}", "moving")]
        case Downloading():
            total = f" of {human_bytes(event.total)}" if event.total else ""
            text = f"download {event.index + 1} from {event.host} · {human_bytes(event.received)}{total}"
            share = event.received / event.total if event.total else None
            return [line(text, "moving", key=f"{event.job}/download/{event.index}", progress=share)]
        case Saved():
            revised = [line(f"revised: {event.origin.revised_prompt}", "quiet")] if event.origin.revised_prompt else []
            return [line(f"saved {shown(event.path)}", "good"), *revised]
        case Done():
            price = f" · {dollars(event.cost)}" if event.cost is not None else ""
            return [line(f"done · {_images(event.saved)}{price}{f' · {event.fewer}' if event.fewer else ''}", "good")]
        case Failed():
            kept = f" · {_images(event.saved)} saved" if event.saved else ""
            return _ending(line, event.failure.summary, event.failure.advice, event.failure.request_id, kept)
        case Unknown():
            kept = f" · {human_bytes(event.received)} kept" if event.received else ""
            head = f"outcome unknown · {event.failure.summary}"
            return _ending(line, head, event.failure.advice, event.failure.request_id, kept)
        case Cancelled():
            paid = " · the request had gone out and may be charged" if event.sent else " · nothing was sent"
            return [line(f"cancelled{paid}", "bad")]
    return []


def _ending(line: object, text: str, advice: str, request_id: str | None, kept: str) -> list[Line]:
    assert callable(line)
    first = line(f"{text}{_request_id(request_id)}{kept}", "bad")
    return [first, line(f"→ {advice}", "plain")] if advice else [first]


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _request_id(request_id: str | None) -> str:
    return f" · {request_id}" if request_id else ""
