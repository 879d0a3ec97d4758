"""Leaving the terminal as it was found, whatever ends the program or sends it to sleep."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType

from textual.drivers.linux_driver import LinuxDriver

# Seconds that the terminal may take for the last words after SIGTERM.
_PATIENCE = 2


class LeavingDriver(LinuxDriver):
    """The driver for Linux and macOS. `farewell` gives what it writes before it leaves the alternate screen.

    SIGTERM ends the program as it would without a handler, but out of application mode.
    """

    farewell: Callable[[], str] = staticmethod(str)

    def start_application_mode(self) -> None:
        # Textual's method has no types.
        start: Callable[[], None] = super().start_application_mode
        start()
        loop = asyncio.get_running_loop()

        def told_to_end(number: int, _: FrameType | None) -> None:
            # Should anything hang, it ends nevertheless.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_PATIENCE)
            # Here something may be half written.
            loop.call_soon_threadsafe(self._end_by, number)

        signal.signal(signal.SIGTERM, told_to_end)

    def stop_application_mode(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.write(self.farewell())
        super().stop_application_mode()

    def _end_by(self, number: int) -> None:
        self.stop_application_mode()
        self.close()
        os.kill(os.getpid(), number)
