"""The fewest bytes that show a picture well: palette PNG, JPEG or full PNG, chosen by trying."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tui.render.graphics import sixel
from tui.render.picture import Picture

MAX_COLOURS = 256

# Decibels of peak signal to noise, over means of _EYE x _EYE pixels: about what is seen from an arm's length. Above the
# first no step shows in a gradient; dithering gets there for all but a few pictures.
_EYE = 4
_SMOOTH, _FAIR = 45.0, 40.0
# The same over single pixels, where JPEG's ringing around letters shows.
_CRISP = 37.0
_QUALITY = 90
# Pixels that colours are chosen by: a thing of a thousandth of the picture is hardly missed.
_SAMPLE = 1 << 12

Palette = npt.NDArray[np.uint8]


def sized(picture: Picture, width: int, height: int, *, exactly: bool = False) -> Image.Image:
    """The picture at no more than these pixels, or at just these; the pixels of a small one stay squares."""
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
    wanted = (width, height) if exactly else (min(width, picture.width), min(height, picture.height))
    if image.size == wanted:
        return image
    much_larger = wanted[0] >= 2 * picture.width and wanted[1] >= 2 * picture.height
    return image.resize(wanted, Image.Resampling.NEAREST if much_larger else Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """An RGB image as PNG: in at most 256 colours where that is smaller and looks the same."""
    colours = best_colours(image)
    plain = mapped(image, colours)
    if likeness(image, plain) >= _SMOOTH:
        return _saved(plain, "PNG")
    dithered = mapped(image, colours, dither=True)
    small = _saved(dithered, "PNG")
    if likeness(image, dithered) >= _FAIR and len(small) <= len(_saved(image, "PNG", compress_level=1)):
        return small
    return _saved(image, "PNG")


def jpeg_or_png(image: Image.Image) -> bytes:
    """An RGB image as JPEG, or as PNG where that is smaller or JPEG would blur it."""
    jpeg = _saved(image, "JPEG", quality=_QUALITY, optimize=True)
    with Image.open(io.BytesIO(jpeg)) as decoded:
        if likeness(image, decoded, eye=1) < _CRISP:
            return png(image)
    plain = mapped(image, best_colours(image))
    flat = _saved(plain, "PNG") if likeness(image, plain) >= _SMOOTH else jpeg
    return min(jpeg, flat, key=len)


def for_sixel(image: Image.Image, colours: int = MAX_COLOURS) -> str:
    """An RGB image as Sixel, in at most so many colours; dithered only where they would show as steps."""
    nameable = sixel.shown(best_colours(image, colours))
    indexed = mapped(image, nameable)
    if likeness(image, indexed) < _SMOOTH:
        indexed = mapped(image, nameable, dither=True)
    return sixel.encode(np.asarray(indexed, np.uint8), nameable)


def best_colours(image: Image.Image, count: int = MAX_COLOURS) -> Palette:
    """At most so many colours for an RGB image, n x 3: its own where it has no more."""
    count = min(max(count, 2), MAX_COLOURS)
    if own := image.getcolors(count):
        return np.array([colour for _, colour in own], np.uint8)
    pixels = np.asarray(image).reshape(-1, 3)
    picked = np.random.default_rng(0).integers(0, len(pixels), _SAMPLE)
    # To cover what is there takes time that goes with the number of colours, and dithers best.
    sample = Image.fromarray(pixels[picked].reshape(1, -1, 3))
    reduced = sample.quantize(count, method=Image.Quantize.MAXCOVERAGE)
    return np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)[:count]


def mapped(image: Image.Image, colours: Palette, *, dither: bool = False) -> Image.Image:
    """An RGB image in these colours, n x 3, as a palette image."""
    holder = Image.new("P", (1, 1))
    holder.putpalette(colours.tobytes())
    method = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    return image.quantize(palette=holder, dither=method)


def likeness(image: Image.Image, other: Image.Image, eye: int = _EYE) -> float:
    """Peak signal to noise in decibels, over means of eye x eye pixels."""
    one, two = (np.asarray(each.convert("RGB").reduce(eye), np.float32) for each in (image, other))
    return float(10 * np.log10(255**2 / max(float(((one - two) ** 2).mean()), 1e-9)))


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
