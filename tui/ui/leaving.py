"""Leaving the terminal as it was found, whatever ends the program, sends it to sleep or takes the terminal away."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable
from io import TextIOWrapper
from types import FrameType
from typing import Any, Protocol, cast

from textual.drivers.linux_driver import LinuxDriver

# Seconds that the screen may take to give the terminal back before it is taken for stuck.
_PATIENCE = 2.0
_GONE = frozenset({errno.EIO, errno.ENXIO, errno.EBADF, errno.EPIPE})
_ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Leaver(Protocol):
    """What the driver asks of the app."""

    def stop_sending(self) -> None:
        """The end has begun: nothing more may be sent, not even by what ends now. Called in the app's loop."""

    def end_by(self, number: int) -> None:
        """The terminal is given back: end, as by that signal. Called in the app's loop."""

    def end_without_screen(self, number: int) -> None:
        """The app's loop does not answer: end all the same. Called in a thread."""


class LeavingDriver(LinuxDriver):
    """The driver for Linux and macOS. `farewell` gives what it writes before it leaves the alternate screen.

    Told to end by SIGTERM, SIGHUP or SIGINT, or where its terminal is gone, which counts as SIGHUP, it gives the
    terminal back at once; what is still to be done goes on without it. The same signal once more ends it at once, but
    for SIGHUP: the kernel and the shell both send one when a connection drops.
    """

    farewell: Callable[[], str] = staticmethod(str)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # All that is asked of it.
        self._file = cast(TextIOWrapper, _Forgiving(cast(TextIOWrapper, self._file), self.lost))
        self._ending = self._away = False
        self._given_back = threading.Event()
        # Held by whoever brings the program to its end.
        self._lead = threading.Lock()

    @property
    def _leaver(self) -> Leaver:
        return cast(Leaver, self._app)

    def start_application_mode(self) -> None:
        if self._ending:
            # SIGCONT comes with SIGHUP.
            return
        self._away = False
        # Textual's method has no types.
        start: Callable[[], None] = super().start_application_mode
        start()
        for number in _ENDINGS:
            # Whoever started this with nohup does not want it to end.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._told_to_end)

    def suspend_application_mode(self) -> None:
        self._away = True
        super().suspend_application_mode()

    def stop_application_mode(self) -> None:
        if self._given_back.is_set():
            return
        if not self._away and not self._ending:
            for number in _ENDINGS:
                if signal.getsignal(number) == self._told_to_end:
                    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        self.write(self.farewell())
        super().stop_application_mode()

    def write(self, data: str) -> None:
        # Nobody takes it any more, and whoever waits for that waits for ever.
        if not self._given_back.is_set():
            super().write(data)

    def close(self) -> None:
        if not self._given_back.is_set():
            super().close()

    def lost(self) -> None:
        """The terminal is gone. For any thread."""
        self._begin(signal.SIGHUP)

    # --- the end ----------------------------------------------------------------------------------------------------

    def _told_to_end(self, number: int, _: FrameType | None) -> None:
        if self._away and number == signal.SIGINT:
            # Typed at the program that has the terminal, and meant for it.
            return
        if number != signal.SIGHUP:
            signal.signal(number, signal.SIG_DFL)
        if self._away:
            from tui.ui import outside

            outside.end_editor()
        self._begin(number)

    def _begin(self, number: int) -> None:
        if self._ending:
            return
        self._ending = True
        threading.Thread(target=self._insist, args=(number,), daemon=True).start()
        # In the midst of whatever runs now something may be half written.
        self._loop.call_soon_threadsafe(self._leave, number)

    def _leave(self, number: int) -> None:
        self._leaver.stop_sending()
        self.stop_application_mode()
        self.close()
        self._given_back.set()
        # From now on ctrl+c in the terminal is a signal again.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if number == signal.SIGHUP:
            _write_nowhere()
        if self._lead.acquire(blocking=False):
            self._leaver.end_by(number)

    def _insist(self, number: int) -> None:
        """The loop may stand still, be it for a terminal that takes nothing more."""
        if not self._given_back.wait(_PATIENCE) and self._lead.acquire(blocking=False):
            self._leaver.end_without_screen(number)


class _Forgiving:
    """The terminal as a file. Once it is gone, `lost` is called and what is written is dropped."""

    def __init__(self, file: TextIOWrapper, lost: Callable[[], None]) -> None:
        self._file, self._lost = file, lost

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, text: str) -> int:
        return self._unless_gone(lambda: self._file.write(text)) or len(text)

    def flush(self) -> None:
        self._unless_gone(self._file.flush)

    def _unless_gone(self, work: Callable[[], int | None]) -> int | None:
        try:
            return work()
        except OSError as error:
            if error.errno not in _GONE:
                raise
            self._lost()
            return None


def _write_nowhere() -> None:
    """What is said or read from now on has no terminal that it could come from or go to."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
