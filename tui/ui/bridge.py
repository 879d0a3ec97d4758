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
        with self._lock:
            first = not self._events
            place = self._earlier_progress(event)
            if place is None:
                self._events.append(event)
            else:
                self._events[place] = event
        if first:
            self._target.post_message(EngineEvents())

    def _earlier_progress(self, event: Event) -> int | None:
        """Where progress stands that this event makes past: the job's last event, if it tells of the same thing."""
        from tui.core.events import Downloading, Receiving

        if isinstance(event, (Receiving, Downloading)):
            for place in range(len(self._events) - 1, -1, -1):
                earlier = self._events[place]
                if earlier.job == event.job:
                    same = type(earlier) is type(event) and getattr(earlier, "index", 0) == getattr(event, "index", 0)
                    return place if same else None
        return None

    def fetch(self) -> list[Event]:
        """The events since the last time, in their order."""
        with self._lock:
            events, self._events = self._events, []
        return events
