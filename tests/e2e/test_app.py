"""The main job in the real program, as a person does it: bytes in, a screen out."""

from __future__ import annotations

import re
import signal
import stat
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import App, alive, configure, descendants

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

FAULTS = {
    "quota": "exceeded your current quota",
    "bad-value": "'size' is not supported here",
    "moderation": "rejected by the safety system",
    "bad-key": "invalid_api_key",
    "unverified": "verified",
    "no-model": "model_not_found",
    "too-large": "413",
    "redirect": "307",
    "bad-gateway": "outcome unknown · 502",
    "reset": "outcome unknown",
    "short-body": "outcome unknown",
    "html": "web page",
    "empty-object": "JSON without an image",
    "error-200": "The server had an error",
    "broken-json": "outcome unknown",
    "hostile-error": "txet",
    "not-an-image": "image",
}


def test_from_a_prompt_to_a_saved_previewed_browsable_image(home: Path) -> None:
    with App(home, columns=160) as app:
        app.open()
        assert "SANDBOX" in app.text
        assert not app.colours()

        app.send(b"a red fox in the snow")
        app.press("ctrl+j")
        app.wait_for("#1 done")
        (image,) = app.images
        app.wait_for(f"saved ~/{image.relative_to(home)}")
        assert image.read_bytes().startswith(b"\x89PNG")
        app.wait_for(lambda: len(app.colours()) > 50)
        app.wait_for("1024x1024 png")

        app.press("f6")
        app.wait_for("a red fox in the snow")
        app.wait_for("request id")
        app.wait_for(lambda: len(app.colours()) > 50)

        app.press("enter")
        app.wait_for("1 of 1")
        app.wait_for(lambda: len(app.colours()) > 50)
        app.press("escape")
        app.wait_for("f6 Library")
        app.wait_until_quiet()

        app.press("q")
        assert app.end() == 0
        assert app.raw.rindex(b"\x1b[?1049l") > app.raw.rindex(b"\x1b[?1049h")
        assert app.raw.rindex(b"\x1b[?25h") > app.raw.rindex(b"\x1b[?25l")
        after = app.raw[app.raw.rindex(b"\x1b[?1049l") :]
        assert re.fullmatch(rb"(\x1b\[[?<>=0-9;]*[a-z])+", after), after
        for mode in (b"?1000", b"?1003", b"?1006", b"?2004"):
            assert app.raw.rindex(b"\x1b[" + mode + b"l") > app.raw.rindex(b"\x1b[" + mode + b"h"), mode


def test_what_was_typed_right_before_ctrl_j_is_sent_too(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.wait_until_quiet()
        app.send(b"a lighthouse in a storm, seen from the sea\n")
        app.wait_for("#1 done")
        app.press("f6")
        app.wait_for("a lighthouse in a storm, seen")


def test_what_is_sent_while_the_program_still_starts_is_sent_as_soon_as_it_can_be(home: Path) -> None:
    with App(home) as app:
        app.open()
        assert app.quit() == 0
    with App(home, welcome=False) as app:
        app.wait_for(" 0/")
        app.send(b"a red fox")
        app.press("ctrl+j")
        app.wait_for("#1 done")
        assert len(app.images) == 1
        assert app.quit() == 0


def test_keys_that_come_in_one_bunch_leave_a_dialog_once(home: Path) -> None:
    with App(home) as app:
        app.open()
        for opening in ("f1", "ctrl+o", "ctrl+p"):
            app.press(opening)
            app.wait_until_quiet()
            app.send(b"\x1b\x1b")
            app.wait_until_quiet()
        app.wait_for("f5 Create")
        assert app.quit() == 0


def test_the_prompt_is_edited_in_the_persons_editor(home: Path) -> None:
    editor = home / "editor"
    editor.write_text(
        '#!/bin/sh\nread -p "in the editor" answer\nsed s/grey/red/ "$1" > "$1.new" && mv "$1.new" "$1"\n'
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    with App(home, EDITOR=str(editor)) as app:
        app.open()
        app.write("a grey fox")
        app.press("f4")
        app.wait_for("in the editor")
        app.send(b"\r")
        app.wait_for("a red fox")
        app.send(b" runs")
        app.wait_for("a red fox runs")
        assert app.quit() == 0


def test_a_key_that_edits_acts_before_the_letters_behind_it(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.wait_until_quiet()
        app.send(b"abc\x7fd\x1b[D\x1b[Dx")
        app.wait_for("axbd")


def test_an_editor_that_fails_leaves_the_prompt_as_it_was(home: Path) -> None:
    with App(home, EDITOR="false") as app:
        app.open()
        app.write("a grey fox")
        app.press("f4")
        app.wait_for("status 1")
        assert "a grey fox" in app.text
        app.send(b" runs")
        app.wait_for("a grey fox runs")
        assert app.raw.rindex(b"\x1b[?1049h") > app.raw.rindex(b"\x1b[?1049l")


def test_a_resize_while_a_job_runs_loses_nothing(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.generate("fault:timeout a fox")
        app.wait_for("1 running")
        for columns, rows in ((80, 24), (40, 10), (200, 60), (1, 1), (120, 40)):
            app.resize(columns, rows)
            app.wait_until_quiet(0.2)
        app.wait_for("fault:timeout a fox")
        app.wait_for("1 running")
        app.generate("a bear")
        app.wait_for("#2 done")
        app.resize(200, 60)
        app.wait_for(lambda: len(app.colours()) > 50)


def test_each_kind_of_failure_ends_in_words_in_the_log(home: Path) -> None:
    with App(home, columns=200, rows=60) as app:
        app.open()
        for number, (fault, words) in enumerate(FAULTS.items(), 1):
            app.generate(f"fault:{fault} a fox")
            ending = re.compile(rf"#{number} .*{re.escape(words)}")
            app.wait_for(lambda ending=ending: ending.search(app.words))  # type: ignore[misc]  # a lambda with a default
            app.wait_for(lambda: "running" not in app.text)
        assert b"\x1b]0;owned" not in app.raw
        assert b"\x1b]52" not in app.raw
        app.generate("a fox at last")
        app.wait_for(f"#{len(FAULTS) + 1} done")
        assert len(app.images) == 1


def test_a_rate_limit_counts_down_and_is_tried_again(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.generate("fault:rate-limit*1 a fox")
        app.wait_for("retry 1 of")
        app.wait_for("attempt 2")
        app.wait_for("#1 done")


def test_leaving_asks_while_a_job_runs(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.generate("fault:timeout a fox")
        app.wait_for("1 running")
        app.press("ctrl+q")
        app.wait_for("1 job runs still")
        app.press("escape")
        app.wait_for(lambda: "1 job runs still" not in app.words)
        app.press("ctrl+q")
        app.wait_for("1 job runs still")
        children = descendants(app.child.pid)
        app.press("l")
        assert app.end() == 0
        assert children
        assert not [pid for pid in children if alive(pid)]


def test_the_form_is_remembered_and_the_welcome_comes_once(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.write("a fox that is not sent")
        assert app.quit() == 0
    with App(home, welcome=False) as app:
        app.open()
        app.wait_for("a fox that is not sent")
        assert "A darkroom for images" not in app.text


def test_nothing_is_written_while_nothing_happens(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.wait_for(lambda: len(app.colours()) > 50)
        app.wait_until_quiet(1)
        assert app.read(1.5) == b""
        assert app.child.isalive()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda each: each.name)
def test_a_signal_ends_the_program_and_all_its_children(home: Path, ending: signal.Signals) -> None:
    configure(home, "[engine]\ngrace = 0.5\n")
    with App(home) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.wait_for(lambda: len(app.colours()) > 50)
        app.generate("fault:timeout a fox")
        app.wait_for("1 running")
        children = descendants(app.child.pid)
        assert len(children) >= 2, "the sandbox and the decoder"
        app.child.kill(ending)
        app.end()
        app.wait_for(lambda: not [pid for pid in children if alive(pid)])


def test_a_terminal_that_is_closed_ends_the_program_and_all_its_children(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for(lambda: len(app.colours()) > 50)
        pid = app.child.pid
        children = [pid, *descendants(pid)]
        assert len(children) >= 3
        app.hang_up()
        app.wait_for(lambda: not [pid for pid in children if alive(pid)])
