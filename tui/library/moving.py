"""Giving files other names without ever replacing one."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from tui.core.paths import PRIVATE_FILE, sync_folder

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV})


def move(source: Path, target: Path) -> None:
    """Gives a file another name, on another file system if need be, whole or not at all.

    Raises FileExistsError where the name is taken, and OSError; the file is then where it was. A crash in its midst
    leaves it under both names.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        copy(source, target)
    sync_folder(target.parent)
    source.unlink()
    sync_folder(source.parent)


def copy(source: Path, target: Path) -> None:
    """Another file of the same bytes and time, durable. Raises FileExistsError where the name is taken, and OSError."""
    with source.open("rb") as bytes_of:
        write(target, iter(lambda: bytes_of.read(1 << 20), b""))
    shutil.copystat(source, target)


def write(target: Path, pieces: Iterable[bytes]) -> None:
    """A new file, durable when this returns. Raises FileExistsError where the name is taken, and what `pieces` raises.

    Nothing is left then.
    """
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def move_free(source: Path, folder: Path, name: str) -> Path:
    """`move` to the first free one of `name`, `name-2`, … in a folder; the path that it became. Raises OSError."""
    for target in free(folder, name):
        try:
            move(source, target)
        except FileExistsError:
            continue
        return target
    raise FileExistsError(errno.EEXIST, "no free name", name)


def free(folder: Path, name: str, most: int = 10_000) -> Iterable[Path]:
    """Paths to try in order."""
    stem, dot, suffix = name.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem else (name, "")
    yield folder / name
    for number in range(2, most):
        yield folder / f"{stem}-{number}{suffix}"
