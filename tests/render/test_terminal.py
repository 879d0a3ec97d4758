"""What is thought of a terminal, and why."""

from __future__ import annotations

import pytest

from tui.render.terminal import detect


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, "256"),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "WezTerm"}, "256"),
        ({"TERM": "foot"}, "truecolor"),
        ({"TERM": "foot-extra"}, "truecolor"),
        ({"TERM": "alacritty"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-ghostty"}, "truecolor"),
        ({"TERM": "vte-256color"}, "truecolor"),
        ({"TERM": "konsole-256color"}, "truecolor"),
        ({"TERM": "wezterm"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
        ({"TERM": "footloose"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"WT_SESSION": "1"}, "truecolor"),
        ({}, "16"),
        ({"TERM": "foot", "NO_COLOR": "1"}, "none"),
        ({"TERM": "foot", "NO_COLOR": ""}, "truecolor"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "256"}, "256"),
        ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, "truecolor"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "standard"}, "16"),
        ({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "auto"}, "truecolor"),
    ],
)
def test_the_depth_follows_from_the_environment_with_a_reason(environment: dict[str, str], depth: str) -> None:
    terminal = detect(environment)
    assert terminal.depth == depth
    assert any(name in terminal.reasons[0] for name in (*environment, "TERM is not set"))


def test_a_pipe_has_no_colours_unless_they_are_asked_for() -> None:
    assert detect({"TERM": "foot"}, isatty=False).depth == "none"
    assert detect({"TERM": "foot", "TEXTUAL_COLOR_SYSTEM": "256"}, isatty=False).depth == "256"


def test_tmux_and_ssh_are_noticed() -> None:
    terminal = detect({"TERM": "tmux-256color", "SSH_CONNECTION": "a"})
    assert terminal.tmux and terminal.ssh
    assert any("tmux" in reason for reason in terminal.reasons) and any("SSH" in reason for reason in terminal.reasons)
    assert not detect({"TERM": "foot"}).tmux and not detect({"TERM": "foot"}).ssh


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
    assert detect(environment).utf8 is utf8


def test_nothing_of_the_environment_can_command_the_terminal() -> None:
    hostile = "\x1b]0;x\x07" * 50
    terminal = detect(dict.fromkeys(("TERM", "TERM_PROGRAM", "COLORTERM", "LANG", "TEXTUAL_COLOR_SYSTEM"), hostile))
    assert "\x1b" not in terminal.name + "".join(terminal.reasons)
