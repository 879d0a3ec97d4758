"""A budget is kept wherever it can be, and whoever gives more bytes never gets a worse picture for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.made import inks, noise, picture, pictures, scene_of, values
from tui.render.cells.ansi import encode
from tui.render.cells.budget import first_within, size, within
from tui.render.cells.glyphs import glyphs, has_ways
from tui.render.cells.grid import cells
from tui.render.cells.ink import Ink, ink
from tui.render.cells.thrift import error
from tui.render.geometry import PIXELS, STYLES
from tui.render.picture import Picture

WITH_WAYS = [style for style in STYLES if has_ways(style)]
DEPTHS = ("truecolor", "256", "16")
# Measured on photos, a graphic and a gradient: of large pictures not every price can be tried.
SLACK = 1.03


class Drawing:
    """A picture and a manner: what a budget makes of it."""

    def __init__(self, shown: Picture, style: str, depth: str, *, erase: bool = False) -> None:
        self._values, self._ways = values(shown, style), glyphs(style)
        self._depth, self._erase = depth, erase
        self.whole = ink(cells(shown, style), depth)
        self.samples = self._values.size

    def within(self, limit: int) -> Ink:
        return within(self._values, self._ways, limit, self._depth, whole=lambda: self.whole, erase=self._erase)

    def size(self, drawn: Ink) -> int:
        return size(drawn, erase=self._erase)

    def error(self, drawn: Ink) -> float:
        return error(self._values, self._ways, drawn)

    def limits(self, factor: float) -> Iterator[int]:
        """From the least that is possible up to where everything fits."""
        limit = self.size(self.within(0))
        while limit < self.size(self.whole):
            yield limit
            limit = max(int(limit * factor), limit + 1)


def same(one: Ink, other: Ink) -> bool:
    return all((getattr(one, name) == getattr(other, name)).all() for name in Ink.__slots__)


@settings(max_examples=40)
@given(inks(), st.booleans())
def test_the_size_is_that_of_the_rows_with_their_line_ends(one: Ink, erase: bool) -> None:
    assert size(one, erase=erase) == len("".join(f"{row}\n" for row in encode(one, erase=erase)).encode())


@settings(max_examples=25)
@given(st.lists(inks(), min_size=1, max_size=4), st.integers(0, 500))
def test_the_first_that_fits_is_taken_or_else_the_smallest(some: list[Ink], limit: int) -> None:
    sizes = [size(each) for each in some]
    taken = first_within(iter(some), limit)
    fitting = [each for each, bytes_ in zip(some, sizes, strict=True) if bytes_ <= limit]
    assert taken is fitting[0] if fitting else size(taken) == min(sizes)


def test_what_comes_after_the_first_that_fits_is_never_made() -> None:
    first = ink(cells(scene_of("half", 2, 1), "half"), "16")

    def some() -> Iterator[Ink]:
        yield first
        raise AssertionError("one was enough")

    assert first_within(some(), 1000) is first


@pytest.mark.parametrize("erase", [False, True])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_of_a_small_picture_more_bytes_never_give_more_error(style: str, depth: str, erase: bool) -> None:
    drawing = Drawing(scene_of(style, 11, 5), style, depth, erase=erase)
    errors = []
    for limit in drawing.limits(1.25):
        drawn = drawing.within(limit)
        assert drawing.size(drawn) <= limit
        errors.append(drawing.error(drawn))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0]


@settings(max_examples=40)
@given(pictures((1, 24), (1, 24)), st.sampled_from(WITH_WAYS), st.sampled_from(DEPTHS), st.booleans(), st.data())
def test_of_any_small_picture_too(shown: Picture, style: str, depth: str, erase: bool, data: st.DataObject) -> None:
    drawing = Drawing(shown, style, depth, erase=erase)
    least, most = drawing.size(drawing.within(0)), drawing.size(drawing.whole)
    if least < most:
        few, many = sorted(data.draw(st.integers(least, most - 1)) for _ in range(2))
        poor, rich = drawing.within(few), drawing.within(many)
        assert drawing.size(poor) <= few and drawing.size(rich) <= many
        assert drawing.error(rich) <= drawing.error(poor)
    assert same(drawing.within(max(least, most)), drawing.whole)


@pytest.mark.parametrize("make", [scene_of, lambda *wish: noise_of(*wish)], ids=["scene", "noise"])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", ["blocks", "half", "octant"])
def test_of_a_large_picture_half_as_many_bytes_more_never_give_more_error(
    style: str, depth: str, make: Callable[[str, int, int], Picture]
) -> None:
    drawing = Drawing(make(style, 80, 24), style, depth, erase=True)
    best = float("inf")
    for limit in drawing.limits(1.5):
        drawn = drawing.within(limit)
        now = drawing.error(drawn)
        assert drawing.size(drawn) <= limit
        assert now <= SLACK * best
        best = min(best, now)


def noise_of(style: str, columns: int, rows: int) -> Picture:
    across, down = PIXELS[style]
    return picture(noise(columns * across, rows * down))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", ["blocks", "half", "octant"])
def test_a_budget_is_used(style: str, depth: str) -> None:
    drawing = Drawing(scene_of(style, 80, 24), style, depth)
    least, most = drawing.size(drawing.within(0)), drawing.size(drawing.whole)
    for share in (0.3, 0.5, 0.8):
        limit = int(least + share * (most - least))
        drawn = drawing.within(limit)
        # Unless even a byte for the smallest of errors that is looked for buys nothing more.
        assert drawing.size(drawn) > 0.6 * limit or drawing.error(drawn) < 2 * drawing.samples


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("busy", [4, 0])
def test_rows_that_are_not_like_the_others_mislead_nobody(busy: int, depth: str) -> None:
    array = np.full((40 * 8, 60 * 4, 3), (90, 140, 60), np.uint8)
    for row in range(busy, 40, 8):
        array[row * 8 : row * 8 + 8] = noise(60 * 4, 8, row)
    drawing = Drawing(picture(array), "blocks", depth)
    least, most = drawing.size(drawing.within(0)), drawing.size(drawing.whole)
    for limit in np.linspace(least, most - 1, 9).astype(int).tolist():
        assert 0.6 * limit < drawing.size(drawing.within(limit)) <= limit


@pytest.mark.parametrize("erase", [False, True])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("style", WITH_WAYS)
def test_where_the_whole_fits_it_is_what_comes(style: str, depth: str, erase: bool) -> None:
    for columns, rows in ((7, 3), (48, 16)):
        drawing = Drawing(scene_of(style, columns, rows), style, depth, erase=erase)
        exactly = drawing.size(drawing.whole)
        for limit in (exactly, exactly + 1, int(1.1 * exactly), 10 * exactly):
            assert drawing.within(limit) is drawing.whole
        assert drawing.size(drawing.within(exactly - 1)) < exactly


@pytest.mark.parametrize("limit", [-1, 0, 1])
@pytest.mark.parametrize("shape", [(9, 3), (80, 24)])
def test_where_nothing_fits_the_smallest_comes(shape: tuple[int, int], limit: int) -> None:
    for depth in DEPTHS:
        drawing = Drawing(scene_of("blocks", *shape), "blocks", depth, erase=True)
        rows = encode(drawing.within(limit), erase=True)
        # A colour or two, blanks, a reset.
        assert max(len(row) for row in rows) < 80 + shape[0]
        assert np.mean([row.count("m") for row in rows]) <= 3


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 9])
def test_a_picture_may_be_wide_and_low_or_narrow_and_high(rows: int) -> None:
    for columns, lines in ((700 // rows, rows), (rows, 700 // rows)):
        drawing = Drawing(scene_of("blocks", columns, lines), "blocks", "truecolor")
        limit = max(drawing.size(drawing.whole) // 3, drawing.size(drawing.within(0)))
        drawn = drawing.within(limit)
        assert drawn.size == (columns, lines)
        assert drawing.size(drawn) <= limit


@pytest.mark.parametrize("shape", [(20, 10), (80, 24)])
def test_the_same_budget_gives_the_same_cells(shape: tuple[int, int]) -> None:
    drawing = Drawing(scene_of("blocks", *shape), "blocks", "truecolor")
    limit = drawing.size(drawing.whole) // 4
    assert same(drawing.within(limit), drawing.within(limit))
