"""Cells for few bytes: what a price does, what an error is, and that every row is for itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.emulator import meant, shown
from tests.render.made import noise, picture, pictures, scene_of, values
from tui.render.cells.ansi import encode
from tui.render.cells.budget import size
from tui.render.cells.fit import CONTRAST, fit
from tui.render.cells.glyphs import FULL, SPACE, Glyphs, glyphs, has_ways
from tui.render.cells.grid import cells
from tui.render.cells.ink import Ink, ink
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR, colours
from tui.render.cells.thrift import Thrift, error, thrifty
from tui.render.geometry import PIXELS, STYLES
from tui.render.picture import Picture

WITH_WAYS = [style for style in STYLES if has_ways(style)]
DEPTHS = ("truecolor", "256", "16")
PRICES = [2.0**power for power in range(0, 25, 3)]
# Rec. 601 luma, and two differences that have nothing of it, in the weights that errors are measured with.
SEEN = ((0.518, 1.017, 0.197), (-0.175, 0.0, 0.175), (0.175, -0.175, 0.0))


def scene_values(style: str, columns: int = 30, rows: int = 8) -> tuple[np.ndarray, Glyphs]:
    return values(scene_of(style, columns, rows), style), glyphs(style)


def slow_error(one: Picture, style: str, drawn: Ink) -> float:
    """Sample by sample: the colour that a cell shows there, and what it should be."""
    table, wanted, total = glyphs(style), values(one, style), 0.0
    inside = {SPACE: np.zeros(wanted.shape[1]), FULL: np.ones(wanted.shape[1])}
    for mask, inked, inverse in zip(table.masks, table.inked.tolist(), table.inverse.tolist(), strict=True):
        inside |= {inked: mask, inverse: 1 - mask}
    columns, rows = drawn.size
    for row in range(rows):
        for column in range(columns):
            sides = [np.maximum(side[row, column], 0) for side in (drawn.back, drawn.fore)]
            ground, fore = (colours(np.array([side]))[0].tolist() for side in sides)
            for at, covered in enumerate(inside[int(drawn.glyphs[row, column])]):
                off = [
                    float(want) - have
                    for want, have in zip(wanted[row, at, :, column], fore if covered else ground, strict=True)
                ]
                total += sum(sum(w * o for w, o in zip(axis, off, strict=True)) ** 2 for axis in SEEN)
    return total


@pytest.mark.parametrize("style", WITH_WAYS)
@settings(max_examples=15)
@given(one=pictures((1, 8), (1, 12)), price=st.sampled_from(PRICES), depth=st.sampled_from(DEPTHS))
def test_the_error_is_what_a_slow_reading_finds(style: str, one: Picture, price: float, depth: str) -> None:
    ways = glyphs(style)
    for drawn in (thrifty(values(one, style), ways, price, depth), ink(cells(one, style), depth)):
        assert error(values(one, style), ways, drawn) == pytest.approx(slow_error(one, style, drawn), rel=1e-3, abs=1)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_only_characters_and_colours_of_the_style_and_the_depth_are_used(style: str, depth: str) -> None:
    wanted, ways = scene_values(style)
    known = {SPACE, FULL, *ways.inked.tolist(), *ways.inverse.tolist()} - {0}
    legal = {
        "truecolor": range(INDEXED + 256),
        "256": range(INDEXED + 16, INDEXED + 256),
        "16": range(BASIC, BASIC + 16),
    }
    for price in PRICES:
        drawn = thrifty(wanted, ways, price, depth)
        assert set(drawn.glyphs.reshape(-1).tolist()) <= known
        assert all(code in legal[depth] for code in drawn.back.reshape(-1).tolist())
        assert all(code in legal[depth] or code == NO_COLOUR for code in drawn.fore.reshape(-1).tolist())
        assert shown(encode(drawn), 30) == meant(drawn)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_the_dearer_a_byte_the_fewer_there_are(style: str, depth: str) -> None:
    wanted, ways = scene_values(style, 60, 12)
    drawn = [thrifty(wanted, ways, price, depth) for price in PRICES]
    sizes, errors = [size(each) for each in drawn], [error(wanted, ways, each) for each in drawn]
    # Each choice looks at one cell only: the whole may be a little off.
    assert all(more >= 0.95 * fewer for more, fewer in pairwise(sizes))
    assert all(less <= 1.06 * greater for less, greater in pairwise(errors))
    assert sizes[0] > 1.3 * sizes[-1] and errors[0] < errors[-1] / 2


@pytest.mark.parametrize("style", WITH_WAYS)
def test_what_costs_next_to_nothing_is_as_good_as_the_best_fit(style: str) -> None:
    wanted, ways = scene_values(style)
    best = error(wanted, ways, ink(cells(scene_of(style, 30, 8), style), "truecolor"))
    # Half cells show their pixels as they are; the others are drawn apart by CONTRAST either way.
    apart = (CONTRAST - 1) ** 2 * float(((wanted - wanted.mean(axis=1, keepdims=True)) ** 2).sum())
    assert error(wanted, ways, thrifty(wanted, ways, 0.01)) <= 1.01 * best + 1.5 * apart


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_at_the_highest_price_a_row_is_a_colour_or_two(style: str, depth: str) -> None:
    wanted, ways = scene_values(style, 60, 12)
    for text in encode(thrifty(wanted, ways, PRICES[-1], depth)):
        assert text.count("\x1b") <= 3


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_a_picture_of_one_colour_takes_one_colour_a_row(style: str, depth: str) -> None:
    across, down = PIXELS[style]
    flat = picture(np.full((3 * down, 20 * across, 3), (10, 120, 200), np.uint8))
    for price in PRICES:
        drawn = thrifty(values(flat, style), glyphs(style), price, depth)
        assert set(drawn.glyphs.reshape(-1).tolist()) == {SPACE}
        assert len(set(drawn.back.reshape(-1).tolist())) == 1


@pytest.mark.parametrize("style", WITH_WAYS)
def test_a_gradient_does_not_streak(style: str) -> None:
    across, down = PIXELS[style]
    line = np.linspace(30, 220, 80 * across)
    slope = np.broadcast_to(np.linspace(0, 20, 16 * down)[:, None], (16 * down, 80 * across))
    gradient = np.stack([line + slope, 0.6 * line + slope, 250 - line + slope / 2], axis=-1).clip(0, 255)
    wanted = values(picture(gradient.astype(np.uint8)), style)
    whole = size(thrifty(wanted, glyphs(style), 0.01))
    drawn = thrifty(wanted, glyphs(style), max(wanted.shape[1] / 2, 4))
    assert size(drawn) < whole / 3
    fore, back = (colours(np.maximum(side, 0)).astype(float) for side in (drawn.fore, drawn.back))
    table = glyphs(style)
    shares = {SPACE: 0.0, FULL: 1.0}
    for mask, inked, inverse in zip(table.masks, table.inked.tolist(), table.inverse.tolist(), strict=True):
        shares |= {inked: float(mask.mean()), inverse: float(1 - mask.mean())}
    cover = np.vectorize(shares.__getitem__)(drawn.glyphs)[..., None]
    off = np.abs(cover * fore + (1 - cover) * back - wanted.mean(axis=1).transpose(0, 2, 1))
    assert off.max() < 8


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_a_row_depends_on_no_other_row_nor_on_their_prices(style: str, depth: str) -> None:
    across, down = PIXELS[style]
    wanted, ways = scene_values(style, 33, 9)
    other = values(picture(noise(33 * across, 9 * down)), style)
    prices = np.array([1, 4, 16, 64, 256, 1024, 4096, 1e5, 1e6], np.float32)
    drawn = thrifty(wanted, ways, prices, depth)
    for row in range(9):
        mixed, dear = other.copy(), prices[::-1].copy()
        mixed[row], dear[row] = wanted[row], prices[row]
        again = thrifty(mixed, ways, dear, depth)
        for name in Ink.__slots__:
            assert (getattr(again, name)[row] == getattr(drawn, name)[row]).all()


@pytest.mark.parametrize("style", WITH_WAYS)
@settings(max_examples=40)
@given(
    one=pictures((1, 30), (1, 9)),
    price=st.sampled_from(PRICES),
    depth=st.sampled_from(DEPTHS),
    spans=st.integers(1, 12),
)
def test_a_grid_of_any_size_is_drawn_the_same_again(
    style: str, one: Picture, price: float, depth: str, spans: int
) -> None:
    wanted, ways = values(one, style), glyphs(style)
    drawn = thrifty(wanted, ways, price, depth, spans=spans)
    prepared = Thrift(wanted, ways, depth, spans=spans)
    prepared.ink(7 * price)
    again = prepared.ink(price)
    assert drawn.size == (wanted.shape[3], wanted.shape[0])
    assert all((getattr(again, name) == getattr(drawn, name)).all() for name in Ink.__slots__)


@pytest.mark.parametrize("style", WITH_WAYS)
def test_a_low_price_finds_the_ways_of_the_best_fit_where_they_matter(style: str) -> None:
    wanted, ways = scene_values(style)
    found = fit(wanted, ways)
    drawn = thrifty(wanted, ways, 0.01)
    same = (drawn.glyphs == ways.inked[found.way]) | (drawn.glyphs == ways.inverse[found.way])
    variance = wanted.var(axis=1).sum(axis=1)
    assert same[variance > 200].mean() > 0.6
