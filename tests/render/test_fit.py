"""The best two colours of a cell against a slow search through every way to part it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.made import Pixels, arrays, noise, scene, values
from tests.render.made import picture as picture_of
from tui.render.cells.fit import CONTRAST, Fit, fit, samples
from tui.render.cells.glyphs import glyphs, has_ways
from tui.render.geometry import PIXELS, STYLES

WITH_WAYS = [style for style in STYLES if has_ways(style)]
Colour = tuple[float, ...]
# Red, green and blue count once, and luma (Rec. 601) ten times more.
LUMA, LUMA_WEIGHT = (0.299, 0.587, 0.114), 10


def luma(colour: Colour) -> float:
    return sum(weight * channel for weight, channel in zip(LUMA, colour, strict=True))


def mean(some: list[Colour]) -> Colour:
    return tuple(sum(channel) / len(some) for channel in zip(*some, strict=True))


def spread(some: list[Colour]) -> float:
    """The squared error of drawing all of these in their mean."""
    middle = mean(some)
    return sum(
        sum((one - other) ** 2 for one, other in zip(each, middle, strict=True))
        + LUMA_WEIGHT * (luma(each) - luma(middle)) ** 2
        for each in some
    )


def cell_of(array: Pixels, style: str, row: int, column: int) -> list[Colour]:
    """The samples of one cell, row by row, where a picture that ends inside of it goes on as it ends."""
    across, down = PIXELS[style]
    height, width = array.shape[:2]
    return [
        tuple(array[min(row * down + y, height - 1), min(column * across + x, width - 1)].tolist())
        for y in range(down)
        for x in range(across)
    ]


def sides(cell: list[Colour], mask: list[float]) -> tuple[list[Colour], list[Colour]]:
    inside = [colour for colour, covered in zip(cell, mask, strict=True) if covered]
    outside = [colour for colour, covered in zip(cell, mask, strict=True) if not covered]
    return inside, outside


def apart(cell: list[Colour], inside: list[Colour], outside: list[Colour]) -> tuple[Colour, Colour]:
    """The means of both parts, drawn away from the mean of the cell the more they leave of it."""
    left = sum(
        sum((a - b) ** 2 for a, b in zip(each, mean(side), strict=True)) for side in (inside, outside) for each in side
    )
    by = 1 + (CONTRAST - 1) * left / (left + 120 * len(cell))
    one, other = (
        tuple(m + by * (a - m) for a, m in zip(mean(side), mean(cell), strict=True)) for side in (inside, outside)
    )
    return one, other


def fitted(array: Pixels, style: str) -> Fit:
    return fit(values(picture_of(array), style), glyphs(style))


@given(arrays((1, 9), (1, 9)), st.sampled_from(WITH_WAYS))
def test_samples_are_the_pixels_of_each_cell_row_by_row(array: Pixels, style: str) -> None:
    found = values(picture_of(array), style)
    rows, _, _, columns = found.shape
    for row in range(rows):
        for column in range(columns):
            cell = [tuple(colour) for colour in found[row, :, :, column].tolist()]
            assert cell == cell_of(array, style, row, column)


@pytest.mark.parametrize("style", WITH_WAYS)
@settings(max_examples=25)
@given(array=arrays((1, 8), (1, 12)))
def test_no_other_way_has_less_error(style: str, array: Pixels) -> None:
    masks = glyphs(style).masks.tolist()
    found = fitted(array, style)
    for (row, column), way in np.ndenumerate(found.way):
        cell = cell_of(array, style, row, column)
        errors = [sum(map(spread, sides(cell, mask))) for mask in masks]
        # Ways that come to the same may be told apart by what a 32-bit float rounds.
        assert errors[way] <= min(errors) + 1e-5 * (spread(cell) + 1)


@pytest.mark.parametrize("style", WITH_WAYS)
@settings(max_examples=40)
@given(array=arrays((1, 8), (1, 12)))
def test_the_colours_are_the_means_of_both_parts_drawn_apart(style: str, array: Pixels) -> None:
    masks = glyphs(style).masks.tolist()
    found = fitted(array, style)
    for (row, column), way in np.ndenumerate(found.way):
        cell = cell_of(array, style, row, column)
        inner, outer = apart(cell, *sides(cell, masks[way]))
        assert found.inner[:, row, column] == pytest.approx(inner, abs=0.05)
        assert found.outer[:, row, column] == pytest.approx(outer, abs=0.05)


@pytest.mark.parametrize("style", WITH_WAYS)
@given(colour=st.tuples(*[st.integers(0, 255)] * 3))
def test_a_cell_of_one_colour_has_it_on_both_sides(style: str, colour: tuple[int, ...]) -> None:
    across, down = PIXELS[style]
    found = fitted(np.full((down, across, 3), colour, np.uint8), style)
    for side in (found.inner, found.outer):
        assert side[:, 0, 0] == pytest.approx(colour, abs=0.02)


@pytest.mark.parametrize("style", WITH_WAYS)
@settings(max_examples=50)
@given(data=st.data(), one=st.tuples(*[st.integers(0, 255)] * 3), other=st.tuples(*[st.integers(0, 255)] * 3))
def test_a_cell_of_two_colours_along_a_way_is_shown_as_it_is(
    style: str, data: st.DataObject, one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    masks = glyphs(style).masks
    way = data.draw(st.integers(0, len(masks) - 1))
    across, down = PIXELS[style]
    inside = masks[way].reshape(down, across, 1) > 0
    found = fitted(np.where(inside, one, other).astype(np.uint8), style)
    assert one == other or found.way[0, 0] == way
    assert found.inner[:, 0, 0] == pytest.approx(one, abs=0.1)
    assert found.outer[:, 0, 0] == pytest.approx(other, abs=0.1)


@pytest.mark.parametrize("style", WITH_WAYS)
def test_a_cell_does_not_depend_on_the_others(style: str) -> None:
    across, down = PIXELS[style]
    whole = np.concatenate([scene(40 * across, 9 * down), noise(40 * across, 9 * down)])
    found, again = fitted(whole, style), fitted(whole, style)
    for row in range(18):
        alone = fitted(whole[row * down : (row + 1) * down], style)
        assert (found.way[row] == alone.way[0]).all()
        assert np.allclose(found.inner[:, row], alone.inner[:, 0], atol=0.01)
        assert np.allclose(found.outer[:, row], alone.outer[:, 0], atol=0.01)
    assert (found.way == again.way).all()
    assert (found.inner == again.inner).all() and (found.outer == again.outer).all()


def test_samples_take_whole_cells_only() -> None:
    assert samples(noise(8, 16), 4, 8).shape == (2, 32, 3, 2)
