"""Through a real tmux: what reaches the terminal around it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pexpect
import pyte
import pytest
from PIL import Image

from tests.render.pixel_terminal import Cell, PixelTerminal
from tui.render.cells.palette import table
from tui.render.graphics.encodings import likeness
from tui.render.graphics.placement import Graphics
from tui.render.picture import Picture
from tui.render.terminal.tmux import QUESTION, Around
from tui.render.terminal.tmux import around as told_by

PATIENCE = 30.0
COLUMNS, ROWS = 20, 5
_IMAGE = re.compile(r"\x1b_G[^\x1b]*\x1b\\")

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A server of its own with one pane, attached to a pty; `received` is what the terminal around it got."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        env = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
        self.env = {**env, "TERM": "xterm-256color", "LANG": "C.UTF-8", "TMUX_TMPDIR": str(folder)}
        self.received = b""
        (folder / "conf").write_text("\n".join(("set -g status off", *options)))
        # The pane writes a file when it comes and goes on when that is gone.
        show = "while [ ! -f text ]; do sleep 0.05; done; cat text; while :; do sleep 1; done"
        self.child = pexpect.spawn(
            "tmux",
            ["-u", "-f", str(folder / "conf"), "new-session", show],
            env=self.env,
            cwd=folder,
            dimensions=(24, 80),
        )

    def show(self, text: str) -> None:
        (self.folder / "new").write_text(text, encoding="utf-8", newline="")
        (self.folder / "new").rename(self.folder / "text")

    def read_until(self, mark: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while mark not in self.received:
            assert time.monotonic() < deadline, f"{mark!r} did not come"
            try:
                self.received += self.child.read_nonblocking(1 << 16, timeout=0.2)
            except pexpect.TIMEOUT:
                continue

    def ask(self, *command: str) -> str:
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False).stdout

    def wait_for_name(self, name: str) -> str:
        """What it answers once it has taken in the name of the terminal around it."""
        deadline = time.monotonic() + PATIENCE
        while not (answer := self.ask(*QUESTION)).startswith(name):
            assert time.monotonic() < deadline, f"it says {answer!r}"
        return answer

    def end(self) -> None:
        self.ask("tmux", "kill-server")
        self.child.close(force=True)


@pytest.fixture
def tmux(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tmux]:
    server = Tmux(tmp_path, *getattr(request, "param", ["set -g allow-passthrough on"]))
    yield server
    server.end()


def picture() -> Picture:
    """Noise, so that it takes many chunks."""
    pixels = np.random.default_rng(5).integers(0, 256, (ROWS * 16, COLUMNS * 8, 3), dtype=np.uint8)
    return Picture(COLUMNS * 8, ROWS * 16, pixels.tobytes(), (COLUMNS * 8, ROWS * 16), "png")


def text_of(graphics: Graphics) -> str:
    """What shows the picture at the top left."""
    placement = graphics.place(picture(), COLUMNS, ROWS)
    return "".join(f"\x1b[{y + 1};1H{placement.row(y)}" for y in range(ROWS))


def around(received: bytes) -> PixelTerminal:
    """The terminal around tmux, shown all that it got: images by their protocol, the rest by an emulator of cells."""
    text = received.decode()
    terminal = PixelTerminal(80, 24)
    terminal.feed("".join(_IMAGE.findall(text)))
    screen = pyte.Screen(80, 24)
    # What tmux also sends and the emulator would print.
    pyte.Stream(screen).feed(re.sub(r"\x1b\[[<=>][0-9;]*[a-z]", "", _IMAGE.sub("", text)))
    indices = {bytes(colour).hex(): index for index, colour in enumerate(table("256")) if index >= 16}
    for y in range(24):
        for x in range(80):
            seen = screen.buffer[y][x]
            terminal.cells[y][x] = Cell(seen.data, f"38;5;{indices.get(seen.fg, 0)}")
    return terminal


def test_tmux_hands_on_the_image_and_its_cells(tmux: Tmux) -> None:
    tmux.show(text_of(Graphics("kitty", cell=(8, 16), tmux=True)) + "\x1b[10;1Hready")
    tmux.read_until(b"ready")
    terminal = around(tmux.received)
    number, sent = next(iter(terminal.images.items()))
    assert (sent.columns, sent.rows, sent.pixels.shape) == (COLUMNS, ROWS, (ROWS * 16, COLUMNS * 8, 3))
    for y in range(ROWS):
        assert terminal.placeholders(y)[:COLUMNS] == [(number, y, x) for x in range(COLUMNS)]
        assert not any(terminal.placeholders(y)[COLUMNS:])
    shown = Image.fromarray(terminal.seen()[: ROWS * 16, : COLUMNS * 8])
    assert likeness(shown, Image.frombytes("RGB", shown.size, picture().rgb)) > 38


def test_tmux_hands_on_what_frees_the_images(tmux: Tmux) -> None:
    graphics = Graphics("kitty", cell=(8, 16), tmux=True)
    tmux.show(text_of(graphics) + graphics.cleanup() + "\x1b[10;1Hready")
    tmux.read_until(b"ready")
    terminal = around(tmux.received)
    assert terminal.received == 1
    assert not terminal.images


def test_the_cells_come_back_whole_when_tmux_draws_its_screen_anew(tmux: Tmux) -> None:
    tmux.show(text_of(Graphics("kitty", cell=(8, 16), tmux=True)) + "\x1b[10;1Hready")
    tmux.read_until(b"ready")
    images = b"".join(part.encode() for part in _IMAGE.findall(tmux.received.decode()))
    tmux.received = b""
    tmux.ask("tmux", "refresh-client", "-t", tmux.ask("tmux", "list-clients", "-F", "#{client_name}").strip())
    tmux.read_until(b"ready")
    terminal = around(images + tmux.received)
    for y in range(ROWS):
        assert [place[1:] for place in terminal.placeholders(y)[:COLUMNS] if place] == [(y, x) for x in range(COLUMNS)]


@pytest.mark.parametrize("tmux", [["set -g allow-passthrough off"]], indirect=True)
def test_tmux_that_may_not_hand_on_images_says_so(tmux: Tmux) -> None:
    tmux.show(text_of(Graphics("kitty", cell=(8, 16), tmux=True)) + "\x1b[10;1Hready")
    tmux.read_until(b"ready")
    assert b"\x1b_G" not in tmux.received
    tmux.child.send(b"\x1bP>|kitty(0.31.0)\x1b\\")
    told = told_by(tmux.wait_for_name("kitty(0.31.0)"))
    assert told == Around("kitty(0.31.0)", "xterm-256color", passes=False)


def test_tmux_knows_the_terminal_around_it(tmux: Tmux) -> None:
    tmux.read_until(b"\x1b[>q")
    assert told_by(tmux.ask(*QUESTION)) == Around("", "xterm-256color", passes=True)
    tmux.child.send(b"\x1bP>|kitty(0.31.0)\x1b\\")
    assert told_by(tmux.wait_for_name("kitty(0.31.0)")).name == "kitty(0.31.0)"
