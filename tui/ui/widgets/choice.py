"""One thing to choose in a menu."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """What is given back, what is shown, and a word about it."""

    value: str
    label: str
    note: str = ""
