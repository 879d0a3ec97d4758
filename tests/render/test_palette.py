"""Colour depths: codes and colours, there and back, and the nearest colour as a search through all of them finds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from tests.render.made import Pixels, arrays
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR, codes, colours, nearest_16, nearest_256, packed, table

# The first index that is used, and the first that is not: 0-15 of the 256 are the person's own.
USED = {"256": (16, 256), "16": (0, 16)}
START = {"256": INDEXED, "16": BASIC}
NEAREST = {"256": nearest_256, "16": nearest_16}


def distances(depth: str, colour: tuple[int, ...]) -> dict[int, int]:
    """The squared distance from a colour to every one that is used."""
    palette = [[int(channel) for channel in each] for each in table(depth)]
    return {
        index: sum((one - other) ** 2 for one, other in zip(palette[index], colour, strict=True))
        for index in range(*USED[depth])
    }


@given(arrays())
def test_a_true_colour_is_its_own_code_and_comes_back_as_it_was(array: Pixels) -> None:
    found = codes(array, "truecolor")
    assert found.tolist() == [
        [int(red) << 16 | int(green) << 8 | int(blue) for red, green, blue in row] for row in array
    ]
    assert (found == packed(array)).all()
    assert (colours(found) == array).all()


@pytest.mark.parametrize("depth", START)
def test_the_code_of_an_index_comes_back_as_its_colour(depth: str) -> None:
    every = np.arange(*USED[depth], dtype=np.int32)
    assert (colours(START[depth] + every) == table(depth)[every]).all()


@pytest.mark.parametrize("depth", START)
def test_a_colour_of_the_palette_stays_what_it_is(depth: str) -> None:
    used = table(depth)[slice(*USED[depth])]
    assert (colours(codes(used, depth)) == used).all()


def test_codes_of_all_depths_may_stand_side_by_side() -> None:
    mixed = np.array([[0x102030, INDEXED + 196], [BASIC + 9, 0xFFFFFF]], np.int32)
    assert colours(mixed).tolist() == [[[16, 32, 48], [255, 0, 0]], [[255, 0, 0], [255, 255, 255]]]


@pytest.mark.parametrize("depth", START)
@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=20))
def test_no_other_colour_is_nearer(depth: str, some: list[tuple[int, ...]]) -> None:
    for colour, code in zip(some, codes(np.array(some, np.uint8), depth).tolist(), strict=True):
        far = distances(depth, colour)
        assert far[code - START[depth]] == min(far.values())


@pytest.mark.parametrize("depth", START)
@given(st.lists(st.tuples(*[st.integers(-200, 500)] * 3), min_size=1, max_size=20))
def test_no_other_colour_is_nearer_to_what_is_darker_than_black_or_lighter_than_white(
    depth: str, some: list[tuple[int, ...]]
) -> None:
    for colour, index in zip(some, NEAREST[depth](np.array(some, np.int32)).tolist(), strict=True):
        far = distances(depth, colour)
        assert far[index] == min(far.values())


@pytest.mark.parametrize("depth", START)
def test_every_grey_becomes_the_nearest(depth: str) -> None:
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(256, 3)
    for grey, code in enumerate(codes(greys, depth).tolist()):
        far = distances(depth, (grey, grey, grey))
        assert far[code - START[depth]] == min(far.values())


def test_without_colours_every_code_is_the_terminals_own() -> None:
    assert codes(np.zeros((2, 3, 3), np.uint8), "none").tolist() == [[NO_COLOUR] * 3] * 2


def test_the_colours_are_those_that_rich_knows() -> None:
    for index in range(16, 256):
        assert tuple(table("256")[index]) == tuple(Color.from_ansi(index).get_truecolor())


def test_the_16_are_the_first_of_the_256() -> None:
    assert (table("256")[:16] == table("16")).all()
    assert (len(table("16")), len(table("256"))) == (16, 256)


def test_a_depth_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="depth: 8"):
        codes(np.zeros((1, 1, 3), np.uint8), "8")
