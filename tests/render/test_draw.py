"""Pictures drawn in every manner: what a terminal shows is what was meant, whatever was asked for."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.emulator import meant, shown
from tests.render.made import noise, picture, pictures, scene_of
from tui.render.cells.budget import size
from tui.render.cells.draw import draw
from tui.render.cells.glyphs import has_ways
from tui.render.cells.grid import cells
from tui.render.cells.ink import Ink, ink
from tui.render.cells.palette import BASIC, INDEXED, NO_COLOUR
from tui.render.cells.rows import rows
from tui.render.geometry import STYLES, usable
from tui.render.manner import Manner
from tui.render.picture import Picture
from tui.render.terminal import DEPTHS

_BUDGETS = (None, 0, 300, 1500, 1_000_000)
# Setting colours, erasing and stepping over what was erased.
_ALLOWED = re.compile(r"\x1b\[(?:[\d;]+m|\d+[XC])")
_MANNERS = st.builds(
    Manner,
    st.sampled_from(STYLES),
    st.sampled_from(DEPTHS),
    st.booleans(),
    st.sampled_from(_BUDGETS),
    st.booleans(),
)


def same(one: Ink, other: Ink) -> bool:
    return all((getattr(one, name) == getattr(other, name)).all() for name in Ink.__slots__)


def kinds(drawn: Ink) -> set[str]:
    """The depths that the colours of cells are of."""
    used = {code for side in (drawn.fore, drawn.back) for code in side.reshape(-1).tolist()} - {NO_COLOUR}
    known = {"truecolor": range(INDEXED), "256": range(INDEXED + 16, INDEXED + 256), "16": range(BASIC, BASIC + 16)}
    return {next(depth for depth, each in known.items() if code in each) for code in used}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", STYLES)
def test_a_terminal_shows_what_was_meant_in_every_manner(style: str, depth: str) -> None:
    for dither, budget, erase in product((False, True), (None, 600), (False, True)):
        manner = Manner(style, depth, dither, budget, erase)
        drawn = draw(scene_of(style, 24, 9), manner)
        lines = [row.ansi for row in rows(drawn, erase=erase)]
        assert drawn.size == (24, 9)
        assert shown(lines, 24) == meant(drawn), manner
        assert "\x1b" not in _ALLOWED.sub("", "".join(lines))
        # For few bytes some colours may be of a poorer depth, whose names are shorter.
        assert kinds(drawn) <= set(DEPTHS[DEPTHS.index(depth) :] if budget else [depth])


@settings(max_examples=150)
@given(pictures((1, 13), (1, 13)), _MANNERS)
def test_a_picture_of_any_size_is_shown_as_it_was_meant(one: Picture, manner: Manner) -> None:
    drawn = draw(one, manner)
    plain = cells(one, manner.style)
    assert drawn.size == (plain.columns, plain.rows)
    assert shown([row.ansi for row in rows(drawn, erase=manner.erase)], drawn.size[0]) == meant(drawn)
    assert same(drawn, draw(one, manner))


@pytest.mark.parametrize("style", STYLES)
def test_a_picture_of_one_pixel_can_be_drawn(style: str) -> None:
    for depth, dither, budget in product(DEPTHS, (False, True), _BUDGETS):
        assert draw(picture(noise(1, 1)), Manner(style, depth, dither, budget)).size == (1, 1)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", STYLES)
def test_without_budget_and_dithering_every_colour_is_the_nearest(style: str, depth: str) -> None:
    one = scene_of(style, 20, 8)
    assert same(draw(one, Manner(style, depth)), ink(cells(one, style), depth))


@pytest.mark.parametrize("style", STYLES)
def test_without_colours_nothing_but_text_leaves(style: str) -> None:
    for dither, budget in product((False, True), (None, 100)):
        lines = [row.ansi for row in rows(draw(scene_of(style, 24, 9), Manner(style, "none", dither, budget)))]
        assert min("".join(lines)) >= " "


@pytest.mark.parametrize("style", STYLES)
def test_dithering_changes_few_colours_only(style: str) -> None:
    one = scene_of(style, 24, 9)
    changed = {
        depth for depth in DEPTHS if not same(draw(one, Manner(style, depth, True)), draw(one, Manner(style, depth)))
    }
    assert changed == {"256", "16"}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", STYLES)
def test_a_budget_that_everything_fits_changes_nothing(style: str, depth: str) -> None:
    one = scene_of(style, 24, 9)
    for dither, erase in product((False, True), (False, True)):
        whole = draw(one, Manner(style, depth, dither, erase=erase))
        exactly = size(whole, erase=erase)
        for budget in (exactly, 2 * exactly):
            assert same(draw(one, Manner(style, depth, dither, budget, erase)), whole)


@pytest.mark.parametrize("style", [style for style in STYLES if not has_ways(style)])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_a_style_without_ways_becomes_poorer_in_colours_as_far_as_it_shows_anything(style: str, depth: str) -> None:
    one = scene_of(style, 24, 9)
    poorer = [each for each in DEPTHS[DEPTHS.index(depth) :] if usable(style, each) == style]
    sizes = {each: size(draw(one, Manner(style, each))) for each in poorer}
    for each, taken in sizes.items():
        assert size(draw(one, Manner(style, depth, budget=taken))) <= taken
        assert same(draw(one, Manner(style, depth, budget=taken)), draw(one, Manner(style, each)))
    assert same(draw(one, Manner(style, depth, budget=1)), draw(one, Manner(style, poorer[-1])))


@pytest.mark.parametrize("budget", [None, 1, 100_000])
def test_a_style_or_a_depth_that_does_not_exist_is_an_error(budget: int | None) -> None:
    for depth in DEPTHS:
        with pytest.raises(KeyError):
            draw(picture(noise(4, 8)), Manner("oil", depth, budget=budget))
    for style, side in product(STYLES, (1, 200)):
        with pytest.raises(ValueError, match="depth: 8"):
            draw(picture(noise(side, side)), Manner(style, "8", budget=budget))
