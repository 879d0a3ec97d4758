"""Cells as finished ANSI text: a colour is sent only where it changes, and one reset ends a row that had any.

Every cell gets a slot of WORDS times four bytes; what it does not send stays NUL there, and all NULs are dropped at
once in the end. That makes the work a dozen lookups in tables, whatever the picture.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from tui.render.cells.glyphs import SPACE
from tui.render.cells.ink import Ink
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR, Codes

_Words = npt.NDArray[np.uint32]
# ESC [, four for the ink, a semicolon, four for what is behind, m, the character.
WORDS = 12
_FORE, _BETWEEN, _BACK, _END, _GLYPH = 1, 5, 6, 10, 11
# From here on, erasing and stepping over is shorter than so many blanks: ESC [ n X ESC [ n C.
_ERASE_FROM = 11
_LONGEST = 999


def encode(ink: Ink, *, erase: bool = False) -> list[str]:
    """One text a row, each complete in itself: it begins and ends in the terminal's own colours.

    With `erase`, long runs of blanks are sent as ECH and CUF, for terminals that erase in the colour that is set.
    """
    rows, columns = ink.glyphs.shape
    if not rows or not columns:
        return [""] * rows
    new_fore, new_back = _changed(ink.fore), _changed(ink.back)
    slots = np.zeros((rows, columns + 1, WORDS), np.uint32)
    cells = slots[:, :columns]
    either = new_fore | new_back
    cells[..., 0] = either * _word(b"\x1b[")
    _colours(cells[..., _FORE:_BETWEEN], ink.fore, new_fore, 30)
    cells[..., _BETWEEN] = (new_fore & new_back) * _word(b";")
    _colours(cells[..., _BACK:_END], ink.back, new_back, 40)
    cells[..., _END] = either * _word(b"m")
    cells[..., _GLYPH] = _utf8(ink.glyphs)
    if erase:
        _erase(cells[..., _GLYPH], ink.glyphs, new_back)
    slots[:, columns, :2] = np.asarray(either.any(axis=1))[:, None] * np.frombuffer(b"\x1b[0m\0\0\0\0", "<u4")
    slots[:, columns, 2] = _word(b"\n")
    return slots.astype("<u4", copy=False).tobytes().translate(None, b"\0").decode().split("\n")[:rows]


def _changed(codes: Codes) -> npt.NDArray[np.bool_]:
    """Where a colour differs from the one before it in its row; rows begin with the terminal's own."""
    changed = np.empty(codes.shape, np.bool_)
    changed[:, 0] = codes[:, 0] != NO_COLOUR
    np.not_equal(codes[:, 1:], codes[:, :-1], out=changed[:, 1:])
    return changed


def _colours(slots: _Words, codes: Codes, changed: npt.NDArray[np.bool_], base: int) -> None:
    """The SGR parameters of each colour that changed, in four words; `base` is 30 for ink, 40 for what is behind."""
    direct = changed if not codes.size or (codes.min() >= 0 and codes.max() < INDEXED) else changed & _is_rgb(codes)
    if direct.any():
        slots[..., 0] = direct * _word(b"%d;2" % (base + 8))
        for at, shift in enumerate((16, 8, 0), start=1):
            slots[..., at] = _decimals()[codes >> shift & 255] * direct
    if direct is not changed:
        rest = changed & ~direct
        slots[rest, :2] = _named(base)[_place(codes[rest])]


def _is_rgb(codes: Codes) -> npt.NDArray[np.bool_]:
    direct: npt.NDArray[np.bool_] = (codes >= 0) & (codes < INDEXED)
    return direct


def _place(codes: Codes) -> npt.NDArray[np.intp]:
    """Where `_named` has a code: the terminal's own, the 256, the 16."""
    places: npt.NDArray[np.intp] = np.where(codes < 0, 0, np.where(codes < BASIC, 1, 257) + (codes & 255))
    return places


@cache
def _named(base: int) -> _Words:
    """The SGR parameters of NO_COLOUR, of the 256 indexes and of the 16, two words each."""
    texts = [b"%d" % (base + 9)]
    texts += [b"%d;5;%d" % (base + 8, index) for index in range(256)]
    texts += [b"%d" % (base + index + (0 if index < 8 else 52)) for index in range(16)]
    return np.frombuffer(b"".join(text.ljust(8, b"\0") for text in texts), "<u4").reshape(-1, 2)


@cache
def _decimals() -> _Words:
    """A semicolon and the digits of 0-255."""
    return np.frombuffer(b"".join((b";%d" % value).ljust(4, b"\0") for value in range(256)), "<u4")


def _word(text: bytes) -> np.uint32:
    """Up to four bytes as one number."""
    return np.uint32(int.from_bytes(text.ljust(4, b"\0"), "little"))


def _utf8(glyphs: npt.NDArray[np.uint32]) -> _Words:
    """Each code point's UTF-8, one to four bytes, in one word."""
    last = 0x80 | glyphs & 63
    before = 0x80 | glyphs >> 6 & 63
    three = (0xE0 | glyphs >> 12 | before << 8 | last << 16).astype(np.uint32, copy=False)
    if glyphs.min() >= 0x800 and glyphs.max() < 0x10000:
        return three
    two = 0xC0 | glyphs >> 6 | last << 8
    four = 0xF0 | glyphs >> 18 | (0x80 | glyphs >> 12 & 63) << 8 | before << 16 | last << 24
    return np.select([glyphs < 0x80, glyphs < 0x800, glyphs < 0x10000], [glyphs, two, three], four)


def _erase(slots: _Words, glyphs: npt.NDArray[np.uint32], new_back: npt.NDArray[np.bool_]) -> None:
    """Long runs of blanks in one colour become ECH and CUF, whose letters take the places of the first blanks."""
    rows, columns = glyphs.shape
    blank = glyphs == SPACE
    # Where a blank goes on; never in a row's first cell, so that runs end with their rows.
    inside = np.zeros(rows * columns + 1, np.int8)
    inside[:-1].reshape(rows, columns)[:, 1:] = blank[:, 1:] & blank[:, :-1] & ~new_back[:, 1:]
    edges = np.flatnonzero(np.diff(inside))
    starts, lengths = edges[::2], edges[1::2] - edges[::2] + 1
    long = (lengths >= _ERASE_FROM) & (lengths <= _LONGEST)
    for start, length in zip(starts[long].tolist(), lengths[long].tolist(), strict=True):
        row, column = divmod(start, columns)
        text = b"\x1b[%dX\x1b[%dC" % (length, length)
        slots[row, column : column + length] = 0
        slots[row, column : column + 3] = np.frombuffer(text.ljust(12, b"\0"), "<u4")
