"""What others make of the same image on the same grid. Each is for tests only and left out, with a word, where absent.

A way is made for one image and one grid, stretched to fill it, and then called as often as it is timed. Libraries
begin with decoded pixels in the form that they like best; programs are whole processes that decode a PNG themselves.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from PIL import Image

from tests.benchmarks.render.glyphs import ACROSS, DOWN
from tests.benchmarks.render.ours import Absent

Way = Callable[[], str]
Maker = Callable[[Image.Image, int, int], Way]
# Names that the goals refer to.
RICH_PIXELS, CHAFA, CHAFA_256, CHAFA_240 = "rich-pixels", "chafa", "chafa 256 diffused", "chafa 240 diffused"


def rich_pixels(image: Image.Image, columns: int, rows: int) -> Way:
    pixels = _module("rich_pixels").Pixels
    return lambda: _printed(pixels.from_image(image, resize=(columns, 2 * rows)), columns)


def textual_image(image: Image.Image, columns: int, rows: int) -> Way:
    # Its package asks the terminal at import and says so where there is none; the half cells need no answer.
    halfcell = _module("textual_image.renderable.halfcell")
    return lambda: _printed(halfcell.Image(image, width=columns, height=rows), columns)


def chafa(image: Image.Image, columns: int, rows: int) -> Way:
    """The library with its defaults: block elements and some of box drawing, RGB, average colours, work factor 0.5."""
    return _chafa(image, columns, rows)


def chafa_256(image: Image.Image, columns: int, rows: int) -> Way:
    """The library with 256 colours and its error diffusion, else its defaults."""
    return _chafa(image, columns, rows, diffused="INDEXED_256")


def chafa_240(image: Image.Image, columns: int, rows: int) -> Way:
    """The same without the first 16 colours, of which no two terminals think alike."""
    return _chafa(image, columns, rows, diffused="INDEXED_240")


def chafa_program(image: Image.Image, columns: int, rows: int) -> Way:
    words = ["--format=symbols", "--colors=full", "--stretch", f"--size={columns}x{rows}", "--animate=off"]
    return _program("chafa", image, words)


def timg_program(image: Image.Image, columns: int, rows: int) -> Way:
    """Quarter blocks, its default. It never changes an image's shape, so that the file is stretched beforehand."""
    stretched = image.resize((columns * ACROSS, rows * DOWN), Image.Resampling.LANCZOS)
    return _program("timg", stretched, ["-pq", f"-g{columns}x{rows}", "-U", "-E"])


PEERS: dict[str, Maker] = {
    RICH_PIXELS: rich_pixels,
    "textual-image half cells": textual_image,
    CHAFA: chafa,
    CHAFA_256: chafa_256,
    CHAFA_240: chafa_240,
    "chafa, the program": chafa_program,
    "timg, the program": timg_program,
}


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        raise Absent(f"{name.partition('.')[0]} is not installed") from error


def _printed(renderable: object, columns: int) -> str:
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, width=columns, color_system="truecolor", force_terminal=True, legacy_windows=False, _environ={}
    )
    console.print(renderable, end="", no_wrap=True)
    return out.getvalue()


def _chafa(image: Image.Image, columns: int, rows: int, *, diffused: str = "") -> Way:
    module, enums = _module("chafa"), _module("chafa.enums")
    # The library looks at the environment to find out what the terminal can do.
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    info = module.TermDb().detect()
    config = module.CanvasConfig()
    config.width, config.height = columns, rows
    if diffused:
        config.canvas_mode = enums.CanvasMode[f"CHAFA_CANVAS_MODE_{diffused}"]
        config.dither_mode = enums.DitherMode.CHAFA_DITHER_MODE_DIFFUSION
    data = image.tobytes()
    pixels = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)

    def draw() -> str:
        canvas = module.Canvas(config)
        canvas.draw_all_pixels(module.PixelType.CHAFA_PIXEL_RGB8, pixels, *image.size, 3 * image.width)
        return str(canvas.print(info), "utf-8")

    return draw


def _program(name: str, image: Image.Image, words: list[str]) -> Way:
    program = shutil.which(name)
    if program is None:
        raise Absent(f"the program {name} is not installed")
    folder = tempfile.TemporaryDirectory(prefix="benchmark")
    file = Path(folder.name, "image.png")
    image.save(file, compress_level=1)
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}

    def run() -> str:
        # Named here, so that the folder lives as long as this function.
        command = [program, *words, str(Path(folder.name, file.name))]
        return subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True
        ).stdout.decode()

    return run
