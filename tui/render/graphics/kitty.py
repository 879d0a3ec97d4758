"""Kitty's graphics protocol with Unicode placeholders: an image is sent once, and cells of text say where it shows.

https://sw.kovidgoyal.net/kitty/graphics-protocol/, sections "Remote client", "Unicode placeholders", "Deleting images".
"""

from __future__ import annotations

import base64
import os

from tui.render.graphics.diacritics import DIACRITICS

PLACEHOLDER = "\U0010eeee"
CHUNK = 4096
# A row, and the column that a part of it begins with, has to have a diacritic.
MAX_ROWS = len(DIACRITICS)
# What a process adds to its first number for its ids. The first 16 colours have several spellings; tmux picks its own.
NUMBERS = range(16, 256)


def transmission(png: bytes, number: int, columns: int, rows: int, *, tmux: bool = False) -> str:
    """What sends an image and says how many cells it will cover; nothing shows yet, and nothing is answered.

    `number` is its id. Where it has been used before, the earlier image goes.
    """
    data = base64.standard_b64encode(png).decode("ascii")
    chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    keys = f"a=T,U=1,f=100,i={number},c={columns},r={rows},"
    parts = []
    for index, chunk in enumerate(chunks):
        more = int(index < len(chunks) - 1)
        parts.append(passed_on(f"\x1b_G{keys}q=2,m={more};{chunk}\x1b\\", tmux=tmux))
        keys = ""
    return "".join(parts)


def placeholders(number: int, row: int, start: int, end: int, *, background: str = "") -> str:
    """The cells from column `start` to before `end` of a row of an image, complete in themselves.

    `background` are SGR parameters. Cells after the first take row, column and id from the one before them. IndexError:
    there is no such row or column.
    """
    low = number & 0xFFFFFF
    # An id with nothing in its two middle bytes is a colour of the 256.
    colour = f"38;5;{low}" if low < 256 else f"38;2;{low >> 16};{low >> 8 & 255};{low & 255}"
    first = PLACEHOLDER + DIACRITICS[row] + DIACRITICS[start] + DIACRITICS[number >> 24]
    style = f"{colour};{background}" if background else colour
    return f"\x1b[{style}m{first}{PLACEHOLDER * (end - start - 1)}\x1b[0m"


def deletion(number: int, *, tmux: bool = False) -> str:
    """What frees an image."""
    return passed_on(f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\", tmux=tmux)


def passed_on(text: str, *, tmux: bool) -> str:
    """An escape sequence as tmux hands it to the terminal around it, if its option allow-passthrough is on."""
    return "\x1bPtmux;" + text.replace("\x1b", "\x1b\x1b") + "\x1b\\" if tmux else text


def first_number(*, truecolor: bool) -> int:
    """What the ids of this process begin with: drawn by lot, as one space of ids is everybody's.

    With truecolor 24 bits are random, else eight.
    """
    high, *middle = (max(byte, 1) for byte in os.urandom(3))
    return high << 24 | (middle[0] << 16 | middle[1] << 8 if truecolor else 0)
