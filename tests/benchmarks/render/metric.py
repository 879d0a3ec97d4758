"""How like an image what a terminal shows of it is: both as pixels, 8 x 16 a cell.

What is compared are sRGB values as they are stored. PSNR is over the three channels. SSIM is Wang et al. 2004: on luma
(Rec. 601), a Gaussian window of 11 x 11 with sigma 1.5, K1 .01, K2 .03, averaged where the window lies wholly inside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.benchmarks.render.glyphs import ACROSS, DOWN, mask
from tests.benchmarks.render.screen import Grid, grid

# Height x width x 3, or without the 3 for luma; 0 to 255.
Pixels = npt.NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
# The blur for dithered pictures: the eye takes about a cell together.
BLUR = float(ACROSS)


def reference(image: Image.Image, columns: int, rows: int) -> Pixels:
    """The image, stretched over a grid of cells: the best that the pixels of the grid can show of it."""
    size = (columns * ACROSS, rows * DOWN)
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), np.float32)


def shown(text: str, columns: int, rows: int) -> Pixels:
    """What a terminal shows of the text, written into an empty grid."""
    return raster(grid(text, columns, rows))


def raster(cells: Grid) -> Pixels:
    points, places = np.unique(cells.glyphs, return_inverse=True)
    masks = np.stack([mask(point) for point in points.tolist()])
    rows, columns = cells.glyphs.shape
    # rows x columns x DOWN x ACROSS x 1, over colours of rows x columns x 1 x 1 x 3.
    covered = masks[places.reshape(rows, columns)][..., None]
    fore, back = (side.astype(np.float32)[:, :, None, None] for side in (cells.fore, cells.back))
    pixels = back + covered * (fore - back)
    return np.ascontiguousarray(pixels.transpose(0, 2, 1, 3, 4)).reshape(rows * DOWN, columns * ACROSS, 3)


def psnr(one: Pixels, other: Pixels) -> float:
    """In dB; infinite for equal ones."""
    error = float(np.mean((one - other) ** 2, dtype=np.float64))
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def blurred_psnr(one: Pixels, other: Pixels) -> float:
    """PSNR after a Gaussian blur of both, sigma a cell's width: what is left of dots that the eye takes together."""
    kernel = _gaussian(BLUR, round(3 * BLUR))
    edge = len(kernel) // 2
    away = np.pad(one - other, ((edge, edge), (edge, edge), (0, 0)), mode="reflect")
    channels = [_filtered(away[:, :, channel], kernel) for channel in range(3)]
    error = float(np.mean([np.mean(channel**2, dtype=np.float64) for channel in channels]))
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def ssim(one: Pixels, other: Pixels) -> float:
    kernel = _gaussian(1.5, 5)
    x, y = one @ _LUMA, other @ _LUMA
    mean_x, mean_y = _filtered(x, kernel), _filtered(y, kernel)
    both = mean_x * mean_y
    squares = mean_x**2 + mean_y**2
    variances = _filtered(x**2 + y**2, kernel) - squares
    covariance = _filtered(x * y, kernel) - both
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * both + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2))
    return float(likeness.mean(dtype=np.float64))


def _gaussian(sigma: float, radius: int) -> Pixels:
    kernel = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    weights: Pixels = (kernel / kernel.sum()).astype(np.float32)
    return weights


def _filtered(plane: Pixels, kernel: Pixels) -> Pixels:
    """Convolved along both axes, where the kernel lies wholly inside."""
    for axis in (0, 1):
        length = plane.shape[axis] - len(kernel) + 1
        total = np.zeros_like(np.take(plane, range(length), axis))
        for start, weight in enumerate(kernel):
            window = plane[start : start + length] if axis == 0 else plane[:, start : start + length]
            total += weight * window
        plane = total
    return plane
