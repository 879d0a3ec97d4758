"""What decoding gives: a small picture, some of them, or a reason. Standard library only: everybody may import it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

# What shows where an image is transparent.
Ground = tuple[int, int, int] | Literal["checker"]


class Refused(Exception):  # noqa: N818 - a refusal is an answer
    """A file has no preview; `reason` says why, in words for the person.

    A `transient` one lies in the circumstances: the same file may be shown another time.
    """

    def __init__(self, reason: str, *, transient: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient


class Stale(Exception):  # noqa: N818 - it is no error
    """The one who asked for a picture no longer wants it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of an image as it is shown (turned by its EXIF orientation), in its own pixels, edges as floats.

    Raises ValueError where an edge is no finite number.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.left, self.top, self.right, self.bottom))):
            raise ValueError("a part's edges are finite numbers")

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def inside(self, source: tuple[int, int]) -> Part:
        """What of it lies on an image of this size; the pixel nearest to it where nothing does."""
        (left, right), (top, bottom) = (
            _clamped(*ends, edge)
            for ends, edge in (((self.left, self.right), source[0]), ((self.top, self.bottom), source[1]))
        )
        return Part(left, top, right, bottom)


def _clamped(low: float, high: float, edge: int) -> tuple[float, float]:
    if high - low > 0 and low < edge and high > 0:
        return max(low, 0.0), min(high, float(edge))
    pixel = min(max(math.floor(low), 0), max(edge - 1, 0))
    return float(pixel), float(pixel + 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded image, scaled: `rgb` holds width x height pixels, three bytes each, row by row from the top.

    `source` is the size of the image as it is shown (turned by its EXIF orientation), `format` what its content is,
    `frames` how many pictures it holds, counted up to 1,000.
    """

    width: int
    height: int
    rgb: bytes
    source: tuple[int, int]
    format: str
    frames: int = 1

    def __repr__(self) -> str:
        return f"Picture({self.width}x{self.height} of {self.format} {self.source[0]}x{self.source[1]})"


@dataclass(frozen=True, slots=True)
class Frames:
    """Successive pictures of an animation, the first of them its picture number `start`, all of one size.

    `delays` says for how many milliseconds each is shown. The animation is played `loops` times, for ever where it is
    0. After the last of these pictures comes the first one again where `end` is set. `total` is how many the file
    says that it holds; a damaged one ends earlier.
    """

    start: int
    pictures: tuple[Picture, ...]
    delays: tuple[int, ...]
    loops: int
    total: int
    end: bool


def fit(source: tuple[float, float], width: int, height: int, aspect: float = 1.0) -> tuple[int, int]:
    """The largest size inside width x height pixels that keeps the shape of `source`; at least 1 x 1.

    `aspect` is how many times taller than wide a pixel of the result is shown.
    """
    columns, lines = (edge if edge > 0 else 1 for edge in source)
    scale = min(width / columns, height * aspect / lines)
    return (
        min(max(round(columns * scale), 1), max(width, 1)),
        min(max(round(lines * scale / aspect), 1), max(height, 1)),
    )
