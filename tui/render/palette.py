"""Colour depths: from RGB to what a terminal of that depth can show, each mapped here and not by the terminal."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
NO_COLOUR = -1

# xterm's defaults for the 16 colours; terminals differ, and nothing says how.
_SIXTEEN = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
# The edges of the 6 x 6 x 6 cube of the 256 colours.
_LEVELS = np.array([0, 95, 135, 175, 215, 255], np.int32)


def codes(rgb: npt.NDArray[np.uint8], depth: str) -> Codes:
    """The nearest colour of `depth` for each of ... x 3 RGB values, as a number that `colours` turns back.

    truecolor: 0xRRGGBB; 256: the index 16-255 (0-15 are the person's own and not used); 16: the index 0-15;
    none: NO_COLOUR.
    """
    values = rgb.astype(np.int32)
    if depth == "truecolor":
        packed: Codes = values[..., 0] << 16 | values[..., 1] << 8 | values[..., 2]
        return packed
    if depth == "256":
        return _nearest_256(values)
    if depth == "16":
        far = (values[..., None, :] - table("16").astype(np.int32)) ** 2
        indexes: Codes = far.sum(axis=-1).argmin(axis=-1).astype(np.int32)
        return indexes
    if depth == "none":
        return np.full(values.shape[:-1], NO_COLOUR, np.int32)
    raise ValueError(f"no such colour depth: {depth}")


@cache
def table(depth: str) -> npt.NDArray[np.uint8]:
    """The RGB values of the indexes of a depth, 16 x 3 or 256 x 3."""
    basic = [tuple(bytes.fromhex(colour)) for colour in _SIXTEEN.split()]
    if depth == "16":
        return np.array(basic, np.uint8)
    cube = [(r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS]
    greys = [(8 + 10 * step,) * 3 for step in range(24)]
    return np.array([*basic, *cube, *greys], np.uint8)


def _nearest_256(values: npt.NDArray[np.int32]) -> Codes:
    # The middle between two levels decides for the upper one.
    steps = np.searchsorted((_LEVELS[1:] + _LEVELS[:-1] + 1) // 2, values, side="right").astype(np.int32)
    cube = 16 + 36 * steps[..., 0] + 6 * steps[..., 1] + steps[..., 2]
    grey = 232 + np.clip((values.sum(axis=-1) // 3 - 3) // 10, 0, 23)
    palette = table("256").astype(np.int32)
    cube_far = ((palette[cube] - values) ** 2).sum(axis=-1)
    grey_far = ((palette[grey] - values) ** 2).sum(axis=-1)
    return np.where(grey_far < cube_far, grey, cube).astype(np.int32)
