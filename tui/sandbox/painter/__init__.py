"""Paints what was ordered."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from PIL import Image

from tui.sandbox.api import Order


class Picture:
    def __init__(self, order: Order, index: int) -> None:
        seed = hashlib.sha256(f"{order.model.name}\0{order.prompt}\0{index}".encode()).digest()
        rng = np.random.default_rng(list(seed))
        small = (rng.random((6, 6, 4 if order.background == "transparent" else 3)) * 255).astype(np.uint8)
        self.order = order
        self.image = Image.fromarray(small).resize((order.width, order.height), Image.Resampling.BICUBIC)

    def encoded(self) -> bytes:
        if self.order.format == "svg":
            return f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.order.width}" height="{self.order.height}"><rect width="100%" height="100%" fill="#a33"/></svg>'.encode()
        out = io.BytesIO()
        im = self.image.convert("RGB") if self.order.format in ("jpeg", "gif") else self.image
        im.save(out, self.order.format)
        return out.getvalue()

    def draft(self, progress: float) -> bytes:
        return self.encoded()
