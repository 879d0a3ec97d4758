"""What an action on many images did, where it could not, and how to take it back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tui.core.text import clean_line

_log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deed:
    """`words` say what was done to `count` images, and `failed` for which it could not be done and why, cleaned.

    `undo` takes it back, as far as that can be done, and says how far; None where nothing can.
    """

    words: str
    count: int
    failed: tuple[tuple[Path, str], ...] = ()
    undo: Callable[[], Deed] | None = None


def each(
    things: Sequence[T],
    act: Callable[[T], Callable[[], object] | None],
    *,
    words: str,
    path: Callable[[T], Path],
    undone: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Deed:
    """Acts on things one by one; what `act` returns takes that one back. An error is one thing's, not the others'."""
    back: list[tuple[Path, Callable[[], object]]] = []
    failed: list[tuple[Path, str]] = []
    count = 0
    for number, thing in enumerate(things):
        if cancelled and cancelled():
            break
        try:
            if (undo := act(thing)) is not None:
                back.append((path(thing), undo))
            count += 1
        except OSError as error:
            failed.append((path(thing), reason(error)))
        if progress:
            progress(number + 1, len(things))
    take_back = (lambda: _taken_back(list(reversed(back)), undone)) if back and undone else None
    return Deed(words, count, tuple(failed), take_back)


def _taken_back(back: Iterable[tuple[Path, Callable[[], object]]], words: str) -> Deed:
    failed: list[tuple[Path, str]] = []
    count = 0
    for path, undo in back:
        try:
            undo()
            count += 1
        except OSError as error:
            _log.warning("can't be undone: %s", clean_line(error, limit=200))
            failed.append((path, reason(error)))
    return Deed(words, count, tuple(failed))


def reason(error: OSError) -> str:
    """Why something could not be done, in words."""
    return clean_line(error.strerror or error or type(error).__name__, limit=200)
