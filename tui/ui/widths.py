"""Text that a terminal may think wider or narrower than Textual does: emoji of several parts above all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

# All but what takes one cell everywhere: Latin, Greek, Cyrillic, dashes, arrows, mathematics, lines and blocks.
_UNSURE = re.compile("[^\x00-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25ff]+")


def is_unsure(text: str) -> bool:
    """Whether it has characters of such a kind; escape sequences are none."""
    return _UNSURE.search(text) is not None


def steady(x: int, strip: Strip, console: Console) -> Iterator[tuple[int, str]]:
    """A strip at column `x` in parts that each begin in the right one, however wide what is before them turns out."""
    for text, style, _ in strip:
        for part in _parts(text):
            if is_unsure(part):
                # What turns out narrower would leave a cell as it was.
                yield x, Strip([Segment(" " * cell_len(part), style)]).render(console)
            yield x, Strip([Segment(part, style)]).render(console)
            x += cell_len(part)


def _parts(text: str) -> Iterator[str]:
    """The text, cut behind all that is unsure."""
    cuts = [0, *(found.end() for found in _UNSURE.finditer(text)), len(text)]
    return (text[start:stop] for start, stop in pairwise(cuts) if start < stop)


def reach(text: str) -> int:
    """How many cells it takes at most, where a terminal draws each of its characters for itself."""
    runs = list(_UNSURE.finditer(text))
    return max([cell_len(text), *(cell_len(text[: run.start()]) + 2 * len(run[0]) for run in runs)])
