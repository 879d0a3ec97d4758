"""What the app copies reaches the clipboard of the terminal around it, through tmux, too."""

from __future__ import annotations

import base64
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.terminal import App, Terminal, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")
OSC_52 = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/]+=*)(?:\x07|\x1b\\)")


def copied(app: Terminal) -> list[str]:
    """The texts for the clipboard that came to the outermost terminal."""
    return [base64.b64decode(found).decode() for found in OSC_52.findall(app.raw)]


def image(home: Path) -> Path:
    file = home / "Pictures" / "safelight" / "a red fox.png"
    file.parent.mkdir(parents=True)
    Image.new("RGB", (32, 32), "red").save(file)
    return file


def copy_path(app: App) -> None:
    app.open()
    app.press("f6")
    app.wait_for("a red fox.png")
    app.press("y", "f")


class InTmux(App):
    """The app in a tmux of its own, with some settings."""

    def __init__(self, home: Path, settings: str, path: str | None = None) -> None:
        self.home, self._welcome = home, True
        self.tmux = ["tmux", "-u", "-S", str(home / "tmux")]
        (home / "tmux.conf").write_text(settings)
        program = shlex.join(["env", *([f"PATH={path}"] if path else []), sys.executable, "-m", "tui"])
        Terminal.__init__(self, [*self.tmux, "-f", str(home / "tmux.conf"), "new-session", program], environment(home))

    def __exit__(self, *error: object) -> None:
        subprocess.run([*self.tmux, "kill-server"], check=False, capture_output=True)
        super().__exit__(*error)  # type: ignore[arg-type]  # whatever ended it

    def buffer(self) -> str:
        return subprocess.run([*self.tmux, "show-buffer"], capture_output=True, text=True, check=False).stdout


def test_a_terminal_is_told_what_is_copied(home: Path) -> None:
    file = image(home)
    with App(home) as app:
        copy_path(app)
        app.wait_for(lambda: copied(app) == [str(file)])


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
@pytest.mark.parametrize("settings", ["", "set -s set-clipboard on\n"], ids=["as tmux is set at first", "on"])
def test_through_tmux_it_reaches_the_terminal_around_and_the_buffer(home: Path, settings: str) -> None:
    file = image(home)
    with InTmux(home, settings) as app:
        copy_path(app)
        app.wait_for(lambda: copied(app) == [str(file)])
        assert app.buffer() == str(file)


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_where_tmux_can_not_be_called_it_is_passed_through(home: Path) -> None:
    file = image(home)
    with InTmux(home, "set -g allow-passthrough on\n", path="/nowhere") as app:
        copy_path(app)
        app.wait_for(lambda: copied(app) == [str(file)])
