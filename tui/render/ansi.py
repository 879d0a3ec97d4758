"""Cells as finished ANSI text: a colour is sent only where it changes, and one reset ends a row that had any."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from tui.render.ink import Ink
from tui.render.palette import NO_COLOUR, Codes

RESET = b"\x1b[0m"
_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]


def encode(ink: Ink) -> list[str]:
    """One text a row, each complete in itself: it begins and ends in the terminal's own colours.

    Every cell gets a slot of fixed length, in which what it does not send is left out at the end.
    """
    rows, columns = ink.glyphs.shape
    if not rows or not columns:
        return [""] * rows
    new_fore, new_back = _changed(ink.fore), _changed(ink.back)
    fore, fore_kept = _colour_slots(ink.fore, ink.depth, behind=False)
    back, back_kept = _colour_slots(ink.back, ink.depth, behind=True)
    glyphs, glyph_lengths = _utf8(ink.glyphs)
    either, both = new_fore | new_back, new_fore & new_back

    count = rows * columns
    escape = np.broadcast_to(np.frombuffer(b"\x1b[", np.uint8), (count, 2))
    semicolon, end = (np.full((count, 1), ord(mark), np.uint8) for mark in ";m")
    slots = np.concatenate([escape, fore, semicolon, back, end, glyphs], axis=1)
    kept = np.concatenate(
        [
            np.repeat(either.reshape(-1, 1), 2, axis=1),
            fore_kept & new_fore.reshape(-1, 1),
            both.reshape(-1, 1),
            back_kept & new_back.reshape(-1, 1),
            either.reshape(-1, 1),
            np.arange(glyphs.shape[1]) < glyph_lengths[:, None],
        ],
        axis=1,
    )
    text = slots[kept].tobytes()
    ends: list[int] = np.cumsum(kept.reshape(rows, -1).sum(axis=1)).tolist()
    coloured = [bool(row.any()) for row in either]
    return [
        (text[start:stop] + (RESET if had_colour else b"")).decode()
        for start, stop, had_colour in zip([0, *ends[:-1]], ends, coloured, strict=True)
    ]


def _changed(codes: Codes) -> _Flags:
    """Where a colour differs from the one before it in its row; rows begin with the terminal's own."""
    before = np.concatenate([np.full((len(codes), 1), NO_COLOUR, np.int32), codes[:, :-1]], axis=1)
    changed: _Flags = codes != before
    return changed


def _colour_slots(codes: Codes, depth: str, *, behind: bool) -> tuple[_Bytes, _Flags]:
    """The SGR parameters of each colour, padded, and which of their bytes count."""
    flat = codes.reshape(-1)
    if depth != "truecolor":
        slots, kept = _indexed(depth, behind)
        return slots[flat + 1], kept[flat + 1]
    digits, digits_kept = _decimals()
    mode = np.frombuffer(b"48;2;" if behind else b"38;2;", np.uint8)
    semicolon = np.full((len(flat), 1), ord(";"), np.uint8)
    red, green, blue = ((flat >> shift) & 255 for shift in (16, 8, 0))
    slots = np.concatenate(
        [np.broadcast_to(mode, (len(flat), 5)), digits[red], semicolon, digits[green], semicolon, digits[blue]], axis=1
    )
    always = np.ones((len(flat), 5), np.bool_)
    kept = np.concatenate(
        [always, digits_kept[red], always[:, :1], digits_kept[green], always[:, :1], digits_kept[blue]], axis=1
    )
    back_to_own = flat == NO_COLOUR
    if back_to_own.any():
        slots[back_to_own, :2] = np.frombuffer(b"49" if behind else b"39", np.uint8)
        kept[back_to_own] = np.arange(slots.shape[1]) < 2
    return slots, kept


@cache
def _decimals() -> tuple[_Bytes, _Flags]:
    """0-255 in three places each, and which of them count."""
    return _padded([b"%d" % value for value in range(256)])


@cache
def _indexed(depth: str, behind: bool) -> tuple[_Bytes, _Flags]:
    """The SGR parameters of NO_COLOUR and of every index of a depth, in this order."""
    shift = 10 if behind else 0
    own = b"%d" % (39 + shift)
    if depth == "256":
        return _padded([own, *(b"%d;5;%d" % (38 + shift, index) for index in range(256))])
    return _padded([own, *(b"%d" % ((30 if index < 8 else 82) + index + shift) for index in range(16))])


def _padded(texts: list[bytes]) -> tuple[_Bytes, _Flags]:
    width = max(map(len, texts))
    slots = np.frombuffer(b"".join(text.ljust(width) for text in texts), np.uint8).reshape(len(texts), width)
    kept = np.arange(width) < np.array([len(text) for text in texts])[:, None]
    return slots, kept


def _utf8(glyphs: npt.NDArray[np.uint32]) -> tuple[_Bytes, npt.NDArray[np.intp]]:
    """Each code point's bytes, padded, and how many they are."""
    distinct, places = np.unique(glyphs, return_inverse=True)
    slots, kept = _padded([chr(point).encode() for point in distinct.tolist()])
    places = places.reshape(-1)
    return slots[places], kept.sum(axis=1)[places]
