"""A picture drawn as cells in the colours of a terminal, in a manner."""

from __future__ import annotations

import numpy as np

from tui.render.cells import budget
from tui.render.cells.dither import dithered
from tui.render.cells.fit import samples
from tui.render.cells.glyphs import glyphs, has_ways
from tui.render.cells.grid import Cells, cells, pixels
from tui.render.cells.ink import Ink, ink, settled
from tui.render.cells.palette import NO_COLOUR
from tui.render.geometry import PIXELS, usable
from tui.render.manner import Manner
from tui.render.picture import Picture
from tui.render.terminal import DEPTHS


def draw(picture: Picture, manner: Manner) -> Ink:
    """The picture, which was asked for with the `space` of the same style.

    KeyError: no such style. ValueError: no such colour depth.

    A budget that not even the poorest drawing keeps is passed over: what comes is the smallest that was found.
    """
    if manner.depth not in DEPTHS:
        raise ValueError(f"no such colour depth: {manner.depth}")
    if manner.budget is None or manner.depth == "none":
        return _best(cells(picture, manner.style), manner.depth, manner.dither)
    if has_ways(manner.style):
        across, down = PIXELS[manner.style]
        values = samples(pixels(picture, across, down), across, down)
        return budget.within(
            values,
            glyphs(manner.style),
            manner.budget,
            manner.depth,
            whole=lambda: _best(cells(picture, manner.style), manner.depth, manner.dither),
            erase=manner.erase,
        )
    drawn = cells(picture, manner.style)
    poorer = (depth for depth in DEPTHS[DEPTHS.index(manner.depth) :] if usable(manner.style, depth) == manner.style)
    found = (_best(drawn, depth, manner.dither) for depth in poorer)
    return budget.first_within(found, manner.budget, erase=manner.erase)


def _best(drawn: Cells, depth: str, dither: bool) -> Ink:
    if not dither or depth not in ("256", "16"):
        return ink(drawn, depth)
    back = drawn.fore if drawn.back is None else drawn.back
    fore_codes, back_codes = dithered(drawn.fore.astype(np.float32), back.astype(np.float32), drawn.cover, depth)
    if drawn.back is None:
        back_codes = np.full(back_codes.shape, NO_COLOUR, np.int32)
    return settled(drawn.glyphs, fore_codes, back_codes)
