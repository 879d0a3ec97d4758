"""Cells for few bytes: what costs least for its error, cell by cell (rate against distortion).

The bytes of a row are nearly all colours, so the question at each cell is whether a colour that is already set will
do. A row is walked from left to right, and at each cell every way to part it, in both orientations, is weighed with
the ink kept or new and the ground kept or new; then every colour becomes the mean of all that it was used for.
Many rows go side by side, and each row in SPANS pieces, so that a step of the walk is a few operations on arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.cells.fit import CONTRAST, Floats
from tui.render.cells.glyphs import FULL, SPACE, Glyphs
from tui.render.cells.ink import Ink, settled
from tui.render.cells.palette import INDEXED, Codes, codes, colours, nearest_256, packed, table

# A piece begins without any colour, which costs a little; fewer pieces take longer.
SPANS = 8
# Bytes of one more colour, by depth: the parameters, and its share of the escape around them.
_COLOUR_BYTES = {"truecolor": 17.0, "256": 10.5, "16": 5.0}
_GLYPH_BYTES = 3.0
# How much a busy cell's errors are forgiven: 0 not at all, 1 in proportion to its variance.
MASKING = 0.75
_IMPOSSIBLE = 1e12
# Turns in which neighbouring colours are joined.
_JOINING = 4
# Lightness is seen finer than colour: errors are measured along these three axes (Rec. 601 luma, two of colour).
_SEEN = np.array([[0.518, 1.017, 0.197], [-0.175, 0.0, 0.175], [0.175, -0.175, 0.0]], np.float32)
_TO_RGB = np.linalg.inv(_SEEN).astype(np.float32)
# The variance below which a cell counts as smooth (SSIM's constant for 8 bits, (0.03 * 255)^2), where errors show most.
_SMOOTH = 58.5


def thrifty(
    values: Floats, ways: Glyphs, price: float | Floats, depth: str = "truecolor", *, spans: int = SPANS
) -> Ink:
    """The cells whose squared error plus `price` times their bytes is small, for the `samples` of the ways' grid.

    The price is one for all or one for each row. The depth is one that has colours: truecolor, 256 or 16. `spans` is
    in how many pieces a row is walked.
    """
    return Thrift(values, ways, depth, spans=spans).ink(price)


class Thrift:
    """A picture that may be drawn at several prices; see `thrifty`."""

    def __init__(self, values: Floats, ways: Glyphs, depth: str, *, spans: int = SPANS) -> None:
        self._ways, self._depth = ways, depth
        self._cells = _prepared(values, ways, spans)

    def ink(self, price: float | Floats) -> Ink:
        """The cells at a price for all, or at one for each row."""
        cells, ways, depth = self._cells, self._ways, self._depth
        prices = np.broadcast_to(np.asarray(price, np.float32), cells.rows)
        return _inked(cells, _walked(cells, ways, prices, depth), ways, prices, depth)


def error(values: Floats, ways: Glyphs, ink: Ink) -> float:
    """The squared error of cells that are drawn in these ways, over all samples, along the axes of _SEEN."""
    count = values.shape[1]
    masks = np.concatenate([ways.masks, 1 - ways.masks, np.zeros((1, count)), np.ones((1, count))])
    points = np.concatenate([ways.inked, ways.inverse, [SPACE, FULL]])
    order = np.argsort(points, kind="stable")
    inked = masks[order[np.searchsorted(points[order], ink.glyphs)]].transpose(0, 2, 1)[:, :, None]
    fore, back = (
        colours(np.maximum(side, 0)).transpose(0, 2, 1)[:, None].astype(np.float32) for side in (ink.fore, ink.back)
    )
    off = np.einsum("mn,rknc->mrkc", _SEEN, values - back - inked * (fore - back))
    return float((off * off).sum())


@dataclass(frozen=True, slots=True)
class _Cells:
    """What the walk needs of each cell, by step and lane; a lane is a piece of a row.

    `inner` (steps x 3 x ways x lanes) sums what a way's mask covers, `whole` (steps x 3 x lanes) the cell. Parting it
    so takes `inner_gain` + `outer_gain` (steps x ways x lanes) off its squared error. `share` (ways x 1) is how many
    of the `count` samples are inside; the last way leaves the cell whole. `weight` (steps x lanes) is how much an
    error counts.
    """

    rows: int
    columns: int
    count: int
    share: Floats
    inner: Floats
    whole: Floats
    inner_gain: Floats
    outer_gain: Floats
    weight: Floats
    places: npt.NDArray[np.intp]

    def unrolled(self, found: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """From ... x steps x lanes to ... x cells, row by row."""
        return found.reshape(*found.shape[:-2], -1).take(self.places, axis=-1)


def _prepared(values: Floats, ways: Glyphs, spans: int) -> _Cells:
    rows, count, _, columns = values.shape
    spans = min(spans, columns)
    steps = -(-columns // spans)
    lanes = spans * rows
    masks = np.concatenate([ways.masks, np.zeros((1, count), np.float32), np.ones((1, count), np.float32)])
    sums = np.matmul(masks, values.reshape(rows, count, 3 * columns)).reshape(rows, len(masks), 3, columns)
    squares = np.einsum("rknc,rknc->rc", values, values)
    # Each row's walk begins elsewhere, as pieces that begin one below the other would be seen as a line in what is
    # smooth.
    begins = [int(row * steps * 0.618) % steps for row in range(rows)] if spans > 1 else [0] * rows
    turned = np.zeros((rows, len(masks), 3, spans * steps), np.float32)
    squares_turned = np.zeros((rows, spans * steps), np.float32)
    for row, begin in enumerate(begins):
        turned[row, ..., begin:columns], turned[row, ..., :begin] = np.split(sums[row], [columns - begin], axis=2)
        squares_turned[row, begin:columns], squares_turned[row, :begin] = np.split(squares[row], [columns - begin])
    stepped = np.ascontiguousarray(turned.reshape(rows, len(masks), 3, spans, steps).transpose(4, 2, 1, 3, 0))
    stepped = stepped.reshape(steps, 3, len(masks) * lanes)
    variance = squares_turned.reshape(rows, spans, steps).transpose(2, 1, 0).reshape(steps, lanes) / (3 * count)
    variance -= (stepped[:, :, -lanes:] ** 2).sum(axis=1) / (3 * count * count)
    seen = np.matmul(_SEEN, stepped).reshape(steps, 3, len(masks), lanes)
    share = masks[:-1].sum(axis=1)[:, None]
    whole = seen[:, :, -1]
    inner = CONTRAST * seen[:, :, :-1] + (1 - CONTRAST) * (share / count) * whole[:, :, None]
    outer = whole[:, :, None] - inner
    place = (np.arange(columns) + np.array(begins)[:, None]) % columns
    return _Cells(
        rows,
        columns,
        count,
        share,
        inner,
        whole,
        np.einsum("scpl,scpl->spl", inner, inner) / np.maximum(share, 1),
        np.einsum("scpl,scpl->spl", outer, outer) / (count - share),
        # A busy cell hides its errors.
        (_SMOOTH / (_SMOOTH + np.maximum(variance, 0))) ** MASKING,
        (place % steps * lanes + place // steps * rows + np.arange(rows)[:, None]).reshape(-1),
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """By step and lane: each cell's way, whether it is turned inside out, and of each plane (ink, then ground) the
    sums (3 x steps x lanes), the samples and whether its colour is a new one."""

    way: npt.NDArray[np.intp]
    turned: npt.NDArray[np.bool_]
    sums: Floats
    shares: Floats
    new: npt.NDArray[np.bool_]


def _walked(cells: _Cells, ways: Glyphs, prices: Floats, depth: str) -> _Choice:
    steps, _, kinds, lanes = cells.inner.shape
    count, share = cells.count, cells.share
    way, turned = np.empty((steps, lanes), np.intp), np.empty((steps, lanes), np.bool_)
    sums = np.empty((2, 3, steps, lanes), np.float32)
    parts = np.empty((2, steps, lanes), np.float32)
    new = np.empty((2, steps, lanes), np.bool_)
    impossible = np.zeros((2 * kinds, 1), np.float32)
    impossible[: kinds - 1, 0][ways.inked == 0] = _IMPOSSIBLE
    impossible[kinds:-1, 0][ways.inverse == 0] = _IMPOSSIBLE
    # Colours that no cell is near to.
    planes = np.full((2, 3, lanes), 1e4, np.float32)
    lane = np.arange(lanes)
    price = np.tile(prices, lanes // cells.rows)
    cost = np.empty((2 * kinds, lanes), np.float32)
    for step in range(steps):
        inner, whole = cells.inner[step], cells.whole[step]
        per_byte = price / cells.weight[step]
        colour = per_byte * _COLOUR_BYTES[depth]
        new_inside, new_outside = colour - cells.inner_gain[step], colour - cells.outer_gain[step]
        kept = []
        for plane in planes:
            square = (plane * plane).sum(axis=0)
            twice = 2 * plane
            inside = share * square
            inside -= inner[0] * twice[0]
            inside -= inner[1] * twice[1]
            inside -= inner[2] * twice[2]
            kept.append((inside, count * square - (twice * whole).sum(axis=0) - inside))
        (ink_in, ink_out), (ground_in, ground_out) = kept
        np.add(np.minimum(ink_in, new_inside), np.minimum(ground_out, new_outside), out=cost[:kinds])
        np.add(np.minimum(ink_out, new_outside), np.minimum(ground_in, new_inside), out=cost[kinds:])
        cost += impossible
        # A blank is one byte where other characters are three.
        cost[kinds - 1] -= (_GLYPH_BYTES - 1) * per_byte
        best = cost.argmin(axis=0)
        turned[step] = flip = best >= kinds
        way[step] = best = np.where(flip, best - kinds, best)
        inside = inner[:, best, lane]
        outside = whole - inside
        within = share[best, 0]
        for at, out in enumerate((flip, ~flip)):
            covered = sums[at, :, step] = np.where(out, outside, inside)
            part = parts[at, step] = np.where(out, count - within, within)
            mean = covered / np.maximum(part, 1)
            far = ((planes[at] - mean) ** 2).sum(axis=0) * part
            fresh = new[at, step] = far > colour
            planes[at] = np.where(fresh, mean if depth == "truecolor" else _rounded(mean, depth), planes[at])
    return _Choice(way, turned, sums, parts, new)


def _rounded(seen: Floats, depth: str) -> Floats:
    """The nearest colours of a depth, 3 x lanes in the axes of _SEEN."""
    rgb = np.clip(np.rint(_TO_RGB @ seen), 0, 255).astype(np.uint8).T
    return _SEEN @ colours(codes(rgb, depth)).T.astype(np.float32)


def _inked(cells: _Cells, choice: _Choice, ways: Glyphs, prices: Floats, depth: str) -> Ink:
    way, turned = cells.unrolled(choice.way), cells.unrolled(choice.turned)
    inked, inverse = np.append(ways.inked, np.uint32(SPACE)), np.append(ways.inverse, np.uint32(FULL))
    weight = cells.unrolled(cells.weight)
    sums, shares = cells.unrolled(choice.sums) * weight, cells.unrolled(choice.shares) * weight
    new = cells.unrolled(choice.new)
    price = np.repeat(prices, cells.columns)
    # Rows have nothing in common.
    join = price * _COLOUR_BYTES[depth]
    new[:, :: cells.columns], join[:: cells.columns] = True, 0
    planes = [_pooled(sums[at], shares[at], new[at], price, join, depth) for at in (0, 1)]
    shape = cells.rows, cells.columns
    return settled(
        np.where(turned, inverse[way], inked[way]).reshape(shape), *(plane.reshape(shape) for plane in planes)
    )


def _pooled(sums: Floats, shares: Floats, new: npt.NDArray[np.bool_], price: Floats, join: Floats, depth: str) -> Codes:
    """Each colour is the mean of all that it was used for; near ones of the 256 have the shorter names."""
    first, mean, total = _joined(sums, shares, new, join)
    rgb = np.clip(np.rint(_TO_RGB @ mean), 0, 255).astype(np.uint8).T
    if depth != "truecolor":
        found = codes(rgb, depth)
    else:
        index = nearest_256(rgb.astype(np.int32))
        added = ((_SEEN @ table("256")[index].T - mean) ** 2).sum(axis=0) * total
        saved = (rgb > 9).sum(axis=1) + (rgb > 99).sum(axis=1) + 3 - (index > 99)
        found = np.where(added < price[first] * saved, INDEXED + index, packed(rgb))
    return np.repeat(found, np.diff(np.append(first, new.size))).astype(np.int32)


def _joined(
    sums: Floats, shares: Floats, new: npt.NDArray[np.bool_], join: Floats
) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """The runs of cells that share a colour: where each begins, its mean (3 x runs) and how much it covers.

    Two neighbours become one where that adds less error than the second one's `join`.
    """
    first = np.flatnonzero(new)
    total: Floats = np.maximum(np.add.reduceat(shares, first), np.float32(1e-6))
    sums = np.add.reduceat(sums, first, axis=1)
    join = join[first]
    for _ in range(_JOINING):
        apart = np.diff(sums / total)
        added = total[1:] * total[:-1] / (total[1:] + total[:-1]) * np.einsum("cr,cr->r", apart, apart)
        joins = np.append(False, added < join[1:])
        # Of several side by side every other one: what the next would add has changed then.
        place = np.arange(len(joins))
        joins &= (place - np.maximum.accumulate(np.where(joins, 0, place))) % 2 == 1
        kept = np.flatnonzero(~joins)
        first, join = first[kept], join[kept]
        total, sums = np.add.reduceat(total, kept), np.add.reduceat(sums, kept, axis=1)
    return first, sums / total, total
