"""What the net below every widget costs for a frame of 200x50 cells. Goal: at most 0.5 ms.

Three frames: one of a list and a form as the app draws them, one whose every row has letters that are not ASCII, and
one in which something has to be caught in every row. Run by hand: python -m tests.benchmarks.net [ROUNDS]
"""

from __future__ import annotations

import time
from functools import partial

from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.benchmarks.figures import goal, in_turns, rounds, tell
from tui.ui.net import Net

COLUMNS, ROWS = 200, 50
GOAL = 0.5
GROUND = Color(22, 22, 22)
PIECES = 8

Frame = list[list[Segment]]


def frame(text: str) -> Frame:
    """Rows of several pieces, as panes, rules, names and values make them."""
    style, width = Style(color="#e0e0e0", bgcolor="#161616"), COLUMNS // PIECES
    piece = (text * width)[:width]
    return [[Segment(piece, style) for _ in range(PIECES)] for _ in range(ROWS)]


def filtered(rows: Frame) -> float:
    net = Net()
    began = time.perf_counter()
    for row in rows:
        net.apply(row, GROUND)
    return time.perf_counter() - began


def main() -> None:
    frames = {
        "a frame of the app": frame("gpt-image-2.5-flare 1024x1024 · 14 kB "),
        "a frame of other letters": frame("漢字と🦊\u00a0ünï "),
        "a frame with something to catch": frame("evil\x1b]0;owned\x07 "),
    }
    found = in_turns(rounds(200), {name: partial(filtered, rows) for name, rows in frames.items()})
    medians = {name: tell(name, figures, "µs", 1_000_000) for name, figures in found.items()}
    goal("the app's frame, ms", medians["a frame of the app"] * 1000, GOAL)
    goal("other letters, ms", medians["a frame of other letters"] * 1000, GOAL)


if __name__ == "__main__":
    main()
