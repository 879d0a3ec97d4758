"""What a terminal shows of some output: a grid of characters, each with its ink and ground, in RGB."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

RGB = tuple[int, int, int]
# The terminal's own colours.
FORE: RGB = (229, 229, 229)
BACK: RGB = (0, 0, 0)
_TOKEN = re.compile(
    r"\x1b\[([?<=>]?)([0-9;:]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Z]|\x1b[78=>]|(.)", re.DOTALL
)
_BASIC = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)


def _palette() -> list[RGB]:
    """xterm's 256 colours."""
    levels = (0, 95, 135, 175, 215, 255)
    basic = [bytes.fromhex(each) for each in _BASIC.split()]
    cube = [(red, green, blue) for red in levels for green in levels for blue in levels]
    greys = [(level, level, level) for level in range(8, 248, 10)]
    return [*((each[0], each[1], each[2]) for each in basic), *cube, *greys]


PALETTE = _palette()


@dataclass(frozen=True, slots=True)
class Grid:
    """`glyphs` holds code points, rows x columns; `fore` and `back` RGB, rows x columns x 3."""

    glyphs: npt.NDArray[np.uint32]
    fore: npt.NDArray[np.uint8]
    back: npt.NDArray[np.uint8]


def grid(text: str, columns: int, rows: int) -> Grid:
    """The cells after the text was written from the upper left corner.

    A line feed also returns the carriage, as a terminal's driver sees to. ValueError for an escape that is not known
    here and for what is written outside of the grid.
    """
    screen = _Screen(columns, rows)
    for found in _TOKEN.finditer(text):
        private, parameters, final, character = found.groups()
        if character is not None:
            screen.write(character)
        elif final and not private:
            screen.control([int(each or 0) for each in re.split("[;:]", parameters)], final)
        elif final and final not in "hl":
            raise ValueError(f"an escape that is not known here: {found[0]!r}")
    return screen.grid()


@dataclass
class _Screen:
    columns: int
    rows: int
    x: int = 0
    y: int = 0
    fore: RGB = FORE
    back: RGB = BACK
    inverse: bool = False
    last: str = " "
    cells: dict[tuple[int, int], tuple[str, RGB, RGB]] = field(default_factory=dict)

    def write(self, character: str) -> None:
        if character == "\n":
            self.x, self.y = 0, self.y + 1
        elif character == "\r":
            self.x = 0
        elif character < " ":
            raise ValueError(f"a control character that is not known here: {character!r}")
        else:
            self.put(character)

    def put(self, character: str) -> None:
        if not (0 <= self.x < self.columns and 0 <= self.y < self.rows):
            raise ValueError(f"{character!r} is written at {self.x}, {self.y}, outside of the grid")
        colours = (self.back, self.fore) if self.inverse else (self.fore, self.back)
        self.cells[self.y, self.x] = (character, *colours)
        self.x += 1
        self.last = character

    def control(self, numbers: list[int], final: str) -> None:
        count = numbers[0] or 1
        match final:
            case "m":
                self.colour(numbers)
            case "A" | "B":
                self.y += count if final == "B" else -count
            case "C" | "D":
                self.x += count if final == "C" else -count
            case "G":
                self.x = count - 1
            case "H":
                self.y, self.x = count - 1, (numbers[1] or 1) - 1 if len(numbers) > 1 else 0
            case "X":
                self.erase(self.x, self.x + count)
            case "K":
                start, end = {0: (self.x, self.columns), 1: (0, self.x + 1), 2: (0, self.columns)}[numbers[0]]
                self.erase(start, end)
            case "b":
                for _ in range(count):
                    self.put(self.last)
            case _:
                raise ValueError(f"an escape that is not known here: {numbers} {final}")

    def erase(self, start: int, end: int) -> None:
        """Blanks in the present ground, as terminals with back colour erase do."""
        for x in range(start, min(end, self.columns)):
            self.cells[self.y, x] = (" ", self.fore, self.back)

    def colour(self, numbers: list[int]) -> None:
        rest = iter(numbers)
        for number in rest:
            if number == 0:
                self.fore, self.back, self.inverse = FORE, BACK, False
            elif number in (7, 27):
                self.inverse = number == 7
            elif number in (38, 48):
                kind = next(rest)
                rgb = (next(rest), next(rest), next(rest)) if kind == 2 else PALETTE[next(rest)]
                self.fore, self.back = (rgb, self.back) if number == 38 else (self.fore, rgb)
            elif number in (39, 49):
                self.fore, self.back = (FORE, self.back) if number == 39 else (self.fore, BACK)
            elif 30 <= number <= 37 or 90 <= number <= 97:
                self.fore = PALETTE[number - 30 if number < 90 else number - 82]
            elif 40 <= number <= 47 or 100 <= number <= 107:
                self.back = PALETTE[number - 40 if number < 100 else number - 92]
            elif number not in (1, 22):
                raise ValueError(f"a rendition that is not known here: {number}")

    def grid(self) -> Grid:
        nothing = (" ", FORE, BACK)
        flat = [self.cells.get((y, x), nothing) for y in range(self.rows) for x in range(self.columns)]
        shape = (self.rows, self.columns)
        return Grid(
            np.array([ord(glyph) for glyph, _, _ in flat], np.uint32).reshape(shape),
            np.array([fore for _, fore, _ in flat], np.uint8).reshape(*shape, 3),
            np.array([back for _, _, back in flat], np.uint8).reshape(*shape, 3),
        )
