"""One thing to choose in a menu."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """What is given back, what is shown, a word about it, and the key that does the same."""

    value: str
    label: str
    note: str = ""
    key: str = ""
