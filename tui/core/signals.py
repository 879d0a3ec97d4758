"""Being told to end: by SIGTERM, and by SIGHUP where a connection dropped or a terminal closed."""

from __future__ import annotations

import os
import signal

# A shell's exit code of a program that a signal ended is this and the signal's number.
SIGNALLED = 128
# Windows has no SIGHUP.
TOLD_TO_END = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def wanted() -> tuple[int, ...]:
    """Those that mean anything here: whoever starts a program with nohup does not want it to end by SIGHUP."""
    return tuple(number for number in TOLD_TO_END if signal.getsignal(number) is not signal.SIG_IGN)


def end_as(code: int) -> None:
    """Where the exit code stands for one of these signals, end by it, as whoever sent it expects."""
    number = code - SIGNALLED
    if os.name == "posix" and number in TOLD_TO_END:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
