"""How many pixels a style wants for a grid of cells. Standard library only: it is asked before anything is loaded."""

from __future__ import annotations

from typing import NamedTuple

# Each style, and the pixels that one of its cells shows: across, down.
PIXELS = {
    "blocks": (4, 8),
    "half": (1, 2),
    "sextant": (2, 3),
    "octant": (2, 4),
    "blocks+octant": (4, 8),
    "ascii": (1, 1),
    "plain": (1, 2),
}
STYLES = tuple(PIXELS)
DEFAULT_STYLE = "blocks"
# A terminal cell is about twice as tall as wide.
CELL_ASPECT = 2.0


class Space(NamedTuple):
    """A box in pixels, each `aspect` times taller than wide, as `Decoder.picture` takes it."""

    width: int
    height: int
    aspect: float


def space(style: str, columns: int, rows: int, cell_aspect: float = CELL_ASPECT) -> Space:
    """The box of pixels that fills columns x rows cells. Raises KeyError for a style that does not exist."""
    across, down = PIXELS[style]
    return Space(max(columns, 1) * across, max(rows, 1) * down, cell_aspect * across / down)


def usable(style: str, depth: str) -> str:
    """The style to draw in at a colour depth: without colours, only *ascii* shows anything."""
    return "ascii" if depth == "none" else style
