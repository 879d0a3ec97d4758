"""Garbage waits until nobody types."""

from __future__ import annotations

import gc
import weakref

from tests.ui.conftest import Open


class Ring:
    """Refers to itself: only a collection ends it."""

    def __init__(self) -> None:
        self.me = self


async def test_old_garbage_goes_once_a_person_rests(window: Open) -> None:
    async with window() as w:
        # What is loaded after the start is kept for good, and whatever is there by then.
        await w.make("a fox")
        await w.until(lambda: not [each for each in w.app.workers if each.group == "warm"], "what is warmed up")
        ring = Ring()
        # From now on a collection of everything is needed.
        gc.collect()
        gone = weakref.ref(ring)
        del ring
        await w.press("escape")
        await w.until(lambda: gone() is None, "its end")
