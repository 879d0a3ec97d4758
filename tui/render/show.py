"""What `safelight show` does: images as text on an output, one below another."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from tui.core.text import clean_line
from tui.render.decode import Decoder, Ground
from tui.render.draw import draw
from tui.render.geometry import CELL_ASPECT, DEFAULT_STYLE, space, usable
from tui.render.manner import Manner
from tui.render.picture import Refused
from tui.render.rows import Row, rows


def show(
    paths: Iterable[Path],
    *,
    width: int = 80,
    height: int = 40,
    style: str = DEFAULT_STYLE,
    colors: str = "truecolor",
    budget_kb: float | None = None,
    ground: Ground = "checker",
    cell_aspect: float = CELL_ASPECT,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Prints each image in at most width x height cells, in a style of STYLES and a depth of DEPTHS.

    With `budget_kb` (thousands of bytes) an image that would take more is drawn smaller until it fits. Returns the
    exit status: 0, or 1 where a file was refused, whose reason goes to `err`.
    """
    output, errors = out or sys.stdout, err or sys.stderr
    style = usable(style, colors)
    files = list(paths)
    refused_any = False
    with Decoder() as decoder:
        for number, path in enumerate(files):

            def at(columns: int, lines: int, path: Path = path) -> list[Row]:
                box = space(style, columns, lines, cell_aspect)
                return rows(draw(decoder.picture(path, *box, ground=ground), Manner(style, colors)))

            name = clean_line(path, limit=4096)
            try:
                text = _within(at, max(width, 1), max(height, 1), budget_kb)
            except Refused as refused:
                errors.write(f"safelight: {name}: {refused.reason}\n")
                refused_any = True
                continue
            if len(files) > 1:
                output.write(("\n" if number else "") + name + "\n")
            output.write(text)
            output.flush()
    return 1 if refused_any else 0


def _within(at: Callable[[int, int], list[Row]], columns: int, lines: int, budget_kb: float | None) -> str:
    """The largest drawing that was found to fit the budget; Refused where none does."""
    while True:
        drawn = at(columns, lines)
        text = "".join(f"{row.ansi}\n" for row in drawn)
        size = len(text.encode())
        if budget_kb is None or size <= budget_kb * 1000:
            return text
        columns, lines = len(drawn[0]), len(drawn)
        if columns == 1 and lines == 1:
            raise Refused(f"even one cell takes more than {budget_kb:g} kB")
        # Bytes go with the number of cells; a little less, so that it ends soon.
        shrink = (budget_kb * 1000 / size) ** 0.5 * 0.98 if budget_kb > 0 else 0
        columns, lines = max(int(columns * shrink), 1), max(int(lines * shrink), 1)
