"""All garbage is collected while nobody types: a frame would wait for that, for twenty milliseconds and more."""

from __future__ import annotations

import asyncio
import gc
import time

# Seconds without a key or a move of the mouse after which nobody waits for a frame.
QUIET = 0.7
# New objects between two collections of the youngest, those between two of the next, and between two of everything,
# which is for people who never rest. The first two are Python's own: each takes a millisecond at most.
THRESHOLDS = (700, 10, 500)


class Garbage:
    """Tell it of whatever a person does, in the app's loop."""

    def __init__(self) -> None:
        self._last = 0.0
        self._due: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """From now on, which is once everything is loaded."""
        gc.set_threshold(*THRESHOLDS)
        gc.enable()

    def busy(self) -> None:
        """Somebody is at work: not now."""
        self._last = time.monotonic()
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(QUIET, self._collect)

    def _collect(self) -> None:
        left = self._last + QUIET - time.monotonic()
        if left > 0:
            self._due = asyncio.get_running_loop().call_later(left, self._collect)
        else:
            self._due = None
            gc.collect()
