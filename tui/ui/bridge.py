"""From the engine's thread to the screens: events become messages, and progress is thinned out on its way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from tui.core.events import Event


class EngineEvents(Message):
    """There are events to fetch from the bridge."""


class Bridge:
    """`emit` may be called from any thread; `fetch` belongs to the UI thread.

    However fast events come, at most one message is on its way; of a job's progress only the latest is kept.
    """

    def __init__(self, target: MessagePump) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Hand an event over."""
        from tui.core.events import Downloading, Receiving

        with self._lock:
            first = not self._events
            if isinstance(event, (Receiving, Downloading)) and self._events and _same_progress(self._events[-1], event):
                self._events[-1] = event
            else:
                self._events.append(event)
        if first:
            self._target.post_message(EngineEvents())

    def fetch(self) -> list[Event]:
        """The events since the last time, in their order."""
        with self._lock:
            events, self._events = self._events, []
        return events


def _same_progress(earlier: Event, later: Event) -> bool:
    same_job = type(earlier) is type(later) and earlier.job == later.job
    return same_job and getattr(earlier, "index", 0) == getattr(later, "index", 0)
