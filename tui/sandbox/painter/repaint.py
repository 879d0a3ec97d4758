"""Edits and variations: the image that was given, painted over in the colours of the prompt."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from tui.sandbox.api import Order, RefusedError
from tui.sandbox.forms import Upload
from tui.sandbox.painter.fields import Field
from tui.sandbox.painter.figure import drawing
from tui.sandbox.painter.scenes import Canvas, paint

MAX_PIXELS = 40_000_000
SHOWN = 3  # how many further images of an edit find a place in the result
FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True)
class Given:
    """The images of an edit or a variation, decoded. `base` and `mask` have the size that was ordered.

    The mask is a channel in which 255 stands for what may be repainted.
    """

    base: Image.Image
    mask: Image.Image | None
    others: tuple[Image.Image, ...]


def given(order: Order) -> Given | None:
    """What an order has to start from, if anything; raises RefusedError for an image that can't be decoded."""
    if not order.images:
        return None
    first, *others = (_decoded(upload).convert("RGBA") for upload in order.images[: 1 + SHOWN])
    mask = None
    if order.mask is not None:
        alpha = _fitted(_decoded(order.mask).convert("RGBA"), order).getchannel("A")
        mask = alpha.point([255 - level for level in range(256)])
    if order.markup is not None:
        first.alpha_composite(_decoded(order.markup).convert("RGBA").resize(first.size))
    return Given(_fitted(first, order), mask, tuple(others))


def _decoded(upload: Upload) -> Image.Image:
    try:
        with Image.open(io.BytesIO(upload.content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _unreadable(upload, "has too many pixels")
            return ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _unreadable(upload, "can't be decoded") from error


def _unreadable(upload: Upload, why: str) -> RefusedError:
    text = f"The image '{upload.name}' {why}."
    return RefusedError(text, param=upload.where, code="invalid_image_file", kind="image_generation_user_error")


def _fitted(image: Image.Image, order: Order) -> Image.Image:
    return ImageOps.fit(image, (order.width, order.height), Image.Resampling.BICUBIC)


def repainted(order: Order, start: Given, canvas: Canvas) -> Image.Image:
    """The base with the prompt's scene over it: all of it, or only where the mask is transparent."""
    image = _varied(start.base, canvas) if order.operation == "variation" else _edited(order, start, canvas)
    return image if order.background == "transparent" else _opaque(image)


def _opaque(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, image).convert("RGB")


def _scene(canvas: Canvas) -> Image.Image:
    planes: Field = np.clip(paint(canvas), 0, 255)
    return Image.fromarray(np.ascontiguousarray(planes.transpose(1, 2, 0)).astype(np.uint8)).convert("RGBA")


def _edited(order: Order, start: Given, canvas: Canvas) -> Image.Image:
    scene = _scene(canvas)
    if start.mask is not None:
        return Image.composite(scene, start.base, start.mask)
    image = Image.blend(start.base, scene, 0.32)
    image.putalpha(start.base.getchannel("A") if order.background == "transparent" else 255)
    size = round(canvas.unit * 0.3)
    place = (round(canvas.width * 0.66 - size / 2), round(canvas.height * 0.92 - size))
    image.alpha_composite(drawing(canvas, size), place)
    for number, other in enumerate(start.others):
        small = ImageOps.contain(other, (canvas.unit // 5, canvas.unit // 5))
        image.alpha_composite(small, (canvas.unit // 40 + number * canvas.unit // 4, canvas.unit // 40))
    return image


def _varied(base: Image.Image, canvas: Canvas) -> Image.Image:
    """The base seen from a little nearer and to one side, in slightly other colours."""
    dice = canvas.dice("variation")
    share = dice.uniform(0.8, 0.92)
    width, height = base.width * share, base.height * share
    left, top = dice.uniform(0, base.width - width), dice.uniform(0, base.height - height)
    moved = base.resize(base.size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    if dice.random() < 0.5:
        moved = ImageOps.mirror(moved)
    hue, saturation, value = moved.convert("RGB").convert("HSV").split()
    turn = int(dice.integers(5, 17)) * (1 if dice.random() < 0.5 else -1)
    hue = hue.point([(level + turn) % 256 for level in range(256)])
    varied = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    varied.putalpha(moved.getchannel("A"))
    return varied
