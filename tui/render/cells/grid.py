"""From a picture to cells: a character, the colour of its ink and the colour behind it, for every place of a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.cells.fit import Floats, fit, samples
from tui.render.cells.glyphs import UPPER_HALF, glyphs, has_ways
from tui.render.geometry import PIXELS
from tui.render.picture import Picture

Points = npt.NDArray[np.uint32]
Colours = npt.NDArray[np.uint8]

# From nothing to full, evenly spaced by ink in the fonts that terminals have.
RAMP = " .:-=+*#%@"
# Rec. 709 luma: what each channel adds to how light a colour looks.
_LUMA = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Cells:
    """`glyphs` holds code points, rows x columns; `fore` and `back` RGB, rows x columns x 3, or None: no colour.

    `cover` is how much of each cell is ink, 0 to 1, rows x columns.
    """

    glyphs: Points
    fore: Colours
    back: Colours | None
    cover: Floats

    @property
    def rows(self) -> int:
        return int(self.glyphs.shape[0])

    @property
    def columns(self) -> int:
        return int(self.glyphs.shape[1])


def cells(picture: Picture, style: str) -> Cells:
    """The cells of a picture that was asked for with the `space` of the same style. KeyError: no such style."""
    if style == "half":
        return _half(picture)
    if has_ways(style):
        return _two_coloured(picture, style)
    return {"ascii": _ascii, "plain": _plain}[style](picture)


def pixels(picture: Picture, across: int = 1, down: int = 1) -> Colours:
    """The picture as an array, height x width x 3, its last line and column repeated until whole cells are full."""
    array = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    below, beside = -picture.height % down, -picture.width % across
    return np.pad(array, ((0, below), (0, beside), (0, 0)), mode="edge") if below or beside else array


def _two_coloured(picture: Picture, style: str) -> Cells:
    """The best two colours over the style's characters, by least squares."""
    across, down = PIXELS[style]
    ways = glyphs(style)
    found = fit(samples(pixels(picture, across, down), across, down), ways)
    inner, outer = (_rgb(side) for side in (found.inner, found.outer))
    inked, share = ways.inked[found.way], ways.masks.mean(axis=1)[found.way]
    turned = inked == 0
    if not turned.any():
        return Cells(inked, inner, outer, share)
    aside = turned[..., None]
    return Cells(
        np.where(turned, ways.inverse[found.way], inked),
        np.where(aside, outer, inner),
        np.where(aside, inner, outer),
        np.where(turned, 1 - share, share),
    )


def _rgb(planes: Floats) -> Colours:
    """3 x rows x columns as rows x columns x 3, rounded."""
    return np.clip(np.rint(planes), 0, 255).astype(np.uint8).transpose(1, 2, 0)


def _half(picture: Picture) -> Cells:
    """Two pixels a cell, one above the other: the upper one as ink, the lower one behind it."""
    array = pixels(picture, 1, 2)
    fore, back = array[0::2], array[1::2]
    shape = fore.shape[:2]
    return Cells(np.full(shape, UPPER_HALF, np.uint32), fore, back, np.full(shape, 0.5, np.float32))


def _ascii(picture: Picture) -> Cells:
    """A pixel a cell: the lighter, the more ink; legible without any colour."""
    array = pixels(picture)
    ramp = np.array([ord(character) for character in RAMP], np.uint32)
    steps = np.minimum((array @ _LUMA * (len(RAMP) / 256)).astype(np.intp), len(RAMP) - 1)
    return Cells(ramp[steps], array, None, np.ones(steps.shape, np.float32))


def _plain(picture: Picture) -> Cells:
    """What rich-pixels makes of it, cell for cell."""
    from PIL import Image
    from rich_pixels import HalfcellRenderer

    array = pixels(picture, 1, 2)
    image = Image.frombytes("RGB", (array.shape[1], array.shape[0]), array.tobytes())
    segments = [segment for segment in HalfcellRenderer().render(image, None) if segment.text != "\n"]
    shape = (array.shape[0] // 2, array.shape[1])
    glyphs = np.array([ord(segment.text) for segment in segments], np.uint32).reshape(shape)
    colours = [
        (segment.style.color.triplet, segment.style.bgcolor.triplet)
        for segment in segments
        if segment.style and segment.style.color and segment.style.bgcolor
    ]
    both = np.array(colours, np.uint8).reshape(*shape, 2, 3)
    return Cells(glyphs, both[:, :, 0], both[:, :, 1], np.full(shape, 0.5, np.float32))
