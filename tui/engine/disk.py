"""The few things that durable files need, on every system that has them."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tui.core.paths import sync_folder

T = TypeVar("T")

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_BINARY = getattr(os, "O_BINARY", 0)
NEW = os.O_CREAT | os.O_EXCL | os.O_RDWR | _BINARY
AGAIN = os.O_CREAT | os.O_TRUNC | os.O_RDWR | _BINARY
APPEND = os.O_CREAT | os.O_APPEND | os.O_WRONLY | _BINARY
OURS = 0o600
COPIED = 1 << 20


def synced(handle: int) -> bool:
    """Whether a file is on the disk now. Where it is not, only another file can be trusted with its bytes.

    After a sync that failed, the system takes for written what is not, and says so when it is asked again.
    """
    try:
        os.fsync(handle)
    except OSError:
        return False
    return True


def make_folder(path: Path, mode: int = 0o777) -> None:
    """A folder and those above it, each durable before it is used."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode)
        sync_folder(folder.parent)


def twice(work: Callable[[], T]) -> T:
    """`work()`, once more where the system refused: what it has none of now it may have a moment later."""
    try:
        return work()
    except OSError:
        return work()


def write_all(handle: int, data: bytes) -> None:
    """Every byte of `data` at the handle's place."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def write(path: Path, data: bytes) -> None:
    """A file with these bytes, which it has for good when this returns. Raises OSError."""
    handle = os.open(path, AGAIN, OURS)
    try:
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path, size: int | None = None) -> None:
    """The bytes of a file, or its first `size`, in another one, which has them for good then. Raises OSError."""
    handle = os.open(target, AGAIN, OURS)
    left = sys.maxsize if size is None else size
    try:
        with source.open("rb", buffering=0) as file:
            while left and (piece := file.read(min(COPIED, left))):
                write_all(handle, piece)
                left -= len(piece)
        os.fsync(handle)
    finally:
        os.close(handle)


def reserve(path: Path, size: int) -> None:
    """A file of `size` bytes whose room is taken. Raises OSError where there is no room.

    A file system that can't reserve is no reason to fail: the file is then empty.
    """
    handle = os.open(path, NEW, OURS)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno in FULL:
            raise
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool | None:
    """Whether the file's lock is ours now; None where files can't be locked, as on some network file systems."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
