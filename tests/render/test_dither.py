"""Dithering: what is lost in one place is made up for in others, so that from afar the colours are right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.made import Pixels, arrays, scene
from tui.render.cells.dither import Floats, dithered
from tui.render.cells.palette import BASIC, INDEXED, codes, colours, table

DEPTHS = ("256", "16")
LEGAL = {"256": range(INDEXED + 16, INDEXED + 256), "16": range(BASIC, BASIC + 16)}
# How far the mean of a large flat area may be off, along the whole of RGB: nearest colours are off by up to 48 and 127
# in one channel alone.
CLOSE = {"256": 2.0, "16": 16.0}
# The 16 have no bluer blue, so that what is lighter is not among what they can be mixed to.
REACH = 0xEE


def flat(colour: Sequence[int], columns: int, rows: int) -> Floats:
    return np.full((rows, columns, 3), colour, np.float32)


def shown(fore: Floats, back: Floats, cover: Floats, depth: str) -> Floats:
    """The mean colour of every cell."""
    ink, ground = (colours(side).astype(np.float32) for side in dithered(fore, back, cover, depth))
    mean: Floats = cover[..., None] * ink + (1 - cover[..., None]) * ground
    return mean


@pytest.mark.parametrize("depth", DEPTHS)
@settings(max_examples=25)
@given(st.tuples(*[st.integers(0, REACH)] * 3), st.sampled_from([1 / 8, 0.5, 31 / 32]))
def test_a_flat_area_keeps_its_colour(depth: str, colour: tuple[int, ...], cover: float) -> None:
    area = flat(colour, 80, 40)
    mean = shown(area, area, np.full((40, 80), cover, np.float32), depth).mean(axis=(0, 1))
    assert np.linalg.norm(mean - colour) < CLOSE[depth]


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_a_palette_is_poorest_in_keeps_its_colour_too(depth: str) -> None:
    for colour in [(40, 0, 0), (0, 47, 0), (0, 0, 60), (50, 50, 0), (255, 40, 40), (47, 47, 47), (200, 238, 238)]:
        area = flat(colour, 80, 40)
        mean = shown(area, area, np.full((40, 80), 0.5, np.float32), depth).mean(axis=(0, 1))
        assert np.linalg.norm(mean - colour) < CLOSE[depth]


@pytest.mark.parametrize("depth", DEPTHS)
def test_ink_and_ground_that_differ_keep_their_common_colour(depth: str) -> None:
    fore, back = flat((200, 120, 60), 80, 40), flat((30, 60, 140), 80, 40)
    cover = np.full((40, 80), 0.25, np.float32)
    wanted = 0.25 * fore[0, 0] + 0.75 * back[0, 0]
    assert np.linalg.norm(shown(fore, back, cover, depth).mean(axis=(0, 1)) - wanted) < CLOSE[depth]


@pytest.mark.parametrize("depth", DEPTHS)
def test_from_afar_a_picture_is_nearer_to_itself_than_without(depth: str) -> None:
    array = scene(64, 48)
    fore, back = array[0::2].astype(np.float32), array[1::2].astype(np.float32)
    wanted = (fore + back) / 2
    cover = np.full(fore.shape[:2], 0.5, np.float32)
    ink, ground = (colours(codes(side.astype(np.uint8), depth)).astype(np.float32) for side in (fore, back))

    def afar(cells: npt.NDArray[Any]) -> float:
        blocks = (cells - wanted).reshape(6, 4, 16, 4, 3).mean(axis=(1, 3))
        return float((blocks**2).mean())

    assert afar(shown(fore, back, cover, depth)) < afar((ink + ground) / 2) / 4


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_area_in_a_colour_of_the_palette_is_left_as_it_is(depth: str) -> None:
    cover = np.full((3, 5), 0.5, np.float32)
    for colour in table(depth)[16 if depth == "256" else 0 :].tolist():
        for side in dithered(flat(colour, 5, 3), flat(colour, 5, 3), cover, depth):
            assert (colours(side) == colour).all()


@pytest.mark.parametrize("depth", DEPTHS)
@given(arrays((1, 12), (1, 6)), arrays((1, 12), (1, 6)), st.sampled_from([1 / 32, 0.5, 31 / 32, 1.0]))
def test_any_grid_gets_colours_of_the_palette_and_the_same_ones_again(
    depth: str, one: Pixels, other: Pixels, cover: float
) -> None:
    rows, columns = min(len(one), len(other)), min(one.shape[1], other.shape[1])
    fore, back = (each[:rows, :columns].astype(np.float32) for each in (one, other))
    share = np.full((rows, columns), cover, np.float32)
    found = dithered(fore, back, share, depth)
    for side in found:
        assert side.shape == (rows, columns)
        assert set(side.reshape(-1).tolist()) <= set(LEGAL[depth])
    again = dithered(fore, back, share, depth)
    assert all((first == second).all() for first, second in zip(found, again, strict=True))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (1, 9), (9, 1), (2, 30)])
def test_a_grid_may_be_as_narrow_as_a_cell(columns: int, rows: int, depth: str) -> None:
    area = flat((90, 140, 200), columns, rows)
    ink, ground = dithered(area, area, np.full((rows, columns), 0.5, np.float32), depth)
    assert ink.shape == ground.shape == (rows, columns)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_cell_changes_nothing_before_it(depth: str) -> None:
    fore = scene(12, 8).astype(np.float32)
    cover = np.full(fore.shape[:2], 0.5, np.float32)
    changed = fore.copy()
    changed[4, 6] = 255 - changed[4, 6]
    for one, other in zip(dithered(fore, fore, cover, depth), dithered(changed, changed, cover, depth), strict=True):
        assert (one[:4] == other[:4]).all() and (one[4, :6] == other[4, :6]).all()
        assert (one[4:] != other[4:]).any()
