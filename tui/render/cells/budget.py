"""The best drawing in so many bytes: the price of a byte that makes a picture just fit is looked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from tui.render.cells.ansi import encode
from tui.render.cells.fit import Floats
from tui.render.cells.glyphs import Glyphs
from tui.render.cells.ink import Ink
from tui.render.cells.thrift import Thrift, error, thrifty

# Squared error, in units of 8-bit colour, that one byte is worth; the last draws each row in a colour or two.
_PRICES = 2.0 ** np.arange(0, 25, dtype=np.float32)
# Cells times ways of a small picture, of which every price is tried; a cell takes as long as so many ways at least.
_FEW, _LEAST_WAYS = 10_000, 16
# Of a large picture one row in so many is drawn at these prices first.
_EVERY = 8
_TRIED = np.array([1, 16, 256, 4096], np.float32)
# Below so many times the budget at the first of them, the whole that spares nothing may fit: rows are not all alike.
_LIKELY = 1.5
# A drawing that fills so much of the budget is good enough; aiming a little low, most do at once.
_FULL, _AIM = 0.88, 0.95
_PASSES = 6


def size(ink: Ink, *, erase: bool = False) -> int:
    """Bytes of its finished rows, each with a line's end."""
    return sum(_sizes(ink, erase))


def first_within(inks: Iterable[Ink], limit: int, *, erase: bool = False) -> Ink:
    """The first that fits, or else the smallest."""
    found = []
    for ink in inks:
        found.append((size(ink, erase=erase), ink))
        if found[-1][0] <= limit:
            return ink
    return min(found, key=lambda pair: pair[0])[1]


def within(
    values: Floats, ways: Glyphs, limit: int, depth: str, *, whole: Callable[[], Ink], erase: bool = False
) -> Ink:
    """The drawing with the least error found in `limit` bytes, for `fit.samples` and their ways.

    `whole` gives the one that spares nothing, which is it where it fits. Where nothing fits, the smallest found.
    """
    if len(values) * values.shape[-1] * max(len(ways.masks), _LEAST_WAYS) <= _FEW:
        best = whole()
        return best if size(best, erase=erase) <= limit else _of_few(values, ways, limit, depth, erase)
    told = _told(values, ways, depth, erase)
    if told[0] <= _LIKELY * limit and size(best := whole(), erase=erase) <= limit:
        return best
    limit = max(limit, 1)
    # Bytes fall as the price rises; a sample may say otherwise here and there.
    falling = np.minimum.accumulate(told)
    price = float(np.exp(np.interp(-math.log(_AIM * limit), -np.log(falling), np.log(_TRIED))))
    picture = Thrift(values, ways, depth)
    found: list[tuple[float, int, Ink]] = []
    low, high = 0.0, math.inf
    for left in reversed(range(_PASSES)):
        ink = picture.ink(price)
        taken = size(ink, erase=erase)
        found.append((price, taken, ink))
        if taken <= limit:
            if taken >= _FULL * limit or price <= _PRICES[0]:
                break
            high = min(high, price)
        else:
            low = max(low, price)
        if price >= _PRICES[-1]:
            break
        price = float(_PRICES[-1]) if left == 1 and high == math.inf else _next(found, limit, low, high)
    fitting = [each for each in found if each[1] <= limit]
    if fitting:
        return min(fitting, key=lambda each: each[0])[2]
    return min(found, key=lambda each: each[1])[2]


def _next(found: list[tuple[float, int, Ink]], limit: int, low: float, high: float) -> float:
    """Where bytes, which fall with a power of the price, are likely to be what is aimed at."""
    price, taken, _ = found[-1]
    power = 0.4
    if len(found) > 1 and found[-2][1] != taken and found[-2][0] != price:
        power = abs(math.log(found[-2][1] / taken) / math.log(found[-2][0] / price))
    guess: float = price * (taken / (_AIM * limit)) ** (1 / min(max(power, 0.15), 2))
    guess = min(max(guess, float(_PRICES[0])), float(_PRICES[-1]))
    if not low < guess < high:
        guess = math.sqrt(max(low, float(_PRICES[0])) * min(high, float(_PRICES[-1])))
    return guess


def _told(values: Floats, ways: Glyphs, depth: str, erase: bool) -> npt.NDArray[np.float64]:
    """The bytes that the picture is likely to take at each of the prices tried, from some of its rows."""
    some = values[min(_EVERY, len(values)) // 2 :: _EVERY]
    ink = thrifty(np.tile(some, (len(_TRIED), 1, 1, 1)), ways, np.repeat(_TRIED, len(some)), depth)
    taken = np.array(_sizes(ink, erase)).reshape(len(_TRIED), -1).sum(axis=1)
    told: npt.NDArray[np.float64] = taken * (len(values) / len(some))
    return told


def _of_few(values: Floats, ways: Glyphs, limit: int, depth: str, erase: bool) -> Ink:
    """Of a small picture, all prices at once."""
    rows = len(values)
    ink = thrifty(np.tile(values, (len(_PRICES), 1, 1, 1)), ways, np.repeat(_PRICES, rows), depth)
    sizes = np.array(_sizes(ink, erase)).reshape(len(_PRICES), rows).sum(axis=1)
    inks = [
        Ink(ink.glyphs[some], ink.fore[some], ink.back[some])
        for some in (slice(at * rows, (at + 1) * rows) for at in range(len(_PRICES)))
    ]
    fitting = [each for each, taken in zip(inks, sizes.tolist(), strict=True) if taken <= limit]
    if not fitting:
        return inks[int(sizes.argmin())]
    return min(fitting, key=lambda each: error(values, ways, each))


def _sizes(ink: Ink, erase: bool) -> list[int]:
    return [len(row.encode()) + 1 for row in encode(ink, erase=erase)]
