"""One thing to choose in a menu."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """What is given back, what is shown, a word about it, and the key that does the same."""

    value: str
    label: str
    note: str = ""
    key: str = ""
