"""What stands on a terminal after any keys is what stands there when everything is sent to it once more.

Longer walks by hand: `WALK_SEEDS=20 WALK_STEPS=200 pytest tests/e2e/test_app_screen.py -k walk --dist load -n2`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyte
import pytest
from PIL import Image

from tests.e2e.terminal import PATIENCE, App, descendants, key
from tests.emulator import Emulator, differences

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="whether it rests is read from /proc")

SEEDS = int(os.environ.get("WALK_SEEDS", "3"))
STEPS = int(os.environ.get("WALK_STEPS", "8"))
TERMINALS: dict[str, dict[str, str | None]] = {
    "truecolor": {},
    "256": {"COLORTERM": None},
    "16": {"COLORTERM": None, "TERM": "linux"},
    "none": {"NO_COLOR": "1"},
    "remote": {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"},
}
# Seconds for which nothing happens once all has: Textual holds back for 0.05 what it writes of another place.
QUIET = 0.06

Size = tuple[int, int]
SIZES: list[Size] = [(80, 24), (120, 40), (100, 30), (60, 20), (121, 41)]
# Every kind of thing that is drawn: places, lists, the picture from near and aside, boxes over it, what is typed.
SCRIPT: list[tuple[str | Size, ...]] = [
    ("down", "down"), ("down",), ("up",), ("plus", "plus"), ("L",), ("J", "H"), ("w",), ("f1",), ("down",), ("escape",),
    ("ctrl+p",), ("s", "t"), ("escape",), ("f2",), ("f2",), ("enter",), ("right_square_bracket",), ("equals_sign",),
    ("K", "minus"), ("i", "f1"), ("escape", "escape"), ("slash", "a"), ("escape",), ("ctrl+o",), ("escape",),
    ((120, 40), "f1"), ((80, 24),), ("escape", "f3"), ("f7", "f1"), ("f5", (120, 40)), ("f7",), ((80, 24), (120, 40)),
]  # fmt: skip
# Of a walk: none of them sends a request or says anything that goes by itself.
FULL_SCREEN = ("escape", "escape", "f6", "enter")
KEYS = sorted(
    {step for steps in SCRIPT for step in steps if isinstance(step, str)} - {"enter"} | set("GgjkmB") | {"tab", "left"}
)


def images(home: Path) -> None:
    """A library: photos, one with holes, odd names, one that is none."""
    library = home / "Pictures" / "safelight"
    library.mkdir(parents=True)
    few = np.random.default_rng(7).integers(0, 256, (6, 6, 8, 4), np.uint8)
    names = ("a.png", "b.png", "hole.png", "wide 漢字と🦊.png", "family 👨‍👩‍👧‍👦 ❤️.png", "tall.png")
    for number, name in enumerate(names):
        pixels = few[number] if name == "hole.png" else few[number, ..., :3]
        size = (60, 600) if name == "tall.png" else (640, 480)
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(library / name)
        os.utime(library / name, (2e9 - number, 2e9 - number))
    (library / "none.png").write_bytes(b"no image")


class Watched(App):
    """The app on a terminal whose every cell is looked at."""

    def __init__(self, home: Path, size: Size = (100, 30), **env: str | None) -> None:
        super().__init__(home, columns=size[0], rows=size[1], **env)
        self.size = size
        self.screen: Emulator = Emulator(*size)
        self._stream = pyte.ByteStream(self.screen)

    # --- what it does -----------------------------------------------------------------------------------------------

    def state(self, task: str = "") -> str:
        """What Linux says of a thread: R is running, S sleeping, T stopped, Z ended."""
        return _state(Path(f"/proc/{self.child.pid}/{task}stat"))

    def _turns(self) -> int:
        """How often the thread that everything goes through has come to wait for more."""
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])

    def _runs(self) -> bool:
        """Whether any thread of the program or of its children does anything."""
        pids = (self.child.pid, *descendants(self.child.pid))
        return any(_state(stat) not in "SZ" for pid in pids for stat in Path(f"/proc/{pid}/task").glob("*/stat"))

    def rest(self) -> None:
        """Until for a while nothing is written, nothing runs and nothing has run."""
        deadline = time.monotonic() + PATIENCE
        before = self._turns()
        while self.read(QUIET) or self._turns() != before or self._runs():
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
            before = self._turns()

    # --- what is done to it -----------------------------------------------------------------------------------------

    def do(self, *steps: str | Size) -> None:
        """Press keys and change the size, each once the one before has been heard of."""
        for step in steps:
            before, deadline = self._turns(), time.monotonic() + PATIENCE
            if isinstance(step, str):
                # An escape alone would be waited with, in case more comes; thus kitty sends it.
                self.send(b"\x1b[27u" if step == "escape" else key(step))
            elif step != self.size:
                self.resize(*step)
            else:
                continue
            while self._turns() == before:
                self.read(0.002)
                assert time.monotonic() < deadline, f"{step} is not heard"

    def resize(self, columns: int, rows: int) -> None:
        super().resize(columns, rows)
        self.size = (columns, rows)
        self.screen.fill()

    def open_library(self) -> None:
        self.open()
        self.do("f6")
        self.wait_for("a.png")

    def check(self, after: object) -> None:
        """Have everything sent to a terminal where nothing of it stands, and see whether anything is another then."""
        self.rest()
        seen = self.screen.cells()
        self.screen.fill()
        os.kill(self.child.pid, signal.SIGWINCH)
        self.wait_until_filled()
        self.rest()
        wrong = differences(seen, self.screen.cells())
        assert not wrong, f"after {after}: {wrong}\n{self.text}"

    def wait_until_filled(self) -> None:
        """Until something was written everywhere since the emulator was filled."""
        self.wait_for(lambda: not self.colours(frozenset(Emulator.FILLED)))


def _state(stat: Path) -> str:
    try:
        return stat.read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_it_is_right_after_every_step(home: Path) -> None:
    images(home)
    with Watched(home) as app:
        app.open_library()
        for number, steps in enumerate(SCRIPT):
            app.do(*steps)
            app.check((number, steps))
        assert app.quit() == 0


def test_it_is_right_once_a_toast_has_gone(home: Path) -> None:
    images(home)
    with Watched(home) as app:
        app.open_library()
        app.do("P")
        app.wait_for("Preview: ")
        app.wait_for(lambda: "Preview: " not in app.text)
        app.check("a toast")


def walk(rng: random.Random) -> Iterator[tuple[str | Size, ...]]:
    while True:
        kind = rng.random()
        if kind < 0.08:
            yield (rng.choice(SIZES),)
        elif kind < 0.1:
            yield (rng.choice(SIZES), rng.choice(SIZES))
        elif kind < 0.16:
            yield FULL_SCREEN
        else:
            yield tuple(rng.choices(KEYS, k=rng.choice((1, 1, 1, 3))))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_is_right_after_a_walk(home: Path, seed: int) -> None:
    images(home)
    rng = random.Random(seed)
    terminal = list(TERMINALS)[seed % len(TERMINALS)]
    with Watched(home, rng.choice(SIZES), **TERMINALS[terminal]) as app:
        app.open_library()
        done: list[object] = [terminal, app.size]
        for _, steps in zip(range(STEPS), walk(rng), strict=False):
            done += steps
            app.do(*steps)
            app.check(done)


def test_a_program_that_was_stopped_and_goes_on_sends_everything(home: Path) -> None:
    images(home)
    with Watched(home) as app:
        app.open_library()
        for box in ((), ("down", "f1")):
            app.do(*box)
            app.rest()
            before = app.screen.cells()
            os.kill(app.child.pid, signal.SIGTSTP)
            app.wait_for(lambda: app.state() == "T")
            app.screen.fill()
            os.kill(app.child.pid, signal.SIGCONT)
            app.wait_until_filled()
            app.rest()
            wrong = differences(before, app.screen.cells())
            assert not wrong, wrong
        assert app.quit() == 0
