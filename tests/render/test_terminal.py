"""What is thought of a terminal from its environment, and why: where it runs, and how many colours it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naughty import NAUGHTY, UNWANTED
from tui.core.config import DEPTHS, Value
from tui.render.geometry import STYLES
from tui.render.look import COMMAND_LINE, CONFIG, DEFAULT, DETECTED, ENVIRONMENT, REMEMBERED, SESSION, SETTINGS
from tui.render.terminal import TEXTUAL_NAMES, detect
from tui.render.terminal.answers import Answers

TMUX, SSH = {"TMUX": "/tmp/x,1,0"}, {"SSH_CONNECTION": "a 1 b 22"}


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "foot"}, "truecolor"),
        ({"TERM": "foot-extra"}, "truecolor"),
        ({"TERM": "alacritty"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-ghostty"}, "truecolor"),
        ({"TERM": "vte-256color"}, "truecolor"),
        ({"TERM": "konsole-256color"}, "truecolor"),
        ({"TERM": "st-256color"}, "truecolor"),
        ({"TERM": "wezterm"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "truecolor"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "truecolor"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "truecolor"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "220401"}, "truecolor"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "truecolor"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "3400"}, "256"),
        ({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}, "256"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
        ({"TERM": "nsterm", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
        ({"WT_SESSION": "1"}, "truecolor"),
        ({"TERM": "footloose"}, "16"),
        ({"TERM": "xterm"}, "16"),
        ({}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "16"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"TERM": "vt220"}, "none"),
        ({"TERM": "foot", "NO_COLOR": "1"}, "none"),
        ({"TERM": "foot", "NO_COLOR": ""}, "truecolor"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "256"}, "256"),
        ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, "truecolor"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "standard"}, "16"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "auto"}, "truecolor"),
    ],
)
def test_the_depth_follows_from_the_environment_with_a_reason(environment: dict[str, str], depth: str) -> None:
    look = detect(environment).look
    assert look.depth == depth
    assert any(name in look.reasons["depth"].words for name in (*environment, "TERM is not set"))


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "tmux-256color", **TMUX}, "256"),
        ({"TERM": "screen", **TMUX}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", **TMUX}, "truecolor"),
        ({"TERM": "tmux-direct", **TMUX}, "truecolor"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", **TMUX}, "256"),
        ({"TERM": "screen-256color", "LC_TERMINAL": "iTerm2", **TMUX}, "256"),
        ({"TERM": "screen"}, "256"),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "WezTerm"}, "256"),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "xterm-256color", "MOSH_CONNECTION": "a"}, "256"),
        ({"TERM": "xterm-256color", "MOSH_CONNECTION": "a", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "MOSH_CONNECTION": "a", "LC_TERMINAL": "iTerm2"}, "256"),
    ],
)
def test_what_stands_between_limits_the_colours_of_the_terminal_behind_it(
    environment: dict[str, str], depth: str
) -> None:
    assert detect(environment).depth == depth


@pytest.mark.parametrize("term", ["foot", "alacritty", "xterm-ghostty", "xterm-kitty", "wezterm", "contour", "rio"])
def test_over_ssh_the_terminals_name_alone_proves_24_bit_colour(term: str) -> None:
    assert detect({"TERM": term, **SSH}).depth == "truecolor"


def test_a_pipe_has_no_colours_unless_they_are_asked_for() -> None:
    assert detect({"TERM": "foot"}, isatty=False).depth == "none"
    assert detect({"TERM": "foot"}, isatty=False).look.style == "ascii"
    assert detect({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "256"}, isatty=False).depth == "256"


def test_textual_has_a_name_for_every_depth_that_has_colours() -> None:
    assert set(TEXTUAL_NAMES) == set(DEPTHS) - {"none"}


# --- where it runs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "is_tmux", "is_screen"),
    [
        ({"TERM": "xterm", **TMUX}, True, False),
        ({"TERM": "tmux-256color"}, True, False),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "tmux"}, True, False),
        ({"TERM": "screen-256color"}, False, True),
        ({"TERM": "screen", **TMUX}, True, False),
        ({"TERM": "xterm", "STY": "1.pts-0.host"}, False, True),
        ({"TERM": "screen", "STY": "1.pts-0.host", **TMUX}, True, True),
        ({"TERM": "xterm-256color"}, False, False),
        ({"TERM": "tmuxinator"}, False, False),
    ],
)
def test_tmux_and_screen_are_told_apart(environment: dict[str, str], is_tmux: bool, is_screen: bool) -> None:
    here = detect(environment).here
    assert (here.tmux, here.screen) == (is_tmux, is_screen)
    assert any("tmux" in note for note in here.notes) is is_tmux
    assert any("GNU screen" in note for note in here.notes) is is_screen


@pytest.mark.parametrize(
    ("environment", "above", "by_ssh", "by_mosh"),
    [
        ({"SSH_TTY": "/dev/pts/1"}, (), True, False),
        ({"SSH_CLIENT": "a"}, (), True, False),
        ({}, ("bash", "su", "bash", "sshd", "sshd", "systemd"), True, False),
        ({}, ("zsh", "sshd-session"), True, False),
        (SSH, ("bash", "mosh-server", "systemd"), True, True),
        ({"MOSH_IP": "::1"}, (), False, True),
        ({"MOSH_KEY": "x", "MOSH_TITLE_NOPREFIX": "1"}, ("bash", "kitty"), False, False),
    ],
)
def test_ssh_and_mosh_are_noticed(
    environment: dict[str, str], above: tuple[str, ...], by_ssh: bool, by_mosh: bool
) -> None:
    here = detect(environment, above=above).here
    assert (here.ssh, here.mosh, here.remote) == (by_ssh, by_mosh, by_ssh or by_mosh)
    assert len(here.notes) == int(here.remote)


def test_the_name_is_that_of_the_terminal_with_what_gave_it_away() -> None:
    for environment, name, evidence in (
        ({"TERM": "xterm-kitty"}, "kitty", "TERM is xterm-kitty"),
        ({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "2024"}, "WezTerm 2024", "TERM_PROGRAM is WezTerm"),
        ({"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.5"}, "iTerm2 3.5", "LC_TERMINAL is iTerm2"),
        ({"TERM": "alacritty", "KITTY_WINDOW_ID": "1"}, "Alacritty", "TERM is alacritty"),
    ):
        here = detect(environment).here
        assert here.identity is not None
        assert (here.name, here.identity.evidence) == (name, evidence)
    assert (detect({"TERM": "weird"}).name, detect({}).name) == ("weird", "unknown")


@pytest.mark.parametrize(
    ("environment", "utf8"),
    [
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.utf8@euro"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, False),
        ({}, True),
    ],
)
def test_utf8_follows_from_the_locale(environment: dict[str, str], utf8: bool) -> None:
    assert detect(environment).here.utf8 is utf8


# --- what the terminal says itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["kitty(0.35.2)", "ghostty 1.1.0", "foot(1.16.2)", "WezTerm 20240203", "iTerm2 3.5.2", "VTE(7600)"]
)
def test_a_terminal_that_says_its_name_is_believed(name: str) -> None:
    terminal = detect({"TERM": "xterm-256color", **SSH}, answers=Answers(name=name))
    assert terminal.depth == "truecolor"
    assert name in terminal.look.reasons["depth"].words
    assert detect({"TERM": "xterm-256color"}, answers=Answers(name="XTerm(390)")).depth == "256"


def test_tmux_that_says_its_name_is_no_screen() -> None:
    here = detect({"TERM": "screen-256color", **SSH}, answers=Answers(name="tmux 3.4")).here
    assert here.tmux and not here.screen


# --- what somebody wants ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("config.toml", CONFIG),
        (COMMAND_LINE, COMMAND_LINE),
        (SESSION, SESSION),
        (REMEMBERED, REMEMBERED),
    ],
)
def test_a_wish_goes_before_everything_else_and_says_whose_it_is(source: str, shown: str) -> None:
    wishes = {SETTINGS["depth"]: Value("16", source)}
    look = detect({"TERM": "foot", "NO_COLOR": "1"}, wishes=wishes).look
    assert look.depth == "16"
    assert look.reasons["depth"].source == shown
    assert "preview.colors is 16 in config.toml" in look.reasons["depth"].words or source != "config.toml"


def test_neither_a_default_nor_auto_is_a_wish() -> None:
    for value in (Value("16", "default"), Value("auto", "config.toml")):
        look = detect({"TERM": "foot"}, wishes={SETTINGS["depth"]: value}).look
        assert (look.depth, look.reasons["depth"].source) == ("truecolor", DETECTED)


def test_what_a_variable_decides_that_is_there_for_it_says_so() -> None:
    assert detect({"TERM": "foot", "NO_COLOR": "1"}).look.reasons["depth"].source == ENVIRONMENT
    assert detect({"TEXTUAL_COLOR_SYSTEM": "256"}).look.reasons["depth"].source == ENVIRONMENT
    assert detect({"TERM": "foot"}).look.reasons["ground"].source == DEFAULT


# --- whatever comes --------------------------------------------------------------------------------------------------

VARIABLES = (
    *("TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORTERM", "LANG", "LC_ALL", "TEXTUAL_COLOR_SYSTEM", "TMUX"),
    *("STY", "LC_TERMINAL", "LC_TERMINAL_VERSION", "VTE_VERSION", "SSH_CONNECTION", "MOSH_IP", "KITTY_WINDOW_ID"),
)
texts = st.text(max_size=30) | st.sampled_from(["foot", "tmux-256color", "screen", "linux", "truecolor", "C", "256"])


@given(environment=st.dictionaries(st.sampled_from(VARIABLES), texts), isatty=st.booleans(), name=st.text(max_size=20))
def test_any_environment_gives_a_look_with_a_reason_for_every_part(
    environment: dict[str, str], isatty: bool, name: str
) -> None:
    look = detect(environment, isatty, answers=Answers(name=name)).look
    assert look.style in STYLES
    assert look.depth in DEPTHS
    parts = [part for part in type(look).__dataclass_fields__ if part != "reasons"]
    assert sorted(look.reasons) == sorted(parts)
    assert all(reason.words and "\n" not in reason.words for reason in look.reasons.values())


def test_nothing_of_the_environment_can_command_the_terminal() -> None:
    hostile = "\x1b]0;x\x07" * 50
    terminal = detect(dict.fromkeys(VARIABLES, hostile), answers=Answers(name=hostile))
    words = [terminal.name, *terminal.here.notes, *(reason.words for reason in terminal.look.reasons.values())]
    assert not any("\x1b" in each for each in (*words, terminal.graphics_reason.words, terminal.here.charset))


@pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY)
def test_nothing_that_is_said_of_a_terminal_acts_on_it(text: str) -> None:
    names = (
        "TERM",
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "COLORTERM",
        "LC_TERMINAL",
        "LC_TERMINAL_VERSION",
        "LC_ALL",
    )
    for environment in (dict.fromkeys(names, text), {"TERM": text}, {"TERM": "xterm", "TERM_PROGRAM": text}):
        for answers in (Answers(), Answers(name=text)):
            terminal = detect(environment, above=(text,), answers=answers)
            reasons = [terminal.graphics_reason, *terminal.look.reasons.values()]
            said = [terminal.name, terminal.here.name, *terminal.here.notes, *(each.words for each in reasons)]
            said += [terminal.here.identity.evidence] if terminal.here.identity else []
            assert not set("".join(said)) & UNWANTED
