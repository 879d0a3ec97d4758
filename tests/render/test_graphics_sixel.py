"""Sixel: what a terminal decodes is what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.pixel_terminal import Pixels, decode_sixel
from tui.render.graphics import sixel
from tui.render.graphics.encodings import covering, dithered, for_sixel, sized
from tui.render.picture import Picture


def decoded(text: str) -> Pixels:
    assert text.startswith("\x1bP") and text.endswith("\x1b\\")
    pixels, drawn = decode_sixel(text[2:-2])
    assert drawn.all()
    return pixels


def as_shown(indices: Pixels, colours: Pixels) -> Pixels:
    shown: Pixels = sixel.shown(colours)[indices]
    return shown


@st.composite
def indexed(draw: st.DrawFn) -> tuple[Pixels, Pixels]:
    """Some indices that come in runs, as pictures have them, of a palette of any size."""
    width, bands = draw(st.integers(1, 60)), draw(st.integers(1, 4))
    colours = draw(st.integers(1, 256))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = width * bands * 6
    runs = random.integers(1, draw(st.sampled_from([2, 4, 30, 400])), size)
    flat = np.repeat(random.integers(0, colours, size), runs)[:size].astype(np.uint8)
    return flat.reshape(bands * 6, width), random.integers(0, 256, (colours, 3), dtype=np.uint8)


@given(indexed())
def test_a_terminal_decodes_exactly_the_pixels_that_were_encoded(case: tuple[Pixels, Pixels]) -> None:
    indices, colours = case
    assert (decoded(sixel.encode(indices, colours)) == as_shown(indices, colours)).all()


@pytest.mark.parametrize("shape", [(6 * 300, 3), (6, 5000), (6, 1), (12, 255), (6, 9999)])
def test_a_picture_of_any_shape_keeps_its_pixels(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(7)
    indices = random.integers(0, 256, shape, dtype=np.uint8)
    colours = random.integers(0, 256, (256, 3), dtype=np.uint8)
    assert (decoded(sixel.encode(indices, colours)) == as_shown(indices, colours)).all()


def test_every_colour_that_sixel_can_name_is_shown_as_itself() -> None:
    levels = sixel.shown(np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3))
    assert (sixel.shown(levels) == levels).all()
    assert len(np.unique(levels)) == 101


def test_only_colours_that_are_used_are_named() -> None:
    indices = np.array([[5, 5, 200]] * 6, np.uint8)
    text = sixel.encode(indices, np.full((256, 3), 255, np.uint8))
    assert len(re.findall(r"#\d+;2;", text)) == 2


def test_a_flat_picture_takes_a_few_bytes_a_band() -> None:
    text = sixel.encode(np.zeros((600, 800), np.uint8), np.array([[255, 0, 0]], np.uint8))
    assert text == '\x1bP0;1;0q"1;1;800;600#0;2;100;0;0' + "-".join(["#0!800~"] * 100) + "\x1b\\"


def test_nothing_follows_the_last_band_that_could_scroll_the_screen(noise: Callable[[int, int], Picture]) -> None:
    assert not for_sixel(sized(noise(30, 12), 30, 12)).removesuffix("\x1b\\").endswith("-")


@pytest.mark.parametrize("shape", [(5, 10), (7, 10), (0, 10), (6, 0), (6, 10_000)])
def test_a_size_that_sixel_does_not_have_is_an_error(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="multiple of 6"):
        sixel.encode(np.zeros(shape, np.uint8), np.zeros((1, 3), np.uint8))


@pytest.mark.parametrize("colours", [2, 16, 256])
def test_a_terminal_gets_no_more_colours_than_it_has(colours: int, noise: Callable[[int, int], Picture]) -> None:
    text = for_sixel(sized(noise(64, 60), 64, 60), colours)
    assert len(np.unique(decoded(text).reshape(-1, 3), axis=0)) <= colours
    assert len(re.findall(r"#\d+;2;", text)) <= colours


def test_a_photo_is_drawn_as_it_was_quantised(noise: Callable[[int, int], Picture]) -> None:
    image = sized(noise(90, 66), 90, 66)
    colours = sixel.shown(covering(image))
    indexed = dithered(image, colours)
    pixels = decoded(sixel.encode(np.asarray(indexed, np.uint8), colours))
    assert (pixels == np.asarray(indexed.convert("RGB"))).all()
