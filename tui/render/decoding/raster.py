"""A decoded image that is kept: any part of it, in any size, without decoding again. Inside the decoding child."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from PIL import Image

from tui.core.sniff import Facts
from tui.render.decoding import colour
from tui.render.picture import Part, fit

# How much larger than the result what is scaled may be reduced to, by whole factors, which is much faster; measured
# against scaling at once: 42 to 53 dB.
GAP = 2.0

# Pixels of a picture from which on two threads scale it faster than one.
_WORTH = 60_000

_Box = tuple[float, float, float, float]
_Turn = tuple[Image.Transpose | None, bool, bool, bool]

# EXIF orientation (TIFF 6.0, tag 274) to what makes the image upright, and where its pixels come from: whether rows
# are columns, and whether they then run from right to left, from bottom to top.
_TURNS: dict[int, _Turn] = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, False, True, False),
    3: (Image.Transpose.ROTATE_180, False, True, True),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, False, False, True),
    5: (Image.Transpose.TRANSPOSE, True, False, False),
    6: (Image.Transpose.ROTATE_270, True, False, True),
    7: (Image.Transpose.TRANSVERSE, True, True, True),
    8: (Image.Transpose.ROTATE_90, True, True, False),
}
_UPRIGHT: _Turn = (None, False, False, False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seen of an image (None: all of it), inside what box; sharp or `averaged`. See `Decoder`."""

    part: Part | None
    width: int
    height: int
    aspect: float
    averaged: bool = False

    def on(self, source: tuple[int, int]) -> tuple[Part, tuple[int, int]]:
        """The part of an image of this upright size, and the size of its picture."""
        part = self.part.inside(source) if self.part else Part(0, 0, *source)
        return part, fit((part.width, part.height), self.width, self.height, self.aspect)

    def scale(self, source: tuple[int, int]) -> int:
        """How many times smaller a JPEG of this upright size may be decoded for it: 1, 2, 4 or 8."""
        part, (columns, lines) = self.on(source)
        spare = min(part.width / columns, part.height / lines) / (1.0 if self.averaged else GAP)
        return next((scale for scale in (8, 4, 2) if spare >= scale), 1)


class Shown(Protocol):
    """What can be looked at: `facts` are its format and upright size, `cost` the bytes that keeping it takes."""

    facts: Facts
    frames: int

    @property
    def cost(self) -> int: ...

    def enough(self, wish: Wish) -> bool:
        """Whether it has the pixels for this; otherwise it must be decoded again."""

    def look(self, wish: Wish) -> Image.Image:
        """What is wished for, upright, as RGB or RGBA in sRGB."""


class Raster:
    """Pixels in a plain mode (see `colour.plain`) as they are stored, `scale` times smaller than `stored`."""

    def __init__(
        self,
        image: Image.Image,
        stored: tuple[int, int],
        *,
        format_name: str,
        scale: int = 1,
        orientation: int = 1,
        profile: object = None,
        frames: int = 1,
    ) -> None:
        self._image, self._stored, self._scale = image, stored, scale
        self._turn, self._swapped, self._mirrored, self._flipped = _TURNS.get(orientation, _UPRIGHT)
        self._convert = colour.to_srgb(profile, image.mode)
        self._level: tuple[tuple[int, int], Image.Image] = ((1, 1), image)
        self._source = upright(stored, orientation)
        self.facts = Facts(format_name, *self._source)
        self.frames = frames

    @property
    def cost(self) -> int:
        # A reduced copy takes at most half as much again.
        return self._image.width * self._image.height * (1 if self._image.mode == "L" else 4) * 3 // 2

    def enough(self, wish: Wish) -> bool:
        return self._scale <= wish.scale(self._source)

    def look(self, wish: Wish) -> Image.Image:
        part, size = wish.on(self._source)
        scaled = self._scaled(size[::-1] if self._swapped else size, self._box(part), wish.averaged)
        result = colour.finished(scaled, self._convert)
        return result.transpose(self._turn) if self._turn is not None else result

    def _box(self, part: Part) -> _Box:
        """Where an upright part lies in the pixels that are here."""
        left, top, right, bottom = part.left, part.top, part.right, part.bottom
        if self._swapped:
            left, top, right, bottom = top, left, bottom, right
        if self._mirrored:
            left, right = self._stored[0] - right, self._stored[0] - left
        if self._flipped:
            top, bottom = self._stored[1] - bottom, self._stored[1] - top
        return _reduced((left, top, right, bottom), (self._scale, self._scale), self._image)

    def _scaled(self, size: tuple[int, int], box: _Box, averaged: bool) -> Image.Image:
        across, down = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]
        if across <= 1 and down <= 1:
            return self._image.resize(size, Image.Resampling.NEAREST, box)
        steps = (max(int(across / GAP), 1), max(int(down / GAP), 1))
        if self._level[0] != steps:
            # Counted from the image's corner, not from the part's: panning must not change a pixel.
            self._level = (steps, self._image.reduce(steps) if steps != (1, 1) else self._image)
        level = self._level[1]
        box = _reduced(box, steps, level)
        return _boxed(level, size, box) if averaged else level.resize(size, Image.Resampling.LANCZOS, box)


def _boxed(image: Image.Image, size: tuple[int, int], box: _Box) -> Image.Image:
    """Averaged where it is reduced, repeated where it is magnified, which costs nothing."""
    if size[0] > box[2] - box[0]:
        image = image.resize((size[0], image.height), Image.Resampling.NEAREST, (box[0], 0, box[2], image.height))
        box = (0, box[1], size[0], box[3])
    if size[1] > box[3] - box[1]:
        image = image.resize((image.width, size[1]), Image.Resampling.NEAREST, (0, box[1], image.width, box[3]))
        box = (box[0], 0, box[2], size[1])
    return _in_bands(image, size, box)


def _in_bands(image: Image.Image, size: tuple[int, int], box: _Box) -> Image.Image:
    """Averaged by two threads, each one half of the lines, where that is worth their start."""
    lines = size[1] // 2
    if size[0] * size[1] < _WORTH or not lines:
        return image.resize(size, Image.Resampling.BOX, box)
    middle = box[1] + (box[3] - box[1]) * lines / size[1]
    parts = (((size[0], lines), (*box[:3], middle)), ((size[0], size[1] - lines), (box[0], middle, *box[2:])))
    upper, lower = _threads().map(lambda part: image.resize(part[0], Image.Resampling.BOX, part[1]), parts)
    result = Image.new(image.mode, size)
    result.paste(upper)
    result.paste(lower, (0, lines))
    return result


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "scaling")


def upright(stored: tuple[int, int], orientation: int) -> tuple[int, int]:
    """The size that an image of this size and EXIF orientation is shown in."""
    return stored[::-1] if _TURNS.get(orientation, _UPRIGHT)[1] else stored


def _reduced(box: _Box, steps: tuple[int, int], image: Image.Image) -> _Box:
    """The box in an image that is so many times smaller, the last of whose pixels may stand for less than a whole."""
    return (
        box[0] / steps[0],
        box[1] / steps[1],
        min(box[2] / steps[0], image.width),
        min(box[3] / steps[1], image.height),
    )
