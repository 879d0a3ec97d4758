"""The best two colours for every cell: over all ways to part it in two, the one with the least squared error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.cells.glyphs import Glyphs

Floats = npt.NDArray[np.float32]
# Lightness is seen finer than colour, and decides with so much more weight how a cell is parted (Rec. 601 luma).
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_LUMA_WEIGHT = 10.0
# The two colours are drawn apart by up to so much: means are flatter than what they stand for, and it shows. What is
# even on both sides, with a variance well below the second number (of three channels), is shown as it is.
CONTRAST, _EVEN = 1.06, 120.0


@dataclass(frozen=True, slots=True)
class Fit:
    """`way` is the index of each cell's best way, rows x columns; `inner` and `outer` the colours, 3 x rows x columns,
    of what the way's mask covers and of the rest."""

    way: npt.NDArray[np.intp]
    inner: Floats
    outer: Floats


def samples(pixels: npt.NDArray[np.uint8], across: int, down: int) -> Floats:
    """The pixels of every cell: rows x (down * across) x 3 x columns. `pixels` fills whole cells."""
    rows, columns = pixels.shape[0] // down, pixels.shape[1] // across
    lines = pixels.reshape(rows * down, columns, across * 3).transpose(0, 2, 1)
    # Two steps: bytes are faster to turn over than what they become.
    return np.ascontiguousarray(lines).astype(np.float32).reshape(rows, down * across, 3, columns)


def fit(values: Floats, ways: Glyphs) -> Fit:
    """The least squares over a style's ways, for the `samples` of its grid.

    With the mask's n of N samples and S the sum over them of the cell with its mean taken away, parting the cell so
    takes S^2 * N / (n * (N - n)) off its squared error. A matrix of the masks, scaled by the root of that factor,
    gives the roots of it for all ways at once.
    """
    rows, count, _, columns = values.shape
    inner = ways.masks.sum(axis=1)
    root = np.sqrt(count / (inner * (count - inner)))
    weights = ((ways.masks - (inner / count)[:, None]) * root[:, None]).astype(np.float32)
    way = np.empty((rows, columns), np.intp)
    sums = np.empty((3, rows, columns), np.float32)
    step = max(_AT_ONCE // (len(inner) * columns), 1)
    for start in range(0, rows, step):
        some = slice(start, start + step)
        parts = _parts(weights, values[some])
        gains = np.einsum("rwnc,rwnc->rwc", parts, parts)
        light = LUMA[0] * parts[:, :, 0] + LUMA[1] * parts[:, :, 1] + LUMA[2] * parts[:, :, 2]
        gains += _LUMA_WEIGHT * light * light
        best = way[some] = gains.argmax(axis=1)
        taken = np.take_along_axis(parts, best[:, None, None], axis=1)[:, 0]
        sums[:, some] = taken.swapaxes(0, 1)
    mean = values.mean(axis=1).swapaxes(0, 1)
    left = np.einsum("rknc,rknc->rc", values, values) - count * (mean * mean).sum(axis=0) - (sums * sums).sum(axis=0)
    left = np.maximum(left, 0)
    sums *= (1 + (CONTRAST - 1) * left / (left + _EVEN * count)) / root.astype(np.float32)[way]
    share = inner[way]
    return Fit(way, mean + sums / share, mean - sums / (count - share))


# Cells times ways that stay in the processor's cache.
_AT_ONCE = 100_000
# Ways in one product of matrices: more, and BLAS starts threads, which cost more than they bring.
_FEW_WAYS = 24


def _parts(weights: Floats, values: Floats) -> Floats:
    """rows x ways x 3 x columns."""
    rows, count, _, columns = values.shape
    flat = values.reshape(rows, count, 3 * columns)
    parts = np.empty((rows, len(weights), 3 * columns), np.float32)
    for start in range(0, len(weights), _FEW_WAYS):
        some = slice(start, start + _FEW_WAYS)
        np.matmul(weights[some], flat, out=parts[:, some])
    return parts.reshape(rows, len(weights), 3, columns)
