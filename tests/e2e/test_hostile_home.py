"""The app in a home that somebody else has filled, and what is pasted into it: nothing acts, and nothing ends it."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import pytest

from tests import strict
from tests.e2e.hostile import Hostile, error, left, settings, surroundings
from tests.e2e.test_hostile_text import ALL, Watched, server, settle
from tests.naughty import LONG, MARKUP, NAUGHTY
from tui.core.text import clean

__all__ = ["server"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

TEXTS = list(NAUGHTY.values())
COPY_PROMPT = ("y", "p")


def begin(app: Watched) -> None:
    app._welcome = False
    app.open()
    app.wait_until_quiet()


def test_what_is_pasted_and_typed_does_not_act_and_is_sent_cleaned(home: Path, server: Hostile) -> None:
    settle(home)
    with Watched(home, server) as app:
        begin(app)
        for name, text in NAUGHTY.items():
            app.write("x")
            app.paste(text)
            app.wait_until_quiet(0.05)
            app.check(name)
        assert server.posts == 0, "a line of a paste was sent"
        app.write("a ")
        app.paste(ALL.encode("utf-8", "replace").decode())
        app.wait_until_quiet()
        server.say(error("no"))
        app.press("ctrl+j")
        app.wait_for("#1 400")
        app.check("sent")
        app.leave()
    body = json.loads(server.heard[-1].partition(b"\r\n\r\n")[2])
    assert body["prompt"] == clean(body["prompt"])
    assert body["prompt"].startswith("a [@click=app.quit]press here[/]\n")


@pytest.mark.parametrize("name", LONG)
def test_a_long_paste_ends_nothing(name: str, home: Path) -> None:
    settle(home)
    with Watched(home) as app:
        begin(app)
        app.send(b"\x1b[200~")
        content = LONG[name][:200_000].encode()
        for at in range(0, len(content), 4096):
            app.send(content[at : at + 4096])
            app.read(0.001)
        app.send(b"\x1b[201~")
        app.wait_until_quiet(0.5)
        app.send(b"at the end")
        app.wait_for("at the end", 60)
        app.check(name)


def test_prompts_and_settings_of_others_are_recalled_and_do_not_act(home: Path) -> None:
    settle(home, prompts=TEXTS, form={"model": TEXTS[0], "prompt": ALL, "size": TEXTS[12], TEXTS[13]: TEXTS[14]})
    with Watched(home) as app:
        begin(app)
        app.check("remembered")
        for text in reversed(TEXTS):
            app.press("alt+up")
            app.wait_until_quiet(0.05)
            app.check(text)
        app.press("ctrl+r")
        app.wait_for("type to narrow")
        for _ in TEXTS:
            app.press("down")
        app.wait_until_quiet(0.1)
        app.check("the list of prompts")
        assert app.click_on("@click") >= 0
        app.press("escape")
        app.check("clicks")
        app.leave()


@pytest.mark.parametrize(
    "name", ["title", "C1", "a line written over", "halves", "written backwards", "an action to click on"]
)
def test_the_surroundings_do_not_act(name: str, home: Path) -> None:
    settle(home)
    with Watched(home, **surroundings(NAUGHTY[name])) as app:
        begin(app)
        app.press("ctrl+p")
        app.wait_for("type to narrow")
        app.send(b"how images are drawn")
        app.wait_until_quiet(0.2)
        app.press("enter")
        app.wait_for("Terminal")
        app.wait_until_quiet(0.2)
        app.check(name)
        app.click_on("@click")
        app.check("clicks")
        app.press("escape")
        app.leave()


def test_settings_models_themes_and_what_is_left_of_others_do_not_act(home: Path) -> None:
    settle(home)
    settings(home, TEXTS)
    left(home / "Pictures" / "safelight", TEXTS)
    with Watched(home) as app:
        app._welcome = False
        app.wait_for("safelight")
        app.wait_until_quiet(1)
        app.check("start")
        for opening in ("ctrl+t", "ctrl+n"):
            app.press(opening)
            app.wait_until_quiet(0.2)
            for _ in range(20):
                app.press("down")
            app.wait_until_quiet(0.2)
            app.check(opening)
            app.press("escape")
            app.wait_until_quiet(0.2)
        app.press("f7")
        app.wait_until_quiet(0.3)
        for _ in TEXTS:
            app.press("down")
            app.wait_until_quiet(0.03)
        app.check("Queue")
        app.click_on("@click")
        app.check("clicks")
        app.press("f2", "f2", "f5")
        app.wait_until_quiet(0.2)
        # The form's fields and their menus; then what they offer is clicked on, which may choose it.
        titles = ""
        for click in (False, True):
            for _ in range(8):
                app.press("tab", "enter")
                app.wait_until_quiet()
                titles += "".join(line for line in app.text.splitlines() if "┌─" in line)
                if click:
                    app.click_on("@click")
                app.press("down", "escape")
                app.wait_until_quiet()
                app.check("a field")
        assert MARKUP["an action to click on"] in titles


def test_a_prompt_is_copied_as_it_is(home: Path) -> None:
    prompt = "a fox [/] 50% off $(x) 👩‍🚀 \"'\\ ضفدع"
    settle(home)
    with Watched(home) as app:
        begin(app)
        app.paste(prompt)
        app.wait_for(f" {len(prompt)}/")
        app.press("ctrl+j")
        app.wait_for("#1 done")
        app.press("f6")
        app.wait_for("request id")
        app.press(*COPY_PROMPT)
        app.wait_for("Copied the prompt")
        assert [base64.b64decode(text).decode() for text in strict.copied(app.raw)] == [prompt]
        app.press("y", "f")
        app.wait_for("Copied the path")
        assert base64.b64decode(strict.copied(app.raw)[-1]).decode() == str(app.images[0])
        assert app.quit() == 0


def test_what_is_searched_for_does_not_act(home: Path) -> None:
    settle(home)
    with Watched(home) as app:
        begin(app)
        app.press("f6")
        app.wait_until_quiet()
        for text in [*MARKUP.values(), *TEXTS[12::6]]:
            app.press("slash")
            app.paste(text)
            app.wait_until_quiet(0.05)
            app.press("enter", "escape")
            app.check(text)
        for text in TEXTS[::8]:
            app.press("ctrl+g")
            app.paste(f"/nowhere/{text}")
            app.wait_until_quiet(0.1)
            app.press("enter")
            app.wait_until_quiet(0.1)
            app.press("escape")
            app.check(text)
