"""Pictures inside Textual, in a pty: what is written, how much of it, and when the last byte has come out."""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

from tests.benchmarks.figures import compiled, goal
from tests.benchmarks.render.stage import COLUMNS, ROWS, WAYS
from tests.e2e.terminal import Terminal

KINDS = {"set": "image set", "refresh": "refresh", "move": "moved by a row", "open": "modal opened", "close": "closed"}
# Seconds for all the steps of one way.
PATIENCE = 120.0


class Timed(Terminal):
    """Notes when each read came, by the clock that the program's own times are of; `raw` stays empty."""

    def __init__(self, command: list[str], env: dict[str, str], *, columns: int = 160, rows: int = 50) -> None:
        self.reads: list[tuple[float, bytes]] = []
        super().__init__(command, env, columns=columns, rows=rows)

    def receive(self, seconds: float) -> bytes:
        data = super().receive(seconds)
        # Joining them all for every read would take longer than reading.
        self.raw = b""
        if data:
            self.reads.append((time.monotonic(), data))
        return data


# Where the cursor goes at the end of a frame in which nothing changed is no part of the picture.
_CURSOR = re.compile(rb"\x1b\[\d+;\d+H")


@dataclass(frozen=True)
class Step:
    """Seconds until the last byte was handed to the driver, and until it came out of the pty; bytes that came out.

    `picture` is how many of the bytes were more than moves of the cursor.
    """

    handed: float
    out: float
    bytes: float
    picture: float


def steps(way: str, rounds: int, folder: Path) -> dict[str, list[Step]]:
    """Runs the stage once: what happened at each kind of step. RuntimeError with its last words where it failed."""
    told = folder / "steps.json"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.render.stage", way, str(rounds), str(told)]
    with Timed(command, compiled(folder), columns=COLUMNS, rows=ROWS + 1) as terminal:
        end = time.monotonic() + PATIENCE
        while terminal.child.isalive() and time.monotonic() < end:
            terminal.receive(0.5)
        while terminal.receive(0.1):
            pass
    if not told.exists():
        words = b"".join(data for _, data in terminal.reads)[-20_000:].decode(errors="replace")
        raise RuntimeError(_last_line(re.sub(r"\x1b\[[^@-~]*[@-~]", "", words)))
    found: dict[str, list[Step]] = {}
    for name, begin, last, end in json.loads(told.read_text()):
        reads = [read for read in terminal.reads if begin <= read[0] < end]
        data = b"".join(data for _, data in reads)
        out = reads[-1][0] - begin if reads else 0.0
        step = Step(last - begin, out, len(data), len(_CURSOR.sub(b"", data)))
        found.setdefault(name, []).append(step)
    return found


def _last_line(words: str) -> str:
    """Of a traceback, what went wrong."""
    lines = [line.strip() for line in words.splitlines() if line.strip(" │╰─╯")]
    return lines[-1] if lines else "it said nothing"


def inside(rounds: int, folder: Path) -> dict[str, dict[str, Step]]:
    """For each way and each kind of step the medians; of setting an image, without the first one, which loads."""
    found = {}
    for way in WAYS:
        try:
            every = steps(way, rounds, folder)
        except RuntimeError as error:
            print(f"{way}: skipped: {error}")
            continue
        every["set"] = every["set"][1:]
        found[way] = {name: _median(each) for name, each in every.items()}
    return found


def _median(steps: list[Step]) -> Step:
    return Step(*(statistics.median(getattr(step, each.name) for step in steps) for each in fields(Step)))


def print_inside(found: dict[str, dict[str, Step]]) -> None:
    print(f"\nInside Textual at {COLUMNS}x{ROWS}: ms until the last byte is handed over, and is out; bytes")
    print(f"{'':<26}" + "".join(f"{name:>24}" for name in KINDS.values()))
    for way, kinds in found.items():
        cells = [
            f"{1000 * step.handed:.1f} {1000 * step.out:.1f} {step.bytes:7.0f}"
            for step in map(kinds.get, KINDS)
            if step
        ]
        print(f"{way:<26}" + "".join(f"{cell:>24}" for cell in cells))


def print_inside_goals(found: dict[str, dict[str, Step]]) -> None:
    """What an image set takes is judged by its last byte out of the pty."""
    for way, most in (("half", 10), ("blocks", 20)):
        if way in found:
            goal(f"{way}: image set to written, ms", 1000 * found[way]["set"].out, most, digits=1)
            goal(f"{way}: bytes of an unchanged picture", found[way]["refresh"].picture, 0, digits=0)
