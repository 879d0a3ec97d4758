"""Subjects put into a scene, or on nothing at all; and the sandbox's mark."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tui.sandbox.painter.fields import Field, noise
from tui.sandbox.painter.scenes import Canvas, ridges, skyline, sun_at
from tui.sandbox.painter.subjects import PLACES, shapes

SMOOTHING = 3  # subjects are drawn this much larger, and reduced
LARGEST = 2400  # pixels that a subject is drawn at before it is reduced


def stand(canvas: Canvas, planes: Field) -> None:
    """Put the idea's subject, if it has one, where it belongs in the scene."""
    place = spot(canvas)
    if place is None:
        return
    x, foot, size = place
    drawn = drawing(canvas, size)
    left, top = round(x - drawn.width / 2), round(foot - drawn.height)
    room = (max(0, left), max(0, top), min(canvas.width, left + drawn.width), min(canvas.height, top + drawn.height))
    if room[0] >= room[2] or room[1] >= room[3]:
        return
    pixels = np.asarray(drawn.crop((room[0] - left, room[1] - top, room[2] - left, room[3] - top)), np.float32)
    alpha = pixels[:, :, 3] / np.float32(255)
    for channel in range(3):
        part = planes[channel, room[1] : room[3], room[0] : room[2]]
        part += (pixels[:, :, channel] - part) * alpha


def spot(canvas: Canvas) -> tuple[float, float, int] | None:
    """Where the subject stands: the middle of its foot, and its height, in pixels."""
    name = canvas.idea.subject
    if name is None or canvas.idea.scene == "silk":
        return None
    where, share = PLACES[name]
    dice = canvas.dice("subject")
    size = round(share * dice.uniform(0.92, 1.08) * canvas.unit)
    sun = sun_at(canvas)[0] / canvas.width
    x = (dice.uniform(0.6, 0.74) if sun < 0.5 else dice.uniform(0.26, 0.4)) * canvas.width
    if where == "sky":
        drift = 0.012 * np.sin(2 * np.pi * canvas.phase)
        return (x, (dice.uniform(0.36, 0.42) + drift) * canvas.height, size)
    if where == "water" or canvas.idea.scene == "water":
        bob = 0.004 * np.sin(2 * np.pi * canvas.phase)
        return (x, (0.56 + 0.09 + bob) * canvas.height, size)
    layers = ridges(canvas)
    ground = skyline(canvas, layers - 1, layers)
    # The lowest point nearby: the skyline of a wood is made of tree tops.
    near = ground[max(0, int(x - size * 0.2)) : int(x + size * 0.2) + 1]
    return (x, min(float(np.max(near)) + size * 0.05, canvas.height * 0.97), size)


def drawing(canvas: Canvas, size: int) -> Image.Image:
    """The subject `size` pixels high on nothing, its shapes smooth at the edges."""
    scale = max(1, min(SMOOTHING, LARGEST // max(1, size)))
    edge = size * scale
    name = canvas.idea.subject or "bloom"
    turn = (canvas.dice("turn of the subject").random() + (canvas.phase if name == "birds" else 0.0)) % 1.0
    image = Image.new("RGBA", (edge, edge))
    pen = ImageDraw.Draw(image)
    for shape in shapes(name, canvas.idea.palette, turn):
        points = [((x + 0.5) * edge, (1 - y) * edge) for x, y in shape.outline()]
        red, green, blue = (round(part) for part in shape.colour)
        pen.polygon(points, fill=(red, green, blue, 255))
    return image.reduce(scale) if scale > 1 else image


def alone(canvas: Canvas) -> Image.Image:
    """The subject on a transparent ground, modelled by light from the upper left."""
    size = round(canvas.unit * 0.86)
    drawn = drawing(canvas, size)
    pixels = np.asarray(drawn, np.float32).copy()
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / np.float32(size)
    light = np.float32(1.12) - np.float32(0.3) * (rows * 0.7 + columns * 0.3)
    light += noise(canvas.dice("coat"), size, size, (30, 30), 2 + canvas.detail) * np.float32(
        0.012 * (1 + canvas.detail)
    )
    pixels[:, :, :3] *= light[:, :, None]
    lit = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    image = Image.new("RGBA", (canvas.width, canvas.height))
    image.paste(lit, ((canvas.width - size) // 2, (canvas.height - size) // 2))
    return image


def mark(image: Image.Image) -> None:
    """Write "sandbox" small into the lower right corner."""
    unit = min(image.size)
    size = max(9, unit // 52)
    font = ImageFont.load_default(size)
    margin = max(3, unit // 64)
    pen = ImageDraw.Draw(image, "RGBA")
    place = (image.width - margin, image.height - margin)
    pen.text((place[0] + 1, place[1] + 1), "sandbox", font=font, anchor="rs", fill=(0, 0, 0, 110))
    pen.text(place, "sandbox", font=font, anchor="rs", fill=(255, 255, 255, 190))
