"""Completing a folder's path while it is typed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.core.paths import expanded
from tui.core.text import clean_line

LISTED = 50


def completions(typed: str, env: Mapping[str, str], base: Path | None = None) -> list[str]:
    """The folders whose paths go on from what was typed, written as it was; none where there are none. Slow.

    What is no whole path goes on from `base`, where there is one.
    """
    head, slash, begun = typed.rpartition(os.sep)
    if not typed or not (slash or base):
        return []
    try:
        with os.scandir(resolved(head or slash, env, base)) as entries:
            names = sorted(entry.name for entry in entries if _fits(entry, begun))
    except (OSError, ValueError):
        return []
    return [f"{head}{slash}{name}" for name in names[:LISTED]]


def resolved(typed: str, env: Mapping[str, str], base: Path | None = None) -> Path:
    """The path that was meant: a whole one, one that begins with `~/`, or one that goes on from `base`."""
    if base is None or typed == "~" or typed.startswith(("/", f"~{os.sep}")) or Path(typed).is_absolute():
        return expanded(typed, env)
    return base / typed


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
