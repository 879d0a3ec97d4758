"""One picture of an order: painted once, then given as drafts and as the finished file."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256

import numpy as np
from PIL import Image

from tui.sandbox.api import Order
from tui.sandbox.painter import encode, vector
from tui.sandbox.painter.fields import Dice, Field, grained
from tui.sandbox.painter.figure import alone, mark, stand
from tui.sandbox.painter.palettes import idea
from tui.sandbox.painter.repaint import Given, repainted
from tui.sandbox.painter.scenes import Canvas, paint

DETAIL = {"low": 0, "medium": 1, "standard": 1, "high": 2, "hd": 2, "xhigh": 3, "max": 4}
SATURATION = {"vivid": 1.3, "natural": 0.62, None: 1.05}
GRAIN = 1.2, 0.5  # levels of grain at the lowest detail, and for each step above


class Picture:
    """The image of `index` in an order; an edit or a variation needs the decoded images that were `given`."""

    def __init__(self, order: Order, index: int, given: Given | None = None) -> None:
        self.order = order
        source = b"".join(upload.content for upload in order.images)
        seed = f"{order.model.name}\0{order.prompt}\0{index}".encode("utf-8", "replace")
        self._dice = Dice(sha256(seed + sha256(source).digest()).digest())
        self._idea = idea(order.prompt, index, SATURATION[order.style])
        self._given = given

    def encoded(self) -> bytes:
        """The finished file."""
        order = self.order
        match order.format:
            case "svg":
                return vector.svg(self._canvas(0.0))
            case "gif":
                frames = [self._painted(number / order.frames) for number in range(order.frames)]
                return encode.gif(frames, order.frame_ms)
        return encode.still(self._still, order.format, order.compression)

    def draft(self, progress: float) -> bytes:
        """The picture as it looks part of the way through its development, 0 to 1."""
        return encode.still(encode.developing(self._still, progress), self.order.format, self.order.compression)

    @cached_property
    def _still(self) -> Image.Image:
        return self._painted(0.0)

    def _canvas(self, phase: float) -> Canvas:
        detail = DETAIL.get(self.order.quality, 1)
        return Canvas(self.order.width, self.order.height, self._idea, self._dice, detail, phase)

    def _painted(self, phase: float) -> Image.Image:
        canvas = self._canvas(phase)
        if self._given is not None:
            image = repainted(self.order, self._given, canvas)
        elif self.order.background == "transparent":
            image = alone(canvas)
        else:
            planes = paint(canvas)
            stand(canvas, planes)
            strength = GRAIN[0] + GRAIN[1] * canvas.detail
            # Grain that moves from frame to frame would only make an animation large.
            if self.order.format != "gif":
                grained(planes, canvas.dice("grain"), strength)
            image = finished(planes)
        mark(image)
        return image


def finished(planes: Field) -> Image.Image:
    """Planes of 0 to 255 as an image."""
    np.clip(planes, 0, 255, out=planes)
    pixels = np.empty((*planes.shape[1:], 3), np.uint8)
    for channel in range(3):
        pixels[:, :, channel] = planes[channel]
    return Image.fromarray(pixels)
