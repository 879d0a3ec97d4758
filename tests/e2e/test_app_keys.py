"""Every key of the command table, as the bytes that a terminal sends, in the real program."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.terminal import App
from tui.ui.commands import BY_ID, COMMANDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")
PROMPTS = ("a fox at dawn", "a bear at dusk")
LAST = "fault:rate-limit-long a wolf"


@dataclass(frozen=True)
class Case:
    """`before` leads to where the command acts; `effect` is what is then seen, words or a condition; `after` undoes."""

    before: tuple[str, ...]
    effect: str | Callable[[App], bool]
    after: tuple[str, ...] = ()


def gone(words: str) -> Callable[[App], bool]:
    return lambda app: words not in app.words


def either(*words: str) -> Callable[[App], bool]:
    return lambda app: any(each in app.words for each in words)


CREATE, LIST = ("f5",), ("f6", "g")
VIEW = (*LIST, "enter")
NEAR = (*VIEW, "equals_sign")
COMPARED = (*LIST, "c")
JOBS = ("f7", "G")
# Whatever is seen then, it is not what was seen before.
OTHER = "another picture"
NO_DESKTOP = either("xdg-open", "desktop")
CASES = {
    "generate": Case(CREATE, "write a prompt"),
    "create": Case(LIST, "Quality"),
    "library": Case(CREATE, "request id"),
    "queue": Case(CREATE, "─Jobs"),
    "log": Case(CREATE, gone("─Log"), ("f2",)),
    "next_pane": Case(CREATE, "enter Full screen", ("f3",)),
    "answer": Case(CREATE, "Job #3 asks", ("escape",)),
    "settle": Case(("f7", "g"), "Job #3 asks", ("escape",)),
    "jump": Case(CREATE, " s del", ("escape",)),
    "help": Case(CREATE, "Send the request", ("escape",)),
    "palette": Case(CREATE, "type to narrow", ("escape",)),
    "provider": Case(CREATE, "charges nothing", ("escape",)),
    "theme": Case(CREATE, "daylight", ("escape",)),
    "welcome": Case(CREATE, "A darkroom for images", ("escape",)),
    "clear": Case(CREATE, "What shall the image show?", ("ctrl+z",)),
    "quit": Case(CREATE, "1 job runs still", ("escape",)),
    "editor": Case(CREATE, "in the editor", ("enter",)),
    "earlier": Case(CREATE, LAST, ("alt+down",)),
    "later": Case((*CREATE, "alt+up", "alt+up"), LAST, ("alt+down",)),
    "prompts": Case(CREATE, "Prompts that you have sent", ("escape",)),
    "more": Case((*CREATE, "f3", "f3"), gone("▸ More"), ("m", "f3")),
    "open": Case(LIST, "1 of 2", ("escape",)),
    "search": Case(LIST, "words of a prompt", ("escape",)),
    "folder": Case(LIST, "type a path", ("escape",)),
    "style": Case(LIST, "Preview: "),
    "zoom_in": Case(VIEW, " %", ("escape",)),
    "zoom_out": Case((*VIEW, "plus"), gone(" %"), ("escape",)),
    "true_size": Case(VIEW, "100 %", ("escape",)),
    "whole": Case(NEAR, gone(" %"), ("escape",)),
    **{f"pan_{side}": Case(NEAR, OTHER, ("escape",)) for side in ("left", "right", "up", "down")},
    "pause": Case(LIST, "does not move"),
    "copy": Case(LIST, "Copy prompt", ("escape",)),
    "open_file": Case(LIST, NO_DESKTOP),
    "open_folder": Case(LIST, NO_DESKTOP),
    "close": Case(VIEW, "f6 Library"),
    "previous": Case((*VIEW, "right"), "1 of 2", ("escape",)),
    "next": Case(VIEW, "2 of 2", ("escape",)),
    "viewer_details": Case(VIEW, gone("1024x1024 png"), ("i", "escape")),
    "mark": Case(LIST, "1 marked", ("escape",)),
    "mark_all": Case(LIST, "2 marked", ("escape",)),
    "mark_range": Case((*LIST, "v", "j"), "2 marked", ("escape",)),
    "sort": Case(LIST, "the dearest first", ("escape",)),
    "reverse": Case(LIST, "reversed", ("S",)),
    "delete": Case(LIST, "Delete 1 image for good?", ("escape",)),
    "rename": Case(LIST, "Rename 1 image", ("escape",)),
    "move": Case(LIST, "Move 1 image to", ("escape",)),
    "export": Case(LIST, "Export 1 image", ("escape",)),
    "export_now": Case((*LIST, "X"), "copied to ~/safelight-export"),
    "discard": Case(LIST, "1 image: in the trash", ("u",)),
    "undo": Case((*LIST, "d"), "taken out of the trash"),
    "viewer_discard": Case(VIEW, "1 of 1", ("u", "escape")),
    "viewer_undo": Case((*VIEW, "d"), "1 of 2", ("escape",)),
    "spend": Case(CREATE, "Nothing was spent"),
    **{
        f"by_{what}": Case(("f8", "w" if what == "day" else "d"), f"by {what}")
        for what in ("day", "week", "month", "model", "provider")
    },
    **{f"rate_{stars}": Case(LIST, f"rated {stars}") for stars in range(1, 6)},
    "rate_0": Case(LIST, "rating taken off"),
    "favourite": Case(LIST, "♥", ("f",)),
    "tags": Case(LIST, "or a new tag", ("escape",)),
    "notes": Case(LIST, "ctrl+j keeps", ("escape",)),
    "kin": Case(LIST, OTHER, ("escape",)),
    "next_view": Case(LIST, OTHER, ("V", "V")),
    "slideshow": Case(VIEW, OTHER, ("escape",)),
    "hold": Case((*VIEW, "s"), OTHER, ("escape",)),
    "faster": Case((*VIEW, "s"), OTHER, ("escape",)),
    "slower": Case((*VIEW, "s"), OTHER, ("escape",)),
    "compare": Case(LIST, "What differs", ("escape",)),
    "leave_compare": Case(COMPARED, "f6 Library"),
    "flip": Case(COMPARED, OTHER, ("escape",)),
    "side_by_side": Case((*COMPARED, "tab"), OTHER, ("escape",)),
    "compare_undo": Case((*COMPARED, "3"), "rated 3: undone", ("escape",)),
    "reuse": Case(LIST, "Quality"),
    "repeat": Case(LIST, "#4 done"),
    "job_again": Case(JOBS, "#5 done"),
    "job_reuse": Case(JOBS, "Quality"),
}
# These have a test of their own below.
ALONE = {"cancel", "up", "down", "details"}
# These want an edit, or money that was spent, or show by colours alone: tests/ui/test_judge.py, test_spend.py and
# test_compare.py have them.
ELSEWHERE = {
    "parent", "child", "sibling", "show_images", "export_spending", "compare_previous", "compare_next",
}  # fmt: skip


def test_every_command_with_a_key_is_tried_here() -> None:
    assert {command.id for command in COMMANDS if command.keys} == CASES.keys() | ALONE | ELSEWHERE


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With two images and a job that asks something."""
    home = tmp_path_factory.mktemp("keys")
    editor = home / "editor"
    editor.write_text('#!/bin/sh\nread -p "in the editor" answer\n')
    editor.chmod(0o700)
    with App(home, columns=160, EDITOR=str(editor)) as app:
        app.open()
        for number, prompt in enumerate(PROMPTS, 1):
            app.generate(prompt)
            app.wait_for(f"#{number} done")
        app.generate(LAST)
        app.wait_for("f9 answer")
        app.press("ctrl+u")
        yield app


# In one process and in this order: what a key does is seen against what the one before left.
@pytest.mark.xdist_group("keys")
@pytest.mark.parametrize("name", CASES)
def test_a_key_acts(app: App, name: str) -> None:
    case = CASES[name]
    for each in case.before:
        app.press(each)
        app.wait_until_quiet(0.15)
    seen = app.cells
    app.press(BY_ID[name].keys.split(",")[0])
    if case.effect == OTHER:
        # In some styles a picture that moves has other colours only.
        app.wait_for(lambda: app.cells != seen)
    else:
        app.wait_for(case.effect if isinstance(case.effect, str) else partial(case.effect, app))
    for each in case.after:
        app.press(each)
        app.wait_until_quiet(0.15)


def test_the_queue_is_reordered_and_its_jobs_cancelled(home: Path) -> None:
    with App(home, columns=160) as app:
        app.open()
        for number in range(1, 7):
            app.generate(f"fault:timeout fox {number}")
            app.wait_for(f"#{number} generate")
        app.press("f7")
        app.wait_for("4 running · 2 queued")
        order = partial(listed, app)
        app.wait_for(lambda: order() == [1, 2, 3, 4, 5, 6])
        app.press("G")
        app.wait_until_quiet(0.15)
        app.press("K")
        app.wait_for(lambda: order() == [1, 2, 3, 4, 6, 5])
        app.wait_until_quiet(0.15)
        app.press("J")
        app.wait_for(lambda: order() == [1, 2, 3, 4, 5, 6])
        app.wait_until_quiet(0.15)
        app.press("x")
        app.wait_for("4 running · 1 queued")
        app.wait_for("cancelled · nothing was sent")


def test_on_a_small_screen_the_details_come_and_go(home: Path) -> None:
    with App(home, columns=80, rows=24) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.press("f6")
        app.wait_for("enter Full screen")
        app.wait_until_quiet(0.15)
        assert "folder" not in app.words
        app.press("i")
        app.wait_for("folder")
        app.wait_until_quiet(0.15)
        app.press("i")
        app.wait_for(partial(gone("folder"), app))


def listed(app: App) -> list[int]:
    """The numbers of the jobs, as they stand below one another."""
    return [int(found[1]) for row in app.screen.display[:12] if (found := re.match(r"\W*#(\d+)", row[:30]))]
