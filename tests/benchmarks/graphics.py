"""What a picture costs by each graphics protocol: time to encode, bytes to the terminal, and likeness.

Over 100x51 cells of 8x16 pixels. Beside it what a full PNG takes, and the Sixel of textual-image where it is installed.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.benchmarks.figures import in_turns, rounds
from tests.benchmarks.render.pictures import pictures
from tests.render.pixel_terminal import PixelTerminal
from tui.render.graphics import PROTOCOLS
from tui.render.graphics.encodings import likeness
from tui.render.graphics.placement import Graphics
from tui.render.picture import Picture

# A height of whole Sixel bands, so that all show the same.
COLUMNS, ROWS, CELL = 100, 51, (8, 16)
SIZE = (COLUMNS * CELL[0], ROWS * CELL[1])
Way = Callable[[Image.Image], str]


def ours(protocol: str) -> Way:
    def encode(image: Image.Image) -> str:
        picture = Picture(*image.size, image.tobytes(), image.size, "png")
        placement = Graphics(protocol, cell=CELL).place(picture, COLUMNS, ROWS)
        return "".join(f"\x1b[{y + 1};1H{placement.row(y)}" for y in range(ROWS))

    return encode


def full_png(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def ways() -> dict[str, Way]:
    found: dict[str, Way] = {protocol: ours(protocol) for protocol in PROTOCOLS}
    found["full PNG, in base64"] = full_png
    try:
        from textual_image._sixel import image_to_sixels
    except ImportError:
        print("textual-image is not installed")
    else:
        found["sixel of textual-image"] = image_to_sixels
    return found


def seen(text: str) -> Image.Image:
    terminal = PixelTerminal(COLUMNS, ROWS, CELL)
    terminal.feed(text)
    return Image.fromarray(terminal.seen())


def main() -> None:
    turns = rounds(7)
    for picture in pictures():
        image = picture.image.resize(SIZE, Image.Resampling.LANCZOS)
        texts: dict[str, str] = {}

        def timed(name: str, way: Way, image: Image.Image = image, texts: dict[str, str] = texts) -> float:
            start = time.perf_counter()
            texts[name] = way(image)
            return time.perf_counter() - start

        times = in_turns(turns, {name: lambda name=name, way=way: timed(name, way) for name, way in ways().items()})
        print(picture.name)
        for name, text in texts.items():
            alike = f"{likeness(image, seen(text)):5.1f} dB" if name in PROTOCOLS else ""
            print(
                f"  {name:<26} {float(np.median(times[name])) * 1000:7.0f} ms {len(text.encode()):>10,} bytes  {alike}"
            )


if __name__ == "__main__":
    main()
