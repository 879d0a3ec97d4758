"""Zooming and panning are numbers: nothing jumps, nothing leaves the image, every way back is there."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.geometry import PIXELS, space
from tui.render.picture import Part, fit
from tui.render.view import View, Window

SIDES = st.integers(1, 9000)
CELLS = st.integers(1, 300)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    return Window(
        (draw(SIDES), draw(SIDES)),
        draw(CELLS),
        draw(CELLS),
        draw(st.sampled_from(sorted(set(PIXELS.values())))),
        draw(st.sampled_from([2.0, 1.0, 2.25]) | st.floats(1.2, 3.0)),
        draw(st.none() | st.tuples(st.integers(4, 20), st.integers(8, 40))),
    )


@st.composite
def views(draw: st.DrawFn, window: Window) -> View:
    view = View()
    for _ in range(draw(st.integers(0, 12))):
        match draw(st.sampled_from(["in", "in", "in", "out", "pan", "pan", "one"])):
            case "in":
                view = view.zoom_in(window)
            case "out":
                view = view.zoom_out(window)
            case "one":
                view = view.one_to_one(window)
            case "pan":
                view = view.pan(window, draw(st.integers(-50, 50)), draw(st.integers(-50, 50)))
    return view


@st.composite
def looks(draw: st.DrawFn) -> tuple[View, Window]:
    window = draw(windows())
    return draw(views(window)), window


def middle(part: Part) -> tuple[float, float]:
    return (part.left + part.right) / 2, (part.top + part.bottom) / 2


@given(looks())
def test_what_is_seen_never_leaves_the_image(look: tuple[View, Window]) -> None:
    view, window = look
    part = view.part(window)
    assert 0 <= part.left < part.right <= window.source[0]
    assert 0 <= part.top < part.bottom <= window.source[1]
    assert part.inside(window.source) == part


@given(looks())
def test_the_picture_fits_the_window_and_keeps_the_shape(look: tuple[View, Window]) -> None:
    view, window = look
    part, box = view.part(window), view.box(window)
    assert 1 <= box[0] <= window.width and 1 <= box[1] <= window.height
    size = fit((part.width, part.height), *box, window.aspect)
    # Within rounding to whole pixels, in each direction.
    assert abs(size[0] - box[0]) <= 1 and abs(size[1] - box[1]) <= 1


@given(looks())
def test_zooming_in_and_out_again_changes_nothing(look: tuple[View, Window]) -> None:
    view, window = look
    nearer, farther = view.zoom_in(window), view.zoom_out(window)
    levels = window.levels()
    if view.scale is None or any(math.isclose(view.scale, level) for level in levels):
        assert nearer == view or nearer.zoom_out(window) == view
        assert farther == view or farther.zoom_in(window) == view


@given(looks())
def test_zooming_keeps_the_centre(look: tuple[View, Window]) -> None:
    view, window = look
    nearer = view.zoom_in(window)
    before, after = middle(view.part(window)), middle(nearer.part(window))
    for axis, aspect in ((0, 1.0), (1, window.aspect)):
        # Where what is seen begins is rounded to a pixel of the picture, before and after.
        grain = sum(aspect * window.sampling[0] ** -1 / (each.scale or window.whole) for each in (view, nearer)) / 2
        # A centre near an edge that was panned to from further away is kept too, and comes nearer.
        kept = view.centre is not None and view.centre[axis] != before[axis]
        assert kept or abs(before[axis] - after[axis]) <= grain + 1e-3


@given(windows())
def test_zooming_goes_from_the_whole_image_to_32_times_its_size_and_back(window: Window) -> None:
    view, seen = View(), [View()]
    while (nearer := view.zoom_in(window)) != view:
        assert nearer.percent(window) > view.percent(window)
        view = nearer
        seen.append(view)
    assert len(seen) < 40
    assert view.percent(window) >= min(3200, View().percent(window)) * 0.66
    assert view.percent(window) <= max(3200, View().percent(window)) * 1.01
    for earlier in reversed(seen[:-1]):
        view = view.zoom_out(window)
        assert view == earlier
    assert view == View().fit()


@given(looks())
def test_the_whole_image_is_one_key_away(look: tuple[View, Window]) -> None:
    view, window = look
    assert view.fit().part(window) == Part(0, 0, *window.source)
    whole = view.fit().box(window)
    size = fit(window.source, window.width, window.height, window.aspect)
    assert abs(whole[0] - size[0]) <= 1 and abs(whole[1] - size[1]) <= 1
    assert view.one_to_one(window).percent(window) == pytest.approx(100)


@given(looks(), st.integers(-20, 20), st.integers(-20, 20))
def test_panning_moves_by_whole_cells_until_the_edge(look: tuple[View, Window], columns: int, rows: int) -> None:
    view, window = look
    scale = view.scale or window.whole
    moved = view.pan(window, columns, rows)
    before, after = view.part(window), moved.part(window)
    steps = (columns / scale, rows * window.cell_aspect / scale)
    ends = ((before.left, before.right, after.left, after.right), (before.top, before.bottom, after.top, after.bottom))
    for step, (low, high, new_low, new_high), edge, cell in zip(
        steps, ends, window.source, (1 / scale, window.cell_aspect / scale), strict=True
    ):
        near_an_edge = min(low, new_low) < cell or max(high, new_high) > edge - cell
        assert near_an_edge or new_low - low == pytest.approx(step, rel=1e-6)
        assert (new_low - low) * step >= 0 or new_low == pytest.approx(low)
        assert step or new_low == pytest.approx(low)


@given(looks())
def test_every_edge_can_be_reached(look: tuple[View, Window]) -> None:
    view, window = look
    part = view.pan(window, 10**6, 10**6).part(window)
    assert (part.right, part.bottom) == (pytest.approx(window.source[0]), pytest.approx(window.source[1]))
    part = view.pan(window, -(10**6), -(10**6)).part(window)
    assert (part.left, part.top) == (0, 0)


def test_panning_beyond_an_edge_is_not_remembered() -> None:
    window = Window((1000, 1000), 80, 40, (1, 2))
    view = View().one_to_one(window)
    far = view.pan(window, 10_000, -10_000)
    assert far.part(window) == Part(920, 0, 1000, 80)
    assert far.pan(window, -10, 5).part(window) == Part(910, 10, 990, 90)


@pytest.mark.parametrize("style", PIXELS)
@pytest.mark.parametrize("percent", [400, 800, 1200, 1600, 3200])
def test_a_pixel_covers_whole_pixels_of_the_picture_when_it_is_magnified(style: str, percent: int) -> None:
    window = Window((997, 613), 80, 24, PIXELS[style])
    view = View().one_to_one(window)
    while view.percent(window) < percent - 1:
        view = view.zoom_in(window)
    assert view.percent(window) == pytest.approx(percent)
    view = view.pan(window, 3, 2)
    part, box = view.part(window), view.box(window)
    across, down = box[0] / part.width, box[1] / part.height
    assert across == pytest.approx(round(across)) and down == pytest.approx(round(down))
    # The corner is a whole number of the picture's pixels away from the image's.
    assert part.left * across == pytest.approx(round(part.left * across))
    assert part.top * down == pytest.approx(round(part.top * down))


def test_100_percent_is_a_pixel_for_a_pixel_of_the_terminal_where_cells_are_known() -> None:
    window = Window((4000, 3000), 100, 30, (4, 8), cell_aspect=2.0, cell=(10, 20))
    part = View().one_to_one(window).part(window)
    assert (part.width, part.height) == (pytest.approx(1000), pytest.approx(600))


def test_100_percent_is_a_pixel_for_one_of_the_style_otherwise() -> None:
    window = Window((4000, 3000), 100, 30, (4, 8))
    part = View().one_to_one(window).part(window)
    assert (part.width, part.height) == (400, 240)
    assert View().one_to_one(window).box(window) == (400, 240)


def test_a_small_image_can_be_seen_in_its_own_size() -> None:
    window = Window((16, 16), 100, 30, (4, 8))
    view = View().one_to_one(window)
    assert (view.part(window), view.box(window)) == (Part(0, 0, 16, 16), (16, 16))
    assert view.zoom_in(window).percent(window) == pytest.approx(200)


def test_another_style_shows_the_same_place_as_large() -> None:
    blocks, half = (Window((4000, 3000), 100, 30, PIXELS[style]) for style in ("blocks", "half"))
    view = View().zoom_in(blocks).zoom_in(blocks).pan(blocks, 7, 3)
    one, other = view.part(blocks), view.part(half)
    assert (one.width, one.height) == (other.width, other.height)
    assert abs(one.left - other.left) <= 4 / (view.scale or 1) and abs(one.top - other.top) <= 4 / (view.scale or 1)


@pytest.mark.parametrize("style", PIXELS)
def test_a_windows_pixels_are_those_that_its_style_asks_for(style: str) -> None:
    window = Window((100, 100), 80, 24, PIXELS[style], 2.1)
    assert (window.width, window.height, pytest.approx(window.aspect)) == space(style, 80, 24, 2.1)


@given(st.tuples(st.floats(-99, 199), st.floats(-99, 199), st.floats(-99, 199), st.floats(-99, 199)), SIDES, SIDES)
def test_a_part_is_cut_off_at_the_images_edges(edges: tuple[float, ...], width: int, height: int) -> None:
    part = Part(*edges).inside((width, height))
    assert 0 <= part.left < part.right <= width and 0 <= part.top < part.bottom <= height
    if 0 <= edges[0] < edges[2] <= width and 0 <= edges[1] < edges[3] <= height:
        assert part == Part(*edges)


def test_a_part_without_numbers_is_an_error() -> None:
    for odd in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            Part(0, 0, odd, 1)
