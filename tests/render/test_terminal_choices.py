"""What else follows from a terminal: style, dithering, budget, cell, graphics and erasing."""

from __future__ import annotations

import pytest

from tui.core.config import Value
from tui.render.geometry import STYLES
from tui.render.look import SESSION, SETTINGS
from tui.render.terminal import Terminal, detect
from tui.render.terminal.answers import NOTHING, Answers
from tui.render.terminal.choices import MOSH_BUDGET, SSH_BUDGET
from tui.render.terminal.pictures import NONE, UNKNOWN
from tui.render.terminal.tmux import Around

KITTY, TMUX = {"TERM": "xterm-kitty"}, {"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}
SCREEN, MOSH = {"TERM": "screen", "STY": "1"}, {"TERM": "xterm-256color", "MOSH_CONNECTION": "a"}
SSH = {"SSH_CONNECTION": "a 1 b 22"}


def wishing(environment: dict[str, str], answers: Answers = NOTHING, **parts: str | float) -> Terminal:
    """With this in the configuration file."""
    wishes = {SETTINGS[part]: Value(value, "config.toml") for part, value in parts.items()}
    return detect(environment, answers=answers, wishes=wishes)


# --- style -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "style"),
    [
        (KITTY, "blocks"),
        (TMUX, "blocks"),
        ({"TERM": "linux"}, "half"),
        ({**KITTY, "LC_ALL": "C"}, "ascii"),
        ({**KITTY, "NO_COLOR": "1"}, "ascii"),
        ({"TERM": "dumb"}, "ascii"),
    ],
)
def test_the_style_is_one_that_the_terminal_can_show(environment: dict[str, str], style: str) -> None:
    assert detect(environment).look.style == style


def test_every_style_can_be_had_where_nothing_stands_between() -> None:
    assert detect(KITTY).styles == STYLES
    for style in STYLES:
        assert wishing(KITTY, style=style).look.style == style


@pytest.mark.parametrize("environment", [TMUX, SCREEN, MOSH], ids=["tmux", "screen", "mosh"])
@pytest.mark.parametrize("style", ["octant", "blocks+octant"])
def test_octants_are_never_drawn_where_they_are_dropped(environment: dict[str, str], style: str) -> None:
    terminal = wishing(environment, style=style)
    assert style not in terminal.styles
    assert terminal.look.style == "blocks"
    assert style in terminal.look.reasons["style"].words


def test_into_a_file_goes_what_is_asked_for_wherever_it_is_written_from() -> None:
    wishes = {"preview.style": Value("octant", "command line"), "preview.colors": Value("256", "command line")}
    assert detect(TMUX, isatty=False, wishes=wishes).look.style == "octant"


def test_without_colours_only_letters_are_drawn_whatever_is_set() -> None:
    look = wishing(KITTY, style="half", depth="none").look
    assert look.style == "ascii"
    assert "half was asked for" in look.reasons["style"].words


def test_a_style_that_does_not_exist_is_named_and_another_drawn() -> None:
    look = wishing(KITTY, style="oil").look
    assert look.style == "blocks"
    assert look.reasons["style"].words == "there is no style oil"


# --- dithering, budget, cell, ground ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "dither"), [("truecolor", False), ("256", True), ("16", True), ("none", False)])
def test_colours_are_mixed_where_they_are_few(depth: str, dither: bool) -> None:
    assert wishing(KITTY, depth=depth).look.dither is dither
    assert wishing(KITTY, depth=depth, dither="on").look.dither is True
    assert wishing(KITTY, depth=depth, dither="off").look.dither is False


def test_over_a_network_a_picture_has_a_budget() -> None:
    assert detect(KITTY).look.budget is None
    assert detect({**KITTY, **SSH}).look.budget == SSH_BUDGET
    assert detect({**MOSH, **SSH}).look.budget == MOSH_BUDGET < SSH_BUDGET
    assert detect(KITTY, above=("bash", "sshd")).look.budget == SSH_BUDGET
    assert detect({**KITTY, **SSH}, isatty=False).look.budget is None


@pytest.mark.parametrize(("kilobytes", "budget"), [(0.0, None), (12.5, 12_500), (500.0, 500_000), (-1.0, SSH_BUDGET)])
def test_the_budget_is_what_is_set_in_thousand_bytes(kilobytes: float, budget: int | None) -> None:
    assert wishing({**KITTY, **SSH}, budget=kilobytes).look.budget == budget


def test_the_cell_is_as_the_terminal_says_unless_it_is_set() -> None:
    assert detect(KITTY).look.aspect == 2.0
    look = detect(KITTY, cell=(9, 20)).look
    assert look.aspect == pytest.approx(20 / 9, abs=0.001)
    assert "9x20" in look.reasons["aspect"].words
    assert detect(KITTY, cell=(1, 900)).look.aspect == 4
    wishes = {"preview.cell_aspect": Value(1.7, "config.toml")}
    assert detect(KITTY, cell=(9, 20), wishes=wishes).look.aspect == 1.7
    wishes = {"preview.cell_aspect": Value(0.0, "config.toml")}
    assert detect(KITTY, cell=(9, 18), wishes=wishes).look.aspect == 2.0


def test_images_move_where_there_is_no_budget_or_they_are_told_to() -> None:
    over_ssh = {**KITTY, "SSH_TTY": "/dev/pts/1"}
    assert wishing(KITTY).look.animation and not wishing(over_ssh).look.animation
    assert wishing(over_ssh, animation="on").look.animation
    assert wishing(over_ssh, budget=0.0).look.animation
    assert not wishing(KITTY, budget=20.0).look.animation


def test_ground_and_animation_are_as_they_are_set() -> None:
    look = detect(KITTY).look
    assert (look.ground, look.animation) == ("checker", True)
    look = wishing(KITTY, ground="#102030", animation="off").look
    assert (look.ground, look.animation) == ("#102030", False)


def test_screen_and_pipes_do_not_erase_in_colour() -> None:
    assert detect(KITTY).look.erase
    assert detect(TMUX).look.erase
    assert not detect(SCREEN).look.erase
    assert not detect({"TERM": "dumb"}).look.erase
    assert not detect(KITTY, isatty=False).look.erase


# --- graphics ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        (KITTY, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "mlterm"}, "sixel"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"TERM_PROGRAM": "vscode"}, "iterm2"),
        ({"KONSOLE_VERSION": "220401"}, "sixel"),
        ({"WT_SESSION": "1"}, "sixel"),
        ({"TERM": "alacritty"}, NONE),
        ({"TERM_PROGRAM": "Apple_Terminal"}, NONE),
        ({"TERM": "linux"}, NONE),
        ({"TERM": "dumb"}, NONE),
        ({"TERM": "xterm-256color"}, UNKNOWN),
        (SCREEN, NONE),
        (MOSH, NONE),
        (TMUX, UNKNOWN),
        ({**TMUX, "KITTY_WINDOW_ID": "1"}, "kitty"),
    ],
)
def test_the_protocol_that_a_terminal_probably_has_follows_from_its_name(
    environment: dict[str, str], protocol: str
) -> None:
    assert detect(environment).graphics == protocol


@pytest.mark.parametrize(
    ("environment", "answers", "protocol"),
    [
        ({"TERM": "xterm-256color"}, Answers(sixel=True), "sixel"),
        ({"TERM": "xterm-256color"}, Answers(sixel=False), UNKNOWN),
        # It may be one that has no placeholders.
        ({"TERM": "xterm-256color"}, Answers(kitty=True, sixel=False), UNKNOWN),
        ({"TERM": "xterm-256color"}, Answers(kitty=True, name="kitty(0.35)"), "kitty"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "8000"}, Answers(sixel=True), "sixel"),
        ({"WT_SESSION": "1"}, Answers(sixel=False), NONE),
        ({"TERM": "foot"}, Answers(sixel=False), NONE),
        ({"TERM": "xterm-256color"}, Answers(kitty=False, name="kitty(0.35)"), NONE),
        ({"TERM": "xterm-kitty"}, Answers(name="kitty(0.26.5)"), NONE),
        ({"TERM": "xterm-kitty"}, Answers(name="kitty(0.28.1)"), "kitty"),
        ({"TERM": "xterm-256color"}, Answers(name="WezTerm 20210203-095643-70a364eb", sixel=True), NONE),
        (TMUX, Answers(sixel=True), "sixel"),
        (TMUX, Answers(sixel=False), UNKNOWN),
    ],
)
def test_the_terminals_answers_say_more_than_its_name(
    environment: dict[str, str], answers: Answers, protocol: str
) -> None:
    assert detect(environment, answers=answers).graphics == protocol


@pytest.mark.parametrize(
    ("around", "protocol"),
    [
        (Around("kitty(0.35.2)", "xterm-kitty", passes=True), "kitty"),
        (Around("", "xterm-kitty", passes=True), "kitty"),
        (Around("ghostty 1.1.3", "xterm-ghostty", passes=True), "kitty"),
        (Around("kitty(0.26.5)", "xterm-kitty", passes=True), NONE),
        (Around("kitty(0.35.2)", "xterm-kitty"), NONE),
        (Around("XTerm(379)", "xterm-256color", passes=True), NONE),
        (Around("WezTerm 20240203", "xterm-256color", passes=True), NONE),
        (Around(), NONE),
    ],
)
def test_in_tmux_what_it_says_of_the_terminal_around_it_decides(around: Around, protocol: str) -> None:
    # It may have been started in another terminal.
    environment = {**TMUX, "KITTY_WINDOW_ID": "1"}
    assert detect(environment, around=around).graphics == protocol


def test_a_tmux_that_holds_pictures_back_is_told_what_to_set() -> None:
    terminal = detect(TMUX, around=Around("kitty(0.35.2)", "xterm-kitty"))
    assert "allow-passthrough on" in terminal.graphics_reason.words


def test_pixels_are_drawn_only_where_they_are_asked_for() -> None:
    look = detect(KITTY).look
    assert look.graphics == "off"
    assert "probably has Kitty's graphics" in look.reasons["graphics"].words
    assert wishing(KITTY, graphics="off").look.graphics == "off"


def test_auto_draws_with_what_the_terminal_has() -> None:
    assert wishing(KITTY, graphics="auto").look.graphics == "kitty"
    assert wishing({"TERM": "alacritty"}, graphics="auto").look.graphics == "off"
    assert wishing({"TERM": "xterm"}, graphics="auto").look.graphics == "off"
    assert wishing({"TERM": "xterm"}, Answers(sixel=True), graphics="auto").look.graphics == "sixel"


def test_a_protocol_that_is_set_is_used_whatever_is_thought_of_the_terminal() -> None:
    assert wishing({"TERM": "xterm"}, graphics="sixel").look.graphics == "sixel"
    wishes = {"preview.graphics": Value("iterm2", SESSION)}
    assert detect(TMUX, wishes=wishes).look.graphics == "iterm2"


# --- pixels -----------------------------------------------------------------------------------------------------------


def test_what_pixels_need_is_known_where_they_are_wanted() -> None:
    wishes = {"preview.graphics": Value("auto", "config.toml")}
    found = detect(KITTY, cell=(9, 18), wishes=wishes).pixels
    assert found == ("kitty", (9, 18), "truecolor", False, 256)
    assert detect(KITTY, cell=(9, 18)).pixels is None
    found = detect(TMUX, cell=(9, 18), around=Around("kitty(0.35)", "", passes=True), wishes=wishes).pixels
    assert found == ("kitty", (9, 18), "256", True, 256)


def test_only_sixel_has_to_know_the_size_of_a_cell() -> None:
    assert wishing({"TERM": "xterm"}, graphics="kitty").pixels
    assert wishing({"TERM": "xterm"}, graphics="iterm2").pixels
    without = wishing({"TERM": "xterm"}, graphics="sixel")
    assert without.pixels is None
    assert "the size of a cell" in without.look.reasons["graphics"].words


@pytest.mark.parametrize(
    ("environment", "protocol", "who"),
    [(MOSH, "kitty", "mosh"), (SCREEN, "sixel", "GNU screen"), (TMUX, "iterm2", "tmux")],
)
def test_what_would_never_arrive_is_not_sent(environment: dict[str, str], protocol: str, who: str) -> None:
    terminal = wishing(environment, graphics=protocol)
    assert terminal.pixels is None
    assert who in terminal.look.reasons["graphics"].words


def test_a_cell_whose_size_is_not_known_has_the_shape_that_is_set() -> None:
    terminal = wishing(KITTY, graphics="kitty", aspect=1.8)
    assert terminal.pixels and terminal.pixels.cell == (10, 18)


def test_without_colours_there_are_no_pixels() -> None:
    terminal = wishing({**KITTY, "NO_COLOR": "1"}, graphics="kitty")
    assert terminal.pixels is None
    assert "without colours" in terminal.look.reasons["graphics"].words


@pytest.mark.parametrize(("told", "colours"), [(None, 256), (16, 16), (1024, 256), (0, 256), (1, 2)])
def test_sixel_has_as_many_colours_as_the_terminal_says_up_to_256(told: int | None, colours: int) -> None:
    assert detect({"TERM": "foot"}, answers=Answers(colours=told)).colours == colours
