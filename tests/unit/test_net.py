"""Whatever a widget draws, no control character reaches the terminal, and every row is as long as it was thought."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color

from tests.naughty import LONG, NAUGHTY, UNWANTED
from tui.app import SafelightApp
from tui.core.config import load
from tui.ui.net import Net

BLACK = Color(0, 0, 0)
SIGNS = "\x1b\x9b\x07\n\t\0\x7f\u202e\u2066\u200b\u00ad\ufeff\ud800\udfff\u200d\ufe0f👩🚀1\u0301字a"
drawn = st.lists(st.text(st.one_of(st.characters(), st.sampled_from(SIGNS)), max_size=30), max_size=6)
# Those that have a width, which only their cleaning takes away.
WIDE = set("\u115f\u1160\u3164\uffa0\U0010eeee") | set(map(chr, range(0xE0000, 0xE0080))) | set("\ufff9\ufffa\ufffb")


@given(drawn)
@example(["👩\x1b\u200d🚀"])
@example(["1\x1b\ufe0f|"])
@example(["\ud800", "\udc00"])
def test_nothing_that_a_terminal_acts_on_comes_through_and_the_width_stays(texts: list[str]) -> None:
    style = Style(bold=True)
    before = [Segment(text, style) for text in texts]
    after = Net().apply(before, BLACK)
    for old, new in zip(before, after, strict=True):
        assert not [letter for letter in new.text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]
        assert not set(new.text) & UNWANTED - WIDE
        assert cell_len(new.text) == cell_len(old.text)
        assert new.style == style


@pytest.mark.parametrize("name", [*NAUGHTY, *LONG])
def test_naughty_texts_lose_what_acts(name: str) -> None:
    text = {**NAUGHTY, **LONG}[name][:50_000]
    (after,) = Net().apply([Segment(text)], BLACK)
    assert not set(after.text) & UNWANTED - WIDE
    assert cell_len(after.text) == cell_len(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"]), max_size=60))
def test_what_people_write_comes_through_as_it_is(text: str) -> None:
    segments = [Segment(text)]
    assert Net().apply(segments, BLACK) is segments


def test_what_textual_itself_tells_the_terminal_comes_through() -> None:
    segments = [Segment("\x1b[2J", None, [(ControlType.CLEAR,)]), Segment("a\x1bb")]
    assert [segment.text for segment in Net().apply(segments, BLACK)] == ["\x1b[2J", "ab"]


def test_the_app_has_it_below_all_of_its_widgets(home: Path) -> None:
    assert isinstance(SafelightApp(load({"HOME": str(home)}), {"HOME": str(home)}).get_line_filters()[-1], Net)
