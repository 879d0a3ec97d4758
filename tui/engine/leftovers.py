"""What earlier runs left in a library's spool: jobs that belong to no process any more."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui.engine import disk
from tui.engine.spool import REQUEST, RESPONSE, SPOOL


@dataclass(frozen=True, slots=True)
class Leftover:
    """`path` is the job's folder; with `has_answer` all of its answer lies there, else its outcome may be unknown."""

    job: str
    path: Path
    has_answer: bool


def leftovers(library: Path) -> list[Leftover]:
    """The jobs left behind, the oldest first. Raises nothing.

    A job whose lock another process holds is on its way; where files can't be locked, nothing tells it apart.
    """
    try:
        folders = sorted((library / SPOOL).iterdir())
    except OSError:
        return []
    return [Leftover(folder.name, folder, _exists(folder / RESPONSE)) for folder in folders if _is_left(folder)]


def _is_left(folder: Path) -> bool:
    request = folder / REQUEST
    try:
        handle = os.open(request, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        # Between opening and locking the job may have ended in the process that held it.
        return disk.try_lock(handle) and _exists(request)
    finally:
        os.close(handle)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
