"""The engine's events in words, as lines of the log."""

from __future__ import annotations

import time
from collections.abc import Callable

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
from tui.core.text import human_bytes, image_count
from tui.ui.log_book import Line


def lines(event: Event, *, pretend: bool = False) -> list[Line]:
    """An event in words: mostly one line, two where there is something to do about it."""

    def line(text: str, tone: str = "plain", **more: object) -> Line:
        return Line(event.at, event.number, text, tone, **more)  # type: ignore[arg-type]  # the fields of Line

    match event:
        case Queued():
            request = event.request
            size = request.parameters.get("size", "")
            price = "free in the sandbox" if event.provider == SANDBOX else describe(event.estimate)
            facts = " ".join(str(fact) for fact in (request.model, size, f"×{request.count}") if fact)
            if event.recovered:
                return [line(f"left by an earlier run: saving what came of it · {facts} · {event.provider}", "quiet")]
            return [line(f"{request.operation} · {facts} · {event.provider} · {price}", "quiet")]
        case Sent():
            attempt = f" · attempt {event.attempt}" if event.attempt > 1 else ""
            return [line(f"{event.method} {event.path}{attempt}")]
        case Waiting(seconds=None):
            choices = ", ".join([*event.choices, *(["copy URL"] if event.url else [])])
            until = f" · URL ends {time.strftime('%H:%M', time.localtime(event.expires))}" if event.expires else ""
            name = event.failure.summary + _request_id(event.failure.request_id)
            return [line(name, "bad"), line(f"f9: {choices}{until}", "ask")]
        case Waiting():
            name = event.failure.summary + _request_id(event.failure.request_id)
            retry = f"retry {event.attempt - 1} of {event.attempts - 1}"
            return [line(name, "bad"), line(retry, "moving", until=time.monotonic() + (event.seconds or 0))]
        case Receiving():
            total = f" of {human_bytes(event.total)}" if event.total and event.received < event.total else ""
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
            price = f" · {dollars(event.cost)}{' pretend' if pretend else ''}" if event.cost is not None else ""
            return [
                line(f"done · {image_count(event.saved)}{price}{f' · {event.fewer}' if event.fewer else ''}", "good")
            ]
        case Failed():
            kept = f" · {image_count(event.saved)} saved" if event.saved else ""
            return _ending(line, event.failure.summary, event.failure.advice, event.failure.request_id, kept)
        case Unknown():
            kept = f" · {human_bytes(event.received)} kept" if event.received else ""
            head = f"outcome unknown · {event.failure.summary}"
            return _ending(line, head, event.failure.advice, event.failure.request_id, kept)
        case Cancelled():
            paid = " · the request had gone out and may be charged" if event.sent else " · nothing was sent"
            return [line(f"cancelled{paid}", "bad")]
    return []


def _ending(line: Callable[..., Line], text: str, advice: str, request_id: str | None, kept: str) -> list[Line]:
    first = line(f"{text}{_request_id(request_id)}{kept}", "bad")
    return [first, line(f"→ {advice}", "plain")] if advice else [first]


def _request_id(request_id: str | None) -> str:
    return f" · {request_id}" if request_id else ""
