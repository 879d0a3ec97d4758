"""Images in other forms and sizes, and many of them on one sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from tui.core.text import shorten
from tui.render.picture import Refused

FORMATS = ("png", "jpeg", "webp")
# Pixels a side of a sheet: more than any viewer likes.
MAX_SHEET = 16_000
_PAPER, _INK = (24, 22, 20), (200, 196, 190)
_GAP, _LINE = 12, 16


def encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    """The image as a file. What is transparent becomes white in a JPEG, which has no alpha. Raises Refused."""
    if kind not in FORMATS:
        raise Refused(f"there is no way to write {kind}")
    if kind == "jpeg" and image.mode != "RGB":
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        image = flat
    file = io.BytesIO()
    options = {"png": {"compress_level": 6}, "jpeg": {"quality": quality, "subsampling": 0 if quality >= 90 else 2}}
    image.save(file, kind, **options.get(kind, {"quality": quality, "method": 4}))
    return file.getvalue()


def sheet(images: Sequence[Image.Image | None], labels: Sequence[str], columns: int, side: int) -> Image.Image:
    """Images side by side on dark paper, each with a label below; None is one that can't be shown."""
    columns = max(min(columns, len(images)), 1)
    rows = -(-len(images) // columns)
    width = columns * (side + _GAP) + _GAP
    height = rows * (side + _LINE + _GAP) + _GAP
    if max(width, height) > MAX_SHEET:
        raise Refused(f"the sheet would be {width} x {height} pixels: take fewer or smaller images")
    paper = Image.new("RGB", (width, height), _PAPER)
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(12)
    for number, image in enumerate(images):
        left = _GAP + number % columns * (side + _GAP)
        top = _GAP + number // columns * (side + _LINE + _GAP)
        if image is not None:
            place = (left + (side - image.width) // 2, top + (side - image.height) // 2)
            paper.paste(image, place, image if image.mode == "RGBA" else None)
        whole = labels[number]
        room = next(length for length in range(len(whole), -1, -1) if _fits(draw, font, whole, length, side))
        draw.text((left + side / 2, top + side + 3), shorten(whole, room), _INK, font, anchor="mt")
    return paper


def _fits(draw: ImageDraw.ImageDraw, font: object, label: str, length: int, side: int) -> bool:
    return draw.textlength(shorten(label, length), font) <= side  # type: ignore[arg-type]  # whatever Pillow's default is
