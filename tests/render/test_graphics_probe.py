"""Probing: what a terminal's answers prove, whatever stands between them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.graphics import PROTOCOLS
from tui.render.graphics.probe import Found, found, found_around_tmux, queries

KITTY = "\x1b_Gi=4207;OK\x1b\\"
DA1 = "\x1b[?62;c"
DA1_SIXEL = "\x1b[?62;4;22c"


def named(name: str) -> str:
    return f"\x1bP>|{name}\x1b\\"


@pytest.mark.parametrize(
    ("answers", "protocols"),
    [
        (named("kitty(0.31.0)") + KITTY + DA1, ("kitty",)),
        (named("ghostty 1.1.3") + KITTY + DA1, ("kitty",)),
        (named("Rio 0.5.27") + KITTY + DA1_SIXEL, ("kitty", "iterm2", "sixel")),
        (named("kitty(0.26.5)") + KITTY + DA1, ()),
        (named("WezTerm 20240203-110809-5046fc22") + KITTY + "\x1b[?65;4;6;18;22c", ("iterm2", "sixel")),
        (named("Konsole 24.08.1") + KITTY + "\x1b[?62;1;4c", ("iterm2", "sixel")),
        (named("iTerm2 3.5.0") + KITTY + DA1_SIXEL, ("iterm2", "sixel")),
        (named("mintty 3.7.0") + "\x1b[?64;1;2;4;6;9;15;21;22;28;29c", ("iterm2", "sixel")),
        (named("foot(1.16.2)") + DA1_SIXEL, ("sixel",)),
        (named("XTerm(379)") + "\x1b[?63;1;2;4;6;9;15;22c", ("sixel",)),
        (named("XTerm(379)") + "\x1b[?64;1;2;6;9;15;18;21;22c", ()),
        ("\x1b[?1;2c", ()),
        # The first number is a class, here of a VT132, not an attribute.
        ("\x1b[?4;6c", ()),
        ("", ()),
    ],
)
def test_what_terminals_answer_says_what_they_have(answers: str, protocols: tuple[str, ...]) -> None:
    assert found(answers, {}).protocols == protocols


def test_the_name_of_a_terminal_without_placeholders_is_not_enough() -> None:
    assert found(named("kitty(0.31.0)") + DA1, {}).protocols == ()
    assert found(KITTY + DA1, {}).protocols == ()


@pytest.mark.parametrize(
    ("env", "works"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM_PROGRAM": "WezTerm"}, True),
        ({"LC_TERMINAL": "iTerm2"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({}, False),
    ],
)
def test_inline_images_are_known_by_the_environment_where_no_name_is_told(env: dict[str, str], works: bool) -> None:
    assert ("iterm2" in found(DA1, env).protocols) is works
    assert "iterm2" not in found(named("XTerm(379)") + DA1, env).protocols


def test_inside_tmux_only_what_tmux_itself_has_counts() -> None:
    answers = named("tmux 3.5") + KITTY + "\x1b[?1;2;4c"
    assert found(answers, {"TERM_PROGRAM": "iTerm.app"}, tmux=True).protocols == ("sixel",)


def test_the_size_of_a_cell_and_the_number_of_colours_are_read() -> None:
    told = found("\x1b[6;20;10t\x1b[?1;0;16S" + DA1_SIXEL, {})
    assert (told.cell, told.colours) == ((10, 20), 16)
    assert (found(DA1, {}).cell, found(DA1, {}).colours) == (None, 256)
    assert found("\x1b[6;0;0t\x1b[?1;0;1024S", {}).cell is None
    assert found("\x1b[?1;0;1024S", {}).colours == 256


def test_there_is_nothing_more_to_wait_for_after_the_last_answer() -> None:
    answers = named("kitty(0.31.0)") + KITTY + DA1
    assert not any(found(answers[:length], {}).complete for length in range(len(answers)))
    assert found(answers, {}).complete


@given(st.lists(st.text(max_size=8), min_size=4, max_size=4))
def test_keys_and_garbage_between_the_answers_change_nothing(garbage: list[str]) -> None:
    clean = [each.replace("\x1b", "") for each in garbage]
    parts = [named("kitty(0.31.0)"), "\x1b[6;20;10t", KITTY, DA1_SIXEL]
    mixed = "".join(noise + part for noise, part in zip(clean, parts, strict=True))
    assert found(mixed, {}) == found("".join(parts), {})


@given(st.text(alphabet=st.sampled_from("\x1b[]P_G?>|;c4S6t\\i=OK kitty0(.)\x07\x00é"), max_size=60))
def test_no_answer_breaks_the_reading_or_commands_the_terminal(answers: str) -> None:
    for told in (found(answers, {"TERM_PROGRAM": answers}), found_around_tmux(answers)):
        assert isinstance(told, Found)
        assert "\x1b" not in told.name + "".join(told.reasons)


def test_every_protocol_has_a_reason() -> None:
    assert [reason.partition(":")[0] for reason in found(DA1, {}).reasons] == list(PROTOCOLS)
    assert "no Kitty protocol" in found(DA1, {}).reasons[0]


def test_the_questions_end_with_the_one_that_every_terminal_answers() -> None:
    assert queries().endswith("\x1b[c")
    assert re.sub(r"\x1b_G[^\x1b]*\x1b\\|\x1b\[[>?]?[\d;]*[cqtS]", "", queries()) == ""


@pytest.mark.parametrize(
    ("asked", "tmux", "kitty"),
    [(PROTOCOLS, False, True), (["kitty"], False, True), (["sixel"], False, False), (PROTOCOLS, True, False)],
)
def test_kitty_is_asked_only_where_it_can_answer(asked: list[str], tmux: bool, kitty: bool) -> None:
    assert ("\x1b_G" in queries(asked, tmux=tmux)) is kitty


@pytest.mark.parametrize(
    ("output", "works"),
    [
        ("kitty(0.31.0)\txterm-kitty\t1\t3.5\n", True),
        ("kitty(0.31.0)\txterm-kitty\ton\t3.3a\n", True),
        ("ghostty 1.1.3\txterm-ghostty\tall\t3.5\n", True),
        ("\txterm-kitty\t1\t3.4\n", True),
        ("kitty(0.31.0)\txterm-kitty\t\t3.2\n", True),
        ("kitty(0.31.0)\txterm-kitty\t0\t3.5\n", False),
        ("kitty(0.31.0)\txterm-kitty\toff\t3.3a\n", False),
        ("kitty(0.26.5)\txterm-kitty\t1\t3.5\n", False),
        ("XTerm(379)\txterm-256color\t1\t3.5\n", False),
        ("tmux 3.5\ttmux-256color\t1\t3.5\n", False),
        ("\t\t0\t3.3a\n", False),
        ("no server running", False),
        ("", False),
    ],
)
def test_tmux_tells_of_the_terminal_around_it(output: str, works: bool) -> None:
    told = found_around_tmux(output)
    assert told.protocols == (("kitty",) if works else ())
    assert told.complete and len(told.reasons) == 1


def test_a_tmux_that_holds_images_back_is_told_what_to_set() -> None:
    assert "allow-passthrough on" in found_around_tmux("kitty(0.31.0)\txterm-kitty\t0\t3.5\n").reasons[0]


def test_asking_loads_no_pixels() -> None:
    code = "import sys, tui.render.graphics.probe, tui.render.graphics.placement; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"PIL", "numpy", "textual", "rich"} & set(loaded)
