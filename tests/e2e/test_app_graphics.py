"""Pictures as pixels: which terminal gets them, and how it is left. The real program in a pty."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import App, Terminal, environment
from tests.pixels import CELL, PixelScreen, paint
from tui.render.terminal.answers import ATTRIBUTES, CELL_SIZE, KITTY_GRAPHICS, NAME, SIXEL_COLOURS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

SIZE = (100, 30)
ANY = re.compile(rb"\x1b_G|\x1bP0;1;0q|\x1b\]1337;|" + "\U0010eeee".encode())
CELLS = b"\x1b[6;%d;%dt" % CELL[::-1]
KITTY = {NAME: b"\x1bP>|kitty(0.35.2)\x1b\\", KITTY_GRAPHICS: b"\x1b_Gi=4177;OK\x1b\\", ATTRIBUTES: b"\x1b[?62;c"}
XTERM = {NAME: b"\x1bP>|XTerm(390)\x1b\\", ATTRIBUTES: b"\x1b[?64;1;2;6;9;15;18;21;22c"}
FOOT = {NAME: b"\x1bP>|foot(1.16.2)\x1b\\", ATTRIBUTES: b"\x1b[?62;4;22c", SIXEL_COLOURS: b"\x1b[?1;0;64S"}


class PixelApp(App):
    """Safelight on a terminal of pixels, which gives these answers to these questions; `asked` are those that came."""

    def __init__(
        self,
        home: Path,
        answers: Mapping[str, bytes] | None = None,
        *,
        command: Sequence[str] = (sys.executable, "-m", "tui"),
        truecolor: bool = True,
        **env: str | None,
    ) -> None:
        self.home, self._welcome = home, False
        self.asked: list[str] = []
        self._answers = answers or {}
        Terminal.__init__(self, command, environment(home, **env), columns=SIZE[0], rows=SIZE[1])
        self.pixels = PixelScreen(*SIZE, truecolor=truecolor)
        self.screen = self.pixels.characters

    def _show(self, data: bytes) -> None:
        self.pixels.feed(data)

    def receive(self, seconds: float) -> bytes:
        before = len(self.raw)
        data = super().receive(seconds)
        written = self.raw[max(before - 64, 0) :].decode(errors="replace")
        for question, answer in self._answers.items():
            if question in written and question not in self.asked:
                self.asked.append(question)
                self.send(answer)
        return data

    def look(self, image: Path) -> None:
        """The image in the Library, in pixels."""
        self.press("f6")
        self.wait_for(lambda: self.pixels.shows(image))


@pytest.fixture
def image(home: Path) -> Path:
    """The one image of the library, of somebody who was welcomed before."""
    memory = home / ".local" / "state" / "safelight" / "memory.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(json.dumps({"welcomed": True}))
    return paint(home / "Pictures" / "safelight" / "2026-11-22" / "a.png")


def configure(home: Path, graphics: str) -> None:
    folder = home / ".config" / "safelight"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'[preview]\ngraphics = "{graphics}"\n')


# --- which terminal gets them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "begin"), [(KITTY, b"\x1b_Ga=T"), ({**FOOT, CELL_SIZE: CELLS}, b"\x1bP0;1;0q")], ids=["kitty", "foot"]
)
def test_a_terminal_that_answers_that_it_has_pixels_gets_them(
    home: Path, image: Path, answers: Mapping[str, bytes], begin: bytes
) -> None:
    configure(home, "auto")
    with PixelApp(home, answers) as app:
        app.open()
        app.look(image)
        assert set(app.asked) == set(answers)
        assert app.raw.index(NAME.encode()) > app.raw.index(b"Prompt"), "after the first frame"
        assert begin in app.raw
        assert app.pixels.received == 1
        assert app.quit() == 0
        assert app.pixels.images == 0


@pytest.mark.parametrize(
    ("graphics", "answers"), [("auto", XTERM), ("off", KITTY), ("sixel", {})], ids=["unknown", "off", "no size"]
)
def test_where_nothing_says_so_or_nobody_wants_them_pictures_are_cells(
    home: Path, image: Path, graphics: str, answers: Mapping[str, bytes]
) -> None:
    configure(home, graphics)
    with PixelApp(home, answers) as app:
        app.open()
        app.press("f6")
        app.wait_for(lambda: len(app.colours()) > 20)
        app.wait_until_quiet()
        assert not ANY.search(re.sub(rb"\x1b_Ga=q[^\x1b]*\x1b\\", b"", app.raw))
        assert app.quit() == 0


# --- how it is left --------------------------------------------------------------------------------------------------


def test_sigterm_frees_the_images_and_gives_the_terminal_back(home: Path, image: Path) -> None:
    configure(home, "kitty")
    with PixelApp(home) as app:
        app.open()
        app.look(image)
        app.child.kill(signal.SIGTERM)
        app.end()
        assert app.child.signalstatus == signal.SIGTERM
        assert app.pixels.images == 0
        assert app.raw.rindex(b"\x1b_Ga=d") < app.raw.rindex(b"\x1b[?1049l")


# The program with an action that raises.
FALLS = """
import sys, tui.cli, tui.ui.actions
tui.ui.actions.Actions.action_toggle_log = lambda self: 1 / 0
sys.exit(tui.cli.main())
"""


def test_an_error_of_the_program_leaves_no_image(home: Path, image: Path) -> None:
    configure(home, "kitty")
    with PixelApp(home, command=[sys.executable, "-c", FALLS]) as app:
        app.open()
        app.look(image)
        app.press("f2")
        assert app.end() == 1
        assert b"Safelight ended by an error of its own" in app.raw
        assert app.pixels.images == 0
        assert app.raw.rindex(b"\x1b_Ga=d") < app.raw.rindex(b"\x1b[?1049l")


def test_an_editor_finds_no_image_and_afterwards_they_are_there_again(home: Path, image: Path) -> None:
    configure(home, "kitty")
    with PixelApp(home, EDITOR="true") as app:
        app.open()
        app.look(image)
        app.press("f5", "f4")
        app.wait_for(lambda: app.raw.count(b"\x1b[?1049h") == 2)
        assert held(app.raw[: app.raw.rindex(b"\x1b[?1049l")]) == 0
        app.wait_for(lambda: app.pixels.images and app.pixels.shows(image))
        assert app.quit() == 0
        assert app.pixels.images == 0


def test_put_to_sleep_it_leaves_no_image_either(home: Path, image: Path) -> None:
    configure(home, "kitty")
    with PixelApp(home) as app:
        app.open()
        app.look(image)
        app.child.kill(signal.SIGTSTP)
        os.waitpid(app.child.pid, os.WUNTRACED)
        app.wait_until_quiet(0.1)
        assert app.pixels.images == 0
        app.child.kill(signal.SIGCONT)
        app.wait_for(lambda: app.pixels.received == 2 and app.pixels.shows(image))
        assert app.quit() == 0


def held(written: bytes) -> int:
    """How many images a terminal holds that was sent this."""
    screen = PixelScreen(*SIZE)
    screen.feed(written)
    return screen.images


# --- through tmux ----------------------------------------------------------------------------------------------------


class InTmux(PixelApp):
    """The app in a tmux of its own, in a terminal that says it is kitty."""

    def __init__(self, home: Path) -> None:
        self._tmux = ["tmux", "-u", "-S", str(home / "tmux"), "-f", str(home / "tmux.conf")]
        (home / "tmux.conf").write_text("set -g allow-passthrough on\nset -g status off\n")
        command = [*self._tmux, "new-session", shlex.join([sys.executable, "-m", "tui"])]
        super().__init__(home, {NAME: KITTY[NAME]}, command=command, truecolor=False)

    def __exit__(self, *error: Any) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)
        super().__exit__(*error)


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_through_tmux_a_picture_is_shown_covered_and_freed(home: Path, image: Path) -> None:
    configure(home, "auto")
    with InTmux(home) as app:
        app.open()
        app.look(image)
        app.press("enter")
        app.wait_for(lambda: (spot := app.pixels.picture()) and spot.columns > 40 and app.pixels.shows(image))
        sent = app.pixels.received
        app.press("f1")
        app.wait_for("Help")
        app.wait_for(lambda: not app.pixels.shows(image))
        app.press("escape")
        app.wait_for(lambda: app.pixels.shows(image))
        assert app.pixels.received == sent
        app.press("ctrl+q")
        app.wait_for(lambda: app.pixels.images == 0)
        app.end()
