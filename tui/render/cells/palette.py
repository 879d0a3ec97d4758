"""Colour depths: from RGB to what a terminal of that depth can show, each mapped here and not by the terminal.

A colour code is one number: 0xRRGGBB, or INDEXED plus an index of the 256 colours, or BASIC plus one of the 16, or
NO_COLOUR, which stands for the terminal's own.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Colours = npt.NDArray[np.uint8]
NO_COLOUR = -1
INDEXED = 1 << 24
BASIC = 2 << 24

# xterm's defaults for the 16 colours; terminals differ, and nothing says how.
_SIXTEEN = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
# The edges of the 6 x 6 x 6 cube of the 256 colours.
_LEVELS = np.array([0, 95, 135, 175, 215, 255], np.int32)


def codes(rgb: Colours, depth: str) -> Codes:
    """The code of the nearest colour of `depth` for each of ... x 3 RGB values.

    The depth 256 uses the indexes 16-255: 0-15 are the person's own. ValueError: no such depth.
    """
    if depth == "truecolor":
        return packed(rgb)
    if depth == "256":
        return INDEXED + nearest_256(rgb.astype(np.int32))
    if depth == "16":
        return BASIC + nearest_16(rgb.astype(np.int32))
    if depth == "none":
        return np.full(rgb.shape[:-1], NO_COLOUR, np.int32)
    raise ValueError(f"no such colour depth: {depth}")


def packed(rgb: npt.NDArray[np.uint8]) -> Codes:
    """0xRRGGBB for each of ... x 3 values."""
    four = np.zeros((*rgb.shape[:-1], 4), np.uint8)
    four[..., 2::-1] = rgb
    return four.view("<i4")[..., 0].astype(np.int32, copy=False)


def colours(codes: Codes) -> Colours:
    """The RGB values, ... x 3, of codes other than NO_COLOUR."""
    result = np.ascontiguousarray(codes).astype("<i4")[..., None].view(np.uint8)[..., 2::-1].copy()
    for start, depth in ((INDEXED, "256"), (BASIC, "16")):
        indexed = (codes >= start) & (codes < start + 256)
        if indexed.any():
            result[indexed] = table(depth)[codes[indexed] - start]
    return result


@cache
def table(depth: str) -> Colours:
    """The RGB values of the indexes of a depth, 16 x 3 or 256 x 3."""
    basic = [tuple(bytes.fromhex(colour)) for colour in _SIXTEEN.split()]
    if depth == "16":
        return np.array(basic, np.uint8)
    cube = [(r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS]
    greys = [(8 + 10 * step,) * 3 for step in range(24)]
    return np.array([*basic, *cube, *greys], np.uint8)


def nearest_256(values: npt.NDArray[np.int32]) -> Codes:
    """The index, 16-255, of the nearest of the 256 colours for each of ... x 3 values, which may go beyond 0 to 255."""
    # The middle between two levels decides for the upper one.
    steps = _steps().take(values, mode="clip")
    cube = 16 + 36 * steps[..., 0] + 6 * steps[..., 1] + steps[..., 2]
    grey = 232 + np.clip((values.sum(axis=-1) // 3 - 3) // 10, 0, 23)
    palette = table("256").astype(np.int32)
    cube_far = ((palette[cube] - values) ** 2).sum(axis=-1)
    grey_far = ((palette[grey] - values) ** 2).sum(axis=-1)
    return np.where(grey_far < cube_far, grey, cube).astype(np.int32)


@cache
def _steps() -> Codes:
    return np.searchsorted((_LEVELS[1:] + _LEVELS[:-1] + 1) // 2, np.arange(256), side="right").astype(np.int32)


def nearest_16(values: npt.NDArray[np.int32]) -> Codes:
    """The index, 0-15, of the nearest of the 16 colours for each of ... x 3 values, which may go beyond 0 to 255."""
    palette = table("16").astype(np.int32)
    # |v - p|^2 without |v|^2, which is the same for all.
    far = (palette**2).sum(axis=1) - 2 * (values @ palette.T)
    indexes: Codes = far.argmin(axis=-1).astype(np.int32)
    return indexes
