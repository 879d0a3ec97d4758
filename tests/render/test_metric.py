"""The yardstick of the benchmarks: what a terminal shows as pixels, and how like an image that is."""

from __future__ import annotations

import numpy as np
import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.benchmarks.render.glyphs import ACROSS, DOWN, OCTANTS, SEXTANTS, mask
from tests.benchmarks.render.metric import blurred_psnr, psnr, reference, shown, ssim
from tests.benchmarks.render.screen import grid

# What covers the cell together, with nothing in common.
PARTNERS = ("▀▄", "▌▐", "▘▟", "▝▙", "▖▜", "▗▛", "▚▞", " █")


@pytest.mark.parametrize("pair", PARTNERS)
def test_what_one_glyph_covers_its_partner_leaves_free(pair: str) -> None:
    assert np.allclose(mask(ord(pair[0])) + mask(ord(pair[1])), 1)


@pytest.mark.parametrize(("table", "bits"), [(SEXTANTS, 6), (OCTANTS, 8)])
def test_a_mosaic_covers_as_much_of_its_cell_as_it_has_tiles(table: dict[int, int], bits: int) -> None:
    for point, pattern in table.items():
        assert mask(point).mean() == pytest.approx(pattern.bit_count() / bits)


def test_every_eighth_adds_the_same() -> None:
    for number in range(8):
        assert mask(0x2581 + number).sum() == pytest.approx((number + 1) * ACROSS * DOWN / 8)
    for number in range(7):
        assert mask(0x2589 + number).sum() == pytest.approx((7 - number) * ACROSS * DOWN / 8)


def test_a_line_reaches_the_edges_that_its_name_says() -> None:
    down_and_right, cross = mask(ord("┌")), mask(ord("┼"))
    assert down_and_right[-1].any() and down_and_right[:, -1].any()
    assert not down_and_right[0].any() and not down_and_right[:, 0].any()
    assert all(edge.any() for edge in (cross[0], cross[-1], cross[:, 0], cross[:, -1]))
    assert mask(ord("┃")).sum() == pytest.approx(2 * mask(ord("│")).sum())
    assert 0 < mask(ord("┆")).sum() < mask(ord("│")).sum()


@given(
    st.lists(
        st.sampled_from(["\x1b[38;2;1;2;3m", "\x1b[48;5;200m", "\x1b[91;44m", "\x1b[7m", "\x1b[0m", "▀", "x", " "])
    )
)
def test_a_text_is_read_as_a_terminal_reads_it(parts: list[str]) -> None:
    text = "".join(parts)
    screen = pyte.Screen(len(parts) + 1, 1)
    pyte.Stream(screen).feed(text)
    read = grid(text, len(parts) + 1, 1)
    for x in range(len(parts)):
        seen = screen.buffer[0][x]
        assert chr(read.glyphs[0, x]) == seen.data
        if len(seen.bg if not seen.reverse else seen.fg) == 6:
            assert bytes(read.back[0, x]).hex() == (seen.fg if seen.reverse else seen.bg)


def test_an_erased_part_of_a_line_shows_the_present_ground_and_a_move_leaves_what_was_there() -> None:
    read = grid("abcdef\r\x1b[48;2;9;8;7m\x1b[2C\x1b[2X\x1b[3Cx\x1b[K", 8, 1)
    assert "".join(map(chr, read.glyphs[0])) == "ab  ex  "
    assert [bytes(colour) for colour in read.back[0]] == [b"\0\0\0"] * 2 + [b"\x09\x08\x07"] * 2 + [b"\0\0\0"] + [
        b"\x09\x08\x07"
    ] * 3


@pytest.mark.parametrize("text", ["\x1b[5n", "ab", "\n\nx", "\x07"])
def test_what_is_not_understood_is_an_error_and_no_figure(text: str) -> None:
    with pytest.raises(ValueError, match=r"known|outside"):
        grid(text, 1, 1)


def test_an_image_of_one_colour_a_half_cell_is_shown_exactly() -> None:
    halves = Image.new("RGB", (1, 2), (10, 200, 30))
    halves.putpixel((0, 1), (250, 0, 90))
    wanted = reference(halves.resize((ACROSS, DOWN), Image.Resampling.NEAREST), 1, 1)
    seen = shown("\x1b[38;2;10;200;30;48;2;250;0;90m▀\x1b[0m", 1, 1)
    assert np.array_equal(wanted, seen)
    assert psnr(wanted, seen) == float("inf")


def test_the_figures_are_those_of_their_definitions() -> None:
    random = np.random.default_rng(5)
    one = random.uniform(0, 255, (64, 48, 3)).astype(np.float32)
    assert ssim(one, one) == pytest.approx(1)
    assert psnr(one, one + 5) == pytest.approx(20 * np.log10(255 / 5), abs=1e-4)
    assert blurred_psnr(one, one + 5) == pytest.approx(psnr(one, one + 5), abs=1e-3)
    flat = np.full_like(one, 100)
    # Without structure only the means are compared: (2ab + C1) / (a² + b² + C1).
    assert ssim(flat, flat + 50) == pytest.approx((2 * 100 * 150 + 6.5025) / (100**2 + 150**2 + 6.5025), abs=1e-4)
    assert ssim(one, random.uniform(0, 255, one.shape).astype(np.float32)) < 0.1
    dots = one + random.choice([-40, 40], one.shape)
    assert blurred_psnr(one, dots) > psnr(one, dots) + 15
