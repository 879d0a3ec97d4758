"""Plots of bars made of eighths of cells: upright ones for what has an order in time, lying ones for what has names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from tui.core.text import shorten

UPRIGHT = " ▁▂▃▄▅▆▇█"
LYING = " ▏▎▍▌▋▊▉█"
ACTUAL, EXPECTED, QUIET = "$warning", "$text-disabled", "$text-muted"
# Cells of a pair of upright bars, and of the gap behind it.
PAIR = ((2, 2, 1), (1, 1, 1), (1, 1, 0))


class Bars(NamedTuple):
    """What was spent in `label`, and what had been expected; `words` are the same as text."""

    label: str
    actual: float
    expected: float
    words: str = ""


def column(share: float, height: int) -> list[str]:
    """An upright bar from top to bottom, one character a row; what is more than nothing is seen."""
    eighths = min(max(round(share * height * 8), share > 0), height * 8)
    return [UPRIGHT[min(max(eighths - 8 * row, 0), 8)] for row in reversed(range(height))]


def bar(share: float, width: int) -> str:
    """A lying bar, filled up with blanks to its width."""
    eighths = min(max(round(share * width * 8), share > 0), width * 8)
    return "".join(LYING[min(max(eighths - 8 * cell, 0), 8)] for cell in range(width))


def upright(bars: Sequence[Bars], width: int, height: int, scale: str = "") -> list[Content]:
    """The last of the bars, as many as there is room for, in pairs; `scale` says what the highest stands for."""
    one, other, gap = next((pair for pair in PAIR if len(bars) * sum(pair) <= width), PAIR[-1])
    bars = bars[-max(width // (one + other + gap), 1) :]
    most = max((max(each.actual, each.expected) for each in bars), default=0.0) or 1.0
    high = max(height - 2, 1)
    pairs = [(column(each.actual / most, high), column(each.expected / most, high)) for each in bars]
    lines = [Content.styled(scale, QUIET)]
    for row in range(high):
        cells: list[tuple[str, str]] = []
        for actual, expected in pairs:
            cells += [(actual[row] * one, ACTUAL), (expected[row] * other, EXPECTED), (" " * gap, "")]
        lines.append(Content.assemble(*cells))
    return [*lines, Content.styled(_labels(bars, one + other + gap), QUIET)]


def _labels(bars: Sequence[Bars], step: int) -> str:
    """Labels below their bars, as many as don't run into one another."""
    line = ""
    for number, each in enumerate(bars):
        at = number * step
        if at >= len(line) + (1 if line else 0):
            line = line.ljust(at) + each.label
    return line


def lying(bars: Sequence[Bars], width: int, height: int) -> list[Content]:
    """As many of the bars as there is room for, in pairs, each below its label."""
    most = max((max(each.actual, each.expected) for each in bars), default=0.0) or 1.0
    lines: list[Content] = []
    for each in bars[: max(height // 3, 1)]:
        label = shorten(each.label, max(width - len(each.words) - 1, 4))
        gap = " " * max(width - len(label) - len(each.words), 1)
        lines.append(Content.assemble((label, "$foreground"), gap, (each.words, QUIET)))
        lines.append(Content.styled(bar(each.actual / most, width), ACTUAL))
        lines.append(Content.styled(bar(each.expected / most, width), EXPECTED))
    return lines


class Plot(Widget):
    """Bars of what was spent beside what had been expected, or words where there are none."""

    DEFAULT_CSS = """
    Plot { padding: 0 1; height: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self._bars: Sequence[Bars] = ()
        self._in_time = True
        self._scale = self._words = ""
        self.border_title = "Plot"

    def show(self, bars: Sequence[Bars], *, in_time: bool, scale: str = "", words: str = "") -> None:
        """The bars, the earliest first where they stand for times; `words` are shown where there are none."""
        self._bars, self._in_time, self._scale, self._words = bars, in_time, scale, words
        self.refresh()

    def render(self) -> RenderResult:
        width, height = self.content_size
        if not self._bars:
            return Content.styled(self._words, QUIET)
        draw: Callable[..., list[Content]] = partial(upright, scale=self._scale) if self._in_time else lying
        lines = draw(self._bars, width, height - 2)
        legend = Content.assemble(("█", ACTUAL), (" actual   ", QUIET), ("█", EXPECTED), (" estimate", QUIET))
        return Content("\n").join([*lines, Content(""), legend])
