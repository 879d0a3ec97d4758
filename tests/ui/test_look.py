"""The panel of previews: what is known, why, and what is chosen for this run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint
from tests.ui.window import Window, configure, no_control_character, remember
from tui.core import config, paths
from tui.core.config import DEPTHS
from tui.render.geometry import STYLES
from tui.render.look import SETTINGS
from tui.render.terminal.answers import Answers
from tui.ui.knowledge import Knowledge
from tui.ui.screens.look import CHOICES, LookPanel, config_line, read, written
from tui.ui.widgets.look_field import LookField

OTHERS = ("STY", "LC_ALL", "LC_CTYPE", "MOSH_CONNECTION", "MOSH_IP", "TEXTUAL_COLOR_SYSTEM")


@pytest.fixture(autouse=True)
def terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is the same everywhere."""
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "foot")
    monkeypatch.setenv("LANG", "C.UTF-8")


async def panel(w: Window) -> LookPanel:
    """Open it as a person does, from the palette."""
    await w.press("ctrl+p")
    await w.paste("how images are drawn")
    await w.press("enter")
    await w.until(lambda: isinstance(w.screen, LookPanel), "the panel")
    assert isinstance(w.screen, LookPanel)
    return w.screen


def field(w: Window, part: str) -> LookField:
    return w.screen.query_one(f"#field-{part}", LookField)


def row(w: Window, label: str) -> str:
    return next(line for line in w.rows if f" {label} " in line)


async def test_every_part_stands_there_with_its_value_and_why(window: Open) -> None:
    configure("[preview]\nbudget_kb = 12\n")
    async with window() as w:
        await panel(w)
        assert "foot: TERM is foot" in row(w, "Terminal")
        for label, value, why in (
            ("Style", "blocks", "every terminal's font has these shapes"),
            ("Colours", "truecolor", "COLORTERM is truecolor"),
            ("Dithering", "off", "every shade has a colour of its own"),
            ("Budget", "12 kB", "preview.budget_kb is 12 in config.toml"),
            ("Ground", "checker", "unless another is set"),
            ("Cell aspect", "2", "the terminal does not say; most have 2"),
            ("Graphics", "off", "characters unless pixels are asked for"),
            ("Animation", "off", "each frame would cost"),
            ("Erase", "on", "what is erased takes the colour that is set"),
        ):
            assert value in row(w, label) and why in row(w, label), label
        field(w, "graphics").focus()
        await w.until_shown("the terminal probably has Sixel")
        assert "Default" in w.text
        field(w, "budget").focus()
        await w.until_shown("budget_kb = 12 below [preview] in ~/.config/safelight/config.toml")
        assert "Config " in w.text


async def test_a_style_is_tried_kept_and_undone(window: Open, library: Path) -> None:
    paint(library / "a.png", "#c8322b")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.until_painted()
        await panel(w)
        await w.press("left", "left")
        await w.until(lambda: w.app.knowledge.look.style == "ascii", "the style")
        assert "chosen in this session" in row(w, "Style")
        assert 'style = "ascii" below [preview] in ~/.config/safelight/config.toml' in w.text
        await w.press("escape")
        await w.until_painted()
        assert not {"▀", "▄", "█"} & set(w.text)
        await panel(w)
        await w.press("backspace")
        await w.until(lambda: w.app.knowledge.look.style == "blocks", "the style that was found")
        assert "chosen" not in row(w, "Style")


async def test_every_value_that_is_offered_can_be_chosen_and_written_down(window: Open) -> None:
    async with window() as w:
        await panel(w)
        for part, offered in {"style": [], **CHOICES}.items():
            values = [choice.value for choice in offered] or list(STYLES)
            for value in values:
                field(w, part).change(value)
                await w.settle()
                now = w.app.knowledge.look
                if (part, value) != ("graphics", "auto"):
                    assert written(part, getattr(now, part)) == value
                line = config_line(part, getattr(now, part))
                configure(f"[preview]\n{line}\n")
                loaded = config.load(os.environ)
                assert loaded.problems == ()
                assert loaded.get(SETTINGS[part]) == read(part, written(part, getattr(now, part)))
            field(w, part).change(None)
            await w.settle()


async def test_a_value_of_ones_own_is_typed_into_the_menu(window: Open) -> None:
    async with window() as w:
        await panel(w)
        field(w, "budget").focus()
        await w.press("enter")
        await w.until_shown("thousand bytes")
        await w.paste("many")
        await w.press("enter")
        await w.until_shown("✗ it must be a number")
        await w.press("ctrl+u")
        await w.paste("20000")
        await w.press("enter")
        await w.until_shown("✗ it must be from 0 to 10000")
        await w.press("ctrl+u")
        await w.paste("48")
        await w.press("enter")
        await w.until(lambda: w.app.knowledge.look.budget == 48_000, "the budget")
        assert "48 kB" in row(w, "Budget")
        field(w, "ground").focus()
        await w.press("enter")
        await w.paste("#123456")
        await w.press("enter")
        await w.until(lambda: w.app.knowledge.look.ground == "#123456", "the ground")
        field(w, "ground").focus()
        await w.press("enter")
        await w.paste("as found")
        await w.press("enter")
        await w.until(lambda: w.app.knowledge.look.ground == "checker", "the ground that was found")


async def test_what_the_terminal_answers_shows_while_it_is_open(window: Open) -> None:
    async with window() as w:
        await panel(w)
        w.app.knowledge.learn(cell=(9, 20), answers=Answers(name="foot(1.16.2)"))
        await w.until_shown("the terminal's cells are 9x20 pixels")
        await w.until_shown("it calls itself foot(1.16.2)")
        await w.press("q")
        await w.until(lambda: w.screen is w.app.here, "the place")
        w.app.knowledge.learn(cell=(9, 18))
        assert w.app.knowledge.look.aspect == 2


async def test_in_tmux_no_style_is_offered_that_it_drops(window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/x,1,0")
    async with window() as w:
        await panel(w)
        assert not {"octant", "blocks+octant"} & set(field(w, "style").choices)
        await w.press("escape")
        seen = {w.app.next_style() for _ in STYLES}
        assert seen == set(STYLES) - {"octant", "blocks+octant"}


async def test_hostile_variables_say_nothing_to_the_terminal(window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "\x1b]0;x\x07[@click=app.quit]x[/]"
    for name in ("TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "LANG", "LC_TERMINAL", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.setenv(name, hostile)
    async with window() as w:
        await panel(w)
        assert no_control_character(w.app)
        assert "[@click" in w.text


# --- what stays ------------------------------------------------------------------------------------------------------


def remembered() -> object:
    return json.loads((paths.state_folder(os.environ) / "memory.json").read_text())["style"]


async def test_a_style_that_was_chosen_is_remembered_and_one_that_was_found_is_not(window: Open) -> None:
    async with window() as w:
        assert w.app.knowledge.look.style == "blocks"
    assert remembered() is None
    async with window() as w:
        chosen = w.app.next_style()
    assert remembered() == chosen != "blocks"
    async with window() as w:
        assert w.app.knowledge.look.style == chosen
        await panel(w)
        assert "chosen last time" in row(w, "Style")
        await w.press("backspace")
        assert w.app.knowledge.look.style == "blocks"
    assert remembered() is None


async def test_what_the_file_says_goes_before_what_was_pressed_last_time(window: Open) -> None:
    remember(style="ascii")
    configure("[preview]\nstyle = 'half'\n")
    async with window() as w:
        assert w.app.knowledge.look.style == "half"


# --- knowledge, without the app -------------------------------------------------------------------------------------


def knowing(**env: str) -> Knowledge:
    return Knowledge(env, config.load({"HOME": os.environ["HOME"], **env}).values)


def test_listeners_hear_of_changes_and_of_nothing_else() -> None:
    known, heard = knowing(TERM="foot"), []
    known.listeners.append(lambda: heard.append(known.look.aspect))
    known.learn(cell=(9, 20))
    known.learn(cell=(9, 20))
    known.learn(cell=(0, 0))
    known.learn()
    assert len(heard) == 1
    known.wish("aspect", 1.5)
    known.wish("aspect", None)
    assert heard == [2.222, 1.5, 2.222]


def test_no_question_is_given_twice() -> None:
    known = knowing(TERM="xterm-256color")
    first = known.query()
    assert first
    assert known.query() == ""
    known.wish("graphics", "auto")
    more = known.query()
    assert more and not set(more.split("\x1b")) & (set(first.split("\x1b")) - {""})
    assert known.query() == ""


def test_styles_go_round_and_every_depth_can_be_wished_for() -> None:
    known = knowing(TERM="foot")
    assert [known.next_style() for _ in STYLES] == [*STYLES[1:], STYLES[0]]
    for depth in DEPTHS:
        known.wish("depth", depth)
        assert known.look.depth == depth
        assert known.wished("depth") == depth
