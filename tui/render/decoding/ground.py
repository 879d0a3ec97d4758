"""What shows through where an image is transparent, inside the decoding child."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from tui.render.picture import Ground

_DARK, _LIGHT = 102, 153
# About this many squares stand side by side in a box.
_SQUARES = 20


def over(image: Image.Image, ground: Ground, square: tuple[int, int]) -> Image.Image:
    """The image as RGB on the ground; the checker has squares of this size and begins at the top left corner."""
    if image.mode == "RGB":
        return image
    below = _checker(image.size, square).copy() if ground == "checker" else Image.new("RGB", image.size, ground)
    below.paste(image, mask=image.getchannel("A"))
    return below


def square(width: int, height: int, aspect: float) -> tuple[int, int]:
    """The checker's square for a box of pixels: the same whatever part of an image the box shows.

    A power of two across, so that for most boxes whole cells have one colour.
    """
    edge = 1 << max(min(width, round(height * aspect)) // _SQUARES, 1).bit_length() - 1
    return edge, max(round(edge / aspect), 1)


@lru_cache(maxsize=2)
def _checker(size: tuple[int, int], square: tuple[int, int]) -> Image.Image:
    columns, rows = (-(-edge // side) for edge, side in zip(size, square, strict=True))
    pair = bytes([_DARK, _LIGHT]) * columns
    lines = (pair[row % 2 : row % 2 + columns] for row in range(rows))
    tiles = Image.frombytes("L", (columns, rows), b"".join(lines))
    grown = tiles.resize((columns * square[0], rows * square[1]), Image.Resampling.NEAREST)
    return grown.crop((0, 0, *size)).convert("RGB")
