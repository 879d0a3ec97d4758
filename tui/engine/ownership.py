"""Whose a job is: its file's lock says so, or, where files can't be locked, what its process wrote of itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tui.engine import disk

GUARD = Path(".safelight") / "lock"
OWNER = "owner-"
# Without locks, a job of another machine without any sign of life for this long is nobody's any more.
ABANDONED_SECONDS = 24 * 3600.0
# Whoever only looks at a job holds its lock for a moment.
PATIENCE_SECONDS = 0.1
_POLL_SECONDS = 0.005
# The folders of the jobs that this process has.
_held: set[Path] = set()


def me() -> dict[str, Any]:
    """This process, for `owner` in a job's file; nothing of it names the machine."""
    return {"host": _host(), "boot": _boot(), "pid": os.getpid(), "start": _start(os.getpid())}


def hold(folder: Path) -> None:
    """The job of this folder is this process's from now on."""
    _held.add(folder)


def let_go(folder: Path) -> None:
    """The job of this folder is this process's no more."""
    _held.discard(folder)


def take(path: Path, *, claim: bool, patience: float = 0.0) -> int | None:
    """A job's file, open and locked, or None where it is gone or another's. Close the handle to let go of it.

    Without `claim` it is only looked at, and where files can't be locked nothing is kept from others.
    """
    handle = _open(path)
    if handle is None:
        return None
    free = False
    try:
        locked = _lock(handle, patience)
        # Between opening and locking the job may have ended in the process that had it.
        if locked is not False and _is_still(handle, path):
            free = locked is True or (_is_abandoned(path) and (not claim or _claim(path.parent)))
        if free and claim:
            hold(path.parent)
    finally:
        if not free:
            os.close(handle)
    return handle if free else None


def take_draft(path: Path, *, ours: bool = False) -> int | None:
    """An unfinished file outside of any job's folder, open and locked, or None where someone else has it.

    Where files can't be locked, only its age says whether it is anybody's, unless the caller knows that it is `ours`.
    """
    handle = _open(path)
    if handle is None:
        return None
    locked = _lock(handle, 0.0)
    free = ours or time.time() - os.fstat(handle).st_mtime > ABANDONED_SECONDS
    if locked is not False and _is_still(handle, path) and (locked or free):
        return handle
    os.close(handle)
    return None


@contextlib.contextmanager
def guard(library: Path, *, alone: bool) -> Iterator[bool]:
    """While several begin jobs in a library, nobody is `alone` with it, and the other way round; each waits.

    Gives whether that holds: on some file systems there are no locks.
    """
    handle = os.open(library / GUARD, os.O_RDWR | os.O_CREAT, disk.OURS)
    try:
        yield _guarded(handle, alone=alone)
    finally:
        os.close(handle)


def _guarded(handle: int, *, alone: bool) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    except OSError:
        return False
    return True


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None


def _lock(handle: int, patience: float) -> bool | None:
    ends = time.monotonic() + patience
    while (locked := disk.try_lock(handle)) is False and time.monotonic() < ends:
        time.sleep(_POLL_SECONDS)
    return locked


def _is_still(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


# --- without locks ---


def _is_abandoned(path: Path) -> bool:
    owners = _owners(path.parent)
    owner = _read(owners[-1]) if owners else _read(path).get("owner")
    return not _may_live(owner if isinstance(owner, Mapping) else {}, path.parent)


def _claim(folder: Path) -> bool:
    """Become the next owner; only one process can have each number."""
    owners = _owners(folder)
    number = _number(owners[-1]) + 1 if owners else 1
    try:
        handle = os.open(folder / f"{OWNER}{number}", disk.NEW, disk.OURS)
    except OSError:
        return False
    try:
        disk.write_all(handle, json.dumps(me()).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def _owners(folder: Path) -> list[Path]:
    return sorted((path for path in folder.glob(f"{OWNER}*") if _number(path)), key=_number)


def _number(path: Path) -> int:
    text = path.name.removeprefix(OWNER)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _may_live(owner: Mapping[str, Any], folder: Path) -> bool:
    """Whether the process of `owner` may still run. On another machine, only time tells."""
    pid = owner.get("pid")
    if os.name == "nt" or owner.get("host") != _host() or not isinstance(pid, int) or pid <= 0:
        return time.time() - _last_sign(folder) < ABANDONED_SECONDS
    if owner.get("boot") != _boot():
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    if owner.get("start") != _start(pid):
        return False
    return pid != os.getpid() or folder in _held


def _last_sign(folder: Path) -> float:
    """When anything of a job was last written."""
    times = [0.0]
    with contextlib.suppress(OSError):
        times += [entry.stat(follow_symlinks=False).st_mtime for entry in os.scandir(folder)]
    return max(times)


@cache
def _host() -> str:
    """The machine, or the container, without its name."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/etc/machine-id").read_text(encoding="utf-8", errors="replace"))
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


@cache
def _boot() -> str:
    """What changes when the machine starts, where the system tells."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _start(pid: int) -> str:
    """When a process began, where the system tells: another one may get its number later."""
    with contextlib.suppress(OSError, IndexError):
        # The second field, a name in brackets, may hold anything.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    return ""
