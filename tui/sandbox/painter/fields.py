"""Numbers to paint with: noise, ridges, soft edges. Arrays are float32; one image is three planes of 0 to 255."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from tui.sandbox.painter.palettes import Colour

Field = NDArray[np.float32]


class Dice:
    """Random numbers that depend on a seed and a name only, so that more detail does not move what is there."""

    def __init__(self, seed: bytes) -> None:
        self._seed = list(seed)

    def __call__(self, name: str) -> np.random.Generator:
        return np.random.default_rng([*self._seed, zlib.crc32(name.encode())])


def stretched(field: Field, width: int, height: int) -> Field:
    """A field of any shape smoothly enlarged to (height, width)."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def noise(dice: np.random.Generator, width: int, height: int, cells: tuple[int, int], octaves: int) -> Field:
    """Smooth noise of about -1 to 1, shape (height, width); `cells` are columns and rows of the coarsest octave."""
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for octave in range(octaves):
        columns, rows = (min(edge, count << octave) + 3 for edge, count in zip((width, height), cells, strict=True))
        total += weight * stretched(dice.standard_normal((rows, columns), np.float32), width, height)
        weight *= 0.5
    return total * np.float32(0.55)


def ridge(dice: np.random.Generator, width: int, waves: int, roughness: float, sharp: bool) -> Field:
    """A skyline of about -1 to 1, shape (width,): sums of sines that fall off by `roughness`; sharp ones fold."""
    frequency = np.arange(1, waves + 1, dtype=np.float32)
    # Drawn in pairs, so that the first waves stay the same when there are more of them.
    pairs = dice.random((waves, 2), np.float32)
    phase = pairs[:, 0] * np.float32(2 * np.pi)
    weight = (0.4 + pairs[:, 1]) / frequency**roughness
    x = np.linspace(0, 2.2, width, dtype=np.float32)
    sines = np.sin(x[:, None] * frequency * 2.4 + phase)
    if sharp:
        sines = 1 - 2 * np.abs(sines)
    line: Field = (sines @ weight).astype(np.float32) / np.float32(weight[:4].sum())
    return line


def gradient(stops: list[tuple[float, Colour]], count: int) -> Field:
    """Colours between the stops, shape (3, count)."""
    places = [place for place, _ in stops]
    at = np.linspace(0, 1, count)
    planes = [np.interp(at, places, [colour[channel] for _, colour in stops]) for channel in range(3)]
    return np.asarray(planes, np.float32)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """From the first colour to the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return (red, green, blue)


def grained(planes: Field, dice: np.random.Generator, strength: float) -> None:
    """Film grain, in place: one tile of it, turned about."""
    _, height, width = planes.shape
    tile = dice.standard_normal((384, 384), np.float32) * np.float32(strength)
    rows, columns = -(-height // 384), -(-width // 384)
    planes += np.tile(tile, (rows, columns))[:height, :width]
