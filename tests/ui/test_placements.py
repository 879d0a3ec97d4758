"""Pixels among text: whatever covers them, moves or goes, the terminal shows what it is meant to show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.pixels import CELL, PixelScreen
from tests.render.pixel_terminal import Pixels, PixelTerminal
from tui.render.cells.draw import draw
from tui.render.cells.rows import Row, rows
from tui.render.graphics import PROTOCOLS
from tui.render.graphics.placement import Graphics, Placement
from tui.render.manner import Manner
from tui.render.picture import Picture
from tui.ui.placements import Placements
from tui.ui.sent import Sent
from tui.ui.widgets.strips import GraphicsStrip, JoinedStrip

COLUMNS, ROWS = 24, 10
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=COLUMNS, height=ROWS)


class Rectangle(NamedTuple):
    x: int
    y: int
    columns: int
    rows: int

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.columns and self.y <= y < self.y + self.rows


class Shown(NamedTuple):
    """A picture, or none, at a place, and boxes of text over it."""

    picture: int | None
    x: int
    y: int
    boxes: tuple[Rectangle, ...] = ()


class Image:
    """A picture as cells and as pixels, and what these look like."""

    def __init__(self, number: int, graphics: Graphics, columns: int, high: int) -> None:
        size = (columns * CELL[0], high * CELL[1])
        y, x = np.mgrid[0 : size[1], 0 : size[0]]
        # In every cell a colour of its own.
        planes = [60 + 8 * (x // CELL[0]), 60 + 20 * (y // CELL[1]), np.full_like(x, 60 + 60 * number)]
        pixels = np.stack(planes, axis=-1).astype(np.uint8)
        self.colours = pixels[:: CELL[1], :: CELL[0]]
        picture = Picture(*size, pixels.tobytes(), size, "png")
        small = Picture(columns, high * 2, pixels[:: CELL[1] // 2, :: CELL[0]].tobytes(), size, "png")
        self.rows: list[Row] = rows(draw(small, Manner("half")))
        self.placement: Placement = graphics.place(picture, columns, high)
        terminal = PixelTerminal(columns, high + 1, CELL)
        for line in range(high):
            terminal.feed(self.placement.row(line) or "", 0, line)
        self.pixels: Pixels = terminal.seen()
        self.placement.delete()

    def colour(self, x: int, y: int) -> str:
        return bytes(self.colours[y, x]).hex()

    def block(self, x: int, y: int) -> Pixels:
        return self.pixels[y * CELL[1] : (y + 1) * CELL[1], x * CELL[0] : (x + 1) * CELL[0]]


class Window:
    """A screen with three pictures, of which `kept` are likely to be shown again."""

    def __init__(self, protocol: str, *, tmux: bool = False) -> None:
        self.graphics = Graphics(protocol, cell=CELL, tmux=tmux)
        sizes = ((12, 5), (12, 5), (17, 7))
        self.images = [Image(number, self.graphics, *size) for number, size in enumerate(sizes)]
        self.kept = [image.placement for image in self.images]
        self.sent = Sent()
        self.sent.placements = Placements(lambda: self.kept)
        self.sent.placements.use(self.graphics)
        self.terminal = PixelScreen(COLUMNS, ROWS)
        self.terminal.feed("\x1b[?7l")
        self.now = Shown(None, 0, 0)
        self.draw(self.now)

    def area(self, shown: Shown) -> Rectangle:
        placement = self.images[shown.picture or 0].placement
        return Rectangle(
            shown.x, shown.y, *((placement.columns, placement.rows) if shown.picture is not None else (0, 0))
        )

    def what(self, shown: Shown, x: int, y: int) -> str:
        """The number of the box that is seen in a cell, `p` for the picture, a dot for nothing."""
        for number, box in enumerate(shown.boxes):
            if box.holds(x, y):
                return str(number)
        return "p" if self.area(shown).holds(x, y) else "."

    def strips(self, shown: Shown, y: int, cuts: list[int]) -> Iterator[Strip]:
        area = self.area(shown)
        for start, stop in pairwise(cuts):
            what = self.what(shown, start, y)
            if what == "p" and shown.picture is not None:
                image = self.images[shown.picture]
                yield GraphicsStrip(image.placement, image.rows[y - area.y], start - area.x, stop - area.x)
            else:
                yield Strip([Segment(what * (stop - start))], stop - start)

    def cuts(self, y: int, *all_shown: Shown) -> list[int]:
        """Where something changes in a line."""
        found = {0, COLUMNS}
        for shown in all_shown:
            found |= {x for x in range(1, COLUMNS) if self.what(shown, x, y) != self.what(shown, x - 1, y)}
        return sorted(found)

    def draw(self, shown: Shown, *, joined: bool = False) -> str:
        """Everything at once, as when a box opens; `joined`: with the lines in one piece."""
        lines = [list(self.strips(shown, y, self.cuts(y, shown))) for y in range(ROWS)]
        if joined:
            lines = [[JoinedStrip(line)] for line in lines]
        return self._write(shown, LayoutUpdate(list(lines), Region(0, 0, COLUMNS, ROWS)))

    def update(self, shown: Shown) -> str:
        """Only what differs, as when a widget draws anew."""
        chops, spans, ends = [], [], []
        for y in range(ROWS):
            cuts = self.cuts(y, self.now, shown)
            same = (self.now.picture, self.now.x, self.now.y) == (shown.picture, shown.x, shown.y)
            differs = [
                self.what(self.now, x, y) != self.what(shown, x, y) or (self.what(shown, x, y) == "p" and not same)
                for x in cuts[:-1]
            ]
            strips = self.strips(shown, y, cuts)
            chops.append({x: strip if new else None for x, strip, new in zip(cuts, strips, differs, strict=False)})
            spans += [(y, start, stop) for (start, stop), new in zip(pairwise(cuts), differs, strict=True) if new]
            ends.append(cuts[1:])
        return self._write(shown, ChopsUpdate(chops, spans, ends)) if spans else ""

    def _write(self, shown: Shown, update: LayoutUpdate | ChopsUpdate) -> str:
        self.now = shown
        written = self.sent.changes(update, CONSOLE)
        self.terminal.feed(written)
        return written

    def check(self) -> None:
        """Every cell shows what it is meant to: the picture in pixels, and where these can't be, in cells."""
        seen, area, low = self.terminal.seen(), self.area(self.now), self.now.y + self.area(self.now).rows == ROWS
        as_cells, as_pixels = 0, 0
        for y in range(ROWS):
            for x in range(COLUMNS):
                what = self.what(self.now, x, y)
                if what != "p":
                    assert self.terminal.characters.buffer[y][x].data == what
                    assert not self._block(seen, x, y).any()
                elif self._is_cell(seen, x, y):
                    as_cells += 1
                else:
                    as_pixels += 1
        if self.graphics.protocol == "kitty" or (as_cells + as_pixels == area.columns * area.rows and not low):
            assert not as_cells
        if self.graphics.protocol != "kitty" and low:
            assert not as_pixels

    def _is_cell(self, seen: Pixels, x: int, y: int) -> bool:
        """Whether it shows the picture as a cell, and not in pixels: one of both it has to be."""
        assert self.now.picture is not None
        image, area = self.images[self.now.picture], self.area(self.now)
        block = self._block(seen, x, y)
        if (block == image.block(x - area.x, y - area.y)).all():
            return False
        assert not block.any(), f"other pixels in {x}, {y}"
        assert self.terminal.characters.buffer[y][x].bg == image.colour(x - area.x, y - area.y)
        return True

    def _block(self, seen: Pixels, x: int, y: int) -> Pixels:
        return seen[y * CELL[1] : (y + 1) * CELL[1], x * CELL[0] : (x + 1) * CELL[0]]


@st.composite
def shown(draw: st.DrawFn) -> Shown:
    picture = draw(st.sampled_from([None, 0, 1, 2, 2]))
    columns, high = (17, 7) if picture == 2 else (12, 5)
    x, y = draw(st.integers(0, COLUMNS - columns)), draw(st.integers(0, ROWS - high))
    return Shown(picture, x, y, tuple(draw(st.lists(boxes(), max_size=2))))


@st.composite
def boxes(draw: st.DrawFn) -> Rectangle:
    x, y = draw(st.integers(0, COLUMNS - 1)), draw(st.integers(0, ROWS - 1))
    return Rectangle(x, y, draw(st.integers(1, COLUMNS - x)), draw(st.integers(1, ROWS - y)))


WAYS = st.sampled_from(["draw", "joined", "update", "forget"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(steps=st.lists(st.tuples(WAYS, shown()), min_size=1, max_size=7))
@settings(max_examples=20, deadline=None)
def test_whatever_comes_after_whatever_the_terminal_shows_what_it_is_meant_to(
    protocol: str, steps: list[tuple[str, Shown]]
) -> None:
    window = Window(protocol)
    for way, what in steps:
        if way == "forget":
            window.sent.forget()
            window.draw(what)
        elif way == "update":
            window.update(what)
        else:
            window.draw(what, joined=way == "joined")
        window.check()
    if protocol == "kitty":
        assert window.terminal.received <= len({what.picture for _, what in steps} - {None}), "each is sent once"


BOX, TALL = Rectangle(6, 2, 4, 2), Rectangle(6, 0, 4, ROWS)
ALONE, COVERED = Shown(0, 2, 1), Shown(0, 2, 1, (BOX,))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_stands_already_is_not_written_again(protocol: str) -> None:
    window = Window(protocol)
    window.draw(ALONE)
    assert window.draw(ALONE) == window.draw(ALONE, joined=True) == ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_same_cells_with_another_picture_in_pixels_show_that(protocol: str) -> None:
    window = Window(protocol)
    window.draw(ALONE)
    first, second = window.images[:2]
    first.placement, first.pixels = second.placement, second.pixels
    window.draw(ALONE)
    window.check()


def test_placeholders_that_a_box_leaves_on_its_right_are_written_again_at_once() -> None:
    """They would go on counting from a character of the box."""
    window = Window("kitty")
    window.draw(ALONE)
    window.update(COVERED)
    window.check()


@pytest.mark.parametrize("protocol", ["sixel", "iterm2"])
def test_a_painted_picture_is_sent_again_only_once_nothing_covers_it(protocol: str) -> None:
    window = Window(protocol)
    window.draw(ALONE)
    whole = window.terminal.seen()
    window.update(COVERED)
    assert (window.terminal.seen() == whole).all(axis=2).mean() > 0.9, "what the box leaves stays"
    window.update(Shown(0, 2, 1, (BOX._replace(columns=1),)))
    assert window.terminal.received == 1
    window.update(ALONE)
    assert window.terminal.received == 2
    assert (window.terminal.seen() == whole).all()


def test_where_tmux_drops_a_picture_that_is_covered_all_of_it_becomes_cells() -> None:
    window = Window("sixel", tmux=True)
    window.draw(ALONE)
    window.update(COVERED)
    assert not window.terminal.seen().any()
    window.check()
    window.update(ALONE)
    assert window.terminal.received == 2
    window.check()


def test_an_image_that_nobody_keeps_is_freed_when_it_is_gone_and_sent_again_when_it_comes_back() -> None:
    window = Window("kitty")
    window.kept = []
    window.draw(ALONE)
    window.draw(Shown(0, 2, 1, (Rectangle(0, 0, COLUMNS, ROWS),)))
    assert window.terminal.images == 0
    window.draw(ALONE)
    window.check()
    assert (window.terminal.images, window.terminal.received) == (1, 2)


def test_of_what_is_kept_the_terminal_holds_no_more_than_it_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.render.graphics.placement.ROOM", 12 * 5 * CELL[0] * CELL[1])
    window = Window("kitty")
    for number in (0, 1, 2, 1, 0):
        window.draw(Shown(number, 0, 0))
        window.check()
        assert window.terminal.images <= 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_out_of_use_becomes_cells_and_is_freed(protocol: str) -> None:
    window = Window(protocol)
    window.draw(ALONE)
    placements = window.sent.placements
    assert placements
    placements.use(None)
    window.draw(ALONE)
    assert not window.terminal.seen().any()
    assert window.terminal.images == 0
    assert window.terminal.characters.buffer[1][2].bg == window.images[0].colour(0, 0)


def test_where_all_ids_are_taken_the_oldest_image_gives_its_own_and_is_sent_again_where_it_still_stands() -> None:
    window = Window("kitty")
    window.draw(ALONE)
    picture = Picture(1, 1, b"\xff\0\0", (1, 1), "png")
    others = [window.graphics.place(picture, 1, 1) for _ in range(240)]
    corner = f"\x1b[{ROWS};{COLUMNS}H"
    window.terminal.feed("".join(f"{corner}{other.row(0)}" for other in others) + corner + ".")
    window.kept += others
    window.draw(ALONE)
    window.check()


def test_what_frees_everything_leaves_nothing_and_it_comes_back_with_the_next_drawing() -> None:
    window = Window("kitty")
    window.draw(ALONE)
    assert window.sent.placements
    window.terminal.feed(window.sent.placements.farewell())
    assert window.terminal.images == 0
    window.draw(ALONE)
    window.check()
