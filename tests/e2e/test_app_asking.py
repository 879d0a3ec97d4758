"""The app asks its terminal after the first frame: one that answers, one that does not, and one that takes its time."""

from __future__ import annotations

import fcntl
import re
import shlex
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import App, Terminal, configure, environment
from tui.render.terminal.answers import ATTRIBUTES, CELL_SIZE, KITTY_GRAPHICS, NAME, TEXT_AREA_SIZE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

QUERIES = {
    CELL_SIZE: b"\x1b[6;21;10t",
    TEXT_AREA_SIZE: b"\x1b[4;840;1200t",
    NAME: b"\x1bP>|WezTerm 20240203\x1b\\",
    KITTY_GRAPHICS: b"\x1b_Gi=4177;OK\x1b\\",
    ATTRIBUTES: b"\x1b[?65;4;6;18;22c",
}
# What the emulator would show as text.
_STRINGS = re.compile(rb"\x1b[P_][^\x1b]*\x1b\\")


class Answering(App):
    """A terminal that answers what it is asked, at once, or when it is let."""

    def __init__(self, home: Path, *, at_once: bool = True, **options: Any) -> None:
        self._begin(at_once)
        super().__init__(home, **options)

    def _begin(self, at_once: bool) -> None:
        self.asked: list[str] = []
        self.answers = dict(QUERIES)
        self._at_once = at_once
        self._seen = 0
        self._owed: list[bytes] = []

    def receive(self, seconds: float) -> bytes:
        data = super().receive(seconds)
        for query in re.findall("|".join(map(re.escape, QUERIES)), self.raw[self._seen :].decode(errors="replace")):
            self.asked.append(query)
            self._owed.append(self.answers[query])
            self._seen = self.raw.index(query.encode(), self._seen) + len(query)
        if self._at_once:
            self.answer()
        return data

    def answer(self) -> None:
        """Give the answers that are owed, together."""
        if self._owed:
            self.send(b"".join(self._owed))
            self._owed = []

    def _show(self, data: bytes) -> None:
        super()._show(_STRINGS.sub(b"", data))

    def look(self) -> None:
        """Open the panel."""
        self.press("ctrl+p")
        self.wait_for("type to narrow")
        self.send(b"how images are drawn")
        self.wait_for("How images are drawn here")
        self.press("enter")
        self.wait_for("Cell aspect")


def first_frame(app: App) -> int:
    """Where in `raw` the first frame ends."""
    return app.raw.index(b"Prompt")


def test_a_terminal_that_answers_is_known_by_its_cells_and_name(home: Path) -> None:
    with Answering(home, COLORTERM=None) as app:
        app.open()
        app.wait_for(lambda: len(app.asked) == 3)
        assert set(app.asked) == {CELL_SIZE, TEXT_AREA_SIZE, NAME}
        assert app.raw.index(CELL_SIZE.encode()) > first_frame(app)
        app.look()
        app.wait_for("the terminal's cells are 10x21 pixels")
        app.wait_for("WezTerm 20240203")
        app.wait_for("it calls itself WezTerm 20240203")
        app.press("escape")
        assert app.quit() == 0


def test_no_answer_is_typed_however_it_comes(home: Path) -> None:
    with Answering(home, at_once=False) as app:
        app.open()
        app.wait_for(lambda: len(app.asked) == 3)
        app.wait_for(" 0/")
        app.send(b"a fox")
        # Between the letters, in pieces and all at once.
        for byte in QUERIES[CELL_SIZE]:
            app.send(bytes([byte]))
        app.send(b" in " + QUERIES[NAME] + b"the" + QUERIES[ATTRIBUTES] + b" snow")
        app.wait_for("a fox in the snow")
        app.wait_for(" 17/")
        # In one piece with the next key it would be another key. The prompt is drawn anew when the focus comes or goes.
        for key in ("escape", "f5"):
            written = len(app.raw)
            app.press(key)
            app.wait_for(lambda: b"Prompt" in app.raw[written:])  # noqa: B023  # it is asked at once
        app.send(b"!")
        app.wait_for("a fox in the snow!")
        assert app.quit() == 0


def test_answers_that_come_late_are_taken_in_while_the_panel_is_open(home: Path) -> None:
    with Answering(home, at_once=False) as app:
        app.open()
        app.look()
        app.wait_for("the terminal does not say")
        app.answer()
        app.wait_for("the terminal's cells are 10x21 pixels")
        assert app.quit() == 0


def test_without_an_answer_nothing_is_waited_for(home: Path) -> None:
    with App(home) as app:
        app.open()
        app.send(b"a fox")
        app.wait_for(" 5/")
        app.press("escape", "f6", "f5")
        app.wait_for("a fox")
        app.wait_until_quiet(1.2)
        assert app.quit() == 0


@pytest.mark.parametrize("term", ["dumb", "linux"])
def test_who_would_not_understand_is_not_asked(home: Path, term: str) -> None:
    with Answering(home, TERM=term) as app:
        app.open()
        app.wait_until_quiet()
        assert app.asked == []
        assert app.quit() == 0


def test_who_has_told_the_kernel_is_not_asked_for_the_size(home: Path) -> None:
    with Answering(home, TERM="foot") as app:
        size = struct.pack("HHHH", 40, 120, 120 * 9, 40 * 20)
        fcntl.ioctl(app.child.child_fd, termios.TIOCSWINSZ, size)
        app.open()
        app.look()
        app.wait_for("the terminal's cells are 9x20 pixels")
        assert app.asked == []
        # Another font: cells of another size in the same window.
        fcntl.ioctl(app.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", 39, 118, 118 * 8, 39 * 15))
        app.wait_for("8x15 pixels")
        assert app.quit() == 0


def test_about_graphics_a_terminal_is_asked_only_where_they_are_wanted(home: Path) -> None:
    configure(home, "[preview]\ngraphics = 'auto'\n")
    with Answering(home) as app:
        app.open()
        app.wait_for(lambda: len(app.asked) == 5)
        assert set(app.asked) == set(QUERIES)
        app.look()
        app.wait_for("Graphics iterm2")
        assert app.quit() == 0


def test_a_terminal_that_says_its_size_within_the_stream_is_believed(home: Path) -> None:
    with App(home, TERM="foot") as app:
        app.open()
        assert b"\x1b[?2048$p" in app.raw
        app.send(b"\x1b[?2048;2$y")
        app.wait_for(lambda: b"\x1b[?2048h" in app.raw)
        app.send(b"\x1b[48;40;120;760;960t")
        app.press("ctrl+p")
        app.wait_for("type to narrow")
        app.send(b"how images are drawn")
        app.press("enter")
        app.wait_for("the terminal's cells are 8x19 pixels")
        assert app.quit() == 0


class InTmux(Answering):
    """The app in a tmux of its own, in a terminal that says it is kitty."""

    def __init__(self, home: Path, settings: str) -> None:
        self._begin(at_once=True)
        self.answers[NAME] = b"\x1bP>|kitty(0.35.2)\x1b\\"
        self.home, self._welcome = home, True
        self._tmux = ["tmux", "-S", str(home / "tmux")]
        file = home / "tmux.conf"
        file.write_text(settings)
        command = [*self._tmux, "-f", str(file), "new-session", shlex.join([sys.executable, "-m", "tui"])]
        # tmux asks for the size in pixels when it starts, and not again: it begins once that is set.
        command = ["sh", "-c", 'read -r go; exec "$@"', "sh", *command]
        Terminal.__init__(self, command, environment(home, SSH_CONNECTION="a 1 b 22"))
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 1200, 840))
        self.send(b"\n")

    def __exit__(self, *error: Any) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)
        super().__exit__(*error)


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
@pytest.mark.parametrize(("passes", "graphics"), [("on", "kitty"), ("off", "off")])
def test_tmux_is_asked_what_stands_around_it(home: Path, passes: str, graphics: str) -> None:
    configure(home, "[preview]\ngraphics = 'auto'\n")
    with InTmux(home, f"set -g allow-passthrough {passes}\n") as app:
        app.open()
        app.look()
        app.wait_for(f"Graphics {graphics}")
        app.wait_for("tmux draws the screen anew")
        app.wait_for("the terminal's cells are 10x21 pixels")
        # Its answer would be keys to tmux.
        assert KITTY_GRAPHICS not in app.asked
        app.press("escape", "ctrl+q")
        app.wait_for(lambda: not app.child.isalive())


# --- colours ---------------------------------------------------------------------------------------------------------

EXACT, INDEXED = re.compile(rb"[34]8;2;\d"), re.compile(rb"[34]8;5;\d")


@pytest.mark.parametrize("term", ["alacritty", "foot", "xterm-ghostty", "xterm-kitty", "wezterm", "tmux-direct"])
def test_over_ssh_a_terminal_whose_name_proves_it_gets_24_bit_colour(home: Path, term: str) -> None:
    with App(home, TERM=term, COLORTERM=None, SSH_CONNECTION="a 1 b 22") as app:
        app.open()
        assert EXACT.search(app.raw)
        assert not INDEXED.search(app.raw)
        assert app.quit() == 0


@pytest.mark.parametrize("term", ["screen", "screen-256color", "tmux-256color", "xterm-256color"])
def test_over_ssh_a_terminal_whose_name_proves_256_colours_gets_them(home: Path, term: str) -> None:
    with App(home, TERM=term, COLORTERM=None, SSH_CONNECTION="a 1 b 22") as app:
        app.open()
        assert INDEXED.search(app.raw)
        assert not EXACT.search(app.raw)
        assert app.quit() == 0


@pytest.mark.parametrize("wish", ["auto", "", "TrueColor", "many"])
def test_a_word_that_textual_would_not_understand_does_not_reach_it(home: Path, wish: str) -> None:
    with App(home, TERM="alacritty", COLORTERM=None, TEXTUAL_COLOR_SYSTEM=wish) as app:
        app.open()
        assert EXACT.search(app.raw)
        assert app.quit() == 0


def test_the_panel_says_what_the_environment_says_and_not_what_was_set_for_textual(home: Path) -> None:
    with Answering(home, TERM="alacritty", COLORTERM=None) as app:
        app.open()
        app.look()
        app.wait_for("TERM is alacritty: Alacritty has 24-bit colour")
        assert "TEXTUAL_COLOR_SYSTEM" not in app.text
        assert app.quit() == 0
