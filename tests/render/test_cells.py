"""Cells against a slow and obvious reading of the same pixels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.cells import RAMP, draw
from tui.render.geometry import DEFAULT_STYLE, STYLES, space, usable
from tui.render.picture import Picture, fit

_Pixel = tuple[int, int, int]


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    width, height = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    rgb = draw(st.binary(min_size=width * height * 3, max_size=width * height * 3))
    return Picture(width, height, rgb, (width, height), "png")


def pixel(picture: Picture, x: int, y: int) -> _Pixel:
    start = (min(y, picture.height - 1) * picture.width + x) * 3
    return (picture.rgb[start], picture.rgb[start + 1], picture.rgb[start + 2])


@given(pictures())
def test_a_half_cell_shows_the_upper_pixel_as_ink_and_the_lower_one_behind(picture: Picture) -> None:
    cells = draw(picture, "half")
    assert cells.fore is not None and cells.back is not None
    assert (cells.rows, cells.columns) == ((picture.height + 1) // 2, picture.width)
    for row in range(cells.rows):
        for column in range(cells.columns):
            assert chr(cells.glyphs[row, column]) == "▀"
            assert tuple(cells.fore[row, column]) == pixel(picture, column, 2 * row)
            assert tuple(cells.back[row, column]) == pixel(picture, column, 2 * row + 1)


@given(pictures())
def test_an_ascii_cell_has_more_ink_the_lighter_its_pixel(picture: Picture) -> None:
    cells = draw(picture, "ascii")
    light = {
        (row, column): 0.2126 * red + 0.7152 * green + 0.0722 * blue
        for row in range(cells.rows)
        for column in range(cells.columns)
        for red, green, blue in [pixel(picture, column, row)]
    }
    ordered = sorted(light, key=light.__getitem__)
    ink = [RAMP.index(chr(cells.glyphs[place])) for place in ordered]
    assert ink == sorted(ink)
    assert cells.back is None


def test_black_is_no_ink_and_white_is_the_most() -> None:
    cells = draw(Picture(2, 1, b"\0\0\0\xff\xff\xff", (2, 1), "png"), "ascii")
    assert "".join(map(chr, cells.glyphs[0])) == RAMP[0] + RAMP[-1]


@given(pictures())
def test_plain_is_what_rich_pixels_makes_of_it(picture: Picture) -> None:
    cells = draw(picture, "plain")
    assert cells.fore is not None and cells.back is not None
    for row in range(cells.rows):
        for column in range(cells.columns):
            assert chr(cells.glyphs[row, column]) == "▄"
            assert tuple(cells.back[row, column]) == pixel(picture, column, 2 * row)
            assert tuple(cells.fore[row, column]) == pixel(picture, column, 2 * row + 1)


def test_a_style_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw(Picture(1, 1, b"abc", (1, 1), "png"), "oil")


def test_every_style_can_draw() -> None:
    for style in STYLES:
        assert draw(Picture(2, 2, b"abcdefghijkl", (2, 2), "png"), style).columns == 2
    assert DEFAULT_STYLE in STYLES


def test_without_colours_only_ascii_is_of_use() -> None:
    assert usable("half", "none") == "ascii"
    assert usable("half", "16") == "half"


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
