"""The picture as Textual has it: in segments, under a tint, cropped, on a screenshot, with the mouse over it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from tests.ui.conftest import Watch
from tests.ui.test_written import canvas, looking, photo, preview
from tests.ui.window import configure, remember
from tui.render.cells.ink import Ink
from tui.render.cells.rows import Row, rows
from tui.ui.widgets.strips import Finished, JoinedStrip, PictureStrip

Cell = tuple[str, str, str]


def cells(strip: Strip) -> list[Cell]:
    """Characters with the names of their colours; ink that can't be seen has none."""
    found = []
    for text, style, _ in strip:
        ink, ground = (_name(style.color), _name(style.bgcolor)) if style else ("", "")
        found += [(character, "" if character == " " else ink, ground) for character in text]
    return found


def _name(colour: Color | None) -> str:
    return colour.name if colour else ""


def row(columns: int = 12) -> Row:
    """A row of a picture whose every cell is different."""
    codes = np.arange(columns, dtype=np.int32)[None, :]
    glyphs = np.array([[0x2588 - at % 8 for at in range(columns)]], np.uint32)
    return rows(Ink(glyphs, codes * 1000, 0xFFFFFF - codes))[0]


def style_of(picture: Row) -> Strip:
    """The same as Textual's own strip."""
    return Strip(picture.segments, len(picture))


# --- strips ---------------------------------------------------------------------------------------------------------


def strips() -> list[tuple[Finished, Strip]]:
    """Finished strips, and what each is made of as one of Textual's own."""
    picture, text = row(), Strip([Segment("ab", Style(color="red")), Segment("c")], 3)
    joined = JoinedStrip([text, PictureStrip(picture), text])
    part = PictureStrip(picture, 2, 9)
    return [
        (PictureStrip(picture), style_of(picture)),
        (part, style_of(picture).crop(2, 9)),
        (joined, Strip.join([text, style_of(picture), text])),
        (JoinedStrip([part, joined]), Strip.join([style_of(picture).crop(2, 9), text, style_of(picture), text])),
    ]


@pytest.mark.parametrize(("ours", "theirs"), strips(), ids=["picture", "part", "joined", "nested"])
def test_a_finished_strip_does_all_that_a_strip_does(ours: Finished, theirs: Strip) -> None:
    assert ours.cell_length == theirs.cell_length and ours.text == theirs.text and bool(ours)
    assert cells(ours) == cells(theirs)
    for start in range(ours.cell_length + 2):
        assert cells(ours.crop(start)) == cells(theirs.crop(start))
        for end in range(ours.cell_length + 3):
            assert cells(ours.crop(start, end)) == cells(theirs.crop(start, end)), (start, end)
            assert ours.crop(start, end).cell_length == theirs.crop(start, end).cell_length
    for cuts in ([ours.cell_length], [1, 5, ours.cell_length], [3], [2, 2, 4], [4, ours.cell_length + 5], []):
        assert [cells(each) for each in ours.divide(cuts)] == [cells(each) for each in theirs.divide(cuts)], cuts
    tint = Style(bgcolor="blue", italic=True)
    assert cells(ours.apply_style(tint)) == cells(theirs.apply_style(tint))
    assert cells(ours.adjust_cell_length(30)) == cells(theirs.adjust_cell_length(30))
    assert cells(ours.adjust_cell_length(3)) == cells(theirs.adjust_cell_length(3))
    assert cells(ours.simplify()) == cells(theirs.simplify())
    assert cells(ours.discard_meta()) == cells(theirs.discard_meta())
    assert cells(ours.apply_meta({"x": 1})) == cells(theirs.apply_meta({"x": 1}))
    assert cells(Strip.join([ours, theirs])) == cells(Strip.join([theirs, theirs]))
    assert cells(ours.crop_extend(1, 40, tint)) == cells(theirs.crop_extend(1, 40, tint))
    assert cells(ours.crop_pad(25, 1, 1, tint)) == cells(theirs.crop_pad(25, 1, 1, tint))
    assert ours == theirs and ours.link_ids == theirs.link_ids


def test_a_part_of_a_part_of_a_picture_is_still_a_picture() -> None:
    part = PictureStrip(row()).crop(2, 9).crop(1, 5)
    assert isinstance(part, PictureStrip) and (part.start, part.stop) == (3, 7)
    (only,) = JoinedStrip([Strip([Segment("ab")], 2), part]).divide([6])[0].crop(2).divide([4])
    assert isinstance(only, PictureStrip)


# --- the widget -----------------------------------------------------------------------------------------------------


async def test_lines_are_the_same_one_by_one_all_at_once_and_cropped(terminal: Watch, library: Path) -> None:
    photo(library / "a.png", size=(300, 100))
    async with terminal() as w:
        await looking(w, 1)
        shown = canvas(w)
        whole = shown.render_lines(shown.size.region)
        assert [cells(line) for line in whole] == [cells(shown.render_line(y)) for y in range(shown.size.height)]
        assert all(line.cell_length == shown.size.width for line in whole)
        for crop in (Region(3, 0, 10, 4), Region(0, 5, shown.size.width, 7), Region(20, 10, shown.size.width - 20, 1)):
            cut = shown.render_lines(crop)
            assert [cells(line) for line in cut] == [
                cells(line)[crop.x : crop.right] for line in whole[crop.y : crop.bottom]
            ]


class Tinted(ModalScreen[None]):
    """A box as Textual's own are: what is below is seen through a colour."""

    CSS = "Tinted { background: #0000ff 50%; align: center middle; } #words { width: 20; height: 3; background: #222; }"

    def compose(self) -> ComposeResult:
        yield Static("over the picture", id="words")


async def test_under_a_tint_the_picture_is_tinted(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        below = w.terminal.screen.cells()
        left, top = canvas(w).region.offset
        await w.app.push_screen(Tinted())
        await w.until_shown("over the picture")
        await w.until(lambda: not w.wrong, "the tinted screen")
        over = w.terminal.screen.cells()
        for x in range(left, left + 10):
            before, after = below[top + 3][x], over[top + 3][x]
            assert before[0] == after[0]
            assert int(after[-8 if len(after) > 2 else 1][4:], 16) > 0x70, "it is bluer"
        w.app.pop_screen()
        await w.until(lambda: w.terminal.screen.cells() == below, "what was there before")


async def test_a_screenshot_holds_the_picture_also_below_a_box(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        some = [cell for cell in cells(canvas(w).render_line(9)) if cell[0] != " "][:4]
        names = {Color.parse(ink).get_truecolor().hex for _, ink, _ in some}
        for keys in ((), ("ctrl+o",)):
            await w.press(*keys)
            shot = w.app.export_screenshot()
            assert re.search("[▁-▟]", shot)
            assert names <= set(re.findall("#[0-9a-f]{6}", shot)), keys


async def test_the_mouse_over_a_picture_finds_its_colours_and_selects_nothing(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        shown = canvas(w)
        for x, y in ((0, 0), (10, 5), (shown.size.width - 1, shown.size.height - 1)):
            style = w.screen.get_style_at(shown.region.x + x, shown.region.y + y)
            assert _name(style.bgcolor) == cells(shown.render_line(y))[x][2]
        widget, offset = w.screen.get_widget_and_offset_at(shown.region.x + 4, shown.region.y + 4)
        assert widget is shown and offset is None
        await w.pilot.mouse_down(shown, offset=(2, 2))
        await w.pilot.hover(shown, offset=(30, 10))
        await w.pilot.mouse_up(shown, offset=(30, 10))
        assert not w.screen.get_selected_text()
        assert w.app.focused is shown
        caption = preview(w).query_one("#caption", Static)
        for start, end in ((caption, shown), (shown, caption)):
            await w.pilot.mouse_down(start, offset=(3, 0))
            await w.pilot.hover(end, offset=(9, 1))
            await w.pilot.mouse_up(end, offset=(9, 1))
            assert "Canvas" not in (w.screen.get_selected_text() or "")
        assert "a.png" in str(caption.content)
        await w.press("ctrl+c", "escape")
        await w.until(lambda: not w.wrong, "the screen")


async def test_where_there_is_no_picture_words_stand_in_the_middle(terminal: Watch, library: Path) -> None:
    (library / "a.png").parent.mkdir(parents=True)
    (library / "a.png").write_bytes(b"no image")
    async with terminal() as w:
        await w.to("library")
        await w.until(lambda: "Cannot preview" in canvas(w).words, "words")
        shown = canvas(w)
        lines = [shown.render_line(y).text for y in range(shown.size.height)]
        (at,) = [y for y, line in enumerate(lines) if "Cannot preview" in line]
        assert abs(at - shown.size.height // 2) <= 2
        assert abs(len(lines[at]) - len(lines[at].lstrip()) - (len(lines[at]) - len(lines[at].rstrip()))) <= 2
        await w.until(lambda: not w.wrong, "the words on the screen")
        await w.resize(30, 10)
        await w.until(lambda: not w.wrong, "the words on a small screen")


@pytest.mark.parametrize("theme", ["console", "daylight", "contrast"])
async def test_the_picture_is_true_in_every_kind_of_theme(theme: str, terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    async with terminal() as w:
        await looking(w, 1)
        inks = w.inks
        w.app.theme = theme
        await w.until(lambda: w.app.theme == theme and not w.wrong, "the theme")
        assert w.inks - inks <= {str(canvas(w).rich_style.bgcolor), str(canvas(w).rich_style.color)}
        await w.press("f1", "escape", "f7", "f6")
        await w.until(lambda: not w.wrong, "the screen")


@pytest.mark.parametrize("depth", ["256", "16", "none"])
async def test_a_picture_of_few_colours_has_no_other_ones(depth: str, terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    configure(f'[preview]\ncolors = "{depth}"\n')
    async with terminal() as w:
        await looking(w, 1)
        shown = canvas(w)
        picture = {cell for y in range(shown.size.height) for cell in cells(shown.render_line(y)) if cell[0] != " "}
        assert picture
        for _, ink, ground in picture:
            for colour in (ink, ground):
                assert depth == "none" or not colour or Color.parse(colour).number is not None
        await w.press("f1", "escape")
        await w.until(lambda: not w.wrong, "the screen")


async def test_without_colours_nothing_but_greys_is_sent(
    terminal: Watch, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(library / "a.png")
    monkeypatch.setenv("NO_COLOR", "1")
    async with terminal() as w:
        await looking(w, 1)
        await w.press("f1", "escape", "plus", "P")
        await w.until(lambda: not w.wrong, "the screen")
        sent = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", w.taken())
        assert sent and all(len(set(colour)) == 1 for colour in sent)


async def test_a_remembered_style_is_drawn_from_the_first_picture_on(terminal: Watch, library: Path) -> None:
    photo(library / "a.png")
    remember(style="half")
    async with terminal() as w:
        await looking(w, 1)
        drawn = {cell[0] for y in range(20) for cell in cells(canvas(w).render_line(y))}
        assert drawn <= set(" ▀▄█")
