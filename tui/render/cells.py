"""From a picture to cells: a character, the colour of its ink and the colour behind it, for every place of a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.geometry import DEFAULT_STYLE
from tui.render.picture import Picture

Glyphs = npt.NDArray[np.uint32]
Colours = npt.NDArray[np.uint8]

UPPER_HALF = 0x2580
# From nothing to full, evenly spaced by ink in the fonts that terminals have.
RAMP = " .:-=+*#%@"
# Rec. 709 luma: what each channel adds to how light a colour looks.
_LUMA = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Cells:
    """`glyphs` holds code points, rows x columns; `fore` and `back` RGB, rows x columns x 3, or None: no colour."""

    glyphs: Glyphs
    fore: Colours | None
    back: Colours | None

    @property
    def rows(self) -> int:
        return int(self.glyphs.shape[0])

    @property
    def columns(self) -> int:
        return int(self.glyphs.shape[1])


def draw(picture: Picture, style: str = DEFAULT_STYLE) -> Cells:
    """The cells of a picture that was asked for with the `space` of the same style. KeyError: no such style."""
    return _MAKERS[style](picture)


def pixels(picture: Picture, lines: int = 1) -> Colours:
    """The picture as an array, height x width x 3, its last line repeated until the height is a multiple of `lines`."""
    array = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    missing = -picture.height % lines
    return np.concatenate([array, np.repeat(array[-1:], missing, axis=0)]) if missing else array


def half(picture: Picture) -> Cells:
    """Two pixels a cell, one above the other: the upper one as ink, the lower one behind it."""
    array = pixels(picture, 2)
    fore, back = array[0::2], array[1::2]
    return Cells(np.full(fore.shape[:2], UPPER_HALF, np.uint32), fore, back)


def ascii(picture: Picture) -> Cells:  # noqa: A001 - the style's name
    """A pixel a cell: the lighter, the more ink; legible without any colour."""
    array = pixels(picture)
    ramp = np.array([ord(character) for character in RAMP], np.uint32)
    steps = (array @ _LUMA * (len(RAMP) / 256)).astype(np.intp)
    return Cells(ramp[np.minimum(steps, len(RAMP) - 1)], array, None)


def plain(picture: Picture) -> Cells:
    """What rich-pixels makes of it, cell for cell."""
    from PIL import Image
    from rich_pixels import HalfcellRenderer

    array = pixels(picture, 2)
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
    return Cells(glyphs, both[:, :, 0], both[:, :, 1])


_MAKERS: dict[str, Callable[[Picture], Cells]] = {"half": half, "ascii": ascii, "plain": plain}
