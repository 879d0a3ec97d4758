"""Reading a file that somebody else may have put there, and telling whether it is still the same."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass

from tui.render.picture import Refused

MAX_BYTES = 128 << 20
# A change in the same tick of the file system's clock leaves no trace; the slowest common clock ticks every 10 ms.
_SETTLED_NS = 100_000_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Identity:
    """The same for two looks at a path if nothing wrote to it in between."""

    path: str
    device: int
    inode: int
    size: int
    modified: int
    changed: int


def identity(path: str) -> Identity:
    """What lies at the path now. Raises Refused for everything but a regular file."""
    try:
        return _identity(path, os.stat(path))  # noqa: PTH116 - a path with surrogates, as it came
    except OSError as error:
        raise _unreadable(error) from error


def read(path: str) -> tuple[bytes, Identity | None]:
    """A regular file's bytes, and its identity unless it has just been written to, when it can't be relied on.

    Nothing that could block or act on being opened is opened. Raises Refused.
    """
    identity(path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            for _ in range(_TRIES):
                before = _identity(path, os.fstat(file.fileno()))
                file.seek(0)
                data = file.read(MAX_BYTES + 1)
                same = before == _identity(path, os.fstat(file.fileno())) and len(data) == before.size
                if same or len(data) > MAX_BYTES:
                    break
    except OSError as error:
        raise _unreadable(error) from error
    if not data:
        raise Refused("the file is empty")
    if len(data) > MAX_BYTES:
        raise Refused(f"more than the {MAX_BYTES >> 20} MB that are previewed")
    settled = abs(time.time_ns() - max(before.modified, before.changed)) > _SETTLED_NS
    return data, before if same and settled else None


def _identity(path: str, facts: os.stat_result) -> Identity:
    if not stat.S_ISREG(facts.st_mode):
        raise Refused("not a file", transient=True)
    return Identity(path, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def _unreadable(error: OSError) -> Refused:
    return Refused(f"it can't be read: {error.strerror or error}", transient=True)
