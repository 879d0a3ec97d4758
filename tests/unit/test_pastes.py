"""Whatever is pasted arrives as one paste, however it comes in pieces, and presses no key."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from tests.naughty import LONG, NAUGHTY
from tui.ui.pastes import BEGIN, END, Pastes

pasted = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b[20~1;Rtc\n\r\x0e\x11a")), max_size=80)


def heard(text: str, *cuts: int) -> list[Message]:
    """What the parser makes of a text that comes in pieces."""
    parser, pastes, found = XTermParser(), Pastes(), []
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    for start, stop in pairwise(edges):
        found += parser.feed(piece) if (piece := pastes.without_escapes(text[start:stop])) else ()
    return found


def check(text: str, *cuts: int) -> None:
    found = heard(f"a{BEGIN}{text}{END}b", *cuts)
    assert [type(event) for event in found if not isinstance(event, events.Paste)] == [events.Key] * 2
    pastes = [event.text for event in found if isinstance(event, events.Paste)]
    assert pastes == ([text.replace("\x1b", "").replace("\0", "")] if text.replace("\x1b", "") else pastes)


@given(pasted.filter(lambda text: END not in text), st.lists(st.integers(0, 1000), max_size=8))
@example("\x1b\n and a line that ctrl+j would send, long enough", [3])
@example("x\x1b[201", [10])
@example("\x1b[20\x1b[201", [8, 9, 12])
@example("\x1b[6;21;10t\x1bP>|kitty\x1b\\", [])
def test_a_paste_is_a_paste_whatever_is_in_it(text: str, cuts: list[int]) -> None:
    check(text, *cuts)


@pytest.mark.parametrize("name", [*NAUGHTY, *LONG])
def test_naughty_pastes_press_no_key(name: str) -> None:
    check({**NAUGHTY, **LONG}[name][:5_000], 7, 100)


@given(st.lists(st.sampled_from(["\x1b[A", "\x1b", "a", "\x1b[1;5C", "\n", "\x1bOP", "\x1b[<0;1;1M"]), max_size=20))
def test_what_is_typed_is_left_as_it_is(keys: list[str]) -> None:
    pastes = Pastes()
    assert [pastes.without_escapes(key) for key in keys] == keys


def test_keys_between_pastes_are_heard() -> None:
    found = heard(f"{BEGIN}one{END}\x1b[A{BEGIN}two{END}")
    assert [event.text for event in found if isinstance(event, events.Paste)] == ["one", "two"]
    assert [event.key for event in found if isinstance(event, events.Key)] == ["up"]
