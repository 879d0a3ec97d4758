"""Themes, colours, first frame and what the terminal gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui.conftest import Open
from tests.ui.test_library import paint
from tests.ui.window import Window, configure, no_control_character, remember
from tui.core import paths
from tui.ui import themes
from tui.ui.widgets.preview import Canvas

OURS = [file.stem for file in sorted(paths.themes_folder().glob("*.toml"))]


def inks(w: Window) -> set[str]:
    """The colours on the screen."""
    found = set()
    for strip in w.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style:
                found |= {str(colour) for colour in (segment.style.color, segment.style.bgcolor) if colour}
    return found


def themes_folder() -> Path:
    folder = paths.config_folder(os.environ) / "themes"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def choose(w: Window, name: str) -> None:
    await w.press("ctrl+p")
    await w.paste("choose how safelight looks")
    await w.press("enter")
    await w.until(lambda: getattr(w.screen, "_title", "") == "Theme", "the menu of themes")
    await w.paste(name)
    await w.press("enter")
    await w.until(lambda: w.app.theme == name and w.screen is w.app.here, f"the theme {name}")


def test_four_themes_are_shipped() -> None:
    assert {"safelight", "daylight", "console", "contrast"} <= set(OURS)


async def test_a_theme_is_switched_while_the_app_runs_and_remembered(window: Open) -> None:
    seen: dict[str, set[str]] = {}
    async with window() as w:
        for name in (*OURS[::-1], "safelight"):
            if w.app.theme != name:
                await choose(w, name)
            await w.to("queue")
            await w.to("create")
            seen[name] = inks(w)
        assert len({frozenset(colours) for colours in seen.values()}) == len(OURS)
        await choose(w, "contrast")
    async with window() as w:
        assert w.app.theme == "contrast"


async def test_a_theme_of_one_s_own_is_taken_and_a_broken_one_is_named_and_passed_over(window: Open) -> None:
    (themes_folder() / "mine.toml").write_text('dark = true\n[colors]\nprimary = "#00ff00"\nbackground = "#000010"\n')
    (themes_folder() / "bare.toml").write_text('dark = false\n[variables]\ntext-muted = "#ff0000 50%"\n')
    (themes_folder() / "broken.toml").write_text("[colors]\nprimary = 'no colour at all'\n")
    (themes_folder() / "odd.toml").write_text('[variables]\nrule = "[@click=app.quit]"\n')
    (themes_folder() / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    async with window() as w:
        await choose(w, "mine")
        assert any("0,255,0" in ink or "#00ff00" in ink for ink in inks(w))
        await choose(w, "bare")
        for name in ("broken", "odd", "bytes"):
            assert name not in w.app.theme_names
            await w.until(lambda name=name: f"theme passed over: {name}.toml" in w.log, "the word about it")


async def test_a_broken_theme_that_is_configured_gives_way_to_the_default(window: Open) -> None:
    (themes_folder() / "broken.toml").write_text("[colors\n")
    configure('theme = "broken"\n')
    async with window() as w:
        assert w.app.theme == themes.DEFAULT
        await w.until(lambda: "theme passed over: broken.toml" in w.log, "the word about the theme")


@pytest.mark.parametrize("name", OURS)
async def test_every_screen_can_be_drawn_in_every_theme(name: str, window: Open) -> None:
    remember(theme=name)
    async with window((80, 24)) as w:
        assert w.app.theme == name
        for keys in (["f6"], ["f7"], ["f5"], ["f1"], ["escape"], ["ctrl+p"], ["escape"], ["ctrl+o"], ["escape"]):
            await w.press(*keys)
            assert no_control_character(w.app)


async def test_without_colour_the_picture_is_drawn_in_letters(
    window: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(library / "a.png", "#c8322b")
    monkeypatch.setenv("NO_COLOR", "1")
    async with window() as w:
        await w.to("library")
        await w.until_painted()
        rows = [w.screen.query_one(Canvas).render_line(y).text.strip() for y in range(30)]
        drawn = "".join(rows)
        assert drawn and drawn.isascii() and "▀" not in w.text


async def test_a_256_colour_terminal_gets_256_colours(
    window: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(library / "a.png", "#c8322b")
    configure('[preview]\ncolors = "256"\n')
    async with window() as w:
        await w.to("library")
        await w.until_painted()
        styles = {
            segment.style.color.type.name
            for y in range(w.screen.query_one(Canvas).size.height)
            for segment in w.screen.query_one(Canvas).render_line(y)
            if segment.style and segment.style.color and "▀" in segment.text
        }
        assert "TRUECOLOR" not in styles


async def test_nothing_moves_while_nothing_happens(window: Open) -> None:
    async with window() as w:
        await w.make("a fox")
        await w.until_painted()
        timers = [timer for node in w.screen.walk_children() for timer in node._timers if timer._repeat is None]
        assert not [timer for timer in timers if timer._active.is_set()], "no timer goes on for ever"
