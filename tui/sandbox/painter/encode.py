"""Images as files, finished and half developed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

PAPER = (238, 233, 224)


def still(image: Image.Image, kind: str, compression: int) -> bytes:
    """A png, jpeg or webp file; `compression` is the quality of the lossy ones in percent."""
    out = io.BytesIO()
    match kind:
        case "jpeg":
            image.convert("RGB").save(out, "JPEG", quality=max(1, min(95, compression)))
        case "webp":
            image.save(out, "WEBP", quality=compression, method=1)
        case _:
            image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def gif(frames: Sequence[Image.Image], frame_ms: int) -> bytes:
    """An animation that loops; all frames share the colours of the first."""
    palette = frames[0].convert("RGB").quantize(255, Image.Quantize.MEDIANCUT)
    mapped = [frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    out = io.BytesIO()
    duration = max(10, round(frame_ms / 10) * 10)
    mapped[0].save(out, "GIF", save_all=True, append_images=mapped[1:], duration=duration, loop=0, optimize=False)
    return out.getvalue()


def developing(image: Image.Image, progress: float) -> Image.Image:
    """The image as a print in the tray: blurred, pale, the shadows coming first. `progress` is 0 to 1."""
    reach = max(2, round((1 - progress) ** 1.5 * min(image.size) / 14))
    small = image.resize((max(2, image.width // reach), max(2, image.height // reach)), Image.Resampling.BOX)
    soft = small.resize(image.size, Image.Resampling.BICUBIC)
    level = np.arange(256, dtype=np.float32) / 255
    tables: list[int] = []
    for paper in PAPER:
        dark = np.clip(paper / 255 - level, 0, 1) ** (1.6 - 0.6 * progress) * (0.25 + 0.75 * progress)
        tables += np.clip((paper / 255 - dark) * 255, 0, 255).astype(int).tolist()
    if soft.mode == "RGBA":
        tables += [round(number * (0.3 + 0.7 * progress)) for number in range(256)]
    return soft.point(tables)
