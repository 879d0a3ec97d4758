"""The steps of a job that leave something on the disk, by name, so that a test can stop the program at each."""

from __future__ import annotations

from collections.abc import Callable

STEPS = (
    "folder made",
    "probed",
    "reserved",
    "request written",
    "request named",
    "sent",
    "attempt noted",
    "part begun",
    "head written",
    "part grown",
    "part synced",
    "response named",
    "image written",
    "image synced",
    "image named",
    "image copied",
    "name claimed",
    "image linked",
    "record written",
    "entry done",
    "response removed",
    "folder removed",
    "adopted",
)
"""In the order of a job's life; `adopted` is where another run takes it up.

Each is told right after what it names, but `sent`: before the request goes out.
"""


def _pass(_: str) -> None:
    """Nobody listens."""


reached: Callable[[str], None] = _pass


def step(label: str) -> None:
    """Tell that a step is done. Called in whichever thread does it."""
    reached(label)
