"""The real program where things are not as usual: other terminals, other servers, other packages, other people."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import BLOCKS, App, Terminal, descendants, environment
from tui.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")
KEY = "sk-marker-77aa01e5"


def test_another_server_is_used_and_the_key_stays_where_it_is(home: Path) -> None:
    with Sandbox() as sandbox, App(home, OPENAI_BASE_URL=sandbox.base_url, OPENAI_API_KEY=KEY) as app:
        app.open()
        assert "SANDBOX" not in app.text
        app.wait_for("127.0.0.1")
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.wait_for(lambda: len(app.colours()) > 50)
        app.generate("fault:bad-key a fox")
        app.wait_for("invalid_api_key")
        app.generate("fault:hang-up a fox")
        app.wait_for("outcome unknown")

        assert len(sandbox.posts) == 3, "each sent once"
        for child in descendants(app.child.pid):
            seen = Path(f"/proc/{child}/environ").read_bytes() + Path(f"/proc/{child}/cmdline").read_bytes()
            assert KEY.encode() not in seen
        assert KEY.encode() not in Path(f"/proc/{app.child.pid}/cmdline").read_bytes()
        assert app.quit() == 0
        assert KEY.encode() not in app.raw
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]


def test_a_refused_connection_is_told_and_tried_again(home: Path) -> None:
    with Sandbox() as gone:
        url = gone.base_url
    with App(home, OPENAI_BASE_URL=url, OPENAI_API_KEY=KEY) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("retry 1 of")
        app.wait_for("connection")


def test_no_key_leads_to_the_sandbox(home: Path) -> None:
    with App(home) as app:
        app.wait_for("No key was found")
        app.open()
        app.wait_for("no key found · sandbox")
        assert "SANDBOX" in app.text
        assert "Traceback" not in app.text


def test_an_openai_package_that_is_too_old_is_refused_with_the_line_that_upgrades_it(home: Path) -> None:
    package = home / "old" / "openai"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "0.28.1"\n')
    path = os.pathsep.join([str(package.parent), environment(home)["PYTHONPATH"]])
    with App(home, PYTHONPATH=path) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("0.28.1")
        app.wait_for("pip install")
        assert app.quit() == 0


def test_a_library_that_cannot_be_written_is_told_before_anything_is_sent(home: Path) -> None:
    (home / "Pictures").write_text("a file where the folder should stand")
    with Sandbox() as sandbox, App(home, OPENAI_BASE_URL=sandbox.base_url, OPENAI_API_KEY=KEY) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for(lambda: re.search(r"#1 .*(folder|library|written|directory)", app.words))
        app.wait_for(lambda: "running" not in app.text)
        assert not sandbox.posts
        assert app.quit() == 0


def test_two_apps_share_a_library(home: Path) -> None:
    with App(home, columns=160) as one:
        one.open()
        with App(home, columns=160) as two:
            two.open()
            one.generate("a fox from the first")
            two.generate("a bear from the second")
            one.wait_for("#1 done")
            two.wait_for("#1 done")
            for app in (one, two):
                app.press("f6")
                app.wait_for(lambda app=app: len(app.images) == 2 and app.text.count("_0") + app.text.count("_1") > 1)  # type: ignore[misc]  # a lambda with a default
            assert two.quit() == 0
        one.wait_until_quiet()
        assert one.quit() == 0
    assert not list((home / "Pictures" / "safelight" / ".safelight" / "spool").glob("*/request.json"))


@pytest.mark.parametrize(
    ("env", "fewest"),
    [
        ({"NO_COLOR": "1"}, 0),
        ({"COLORTERM": None}, 5),
        ({"COLORTERM": None, "TERM": "screen-256color"}, 5),
        ({"COLORTERM": None, "TERM": "linux"}, 3),
    ],
    ids=["no colours", "256 colours", "screen", "console"],
)
def test_a_terminal_with_fewer_colours_shows_a_preview_too(home: Path, env: dict[str, str | None], fewest: int) -> None:
    with App(home, **env) as app:
        app.open()
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.wait_for(lambda: drawn(app) > 50)
        assert len(app.colours()) >= fewest
        # Without colours Textual sends greys.
        exact = {tuple(map(int, each)) for each in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", app.raw)}
        assert not [each for each in exact if fewest or len(set(each)) > 1]
        assert app.quit() == 0


def drawn(app: Terminal) -> int:
    """How many cells the picture takes: blocks, or the letters that stand in for them where there are no colours."""
    rows = [row[41:91] for row in app.screen.display[2:24]]
    return sum(cell in BLOCKS or (not cell.isspace() and "NO_COLOR" in app.env) for row in rows for cell in row)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux_an_image_is_made_and_the_shell_comes_back(home: Path) -> None:
    socket = f"safelight-test-{os.getpid()}"
    tmux = ["tmux", "-L", socket, "-f", os.devnull]
    command = f"{sys.executable} -m tui; echo ended with $?"
    env = environment(home, SHELL="/bin/sh", TMUX_TMPDIR=str(home), PS1="$ ")
    try:
        with Terminal([*tmux, "new-session", "-x", "80", "-y", "24", "sh"], env, columns=80, rows=24) as terminal:
            terminal.wait_for("$")
            terminal.send(command.encode() + b"\r")
            terminal.wait_for("A darkroom for images")
            terminal.press("enter")
            terminal.wait_for(lambda: "A darkroom" not in terminal.text and "it paints locally" in terminal.words)
            terminal.send(b"a red fox")
            terminal.wait_for("a red fox")
            terminal.press("ctrl+j")
            terminal.wait_for("#1 done")
            terminal.wait_for(lambda: len(terminal.colours()) > 10)
            terminal.press("f6")
            terminal.wait_for("png")
            terminal.press("ctrl+q")
            terminal.wait_for("ended with 0")
            terminal.wait_for(lambda: "SANDBOX" not in terminal.text)
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, check=False, capture_output=True)
