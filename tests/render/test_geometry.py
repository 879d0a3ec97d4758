"""How many pixels a style wants, and how a picture of any shape comes to fill them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.geometry import DEFAULT_STYLE, PIXELS, STYLES, space, usable
from tui.render.picture import fit


@pytest.mark.parametrize("style", STYLES)
@given(columns=st.integers(1, 300), rows=st.integers(1, 100), aspect=st.floats(1, 3))
def test_the_pixels_of_all_cells_are_as_tall_as_the_cells(style: str, columns: int, rows: int, aspect: float) -> None:
    box = space(style, columns, rows, aspect)
    across, down = PIXELS[style]
    assert (box.width, box.height) == (columns * across, rows * down)
    # Measured in the width of a cell.
    assert box.height * box.aspect / across == pytest.approx(rows * aspect)


def test_no_grid_is_smaller_than_a_cell() -> None:
    assert space("blocks", 0, -3)[:2] == PIXELS["blocks"]


def test_a_style_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        space("oil", 1, 1)


def test_half_a_cell_is_a_square_where_nobody_says_otherwise() -> None:
    assert space("half", 80, 24) == (80, 48, 1.0)


def test_the_default_is_a_style() -> None:
    assert DEFAULT_STYLE in STYLES


def test_without_colours_only_ascii_is_of_use() -> None:
    assert {usable(style, "none") for style in STYLES} == {"ascii"}
    assert [usable(style, "16") for style in STYLES] == list(STYLES)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("source", [(1024, 1024), (1792, 1024), (1024, 1792), (10, 5000), (1, 1)])
def test_a_picture_of_any_shape_fills_the_grid_in_one_direction_and_keeps_its_shape(
    style: str, source: tuple[int, int]
) -> None:
    box = space(style, 80, 24)
    width, height = fit(source, *box)
    assert width == box.width or height == box.height
    assert width <= box.width and height <= box.height
    if min(width, height) > 4:
        assert width / (height * box.aspect) == pytest.approx(source[0] / source[1], rel=0.1)


@given(
    st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
    st.integers(1, 400),
    st.integers(1, 400),
    st.floats(0.1, 9),
)
def test_fitting_never_leaves_the_box_and_never_vanishes(
    source: tuple[int, int], width: int, height: int, aspect: float
) -> None:
    columns, lines = fit(source, width, height, aspect)
    assert 1 <= columns <= width and 1 <= lines <= height
