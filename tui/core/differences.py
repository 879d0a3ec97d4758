"""What differs between requests: prompts word by word, and parameters by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# From so many words on, those that come again and again are not looked for: it would take seconds.
MANY = 1000
KEPT, ADDED, REMOVED = "kept", "added", "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that are `kept`, `added` or `removed`."""

    what: str
    text: str


def words(before: str, after: str) -> list[Run]:
    """How one text becomes the other; what is removed stands before what is added in its place."""
    old, new = before.split(), after.split()
    # Prompts that are compared mostly begin and end alike: the rest is quick to find.
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    runs = [Run(KEPT, " ".join(old[:head]))]
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=max(len(old_middle), len(new_middle)) > MANY)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(KEPT, " ".join(old_middle[i1:i2])))
        else:
            runs += [Run(REMOVED, " ".join(old_middle[i1:i2])), Run(ADDED, " ".join(new_middle[j1:j2]))]
    runs.append(Run(KEPT, " ".join(old[len(old) - tail :])))
    return [run for run in runs if run.text]


def differing(columns: Sequence[Mapping[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """The names whose values are not the same in all columns, in their order; "" where a column has none."""
    names = dict.fromkeys(name for column in columns for name in column)
    rows = [(name, tuple(column.get(name, "") for column in columns)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
