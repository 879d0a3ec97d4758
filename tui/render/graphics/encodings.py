"""The fewest bytes that show a picture well: palette PNG, JPEG or full PNG, chosen by trying."""

from __future__ import annotations

import io
from dataclasses import replace
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


def filled(picture: Picture, width: int, height: int) -> Picture:
    """The picture with its last line and column repeated until it has so many pixels at least, as cells have it."""
    below, beside = max(height - picture.height, 0), max(width - picture.width, 0)
    if not (below or beside):
        return picture
    pixels = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    pixels = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="edge")
    return replace(picture, width=pixels.shape[1], height=pixels.shape[0], rgb=pixels.tobytes())


def png(image: Image.Image) -> bytes:
    """An RGB image as PNG: in at most 256 colours where that is smaller and looks the same."""
    flat = plain(image)
    if likeness(image, flat) >= _SMOOTH:
        return _saved(flat, "PNG")
    grained = dithered(image, covering(image))
    small = _saved(grained, "PNG")
    # What takes far more bytes when it is packed in haste stays larger when it is packed with care.
    if likeness(image, grained) >= _FAIR and len(_saved(image, "PNG", compress_level=1)) > 2 * len(small):
        return small
    full = _saved(image, "PNG")
    return small if len(small) < len(full) and likeness(image, grained) >= _FAIR else full


def jpeg_or_png(image: Image.Image) -> bytes:
    """An RGB image as JPEG, or as a palette PNG where few colours do and that is smaller, or JPEG would blur it."""
    jpeg = _saved(image, "JPEG", quality=_QUALITY, optimize=True)
    flat = plain(image)
    if likeness(image, flat) < _SMOOTH:
        return jpeg
    small = _saved(flat, "PNG")
    if len(small) <= len(jpeg):
        return small
    with Image.open(io.BytesIO(jpeg)) as decoded:
        return jpeg if likeness(image, decoded, eye=1) >= _CRISP else small


def for_sixel(image: Image.Image, colours: int = MAX_COLOURS) -> str:
    """An RGB image as Sixel, in at most so many colours; dithered only where they would show as steps."""
    indexed = plain(image, colours)
    palette = sixel.shown(_palette(indexed))
    indexed.putpalette(palette.tobytes())
    if likeness(image, indexed) < _SMOOTH:
        palette = sixel.shown(covering(image, colours))
        indexed = dithered(image, palette)
    return sixel.encode(np.asarray(indexed, np.uint8), palette)


def plain(image: Image.Image, colours: int = MAX_COLOURS) -> Image.Image:
    """An RGB image in the colours that it has most of."""
    return image.quantize(min(max(colours, 2), MAX_COLOURS), method=Image.Quantize.FASTOCTREE)


def covering(image: Image.Image, colours: int = MAX_COLOURS) -> Palette:
    """Colours, n x 3, that lie around all of an RGB image's, so that dithering can mix those."""
    pixels = np.asarray(image).reshape(-1, 3)
    # The time goes with the number of colours that are looked at.
    picked = np.random.default_rng(0).integers(0, len(pixels), _SAMPLE)
    sample = Image.fromarray(pixels[picked].reshape(1, -1, 3))
    return _palette(sample.quantize(min(max(colours, 2), MAX_COLOURS), method=Image.Quantize.MAXCOVERAGE))


def dithered(image: Image.Image, palette: Palette) -> Image.Image:
    """An RGB image in these colours, n x 3."""
    holder = Image.new("P", (1, 1))
    holder.putpalette(palette.tobytes())
    return image.quantize(palette=holder, dither=Image.Dither.FLOYDSTEINBERG)


def _palette(indexed: Image.Image) -> Palette:
    return np.array(indexed.getpalette() or [], np.uint8).reshape(-1, 3)


def likeness(image: Image.Image, other: Image.Image, eye: int = _EYE) -> float:
    """Peak signal to noise in decibels, over means of eye x eye pixels."""
    one, two = (np.asarray(each.convert("RGB").reduce(eye), np.float32) for each in (image, other))
    return float(10 * np.log10(255**2 / max(float(((one - two) ** 2).mean()), 1e-9)))


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
