"""What `safelight show` does: images as text on an output, one below another or as a contact sheet."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tui.core.text import clean_line, shorten
from tui.render.cells.draw import draw
from tui.render.cells.rows import Row, rows
from tui.render.decoding.decoder import Decoder, Ground
from tui.render.geometry import CELL_ASPECT, space
from tui.render.manner import Manner
from tui.render.picture import Refused

# Between the images of a contact sheet.
GAP = 2
# A fitting width for each, where nobody says how many stand side by side.
TILE = 30


@dataclass(frozen=True, slots=True)
class Frame:
    """At most how large an image is, in cells, how it is drawn, on what ground, and a cell's height over its width."""

    width: int = 80
    height: int = 40
    manner: Manner = field(default_factory=Manner)
    ground: Ground = "checker"
    cell_aspect: float = CELL_ASPECT


def show(
    paths: Sequence[Path],
    frame: Frame,
    *,
    grid: int | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Prints each image; with `grid`, so many side by side in the frame, their names below, 0 for as many as fit well.

    An image that can't be drawn in the manner's budget is drawn smaller. Returns the exit status: 0, or 1 where a
    file was refused, whose reason goes to `err`.
    """
    printer = _Printer(out or sys.stdout, err or sys.stderr)
    with Decoder() as decoder:
        if grid is None:
            for path in paths:
                printer.image(path, decoder, frame, alone=len(paths) == 1)
        else:
            across = min(grid or max(frame.width // TILE, 1), max(len(paths), 1))
            for start in range(0, len(paths), across):
                printer.line_of(paths[start : start + across], decoder, _tile(frame, across))
    return 1 if printer.refused else 0


def _tile(frame: Frame, across: int) -> Frame:
    width = max((frame.width - GAP * (across - 1)) // across, 1)
    # Square: what stands upright and what lies look as large.
    height = min(max(round(width / frame.cell_aspect), 1), frame.height)
    return Frame(width, height, frame.manner, frame.ground, frame.cell_aspect)


class _Printer:
    """Writes images and reasons; `refused` says whether there was one of these."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out, self._err = out, err
        self._printed = False
        self.refused = False

    def image(self, path: Path, decoder: Decoder, frame: Frame, *, alone: bool) -> None:
        drawn = self._drawn(path, decoder, frame)
        if drawn is None:
            return
        if not alone:
            self._out.write(("\n" if self._printed else "") + clean_line(path, limit=4096) + "\n")
        self._write(row.ansi for row in drawn)

    def line_of(self, paths: Iterable[Path], decoder: Decoder, tile: Frame) -> None:
        """One line of a contact sheet."""
        tiles = [(path, drawn) for path in paths if (drawn := self._drawn(path, decoder, tile))]
        if not tiles:
            return
        if self._printed:
            self._out.write("\n")
        height = max(len(drawn) for _, drawn in tiles)
        lines = [[_padded(drawn, line, tile.width) for _, drawn in tiles] for line in range(height)]
        names = [shorten(clean_line(path.name, limit=4096), tile.width).ljust(tile.width) for path, _ in tiles]
        self._write((" " * GAP).join(line).rstrip(" ") for line in [*lines, names])

    def _drawn(self, path: Path, decoder: Decoder, frame: Frame) -> list[Row] | None:
        try:
            return _within(decoder, path, frame)
        except Refused as refused:
            self._err.write(f"safelight: {clean_line(path, limit=4096)}: {refused.reason}\n")
            self.refused = True
            return None

    def _write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._out.write(f"{line}\n")
        self._out.flush()
        self._printed = True


def _padded(drawn: list[Row], line: int, width: int) -> str:
    """A line of an image in the width of its place; nothing below its last."""
    if line >= len(drawn):
        return " " * width
    return drawn[line].ansi + " " * (width - len(drawn[line]))


def _within(decoder: Decoder, path: Path, frame: Frame) -> list[Row]:
    """The largest drawing that was found to fit the budget; Refused where none does."""
    limit = frame.manner.budget
    columns, lines = max(frame.width, 1), max(frame.height, 1)
    while True:
        drawn = _at(decoder, path, frame, columns, lines)
        taken = sum(len(row.ansi.encode()) + 1 for row in drawn)
        if limit is None or taken <= limit:
            return drawn
        columns, lines = len(drawn[0]), len(drawn)
        if columns == lines == 1:
            raise Refused(f"even one cell takes more than {limit / 1000:g} kB")
        # Bytes go with the number of cells; a little less, so that it ends soon.
        shrink = min((limit / taken) ** 0.5 * 0.98, 0.9)
        columns, lines = max(int(columns * shrink), 1), max(int(lines * shrink), 1)


def _at(decoder: Decoder, path: Path, frame: Frame, columns: int, lines: int) -> list[Row]:
    box = space(frame.manner.style, columns, lines, frame.cell_aspect)
    picture = decoder.picture(path, *box, averaged=True, ground=frame.ground)
    return rows(draw(picture, frame.manner), erase=frame.manner.erase)
