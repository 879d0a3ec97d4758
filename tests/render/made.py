"""Pictures made without any file: small ones of any bytes, and one that has a bit of everything a photo has; cells."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from tui.render.cells.fit import Floats, samples
from tui.render.cells.grid import pixels
from tui.render.cells.ink import Ink, settled
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR
from tui.render.geometry import PIXELS
from tui.render.picture import Picture

Pixels = npt.NDArray[np.uint8]


def picture(array: Pixels) -> Picture:
    """Of height x width x 3."""
    height, width = array.shape[:2]
    return Picture(width, height, np.ascontiguousarray(array).tobytes(), (width, height), "png")


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@cache
def scene(width: int, height: int) -> Pixels:
    """A sky of one gradient, a sun, a striped field with grain, and a dark, flat sign: smooth, sharp, busy and even."""
    y, x = np.mgrid[0:height, 0:width] / np.array([[[height]], [[width]]])
    shades = np.stack([90 + 120 * y, 120 + 90 * x, 230 - 60 * y], axis=-1)
    sun = (x - 0.3) ** 2 + (y - 0.35) ** 2 < 0.03
    shades[sun] = (255, 240, 120)
    field = y > 0.6
    stripes = 60 + 50 * np.sin(40 * x + 10 * y)
    grain = np.random.default_rng(3).normal(0, 25, (height, width))
    shades[field] = np.stack([stripes + grain, 110 + grain, 40 + stripes / 2], axis=-1)[field]
    shades[(x > 0.6) & (x < 0.9) & (y > 0.15) & (y < 0.5)] = (20, 20, 30)
    drawn: Pixels = np.clip(shades, 0, 255).astype(np.uint8)
    return drawn


def scene_of(style: str, columns: int, rows: int) -> Picture:
    """The scene in the pixels that a style wants for so many cells."""
    across, down = PIXELS[style]
    return picture(scene(columns * across, rows * down))


def values(shown: Picture, style: str) -> Floats:
    """The samples of a picture's cells in a style."""
    across, down = PIXELS[style]
    return samples(pixels(shown, across, down), across, down)


@st.composite
def arrays(draw: st.DrawFn, widths: tuple[int, int] = (1, 9), heights: tuple[int, int] = (1, 9)) -> Pixels:
    """Height x width x 3: any bytes, or few colours and the extremes among them, or all the same."""
    width, height = draw(st.integers(*widths)), draw(st.integers(*heights))
    size = width * height
    if draw(st.booleans()):
        flat = np.frombuffer(draw(st.binary(min_size=size * 3, max_size=size * 3)), np.uint8)
        return flat.reshape(height, width, 3)
    channel = st.sampled_from([0, 1, 100, 128, 254, 255])
    few = draw(st.lists(st.tuples(channel, channel, channel), min_size=1, max_size=3))
    places = draw(st.lists(st.integers(0, len(few) - 1), min_size=size, max_size=size))
    return np.array(few, np.uint8)[places].reshape(height, width, 3)


def pictures(widths: tuple[int, int] = (1, 9), heights: tuple[int, int] = (1, 9)) -> st.SearchStrategy[Picture]:
    return arrays(widths, heights).map(picture)


_CODES = st.sampled_from(
    [NO_COLOUR, 0x000000, 0xFFFFFF, 0x010203, INDEXED + 16, INDEXED + 196, INDEXED + 255]
    + [BASIC + index for index in (0, 7, 8, 13, 15)]
)


@st.composite
def inks(draw: st.DrawFn) -> Ink:
    """Rows of runs in any colours of all depths, with long blanks and characters of one to four bytes."""
    columns = draw(st.integers(1, 40))
    runs = st.tuples(st.sampled_from(" ▀█#·▚\U0001fb00\U0001cd00"), _CODES, _CODES, st.integers(1, 30))
    rows = [
        [run[:3] for run in draw(st.lists(runs, min_size=1, max_size=8)) for _ in range(run[3])][:columns]
        for _ in range(draw(st.integers(1, 4)))
    ]
    full = [row + [(" ", NO_COLOUR, NO_COLOUR)] * (columns - len(row)) for row in rows]
    glyphs, fore, back = (np.array([[cell[at] for cell in row] for row in full]) for at in range(3))
    points = np.vectorize(ord)(glyphs).astype(np.uint32)
    return settled(points, fore.astype(np.int32), back.astype(np.int32))
