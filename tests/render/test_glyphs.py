"""The tables of glyphs against what the Unicode standard calls its characters."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.figures import FINE, OCTANTS, Places, inked, mosaic
from tui.render.cells.fit import Floats
from tui.render.cells.glyphs import FULL, SPACE, UPPER_HALF, glyphs, has_ways
from tui.render.geometry import PIXELS, STYLES

WITH_WAYS = [style for style in STYLES if has_ways(style)]
EVERYWHERE = inked(FULL)
# The characters that a style may use, beside octants, which have no names here.
BLOCKS = [point for point in range(0x2580, 0x25A0) if point not in (0x2591, 0x2592, 0x2593)]
SEXTANTS = [*range(0x1FB00, 0x1FB3C), 0x258C, 0x2590]
OLDER_OCTANTS = [0x1CEA0, 0x1CEA3, 0x1CEA8, 0x1CEAB, 0x1FBE6, 0x1FBE7, 0x1FB82, 0x1FB85, *BLOCKS]


def fine(mask: Floats, style: str) -> Places:
    """The places of FINE x FINE that a mask of samples covers."""
    across, down = PIXELS[style]
    lines = mask.reshape(down, across)
    return frozenset((x, y) for x in range(FINE) for y in range(FINE) if lines[y * down // FINE, x * across // FINE])


def parted(places: Places) -> frozenset[Places]:
    """A way to part a cell, whichever of the two is ink."""
    return frozenset([places, EVERYWHERE - places])


def on_grid(places: Places, style: str) -> bool:
    """Whether no edge runs through a sample."""
    across, down = PIXELS[style]
    samples = {(x * across // FINE, y * down // FINE) for x, y in places}
    return len(samples) * FINE * FINE == len(places) * across * down


def ways_of(points: list[int], style: str) -> set[frozenset[Places]]:
    figures = [inked(point) for point in points]
    return {parted(figure) for figure in figures if on_grid(figure, style) and figure not in (EVERYWHERE, frozenset())}


def characters(style: str) -> dict[int, Places]:
    """Every character of a style's table, and what the table says that it inks."""
    table = glyphs(style)
    found: dict[int, Places] = {}
    for mask, ink, inverse in zip(table.masks, table.inked.tolist(), table.inverse.tolist(), strict=True):
        places = fine(mask, style)
        found |= {ink: places} if ink else {}
        found |= {inverse: EVERYWHERE - places} if inverse else {}
    return found


@pytest.mark.parametrize("style", WITH_WAYS)
def test_every_character_inks_what_its_name_says(style: str) -> None:
    named = {point: places for point, places in characters(style).items() if not 0x1CD00 <= point <= 0x1CDE5}
    assert named
    for point, places in named.items():
        assert places == inked(point), hex(point)


def test_octants_are_in_the_order_of_their_bits() -> None:
    table = characters("octant")
    block = [places for point, places in sorted(table.items()) if 0x1CD00 <= point <= 0x1CDE5]
    bits = [sum(1 << digit for digit in range(8) if mosaic(str(digit + 1), 4) <= places) for places in block]
    assert bits == sorted(bits) and len(set(bits)) == 0x1CDE5 - 0x1CD00 + 1
    for point, digits in OCTANTS.items():
        assert table[point] == mosaic(digits, 4), hex(point)


@pytest.mark.parametrize("style", WITH_WAYS)
def test_no_way_and_no_character_is_there_twice_and_each_way_has_a_character(style: str) -> None:
    table = glyphs(style)
    assert len({mask.tobytes() for mask in table.masks}) == len(table.masks) == len(table.inked) == len(table.inverse)
    assert set(np.unique(table.masks)) == {0, 1}
    assert ((table.inked != 0) | (table.inverse != 0)).all()
    used = [*table.inked[table.inked != 0].tolist(), *table.inverse[table.inverse != 0].tolist()]
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("style", WITH_WAYS)
def test_the_first_sample_is_never_in_the_first_part_and_no_part_is_empty(style: str) -> None:
    masks = glyphs(style).masks
    across, down = PIXELS[style]
    assert masks.shape[1] == across * down
    assert not masks[:, 0].any() and masks.any(axis=1).all()


@pytest.mark.parametrize(("style", "count"), [("half", 1), ("sextant", 31), ("octant", 127)])
def test_a_mosaic_parts_its_tiles_in_every_way_there_is_and_in_both_orientations(style: str, count: int) -> None:
    table = glyphs(style)
    assert len(table.masks) == count == 2 ** (table.masks.shape[1] - 1) - 1
    assert table.inked.all() and table.inverse.all()


@pytest.mark.parametrize(("style", "points"), [("blocks", BLOCKS), ("sextant", SEXTANTS), ("half", [0x2580, 0x2584])])
def test_a_style_has_every_way_of_its_characters_and_no_other(style: str, points: list[int]) -> None:
    assert {parted(places) for places in characters(style).values()} == ways_of(points, style)
    assert set(characters(style)) <= set(points)


def test_blocks_and_octants_have_every_way_of_both() -> None:
    octants = {parted(places) for places in characters("octant").values()}
    assert {parted(places) for places in characters("blocks+octant").values()} == octants | ways_of(BLOCKS, "blocks")


@pytest.mark.parametrize("style", ["octant", "blocks+octant"])
def test_what_more_fonts_have_goes_before_what_few_have(style: str) -> None:
    older = {inked(point): point for point in reversed(OLDER_OCTANTS)}
    for point, places in characters(style).items():
        assert point == older.get(places, point)


def test_a_flat_cell_and_a_full_one_are_no_ways() -> None:
    for style in WITH_WAYS:
        assert not {SPACE, FULL} & set(characters(style))
    assert (inked(SPACE), inked(UPPER_HALF)) == (frozenset(), mosaic("12", 2))


@pytest.mark.parametrize("style", ["ascii", "plain", "oil"])
def test_a_style_of_no_ways_has_no_table(style: str) -> None:
    assert not has_ways(style)
    with pytest.raises(KeyError):
        glyphs(style)
