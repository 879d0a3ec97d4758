"""The last net below every widget: no control character of a text reaches the terminal, and no row becomes longer."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# C0, DEL, C1, what changes the direction of text or can't be seen, and halves of characters. Text is cleaned where it
# enters; this is for what slipped by.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff]"
)
REPLACEMENT = "\ufffd"


class Net(LineFilter):
    """Takes each away, or puts a replacement where it was thought to have a width: what follows keeps its place."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # Textual's signature
        # Nearly all text is printable, which is seen at once.
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        if not any(_CONTROL.search(text) for text, _, control in segments if not control):
            return segments
        return [segment if segment.control else Segment(_caught(segment.text), segment.style) for segment in segments]


def _caught(text: str) -> str:
    kept = _CONTROL.sub(lambda found: REPLACEMENT if cell_len(found[0]) else "", text)
    # What stood apart may have become one character.
    return kept if kept == text else set_cell_size(kept, cell_len(text))
