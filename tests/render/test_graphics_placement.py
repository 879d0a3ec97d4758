"""Placements: what a terminal shows of them and holds of them, from the first row written to the last image freed."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.render.pixel_terminal import Pixels, PixelTerminal
from tui.render.graphics import PROTOCOLS
from tui.render.graphics.encodings import likeness
from tui.render.graphics.placement import Graphics, Placement
from tui.render.picture import Picture

CELL = (8, 18)
GROUND = (22, 22, 22)
PAINTED = ["iterm2", "sixel"]


@pytest.fixture
def picture() -> Picture:
    y, x = np.mgrid[0:90, 0:160]
    pixels = np.stack([x, y * 2, 255 - x], axis=-1).astype(np.uint8)
    return Picture(160, 90, pixels.tobytes(), (160, 90), "png")


@pytest.fixture
def small() -> Picture:
    return Picture(2, 1, b"\xff\0\0\0\0\xff", (2, 1), "png")


def show(terminal: PixelTerminal, placement: Placement, x: int = 3, y: int = 1) -> str:
    """Writes every row, as a widget does, and gives what was written."""
    written = ""
    for line in range(placement.rows):
        text = placement.row(line)
        assert text is not None
        terminal.feed(text, x, y + line)
        assert (terminal.x, terminal.y) == (x + placement.columns, y + line)
        assert terminal.fore == terminal.back == ""
        written += text
    return written


def area(terminal: PixelTerminal, columns: int, rows: int, x: int = 3, y: int = 1) -> Image.Image:
    seen: Pixels = terminal.seen()
    wide, high = CELL
    return Image.fromarray(seen[y * high : (y + rows) * high, x * wide : (x + columns) * wide])


def wanted(picture: Picture, columns: int, rows: int) -> Image.Image:
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
    return image.resize((columns * CELL[0], rows * CELL[1]), Image.Resampling.LANCZOS)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_terminal_shows_the_picture_over_its_cells_and_nowhere_else(protocol: str, picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, CELL)
    show(terminal, Graphics(protocol, cell=CELL).place(picture, 20, 5, GROUND))
    assert likeness(area(terminal, 20, 5), wanted(picture, 20, 5)) > 35
    around = terminal.seen()
    around[CELL[1] : 6 * CELL[1], 3 * CELL[0] : 23 * CELL[0]] = 0
    assert not around.any()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_picture_is_sent_once(protocol: str, picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, CELL)
    placement = Graphics(protocol, cell=CELL).place(picture, 20, 5, GROUND)
    first = show(terminal, placement)
    seen = terminal.seen()
    again = show(terminal, placement)
    assert terminal.received == 1
    assert len(again) < len(first) / 2
    assert (terminal.seen() == seen).all()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_after_a_modal_the_whole_picture_stands_again(protocol: str, picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, CELL)
    placement = Graphics(protocol, cell=CELL).place(picture, 20, 5, GROUND)
    show(terminal, placement)
    seen = terminal.seen()
    for y in range(2, 5):
        terminal.feed("\x1b[48;2;0;90;0m" + "M" * 8 + "\x1b[0m", 6, y)
    assert (terminal.seen() != seen).any()
    placement.invalidate()
    show(terminal, placement)
    assert (terminal.seen() == seen).all()
    assert terminal.received == (1 if protocol == "kitty" else 2)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_picture_that_moved_shows_at_its_new_place(protocol: str, picture: Picture) -> None:
    terminal = PixelTerminal(30, 12, CELL)
    placement = Graphics(protocol, cell=CELL).place(picture, 20, 5, GROUND)
    show(terminal, placement, 0, 0)
    for y in range(5):
        terminal.feed(" " * 20, 0, y)
    placement.invalidate()
    show(terminal, placement, 10, 7)
    assert likeness(area(terminal, 20, 5, 10, 7), wanted(picture, 20, 5)) > 35
    assert not area(terminal, 20, 5, 0, 0).getbbox()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_written_over_a_picture_that_goes_leaves_nothing_of_it(protocol: str, picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, CELL)
    placement = Graphics(protocol, cell=CELL).place(picture, 20, 5, GROUND)
    show(terminal, placement)
    for y in range(1, 6):
        terminal.feed(" " * 20, 3, y)
    terminal.feed(placement.delete())
    assert not terminal.seen().any()
    assert not terminal.images
    assert placement.delete() == ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_next_picture_takes_the_place_of_the_one_before(protocol: str, picture: Picture, small: Picture) -> None:
    graphics = Graphics(protocol, cell=CELL)
    terminal = PixelTerminal(30, 8, CELL)
    before, after = graphics.place(picture, 20, 5, GROUND), graphics.place(small, 20, 5, GROUND)
    show(terminal, before)
    show(terminal, after)
    terminal.feed(before.delete())
    assert area(terminal, 20, 5).getpixel((2, 2)) == pytest.approx((255, 0, 0), abs=3)
    assert len(terminal.images) == (1 if protocol == "kitty" else 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_terminal_that_lost_its_images_gets_them_again(protocol: str, picture: Picture) -> None:
    graphics = Graphics(protocol, cell=CELL)
    placement = graphics.place(picture, 20, 5, GROUND)
    show(PixelTerminal(30, 8, CELL), placement)
    graphics.forget()
    placement.invalidate()
    another = PixelTerminal(30, 8, CELL)
    show(another, placement)
    assert likeness(area(another, 20, 5), wanted(picture, 20, 5)) > 35


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_placement_knows_whether_the_terminal_holds_it(protocol: str, small: Picture) -> None:
    placement = Graphics(protocol, cell=CELL).place(small, 4, 2)
    assert not placement.stands
    placement.row(1)
    assert placement.stands is placement.cuttable
    placement.row(0)
    assert placement.stands
    placement.invalidate()
    assert placement.stands is placement.cuttable
    placement.row(0)
    placement.forget()
    assert not placement.stands


def test_cleanup_frees_every_image_of_the_process(picture: Picture, small: Picture) -> None:
    graphics = Graphics("kitty", cell=CELL)
    terminal = PixelTerminal(30, 8, CELL)
    for placement in (graphics.place(picture, 20, 5), graphics.place(small, 4, 2), graphics.place(small, 2, 2)):
        show(terminal, placement)
    assert len(terminal.images) == 3
    terminal.feed(graphics.cleanup())
    assert not terminal.images
    assert graphics.cleanup() == ""


@pytest.mark.parametrize("protocol", PAINTED)
def test_cleanup_has_nothing_to_say_where_pictures_are_cells_of_the_screen(protocol: str, picture: Picture) -> None:
    graphics = Graphics(protocol, cell=CELL)
    show(PixelTerminal(30, 8, CELL), graphics.place(picture, 20, 5))
    assert graphics.cleanup() == ""


def test_a_placement_that_was_never_shown_sends_and_keeps_nothing(small: Picture) -> None:
    graphics = Graphics("kitty", cell=CELL)
    placement = graphics.place(small, 4, 2)
    assert placement.delete() == ""
    del placement
    gc.collect()
    assert graphics.cleanup() == ""


def test_ids_are_used_again_only_once_all_others_were(small: Picture) -> None:
    graphics = Graphics("kitty", cell=CELL)
    terminal = PixelTerminal(4, 2, CELL)
    seen = []
    for _ in range(240):
        placement = graphics.place(small, 1, 1)
        show(terminal, placement, 0, 0)
        seen += terminal.images
        terminal.feed(placement.delete())
    assert len(set(seen)) == 240


def test_more_pictures_than_ids_take_those_of_the_oldest(small: Picture) -> None:
    graphics = Graphics("kitty", cell=CELL, depth="256")
    terminal = PixelTerminal(4, 2, CELL)
    placements = [graphics.place(small, 1, 1) for _ in range(250)]
    for placement in placements:
        show(terminal, placement, 0, 0)
    assert len(terminal.images) == 240
    show(terminal, placements[0], 0, 0)
    assert terminal.received == 251
    terminal.feed(graphics.cleanup())
    assert not terminal.images


@pytest.mark.parametrize(("depth", "tmux"), [("256", False), ("truecolor", True), ("256", True)])
def test_where_colours_may_be_changed_on_the_way_ids_are_of_the_256(depth: str, tmux: bool, small: Picture) -> None:
    row = Graphics("kitty", cell=CELL, depth=depth, tmux=tmux).place(small, 3, 1).row(0)
    assert row and "\x1b[38;5;" in row and "38;2;" not in row


def test_a_row_of_kittys_can_be_cut_anywhere(picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, CELL)
    placement = Graphics("kitty", cell=CELL).place(picture, 20, 5, GROUND)
    show(terminal, placement)
    seen = terminal.seen()
    for start, end in ((0, 4), (4, 5), (5, 20)):
        part = placement.row(2, start, end)
        assert part
        terminal.feed(part, 3 + start, 3)
    assert (terminal.seen() == seen).all()


@pytest.mark.parametrize("protocol", PAINTED)
def test_what_is_painted_whole_can_not_be_cut(protocol: str, picture: Picture) -> None:
    placement = Graphics(protocol, cell=CELL).place(picture, 20, 5)
    assert placement.row(0, 0, 19) is None
    assert placement.row(3, 1, 20) is None


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("part", [(-1, 0, 4), (2, 0, 4), (400, 0, 4), (0, -1, 3), (0, 2, 2), (0, 0, 5)])
def test_a_part_that_is_not_there_is_none(protocol: str, part: tuple[int, int, int], small: Picture) -> None:
    placement = Graphics(protocol, cell=CELL).place(small, 4, 2)
    assert placement.row(*part) is None
    assert not placement.stands


def test_a_cell_beyond_kittys_numbers_is_left_to_other_cells(small: Picture) -> None:
    placement = Graphics("kitty", cell=(1, 2)).place(small, 400, 300)
    assert placement.row(296, 0, 400)
    assert placement.row(297, 0, 400) is None
    assert placement.row(0, 297, 400) is None


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("cell", [(7, 15), (8, 16), (9, 19), (10, 20), (13, 29)])
def test_a_picture_that_ends_on_the_last_row_scrolls_nothing(
    protocol: str, cell: tuple[int, int], noise: Callable[[int, int], Picture]
) -> None:
    terminal = PixelTerminal(12, 3, cell)
    show(terminal, Graphics(protocol, cell=cell).place(noise(70, 40), 12, 3), 0, 0)
    assert terminal.received == 1


def test_sixel_leaves_less_than_a_band_to_the_ground(picture: Picture) -> None:
    terminal = PixelTerminal(30, 8, (8, 17))
    show(terminal, Graphics("sixel", cell=(8, 17)).place(picture, 20, 5, GROUND), 0, 0)
    below = terminal.painted[84:85, :160]
    assert (below == GROUND).all()
    assert not (terminal.painted[83, :160] == GROUND).all(axis=-1).any()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_shown_of_what_is_closed_and_it_can_still_be_freed(protocol: str, small: Picture) -> None:
    graphics = Graphics(protocol, cell=CELL)
    terminal = PixelTerminal(30, 8, CELL)
    placement = graphics.place(small, 4, 2)
    show(terminal, placement)
    assert placement.usable
    graphics.close()
    assert not placement.usable
    assert placement.row(0) is None
    assert graphics.holds is (protocol == "kitty")
    terminal.feed(graphics.cleanup())
    assert not graphics.holds and not terminal.images


def test_what_is_neither_shown_nor_kept_is_freed(small: Picture) -> None:
    graphics = Graphics("kitty", cell=CELL)
    terminal = PixelTerminal(30, 8, CELL)
    shown, kept, gone = (graphics.place(small, 4, 2) for _ in range(3))
    for placement in (shown, kept, gone):
        show(terminal, placement)
    terminal.feed(graphics.spare({shown}, {shown, kept}))
    assert (shown.stands, kept.stands, gone.stands) == (True, True, False)
    assert len(terminal.images) == 2
    assert graphics.spare({shown}, {shown, kept}) == ""


def test_of_what_is_kept_the_newest_stay_as_far_as_there_is_room(
    small: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphics = Graphics("kitty", cell=CELL)
    placements = [graphics.place(small, 4, 2) for _ in range(4)]
    monkeypatch.setattr("tui.render.graphics.placement.ROOM", 2 * placements[0].pixels)
    for placement in placements:
        show(PixelTerminal(30, 8, CELL), placement)
    graphics.spare({placements[0]}, set(placements))
    assert [placement.stands for placement in placements] == [True, False, True, True]


def test_only_what_tmux_paints_is_gone_where_a_part_is_covered(small: Picture) -> None:
    for protocol, tmux in itertools.product(PROTOCOLS, (False, True)):
        placement = Graphics(protocol, cell=CELL, tmux=tmux).place(small, 4, 2)
        assert placement.fragile is (tmux and protocol != "kitty")


def test_a_protocol_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="regis"):
        Graphics("regis", cell=CELL)
