"""A terminal that shows pixels, as the protocols are described: slow, obvious, and strict about what it is sent."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from tui.render.graphics.diacritics import DIACRITICS

Pixels = npt.NDArray[np.uint8]
PLACEHOLDER = "\U0010eeee"

_TOKEN = re.compile(
    r"\x1b_G(?P<keys>[^;\x1b]*)(?:;(?P<data>[A-Za-z0-9+/=]*))?\x1b\\"
    r"|\x1bP(?P<sixel>[\d;]*q[!-~]*)\x1b\\"
    r"|\x1b\]1337;File=(?P<file>[^:\x07\x1b]*):(?P<content>[A-Za-z0-9+/=]*)\x07"
    r"|\x1b\[(?P<numbers>[\d;]*)(?P<final>[mXBCH])"
    r"|\x1b(?P<cursor>[78])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f])"
)
# What each key of a transmission and a deletion may hold.
_KEYS = {
    "a": "T|d",
    "U": "1",
    "f": "100",
    "i": r"\d+",
    "c": r"\d+",
    "r": r"\d+",
    "q": "2",
    "m": "0|1",
    "d": "I",
}


@dataclass
class Sent:
    """An image that Kitty's protocol sent, and the cells that it is to cover."""

    pixels: Pixels
    columns: int
    rows: int


@dataclass
class Cell:
    """What stands in a cell: a placeholder has a colour and diacritics."""

    text: str = " "
    fore: str = ""
    back: str = ""


class PixelTerminal:
    """`images` are those that it holds by id, `received` how many it was ever sent, `painted` its screen in pixels.

    Anything that no protocol needs is an AssertionError.
    """

    def __init__(self, columns: int, rows: int, cell: tuple[int, int] = (8, 16)) -> None:
        self.columns, self.rows, self.cell = columns, rows, cell
        self.images: dict[int, Sent] = {}
        self.received = 0
        self.painted: Pixels = np.zeros((rows * cell[1], columns * cell[0], 3), np.uint8)
        self.cells = [[Cell() for _ in range(columns)] for _ in range(rows)]
        self.x = self.y = 0
        self.fore = self.back = ""
        self._saved = (0, 0, "", "")
        self._loading: tuple[dict[str, str], str] | None = None

    def feed(self, text: str, x: int | None = None, y: int | None = None) -> None:
        """Shows what was written, from a place on if one is given."""
        self.x, self.y = (self.x if x is None else x), (self.y if y is None else y)
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            assert token, f"not allowed: {text[at : at + 60]!r}"
            at = token.end()
            assert self._loading is None or token["keys"] is not None, "nothing may come between the chunks of an image"
            self._take(token)

    def _take(self, token: re.Match[str]) -> None:
        if token["keys"] is not None:
            self._graphics(token["keys"], token["data"] or "")
        elif token["sixel"] is not None:
            pixels, drawn = decode_sixel(token["sixel"])
            assert drawn.all(), "every pixel that was declared is drawn"
            self._paint(pixels)
        elif token["file"] is not None:
            self._file(dict(pair.split("=") for pair in token["file"].split(";")), token["content"])
        elif token["final"]:
            self._control([int(number or 0) for number in token["numbers"].split(";")], token["final"])
        elif token["cursor"] == "7":
            self._saved = (self.x, self.y, self.fore, self.back)
        elif token["cursor"] == "8":
            self.x, self.y, self.fore, self.back = self._saved
        else:
            self._text(token["text"])

    # --- cells ------------------------------------------------------------------------------------------------------

    def _text(self, character: str) -> None:
        if character in DIACRITICS:
            self.cells[self.y][self.x - 1].text += character
            return
        assert self.x < self.columns, "it is wider than the screen"
        self._write(self.x, character)
        self.x += 1

    def _write(self, x: int, character: str) -> None:
        self.cells[self.y][x] = Cell(character, self.fore, self.back)
        ground = [int(number) for number in self.back.split(";")[2:]] or [0, 0, 0]
        wide, high = self.cell
        self.painted[self.y * high : (self.y + 1) * high, x * wide : (x + 1) * wide] = ground

    def _control(self, numbers: list[int], final: str) -> None:
        first = max(numbers[0], 1)
        if final == "X":
            assert self.x + first <= self.columns
            for x in range(self.x, self.x + first):
                self._write(x, " ")
        elif final == "B":
            self.y = min(self.y + first, self.rows - 1)
        elif final == "C":
            self.x = min(self.x + first, self.columns)
        elif final == "H":
            self.y, self.x = first - 1, max(numbers[-1], 1) - 1
        elif numbers == [0]:
            self.fore = self.back = ""
        else:
            self._colours(numbers)

    def _colours(self, numbers: list[int]) -> None:
        while numbers:
            size = {2: 5, 5: 3}[numbers[1]]
            text = ";".join(map(str, numbers[:size]))
            if numbers[0] == 38:
                self.fore = text
            else:
                assert numbers[0] == 48
                self.back = text
            numbers = numbers[size:]

    # --- Kitty ------------------------------------------------------------------------------------------------------

    def _graphics(self, text: str, data: str) -> None:
        keys = dict(pair.split("=") for pair in text.split(","))
        assert all(re.fullmatch(_KEYS[key], value) for key, value in keys.items()), text
        assert keys["q"] == "2", "no answer may come"
        assert len(data) <= 4096
        if keys.get("a") == "d":
            assert keys["d"] == "I" and self._loading is None
            del self.images[int(keys["i"])]
            return
        if self._loading:
            assert set(keys) == {"m", "q"}, "a chunk that goes on has no other keys"
            keys, data = {**self._loading[0], "m": keys["m"]}, self._loading[1] + data
        if keys["m"] == "1":
            assert len(data) % 4 == 0
            self._loading = (keys, data)
            return
        self._loading = None
        assert (keys["a"], keys["U"], keys["f"]) == ("T", "1", "100")
        image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
        assert image.format == "PNG"
        self.images[int(keys["i"])] = Sent(np.array(image.convert("RGB")), int(keys["c"]), int(keys["r"]))
        self.received += 1

    def placeholders(self, y: int) -> list[tuple[int, int, int] | None]:
        """What each cell of a row shows: image, row and column; None where it shows no image.

        A cell takes over what it does not say from the one on its left, if that is of the same colour.
        """
        shown: list[tuple[int, int, int] | None] = []
        before: tuple[str, int, int, int] | None = None
        for cell in self.cells[y]:
            if not cell.text.startswith(PLACEHOLDER):
                before = None
                shown.append(None)
                continue
            said = [DIACRITICS.index(mark) for mark in cell.text[1:]]
            goes_on = before is not None and before[0] == cell.fore and not said
            row, column, high = (before[1], before[2] + 1, before[3]) if before and goes_on else (*said, 0, 0, 0)[:3]
            colour = [int(number) for number in cell.fore.split(";")[2:]]
            low = colour[0] if len(colour) == 1 else colour[0] << 16 | colour[1] << 8 | colour[2]
            shown.append((high << 24 | low, row, column))
            before = (cell.fore, row, column, high)
        return shown

    def seen(self) -> Pixels:
        """The screen in pixels with what the placeholders show: images are stretched to their cells."""
        seen = self.painted.copy()
        wide, high = self.cell
        stretched: dict[int, Pixels] = {}
        for y in range(self.rows):
            for x, place in enumerate(self.placeholders(y)):
                if place is None or place[0] not in self.images:
                    continue
                if place[0] not in stretched:
                    sent = self.images[place[0]]
                    size = (sent.columns * wide, sent.rows * high)
                    stretched[place[0]] = np.array(Image.fromarray(sent.pixels).resize(size, Image.Resampling.NEAREST))
                full = stretched[place[0]]
                top, left = place[1] * high, place[2] * wide
                seen[y * high : (y + 1) * high, x * wide : (x + 1) * wide] = full[top : top + high, left : left + wide]
        return seen

    # --- painted at the cursor --------------------------------------------------------------------------------------

    def _file(self, keys: dict[str, str], content: str) -> None:
        data = base64.b64decode(content, validate=True)
        assert int(keys.pop("size")) == len(data)
        columns, rows = int(keys.pop("width")), int(keys.pop("height"))
        assert keys == {"inline": "1", "preserveAspectRatio": "0", "doNotMoveCursor": "1"}
        size = (columns * self.cell[0], rows * self.cell[1])
        image = Image.open(io.BytesIO(data)).convert("RGB").resize(size, Image.Resampling.NEAREST)
        self._paint(np.array(image))

    def _paint(self, pixels: Pixels) -> None:
        left, top = self.x * self.cell[0], self.y * self.cell[1]
        bottom, right = top + pixels.shape[0], left + pixels.shape[1]
        assert bottom <= self.painted.shape[0], "it would scroll"
        assert right <= self.painted.shape[1], "it would be cut off"
        self.painted[top:bottom, left:right] = pixels
        self.received += 1
        # Where the cursor is then, terminals do not agree.
        self.x, self.y = 0, self.rows - 1


def decode_sixel(text: str) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The pixels of a control string's content, and which of them were drawn at all."""
    header = re.match(r'0;1;0q"1;1;(\d+);(\d+)', text)
    assert header, text[:40]
    width, height = map(int, header.groups())
    pixels = np.zeros((height, width, 3), np.uint8)
    drawn = np.zeros((height, width), np.bool_)
    colours: dict[int, tuple[int, ...]] = {}
    x = y = 0
    colour = -1
    at = header.end()
    token = re.compile(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|(?:!(\d+))?([?-~])|([$-])")
    while at < len(text):
        matched = token.match(text, at)
        assert matched, text[at : at + 20]
        at = matched.end()
        number, red, green, blue, count, sixel, motion = matched.groups()
        if number and red:
            assert max(int(red), int(green), int(blue)) <= 100
            colours[int(number)] = tuple((int(part) * 255 + 50) // 100 for part in (red, green, blue))
        elif number:
            colour = int(number)
            assert colour in colours
        elif motion:
            x, y = 0, y + (6 if motion == "-" else 0)
        else:
            until = x + int(count or 1)
            for line in range(6):
                if (ord(sixel) - ord("?")) >> line & 1:
                    assert until <= width and y + line < height, "it draws outside of what it declares"
                    pixels[y + line, x:until] = colours[colour]
                    drawn[y + line, x:until] = True
            x = until
    return pixels, drawn
