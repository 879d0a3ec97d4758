"""The pictures that were drawn last, for any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.render.graphics.placement import Graphics, Placement
    from tui.ui.previewer import Rendered, Sight

# The one that is shown, its neighbours, and those that one has just come from.
KEPT = 12


class Kept:
    """Each with the `state` that its file was in. Of what is drawn as pixels, only that of one `Graphics` is kept."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[Sight, tuple[object, Rendered]] = OrderedDict()
        self._graphics: Graphics | None = None
        self._lock = threading.Lock()
        self._turns: dict[Hashable, list[threading.Lock]] = {}

    @contextmanager
    def turn(self, work: Hashable) -> Iterator[None]:
        """One after another at the same work: what was being drawn ahead when it was asked for is not drawn twice."""
        with self._lock:
            turns = self._turns.setdefault(work, [])
            lock = turns[0] if turns else threading.Lock()
            turns.append(lock)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                turns.pop()
                if not turns:
                    del self._turns[work]

    def known(self, sight: Sight) -> Rendered | None:
        """Whatever state its file is in by now."""
        with self._lock:
            found = self._drawn.get(sight)
        return found[1] if found else None

    def valid(self, sight: Sight, state: object) -> Rendered | None:
        with self._lock:
            found = self._drawn.get(sight)
            if found is None or found[0] != state:
                return None
            self._drawn.move_to_end(sight)
            return found[1]

    def put(self, sight: Sight, state: object, rendered: Rendered) -> Rendered:
        """Keep it, and give it back."""
        with self._lock:
            if sight.graphics is self._graphics:
                self._drawn[sight] = state, rendered
                self._drawn.move_to_end(sight)
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return rendered

    def restrict(self, graphics: Graphics | None) -> None:
        """Let go of everything that was drawn for another one."""
        with self._lock:
            self._graphics = graphics
            for sight in [sight for sight in self._drawn if sight.graphics is not graphics]:
                del self._drawn[sight]

    def clear(self) -> None:
        with self._lock:
            self._drawn.clear()

    @property
    def placements(self) -> Collection[Placement]:
        """The pictures as pixels."""
        with self._lock:
            return {rendered.placement for _, rendered in self._drawn.values() if rendered.placement}
