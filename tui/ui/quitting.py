"""Leaving: by a key, which asks while jobs run, or because a signal or the end of the terminal says so."""

from __future__ import annotations

import logging
import os
import signal
import time
from abc import abstractmethod
from typing import TYPE_CHECKING

from tui.core.signals import SIGNALLED
from tui.ui.answers import Answers

if TYPE_CHECKING:
    from tui.engine.thread import EngineThread

logger = logging.getLogger(__name__)
# Seconds in which a second ctrl+c means it.
AGAIN = 3.0
# Seconds beyond the grace of the jobs after which the program ends whatever hangs.
SLACK = 10


class Quitting(Answers):
    """`ended_by` is the signal that told the app to end; `grace`, the seconds that jobs on their way have then."""

    engine: EngineThread | None
    ended_by: int | None = None
    grace: float = 0.0
    _ctrl_c: float = 0.0

    def action_leave(self) -> None:
        from tui.ui.screens.quit import Quit

        if not self.session.jobs.running:
            self.exit(0)
        elif not any(isinstance(screen, Quit) for screen in self.screen_stack):
            self.push_screen(Quit(self.session), lambda leave: self.exit(0) if leave else None)

    def action_help_quit(self) -> None:
        """ctrl+c where nothing is selected. One alone may have been meant to copy something."""
        now = time.monotonic()
        if now - self._ctrl_c < AGAIN:
            self.action_leave()
        else:
            self._ctrl_c = now
            self.notify("ctrl+c once more quits", timeout=AGAIN)

    def stop_sending(self) -> None:
        """The next job in line would be sent as soon as one ends."""
        if self.engine is not None:
            self.engine.stop_sending()

    def end_by(self, number: int) -> None:
        """The terminal is given back, and what stands on the screen is nobody's any more."""
        self._told(number)
        self.ended_by = number
        self.exit()

    def end_without_screen(self, number: int) -> None:
        """The loop stands still: what the jobs still receive is saved without it."""
        self._told(number)
        self.close(self.grace)
        if signal.getsignal(number) is signal.SIG_DFL:
            os.kill(os.getpid(), number)
        # A handler can't be changed from here: the exit code stands for the signal, as it does in a shell.
        os._exit(SIGNALLED + number)

    def _told(self, number: int) -> None:
        logger.info("told to end by %s, %d jobs run", signal.Signals(number).name, self.session.jobs.running)
        signal.alarm(int(self.grace) + SLACK)

    @abstractmethod
    def close(self, grace: float = 0.0) -> None:
        """End what runs beside the app, jobs on their way after `grace` seconds."""
