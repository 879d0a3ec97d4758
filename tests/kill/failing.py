"""System calls on the library that fail: a library in C that is loaded before the C library does it (`failing.c`)."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
POSSIBLE = sys.platform == "linux" and shutil.which("cc") is not None
# What a disk, its rights or the limit of open files can answer to a call.
_REFUSED = {"rename", "link", "mkdir"}
ERRORS = {
    errno.ENOSPC: {"open", "write", "fsync", "close", "fallocate"} | _REFUSED,
    errno.EIO: {"open", "opendir", "read", "write", "fsync", "close", "fallocate", "unlink", "rmdir", "stat", "fstat"}
    | _REFUSED,
    errno.EACCES: {"open", "opendir", "unlink", "rmdir", "stat"} | _REFUSED,
    errno.EMFILE: {"open", "opendir"},
}
# What differs from one run to the next.
_OWN = re.compile(
    r"[0-9a-f]{64}|\d{8}-\d{6}-[0-9a-f]{8}|\d{4}-\d\d-\d\d|\d{8}_\d{6}|(?<=records/)[0-9a-f]{2}(?=/|$)|(?<=\.)\d+(?=\.tmp)"
)
# The images of a job take the same way one after the other; a pattern that no other file of theirs fits.
_NUMBERED = re.compile(r"(?<=/)(image|partial)-[\d-]+")


@dataclass(frozen=True, kw_only=True)
class Failing:
    """The `nth` call on a path below `folder` fails whose name and path fit patterns, any where they are empty.

    `nth` is 0 where the calls are only counted; with `lasting` all later ones fail as well.
    """

    folder: str
    call: str = ""
    path: str = ""
    nth: int = 0
    error: int = 0
    lasting: bool = False


@dataclass(frozen=True)
class Site:
    """A place in the program from which a call comes: the `nth` of its kind on such a path."""

    call: str
    path: str
    nth: int

    def __str__(self) -> str:
        return f"{self.call} {self.path}#{self.nth}"

    def failing(self, nothing: Failing, error: int) -> Failing:
        """Directions by which the call from this place fails; `nothing` has the folder."""
        return replace(nothing, call=self.call, path=self.path, nth=self.nth, error=error)


def sites(trace: Iterable[str], most: int) -> Iterator[Site]:
    """The places of the calls of a run, each at most `most` times: what comes in pieces comes from one place."""
    seen: Counter[tuple[str, str]] = Counter()
    for line in trace:
        call, _, path = line.partition(" ")
        if call == "step":
            continue
        path = _NUMBERED.sub(r"\1-+([0-9-])", _OWN.sub("*", path))
        seen[call, path] += 1
        if seen[call, path] <= most:
            yield Site(call, path, seen[call, path])


def errors(call: str) -> list[int]:
    """The errors that a call can meet."""
    return [number for number, calls in ERRORS.items() if call in calls]


def build(folder: Path) -> Path:
    """The library, compiled."""
    made = folder / "failing.so"
    command = ["cc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl", "-pthread"]
    subprocess.run(command, check=True)
    return made


def arm(failing: Failing, trace: int) -> None:
    """From here on in this process, into which the library was loaded; the calls go to the handle `trace`."""
    ctypes.CDLL(None).failing_arm(
        os.fsencode(failing.folder),
        trace,
        failing.call.encode(),
        failing.path.encode(),
        failing.nth,
        failing.error,
        int(failing.lasting),
    )
