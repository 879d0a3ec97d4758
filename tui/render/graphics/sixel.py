"""Sixel: a picture as bands of six lines, in which each colour is drawn over those before it.

The control string is that of DEC's VT330/VT340 programmer reference, chapter 14.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

BAND = 6
MAX_COLOURS = 256
# A count has room for four digits.
MAX_WIDTH = 9999

_Array = npt.NDArray[Any]
_Words = npt.NDArray[np.uint64]

# Pixel aspect and background are left to the raster attributes and to what stands there already.
_BEGIN, _END = b"\x1bP0;1;0q", b"\x1b\\"
_EMPTY, _FULL = ord("?"), ord("?") + (1 << BAND) - 1
_WORD = np.dtype("<u8")
# Band and colour are sorted as one number of 16 bits, which is many times faster than more.
_AT_ONCE = 1 << 8
# A solid stretch goes on over so many columns that lack its colour: to draw those costs less than to change twice.
_NEAR = 6
# From here on it costs less to choose a colour again than to leave a gap, which another colour then fills.
_FAR = 12


def encode(indices: npt.NDArray[np.uint8], colours: npt.NDArray[np.uint8]) -> str:
    """The control string of palette indices, height x width, whose colours are n x 3: what is drawn is `shown` of them.

    Nothing is drawn below the last line. The height has to be a multiple of BAND, the width at most MAX_WIDTH: else
    ValueError.
    """
    height, width = indices.shape
    if height % BAND or not height or not 0 < width <= MAX_WIDTH:
        raise ValueError(f"{width}x{height} pixels: the height has to be a multiple of {BAND}")
    counts = np.bincount(indices.reshape(-1), minlength=MAX_COLOURS)
    # The most frequent colours get the shortest numbers.
    order = np.argsort(-counts, kind="stable")
    numbers = np.empty(MAX_COLOURS, np.uint8)
    numbers[order] = np.arange(MAX_COLOURS)
    names = b"".join(
        b"#%d;2;%d;%d;%d" % (number, *percent(colours[index]).tolist())
        for number, index in enumerate(order[: np.count_nonzero(counts)].tolist())
    )
    bands = numbers[indices].reshape(-1, BAND, width)
    text = b"-".join(_drawn(bands[first : first + _AT_ONCE]) for first in range(0, len(bands), _AT_ONCE))
    return (_BEGIN + b'"1;1;%d;%d' % (width, height) + names + text + _END).decode("ascii")


def percent(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """What Sixel writes for each channel: 0 to 100."""
    return (colours.astype(np.int32) * 100 + 127) // 255


def shown(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The colours that a terminal makes of these."""
    return ((percent(colours) * 255 + 50) // 100).astype(np.uint8)


def _drawn(bands: _Array) -> bytes:
    """Bands, count x BAND x width: each first as solid stretches of colours, then what these left wrong."""
    count, _, width = bands.shape
    row, column, sixel = _sixels(bands)
    place = (row >> 8) * np.int32(width) + column
    under, stretches = _stretches(row, column, place, count, width)
    wrong = np.flatnonzero(under[place] != row & 255)
    over = _passes(row[wrong], column[wrong], sixel[wrong], width) if len(wrong) else {}
    return b"-".join(stretches[band] + over.get(band, b"") for band in range(count))


def _sixels(bands: _Array) -> tuple[_Array, _Array, _Array]:
    """Each sixel that holds anything: its row, its column and its six bits, in order of row and column.

    There is a row for each colour of each band: its number is the band's times 256 plus the colour's.
    """
    width = bands.shape[2]
    lines = np.ascontiguousarray(bands.swapaxes(0, 1))
    sixels = np.empty_like(lines)
    new = np.ones(lines.shape, np.bool_)
    for line in range(BAND):
        sixels[line] = 1 << line
    for line in range(BAND):
        for below in range(line + 1, BAND):
            same = lines[line] == lines[below]
            sixels[line] |= same.view(np.uint8) << np.uint8(below)
            new[below] &= ~same

    def by_column(values: _Array) -> _Array:
        return np.ascontiguousarray(values.transpose(1, 2, 0)).reshape(-1)

    there = np.flatnonzero(by_column(new))
    places = (there // BAND).astype(np.int32)
    bands_there = places // np.int32(width)
    rows = (bands_there << 8) + by_column(lines)[there]
    order = np.argsort(rows.astype(np.uint16), kind="stable")
    columns = places - bands_there * np.int32(width)
    return rows[order], columns[order], by_column(sixels)[there[order]]


def _stretches(row: _Array, column: _Array, place: _Array, count: int, width: int) -> tuple[_Array, list[bytes]]:
    """A colour for every column of every band, mostly one that it holds and the same as long as it pays.

    Also how each band is drawn in them.
    """
    ends = np.flatnonzero(np.append((column[1:] - column[:-1] > _NEAR) | (row[1:] != row[:-1]), True))
    stops = np.repeat(column[ends] + 1, np.diff(ends, prepend=-1))
    # For each column how far its colours go on, and the one that goes farthest.
    farthest = np.zeros(count * width, np.int32)
    np.maximum.at(farthest, place, stops << 8 | row & 255)
    next_start = (farthest >> 8).reshape(count, width)
    starts = np.zeros((count, width), np.bool_)
    going, at = np.arange(count), np.zeros(count, np.int32)
    while len(going):
        starts[going, at] = True
        at = next_start[going, at]
        on = at < width
        going, at = going[on], at[on]
    firsts = np.flatnonzero(starts)
    lengths = np.diff(firsts, append=count * width)
    colours = farthest[firsts] & 255
    words = np.empty((len(firsts), 2), _WORD)
    words[:, 0] = _names()[colours] + np.where(firsts % width == 0, np.uint64(ord("-")), np.uint64(0))
    words[:, 1] = _repeated(lengths, np.uint64(_FULL), width)
    return np.repeat(colours, lengths), _text(words).split(b"-")[1:]


def _passes(row: _Array, column: _Array, sixel: _Array, width: int) -> dict[int, bytes]:
    """By band, the text of these sixels in as few passes as their pieces can share: there is at least one sixel."""
    new_row = _changes(row)
    starts = np.flatnonzero(new_row | _changes(sixel) | np.append(True, column[1:] != column[:-1] + 1))
    stop = column[np.append(starts[1:], len(row)) - 1] + 1
    row, column, sixel, new_row = row[starts], column[starts], sixel[starts], new_row[starts]
    new_piece = new_row | np.append(True, column[1:] - stop[:-1] >= _FAR)
    firsts = np.flatnonzero(new_piece)
    lasts = np.append(firsts[1:], len(row)) - 1
    passes = _shared(row[firsts] >> 8, column[firsts], stop[lasts], width)

    line = (row >> 8 << 8) + np.repeat(passes, np.diff(firsts, append=len(row)))
    order = _order(line, column)
    line, column, stop, row, new_piece = line[order], column[order], stop[order], row[order], new_piece[order]
    new_line, new_band = _changes(line), _changes(line >> 8)
    gaps = np.where(new_line, column, column - np.append(0, stop[:-1]))
    words = np.zeros((len(order), 3), _WORD)
    words[new_piece, 0] = _names()[row[new_piece] & 255] << np.uint64(8)
    words[new_line, 0] += np.uint64(ord("$") << 8)
    words[new_band, 0] += np.uint64(ord("-"))
    words[:, 1] = _repeated(gaps, np.uint64(_EMPTY), width)
    words[:, 2] = _repeated(stop - column, sixel[order].astype(np.uint64) + np.uint64(_EMPTY), width)
    return dict(zip((line[new_band] >> 8).tolist(), _text(words).split(b"-")[1:], strict=True))


def _shared(band: _Array, start: _Array, stop: _Array, width: int) -> _Array:
    """A pass for each piece, so that those of one band and pass do not overlap: the first one that is free."""
    order = _order(band, start)
    firsts = np.flatnonzero(_changes(band[order]))
    counts = np.diff(firsts, append=len(order))
    # The bands go on side by side, each a piece a step.
    lanes = np.arange(len(firsts))
    lane = np.repeat(lanes, counts)
    step = np.arange(len(order)) - np.repeat(firsts, counts)
    shape = (int(counts.max()), len(firsts))
    starts, stops = np.full(shape, width, np.int16), np.full(shape, width, np.int16)
    starts[step, lane], stops[step, lane] = start[order], stop[order]
    # As many passes as pieces lie over one column.
    edges = np.zeros((len(firsts), width + 1), np.int32)
    np.add.at(edges, (lane, start[order]), 1)
    np.subtract.at(edges, (lane, stop[order]), 1)
    ends = np.zeros((len(firsts), int(edges.cumsum(axis=1).max())), np.int16)
    taken = np.empty(shape, np.intp)
    for begun, ended, chosen in zip(starts[:, :, None], stops, taken, strict=True):
        (ends <= begun).argmax(axis=1, out=chosen)
        ends[lanes, chosen] = ended
    passes = np.empty(len(order), np.int32)
    passes[order] = taken[step, lane]
    return passes


def _order(first: _Array, second: _Array) -> _Array:
    """What sorts by the first of two numbers of 16 bits, and then by the second."""
    order = np.argsort(second.astype(np.uint16), kind="stable")
    return order[np.argsort(first.astype(np.uint16)[order], kind="stable")]


def _changes(values: _Array) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before it; the first does."""
    return np.append(True, values[1:] != values[:-1])


def _repeated(lengths: _Array, sixels: _Words | np.uint64, width: int) -> _Words:
    texts, places = _runs(width)
    return texts[lengths] + places[lengths] * sixels


def _text(words: _Words) -> bytes:
    """Words of eight characters, of which those that are zero are none."""
    return words.tobytes().translate(None, b"\0")


def _words(texts: list[bytes]) -> _Words:
    return np.frombuffer(b"".join(text.ljust(8, b"\0") for text in texts), _WORD)


@lru_cache(1)
def _names() -> _Words:
    """How each colour is chosen, with the first character left free."""
    return _words([b"\0#%d" % number for number in range(MAX_COLOURS)])


@lru_cache(4)
def _runs(width: int) -> tuple[_Words, _Words]:
    """How 0 to `width` equal sixels are written: the text without the sixel, and 1 at each place where it stands."""
    texts = [b"\1" * number if number < 4 else b"!%d\1" % number for number in range(width + 1)]
    return _words([text.replace(b"\1", b"\0") for text in texts]), _words(
        [bytes(character == 1 for character in text) for text in texts]
    )
