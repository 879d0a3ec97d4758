"""From the start of the process to the first frame in a 120x40 pty, beside a bare Textual app. Goal: at most 1.5 times.

Run by hand: python -m tests.benchmarks.startup [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import compiled, goal, in_turns, rounds, tell
from tests.e2e.terminal import Terminal

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("the first frame")
Bare().run()
"""
# In the empty prompt; the cursor stands on the first letter.
FORM = b"hat shall the image show?"


class Starts:
    """Seconds until the first frame, and from there until a key that was typed at once is seen."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.env = folder, compiled(folder)
        self.echoes: list[float] = []

    def seconds(self, command: list[str], words: bytes) -> float:
        forget(self.folder)
        begin = time.perf_counter()
        with Terminal([sys.executable, *command], self.env, columns=120, rows=40) as terminal:
            wait(terminal, words)
            shown = time.perf_counter() - begin
            if words == FORM:
                begin = time.perf_counter()
                terminal.send(b"~")
                wait(terminal, b"~")
                self.echoes.append(time.perf_counter() - begin)
        return shown

    def bare(self) -> float:
        return self.seconds(["-c", BARE], b"the first frame")

    def safelight(self) -> float:
        return self.seconds(["-m", "tui"], FORM)


def forget(home: Path) -> None:
    """A person's second start, whatever was typed in the one before: the first makes folders and shows the welcome."""
    memory = home / ".local/state/safelight/memory.json"
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text('{"welcomed": true}')


def wait(terminal: Terminal, words: bytes) -> None:
    """Until the words come, as bytes: an emulator would cost time of its own."""
    before, end = len(terminal.raw), time.monotonic() + 30
    while words not in terminal.raw[before:]:
        assert time.monotonic() < end, terminal.raw
        terminal.receive(1)


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        starts = Starts(Path(folder))
        starts.safelight()
        found = in_turns(rounds(20), {"bare Textual": starts.bare, "Safelight": starts.safelight})
    bare = tell("bare Textual, first frame", found["bare Textual"])
    ours = tell("Safelight, first frame", found["Safelight"])
    tell("Safelight, a key typed then is seen", starts.echoes[1:])
    goal("ratio of medians", ours / bare, 1.5)
    pairs = [ours / bare for ours, bare in zip(found["Safelight"], found["bare Textual"], strict=True)]
    print(f"{'median of the pairs':<34} {statistics.median(pairs):8.3f}")
    print(f"{'ratio of the fastest':<34} {min(found['Safelight']) / min(found['bare Textual']):8.3f}")


if __name__ == "__main__":
    main()
