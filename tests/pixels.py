"""A terminal that shows characters and pixels, by all that it was sent; and images to be shown on it."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyte
from PIL import Image

from tests.render.pixel_terminal import PLACEHOLDER, Cell, Pixels, PixelTerminal
from tui.render.cells.palette import table
from tui.render.graphics.encodings import likeness

CELL = (8, 16)
# What an emulator of characters would print; the images; and what may be the beginning of either.
_UNKNOWN = re.compile("\x1b\\[[<=>][0-9;]*[a-z]")
_STRING = re.compile("\x1b_[^\x1b]*\x1b\\\\|\x1bP[^\x1b]*\x1b\\\\|\x1b\\]1337;[^\x07]*\x07")
_BEGUN = re.compile("\x1b(?:\\[[^@-~]*|_[^\x1b]*\x1b?|P[^\x1b]*\x1b?|\\](?:1(?:3(?:3(?:7[^\x07]*)?)?)?)?)?\\Z")
_INDICES = {bytes(colour).hex(): index for index, colour in enumerate(table("256")) if index >= 16}
_CHARACTER = Cell()


class Spot(NamedTuple):
    """A rectangle of the screen in cells."""

    x: int
    y: int
    columns: int
    rows: int


class _Painted(PixelTerminal):
    """Refuses what would scroll in some terminals."""

    def _paint(self, pixels: Pixels) -> None:
        bottom = self.y * self.cell[1] + pixels.shape[0]
        assert bottom <= (self.rows - 1) * self.cell[1], "it reaches into the last row"
        super()._paint(pixels)


class _Characters(pyte.Screen):
    """Where a character is written, or erased, no pixels are left."""

    def __init__(self, columns: int, rows: int, pixels: PixelTerminal) -> None:
        self._pixels = pixels
        super().__init__(columns, rows)

    def draw(self, data: str) -> None:
        x, y = self.cursor.x, self.cursor.y
        super().draw(data)
        self._blank(y, x, max(self.cursor.x, x + 1))

    def erase_characters(self, count: int | None = None) -> None:
        self._blank(self.cursor.y, self.cursor.x, self.cursor.x + (count or 1))
        super().erase_characters(count)

    def erase_in_display(self, how: int = 0, *arguments: Any, **options: Any) -> None:
        for y in range(self.lines):
            self._blank(y, 0, self.columns)
        super().erase_in_display(how, *arguments, **options)

    def _blank(self, y: int, start: int, stop: int) -> None:
        wide, high = self._pixels.cell
        self._pixels.painted[y * high : (y + 1) * high, start * wide : stop * wide] = 0


class PixelScreen:
    """`images` are those that it holds by the Kitty protocol, `received` how many it was sent by any.

    `truecolor`: whether the ids of images are in 24-bit colours, as they are but in tmux.
    """

    def __init__(self, columns: int, rows: int, *, truecolor: bool = True) -> None:
        self._truecolor = truecolor
        self._tail = ""
        self._decode = getincrementaldecoder("utf-8")().decode
        self.pixels: PixelTerminal = _Painted(columns, rows, CELL)
        self.characters = _Characters(columns, rows, self.pixels)
        self._stream = pyte.Stream(self.characters)

    def feed(self, data: str | bytes) -> None:
        text = self._tail + (self._decode(data) if isinstance(data, bytes) else data)
        begun = _BEGUN.search(text)
        text, self._tail = (text[: begun.start()], text[begun.start() :]) if begun else (text, "")
        text, at = _UNKNOWN.sub("", text), 0
        for string in _STRING.finditer(text):
            self._stream.feed(text[at : string.start()])
            self._take(string[0])
            at = string.end()
        self._stream.feed(text[at:])

    def _take(self, string: str) -> None:
        cursor = self.characters.cursor
        if string.startswith("\x1b_G") and "a=q" not in string:
            self.pixels.feed(string)
        elif string.startswith(("\x1bP0;1;0q", "\x1b]1337;File=")):
            self.pixels.feed(string, cursor.x, cursor.y)
            # Where a terminal leaves it, they do not agree.
            cursor.x, cursor.y = 0, self.characters.lines - 1

    def resize(self, columns: int, rows: int) -> None:
        """Another size, of which nothing is drawn yet; the images stay."""
        images, received = self.pixels.images, self.pixels.received
        self.__init__(columns, rows, truecolor=self._truecolor)  # type: ignore[misc]  # all but two things are new
        self.pixels.images, self.pixels.received = images, received

    @property
    def images(self) -> int:
        return len(self.pixels.images)

    @property
    def received(self) -> int:
        return self.pixels.received

    # --- what is seen -----------------------------------------------------------------------------------------------

    def seen(self) -> Pixels:
        """The screen in pixels, black where there are characters."""
        if not self.images:
            return self.pixels.painted.copy()
        for y in range(self.characters.lines):
            self.pixels.cells[y] = [_CHARACTER] * self.characters.columns
            for x, cell in self.characters.buffer[y].items():
                if cell.data.startswith(PLACEHOLDER):
                    self.pixels.cells[y][x] = Cell(cell.data, self._colour(cell.fg))
        return self.pixels.seen()

    def _colour(self, name: str) -> str:
        if len(name) != 6:
            return ""
        if not self._truecolor:
            return f"38;5;{_INDICES.get(name, 0)}"
        return f"38;2;{';'.join(str(part) for part in bytes.fromhex(name))}"

    def picture(self) -> Spot | None:
        """Where pixels are to be seen: the cells around them."""
        lit = _lit(self.seen())
        if lit is None:
            return None
        x, y = lit[0] // CELL[0], lit[1] // CELL[1]
        return Spot(x, y, -(-lit[2] // CELL[0]) - x, -(-lit[3] // CELL[1]) - y)

    def shows(self, image: Path, part: tuple[float, float, float, float] = (0, 0, 1, 1)) -> bool:
        """Whether what is seen in pixels is all of this image, or a part of it with edges from 0 to 1, and no more."""
        seen = self.seen()
        lit = _lit(seen)
        if lit is None:
            return False
        with Image.open(image) as opened:
            edges = [round(edge * side) for edge, side in zip(part, opened.size * 2, strict=True)]
            wanted = opened.convert("RGB").crop((edges[0], edges[1], edges[2], edges[3]))
        wanted = wanted.resize((lit[2] - lit[0], lit[3] - lit[1]), Image.Resampling.LANCZOS)
        return likeness(Image.fromarray(seen).crop(lit), wanted) > 26


def _lit(seen: Pixels) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is not black."""
    ys, xs = np.flatnonzero(seen.any(axis=(1, 2))), np.flatnonzero(seen.any(axis=(0, 2)))
    return (int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1) if len(ys) else None


def paint(file: Path, number: int = 0, size: tuple[int, int] = (600, 400)) -> Path:
    """An image of smooth colours, none of them black, and a mark; another for each number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    planes = [x * 200 // size[0] + 40, y * 200 // size[1] + 40, (x + y) * 200 // sum(size) + 40]
    pixels = np.stack([planes[(number + channel) % 3] for channel in range(3)], axis=-1).astype(np.uint8)
    left = size[0] // 10 * (number % 8)
    pixels[size[1] // 8 : size[1] // 4, left : left + size[0] // 12] = 250 - 20 * (number % 8)
    Image.fromarray(pixels).save(file)
    return file
