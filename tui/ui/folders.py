"""Completing a folder's path while it is typed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tui.core.paths import expanded
from tui.core.text import clean_line

LISTED = 50


def completions(typed: str, env: Mapping[str, str]) -> list[str]:
    """The folders whose paths go on from what was typed, written as it was; none where there are none. Slow."""
    head, _, begun = typed.rpartition(os.sep)
    if not typed or (not head and not typed.startswith(os.sep)):
        return []
    base = expanded(head or os.sep, env)
    try:
        with os.scandir(base) as entries:
            names = sorted(entry.name for entry in entries if _fits(entry, begun))
    except (OSError, ValueError):
        return []
    return [f"{head}{os.sep}{name}" for name in names[:LISTED]]


def _fits(entry: os.DirEntry[str], begun: str) -> bool:
    name = entry.name
    if not name.startswith(begun) or (name.startswith(".") and not begun) or clean_line(name) != name:
        return False
    try:
        return entry.is_dir()
    except OSError:
        return False


def common(typed: str, folders: Sequence[str]) -> str:
    """What was typed, as far on as there is one way only; at the end of that, into the folder."""
    if len(folders) == 1:
        return folders[0] + os.sep
    # They stand in order: where the first and the last agree, all do.
    pairs = enumerate(zip(folders[0], folders[-1], strict=False))
    length = next((place for place, (one, other) in pairs if one != other), min(len(folders[0]), len(folders[-1])))
    return folders[0][: max(length, len(typed))]
