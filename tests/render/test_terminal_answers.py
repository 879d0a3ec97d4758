"""What a terminal is asked, and its answers, parted from what is typed."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.config import Value
from tui.render.terminal import detect
from tui.render.terminal.ancestors import ancestors
from tui.render.terminal.answers import ATTRIBUTES, CELL_SIZE, KITTY_GRAPHICS, NAME, SIXEL_COLOURS, Answers, Sieve
from tui.render.terminal.cells import cell_size
from tui.render.terminal.questions import asks_tmux, questions
from tui.render.terminal.tmux import Around, around

CELL, AREA, NAMED = "\x1b[6;18;9t", "\x1b[4;720;1080t", "\x1bP>|WezTerm 2024\x1b\\"
SIXEL, KITTY = "\x1b[?62;4;22c", "\x1b_Gi=4177;OK\x1b\\"
COLOURS = "\x1b[?1;0;256S"
ALL = Answers(cell=(9, 18), text_area=(1080, 720), name="WezTerm 2024", sixel=True, kitty=True, colours=256)
# Keys, and sequences that begin as answers do.
TYPED = (
    "a",
    "é",
    "\x1b[A",
    "\x1b[6~",
    "\x1b[4~",
    "\x1b[1;5C",
    "\x1b[200~x\x1b[201~",
    "\x1b_",
    "\x1bP",
    "\x1b[?2026;2$y",
    "\r",
)


def test_answers_are_understood_and_not_typed() -> None:
    sieve = Sieve()
    assert sieve.sift("ab" + CELL + "c" + AREA + NAMED + SIXEL + "\x1b[A" + KITTY + COLOURS + "d") == "abc\x1b[Ad"
    assert sieve.answers == ALL
    assert not sieve.holds


@pytest.mark.parametrize(
    ("answer", "field", "value"),
    [
        ("\x1b[?1;2c", "sixel", False),
        ("\x1b[?6c", "sixel", False),
        ("\x1b[?4;6c", "sixel", False),
        ("\x1b[?65;1;4c", "sixel", True),
        ("\x1b_Gi=4177;ENOTSUP:no\x1b\\", "kitty", False),
        ("\x1b[6;0;0t", "cell", None),
        ("\x1b[6;99999;9t", "cell", None),
        ("\x1b[4;0;0t", "text_area", None),
        ("\x1bP>|kitty(0.35.2)\x1b\\", "name", "kitty(0.35.2)"),
        ("\x1b[?1;0;16S", "colours", 16),
        ("\x1b[?1;3;0S", "colours", None),
        ("\x1b[?1;3S", "colours", None),
    ],
)
def test_an_answer_says_no_more_than_it_says(answer: str, field: str, value: object) -> None:
    sieve = Sieve()
    assert sieve.sift(answer) == ""
    assert getattr(sieve.answers, field) == value


@given(
    pieces=st.lists(st.sampled_from([*TYPED, CELL, AREA, NAMED, SIXEL, KITTY, COLOURS]), max_size=12),
    cuts=st.lists(st.integers(1, 9), max_size=60),
)
def test_however_the_bytes_are_cut_keys_come_through_in_order_and_answers_do_not(
    pieces: list[str], cuts: list[int]
) -> None:
    sieve, typed, text = Sieve(), "", "".join(pieces)
    at = 0
    for length in cuts:
        typed += sieve.sift(text[at : at + length])
        at += length
    typed += sieve.sift(text[at:]) + sieve.release()
    assert typed == "".join(piece for piece in pieces if piece in TYPED)


def test_what_only_began_like_an_answer_was_typed() -> None:
    sieve = Sieve()
    for typed in ("\x1b", "\x1b[", "\x1b[6;1", "\x1b_", "\x1bP>|abc", "\x1b_Gi=1;OK\x1b"):
        assert sieve.sift(typed) == ""
        assert sieve.holds
        assert sieve.release() == typed
        assert not sieve.holds


def test_an_answer_without_an_end_is_not_waited_for_for_ever() -> None:
    sieve = Sieve()
    endless = "\x1b_G" + "x" * 1000
    assert sieve.sift(endless) + sieve.release() == endless


def test_a_cell_is_worked_out_from_the_whole_where_only_that_is_known() -> None:
    assert Answers(text_area=(1080, 720)).cell_of(120, 40) == (9, 18)
    assert Answers(cell=(8, 16), text_area=(1080, 720)).cell_of(120, 40) == (8, 16)
    assert Answers().cell_of(80, 24) is None
    assert Answers(text_area=(10, 10)).cell_of(80, 24) is None


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["dumb", "unknown", "linux", "eterm-color", "vt100"])
def test_who_would_not_answer_is_not_asked(term: str) -> None:
    assert questions(detect({"TERM": term}), graphics=True) == ()


def test_nothing_is_asked_into_a_pipe_or_over_mosh() -> None:
    assert questions(detect({"TERM": "xterm"}, isatty=False), graphics=True) == ()
    assert questions(detect({"TERM": "xterm", "MOSH_IP": "a"}), graphics=True) == ()


def test_only_what_is_not_known_is_asked() -> None:
    assert questions(detect({"TERM": "foot"}, cell=(9, 18)), graphics=False) == ()
    assert CELL_SIZE in questions(detect({"TERM": "foot"}), graphics=False)
    assert questions(detect({"TERM": "xterm-256color"}, cell=(9, 18)), graphics=False) == (NAME,)


def test_graphics_are_asked_about_only_where_they_are_wanted() -> None:
    about = (KITTY_GRAPHICS, ATTRIBUTES)
    unnamed = detect({"TERM": "xterm-256color"})
    assert not set(about) & set(questions(unnamed, graphics=False))
    assert set(about) <= set(questions(unnamed, graphics=True))
    assert KITTY_GRAPHICS not in questions(detect({"TERM_PROGRAM": "Apple_Terminal"}), graphics=True)
    assert not set(about) & set(questions(detect({"TERM": "screen", "STY": "1"}), graphics=True))


def test_what_a_release_decides_is_asked_where_it_is_not_known() -> None:
    old = {"TERM": "xterm-kitty"}
    assert NAME in questions(detect(old), graphics=True)
    assert NAME not in questions(detect(old), graphics=False)
    assert NAME not in questions(detect({"TERM": "foot"}), graphics=True)


def test_how_many_colours_sixel_has_is_asked_where_it_is_drawn_with() -> None:
    drawn = detect({"TERM": "foot"}, wishes={"preview.graphics": Value("sixel", "config.toml")})
    assert SIXEL_COLOURS in questions(drawn, graphics=False)
    assert SIXEL_COLOURS not in questions(detect({"TERM": "foot"}), graphics=True)


def test_through_tmux_nothing_is_asked_whose_answer_would_be_typed_into_it() -> None:
    """As its keys: M-_ and M-\\, which may be bound."""
    terminal = detect({"TERM": "tmux-256color"})
    assert not any(question.startswith(("\x1b_", "\x1bP")) for question in questions(terminal, graphics=True))
    assert asks_tmux(terminal, graphics=True)
    assert not asks_tmux(terminal, graphics=False)
    assert not asks_tmux(detect({"TERM": "xterm"}), graphics=True)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("kitty(0.31.0)\txterm-kitty\t1\t3.5\n", Around("kitty(0.31.0)", "xterm-kitty", passes=True)),
        ("kitty(0.31.0)\txterm-kitty\ton\t3.3a\n", Around("kitty(0.31.0)", "xterm-kitty", passes=True)),
        ("ghostty 1.1.3\txterm-ghostty\tall\t3.5\n", Around("ghostty 1.1.3", "xterm-ghostty", passes=True)),
        ("\txterm-kitty\t1\t3.4\n", Around("", "xterm-kitty", passes=True)),
        ("kitty(0.31.0)\txterm-kitty\t\t3.2\n", Around("kitty(0.31.0)", "xterm-kitty", passes=True)),
        ("kitty(0.31.0)\txterm-kitty\t0\t3.5\n", Around("kitty(0.31.0)", "xterm-kitty")),
        ("kitty(0.31.0)\txterm-kitty\toff\t3.3a\n", Around("kitty(0.31.0)", "xterm-kitty")),
        ("\t\t0\t3.3a\n", Around()),
        ("no server running", Around()),
        ("", Around()),
    ],
)
def test_tmux_tells_of_the_terminal_around_it(output: str, told: Around) -> None:
    assert around(output) == told


@given(st.text(alphabet=st.sampled_from("\x1b[]P;c4S6t\\=kity0(.)\x07\x00é\t\n"), max_size=60))
def test_nothing_that_tmux_tells_can_command_the_terminal(output: str) -> None:
    told = around(output)
    assert "\x1b" not in told.name + told.term


# --- what the kernel knows -------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("size", "cell"),
    [((24, 80, 720, 432), (9, 18)), ((24, 80, 0, 0), None), ((0, 0, 0, 0), None), ((24, 80, 40, 12), None)],
)
def test_the_size_of_a_cell_is_what_the_terminal_told_the_kernel(
    size: tuple[int, int, int, int], cell: tuple[int, int] | None
) -> None:
    import fcntl
    import termios

    controller, terminal = os.openpty()
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size))
        assert cell_size(terminal) == cell
    finally:
        os.close(controller)
        os.close(terminal)


def test_what_is_no_terminal_has_no_cells(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        assert cell_size(file.fileno()) is None
    assert cell_size(-1) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells in files what runs above")
def test_the_processes_above_are_told_by_name(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    server = tmp_path / "mosh-server"
    ask = "from tui.render.terminal.ancestors import ancestors; print(*ancestors(), sep='\\n')"
    # A script of its own name, that waits for its child as a server does.
    server.write_text(f'#!{shutil.which("sh")}\n"$1" -c "$2"\nexit 0\n')
    server.chmod(0o700)
    ended = subprocess.run(
        [server, sys.executable, ask], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    named = ended.stdout.splitlines()
    assert named[:2] == ["mosh-server", Path("/proc/self/comm").read_text().strip()]
    assert named[2:] == list(ancestors())[: len(named) - 2]


def test_where_nobody_tells_them_there_are_none(tmp_path: Path) -> None:
    assert ancestors(tmp_path) == ()
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "stat").write_text("1 (odd) name) S 77 1")
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "stat").write_text("77 (a) b (c) S 0 1")
    assert ancestors(tmp_path) == ("a) b (c",)
