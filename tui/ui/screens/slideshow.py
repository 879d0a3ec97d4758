"""The images of a list one after another by themselves, for the full screen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from textual.timer import Timer

from tui.render.view import View, Window
from tui.ui.screens.looking import Looking

# Seconds that an image can stand, and for how long it does at first.
PACES: tuple[float, ...] = (1, 2, 3, 5, 8, 12, 20, 30, 60)
PACE: float = 5
# What means nothing while no slideshow runs.
DURING = frozenset({"hold", "pace"})


class Slideshow(Looking):
    """Goes on by `turn` until anything else is looked at; `retitle` is told whenever `pace_words` differs."""

    def __init__(self) -> None:
        super().__init__()
        self._pace = PACE
        self._on = self._held = False
        self._due: Timer | None = None

    @abstractmethod
    def turn(self) -> None:
        """Show the next image, after the last one the first again."""

    @abstractmethod
    def retitle(self) -> None:
        """The words differ."""

    @property
    def pace_words(self) -> str:
        """How fast it goes, empty while there is none."""
        return f"  {'❚❚' if self._held else '▶'} {self._pace:g} s" if self._on else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._on if action in DURING else super().check_action(action, parameters)

    def action_slideshow(self) -> None:
        """Begin, or end."""
        self._on, self._held = not self._on, False
        self._go()

    def action_hold(self) -> None:
        self._held = not self._held
        self._go()

    def action_pace(self, delta: int) -> None:
        at = PACES.index(self._pace) + delta
        self._pace = PACES[min(max(at, 0), len(PACES) - 1)]
        self._go()

    def end_slideshow(self) -> None:
        """Something else is looked at."""
        if self._on:
            self._on = False
            self._go()

    def look(self, how: Callable[[View, Window], View]) -> None:
        self.end_slideshow()
        super().look(how)

    def _go(self) -> None:
        self._wait()
        self.retitle()
        self.refresh_bindings()

    def _wait(self) -> None:
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(self._pace, self._turn) if self._on and not self._held and self.is_active else None

    def _turn(self) -> None:
        self.turn()
        self._wait()

    def on_screen_suspend(self) -> None:
        """Nothing goes on below what stands over it."""
        if self._due is not None:
            self._due.stop()

    def on_screen_resume(self) -> None:
        self._wait()
