"""Modes and profiles of decoded images, inside the decoding child: everything becomes RGB or RGBA in sRGB."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageCms

_PROFILE_BYTES = 4 << 20
_SRGB = ImageCms.createProfile("sRGB")
_DEEP = 0xFFFF
Convert = Callable[[Image.Image], Image.Image]


def straight(image: Image.Image, *, bits: int = 8) -> Image.Image:
    """The image as L, RGB, RGBA or CMYK. `bits` is what a channel has in its file, which tells its clear colour so."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    elif bits == 16 and isinstance(clear := image.info.get("transparency"), tuple):
        image.info["transparency"] = tuple(value >> 8 for value in clear)
    if image.mode in ("LA", "PA", "La", "RGBa") or image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "F") else "RGB")


def plain(image: Image.Image, *, bits: int = 8) -> Image.Image:
    """The image in a mode whose pixels can be averaged: L, RGB, CMYK, or RGBa, where colours carry their alpha."""
    known = straight(image, bits=bits)
    return known.convert("RGBa") if known.mode == "RGBA" else known


def finished(image: Image.Image, convert: Convert | None) -> Image.Image:
    """A plain image as RGB or RGBA, its colours converted."""
    if image.mode != "RGBa":
        return convert(image) if convert else image.convert("RGB")
    whole = image.convert("RGBA")
    if convert is None:
        return whole
    colours = convert(whole.convert("RGB"))
    colours.putalpha(whole.getchannel("A"))
    return colours


def to_srgb(profile: object, mode: str) -> Convert | None:
    """What makes sRGB of a plain mode's pixels, or None where nothing is to be done.

    A profile that can't be used is passed over, as viewers do, and so is one that changes nothing.
    """
    if not isinstance(profile, bytes) or not 128 <= len(profile) <= _PROFILE_BYTES:
        return None
    return _conversion(profile, "RGB" if mode == "RGBa" else mode)


@lru_cache(maxsize=4)
def _conversion(profile: bytes, mode: str) -> Convert | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, _SRGB, mode, "RGB")
        probe = _probe(mode)
        changed = ImageCms.applyTransform(probe, transform)
    # A profile for other pixels, and whatever else is wrong with it: it is of no use.
    except Exception:
        return None
    if changed is None or (mode != "CMYK" and _alike(changed, probe.convert("RGB"))):
        return None
    return lambda image: ImageCms.applyTransform(image, transform) or image


def _probe(mode: str) -> Image.Image:
    """Colours from all over the cube, or all greys."""
    if mode == "L":
        return Image.frombytes("L", (256, 1), bytes(range(256)))
    steps = range(0, 256, 51)
    colours = bytes(value for red in steps for green in steps for blue in steps for value in (red, green, blue))
    return Image.frombytes("RGB", (len(colours) // 3, 1), colours).convert(mode)


def _alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether no value differs by more than rounding."""
    return all(abs(a - b) <= 1 for a, b in zip(one.tobytes(), other.tobytes(), strict=True))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8, rounded; `convert` would clip it. Its one transparent value becomes an alpha channel."""
    import numpy as np

    values = np.asarray(image).clip(0, _DEEP).astype(np.uint32)
    # The nearest of 255 steps, without a division.
    grey = Image.fromarray((values * np.uint32(255) + np.uint32(32_895) >> np.uint32(16)).astype(np.uint8))
    if isinstance(clear := image.info.get("transparency"), int):
        grey.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return grey
