"""Opening files that somebody else may have put there: pipes and devices must not block or act."""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path


def open_regular(path: Path) -> BufferedReader:
    """A regular file, opened for reading; raises OSError, also for anything else that lies there."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a file")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise OSError("not a file")
    return file
