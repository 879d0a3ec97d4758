"""Cells against a slow and obvious reading of the same pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from tests.render.figures import FINE, OCTANTS, Places, inked, mosaic
from tests.render.made import noise, picture, pictures, scene_of, values
from tui.render.cells.fit import fit
from tui.render.cells.glyphs import glyphs, has_ways
from tui.render.cells.grid import RAMP, Cells, cells, pixels
from tui.render.geometry import PIXELS, STYLES
from tui.render.picture import Picture

_Pixel = tuple[int, ...]


def pixel(shown: Picture, x: int, y: int) -> _Pixel:
    """A picture goes on as it ends, to the right and below."""
    start = (min(y, shown.height - 1) * shown.width + min(x, shown.width - 1)) * 3
    return tuple(shown.rgb[start : start + 3])


def places(grid: Cells) -> list[tuple[int, int]]:
    return [(row, column) for row in range(grid.rows) for column in range(grid.columns)]


@given(pictures())
def test_a_half_cell_shows_the_upper_pixel_as_ink_and_the_lower_one_behind(shown: Picture) -> None:
    grid = cells(shown, "half")
    assert grid.back is not None
    for row, column in places(grid):
        assert chr(grid.glyphs[row, column]) == "▀"
        assert tuple(grid.fore[row, column]) == pixel(shown, column, 2 * row)
        assert tuple(grid.back[row, column]) == pixel(shown, column, 2 * row + 1)


@given(pictures())
def test_plain_is_what_rich_pixels_makes_of_it(shown: Picture) -> None:
    grid = cells(shown, "plain")
    assert grid.back is not None
    for row, column in places(grid):
        assert chr(grid.glyphs[row, column]) == "▄"
        assert tuple(grid.back[row, column]) == pixel(shown, column, 2 * row)
        assert tuple(grid.fore[row, column]) == pixel(shown, column, 2 * row + 1)


@given(pictures())
def test_an_ascii_cell_has_more_ink_the_lighter_its_pixel(shown: Picture) -> None:
    grid = cells(shown, "ascii")
    light = {
        (row, column): 0.2126 * red + 0.7152 * green + 0.0722 * blue
        for row, column in places(grid)
        for red, green, blue in [pixel(shown, column, row)]
    }
    ordered = sorted(light, key=light.__getitem__)
    ink = [RAMP.index(chr(grid.glyphs[place])) for place in ordered]
    assert ink == sorted(ink)
    assert grid.back is None
    assert all(tuple(grid.fore[row, column]) == pixel(shown, column, row) for row, column in places(grid))


def test_black_is_no_ink_white_is_the_most_and_every_step_is_as_wide() -> None:
    every = bytes(value for value in range(256) for _ in range(3))
    line = "".join(map(chr, cells(Picture(256, 1, every, (256, 1), "png"), "ascii").glyphs[0]))
    assert (line[0], line[-1]) == (RAMP[0], RAMP[-1])
    assert {line.count(sign) for sign in RAMP} == {25, 26}


@pytest.mark.parametrize("style", ["blocks", "sextant"])
@settings(max_examples=40)
@given(shown=pictures((1, 9), (1, 17)))
def test_a_cell_is_inked_where_its_best_way_says(style: str, shown: Picture) -> None:
    grid, ways = cells(shown, style), glyphs(style)
    found = fit(values(shown, style), ways)
    across, down = PIXELS[style]
    assert grid.back is not None
    for row, column in places(grid):
        ink: Places = inked(int(grid.glyphs[row, column]))
        assert grid.cover[row, column] == pytest.approx(len(ink) / FINE**2)
        mask = ways.masks[found.way[row, column]].reshape(down, across)
        for y in range(down):
            for x in range(across):
                side = grid.fore if (x * FINE // across, y * FINE // down) in ink else grid.back
                meant = (found.inner if mask[y, x] else found.outer)[:, row, column].clip(0, 255)
                assert side[row, column] == pytest.approx(meant, abs=0.51)


@pytest.mark.parametrize("style", ["octant", "blocks+octant"])
@pytest.mark.parametrize("point", [point for point, digits in OCTANTS.items() if "1" not in digits])
def test_an_octant_is_inked_where_its_digits_say(style: str, point: int) -> None:
    across, down = PIXELS[style]
    light = np.full((down, across), False)
    for x, y in mosaic(OCTANTS[point], 4):
        light[y * down // FINE, x * across // FINE] = True
    grid = cells(picture(np.where(light[..., None], (200, 150, 100), (10, 20, 30)).astype(np.uint8)), style)
    assert grid.back is not None
    assert grid.glyphs.tolist() == [[point]]
    assert grid.fore.sum() > grid.back.sum()
    assert grid.cover[0, 0] == len(OCTANTS[point]) / 8


@pytest.mark.parametrize("style", STYLES)
@given(shown=pictures((1, 11), (1, 19)))
def test_a_picture_that_ends_inside_a_cell_fills_it(style: str, shown: Picture) -> None:
    across, down = PIXELS[style]
    grid = cells(shown, style)
    assert (grid.rows, grid.columns) == (-(-shown.height // down), -(-shown.width // across))
    whole = pixels(shown, across, down)
    for y in range(grid.rows * down):
        for x in range(grid.columns * across):
            assert tuple(whole[y, x]) == pixel(shown, x, y)
    assert grid.fore.shape == (grid.rows, grid.columns, 3)
    assert grid.cover.shape == grid.glyphs.shape
    assert ((grid.cover > 0) & (grid.cover <= 1)).all()


@pytest.mark.parametrize("style", STYLES)
def test_the_same_picture_gives_the_same_cells(style: str) -> None:
    one, other = cells(scene_of(style, 20, 8), style), cells(scene_of(style, 20, 8), style)
    assert (one.glyphs == other.glyphs).all() and (one.fore == other.fore).all()
    if one.back is not None:
        assert other.back is not None and (one.back == other.back).all()


def test_a_style_that_does_not_exist_is_an_error() -> None:
    assert not has_ways("oil")
    with pytest.raises(KeyError):
        cells(picture(noise(1, 1)), "oil")
