"""A lock between processes, held on a file of its own."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock named by `path`, whose folder must exist; waits for whoever has it.

    On a file system without locks it goes on without one, and says so in the log.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        try:
            _acquire(handle)
        except OSError as error:
            _log.warning("no lock on %s: %s", path.name, error)
        yield
    finally:
        # Closing releases it.
        os.close(handle)


if sys.platform == "win32":

    def _acquire(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)

else:

    def _acquire(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
