"""Pictures inside Textual, in a pty: what is written, how much of it, and when the last byte has come out."""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import compiled, goal
from tests.benchmarks.render.stage import COLUMNS, ROWS, WAYS
from tests.e2e.terminal import Terminal

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


@dataclass(frozen=True)
class Step:
    """Seconds until the last byte was handed to the driver, and until it came out of the pty; bytes that came out."""

    name: str
    handed: float
    out: float
    bytes: int


def steps(way: str, rounds: int, folder: Path) -> list[Step]:
    """Runs the stage once. RuntimeError with its last words where it failed."""
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
        words = b"".join(data for _, data in terminal.reads)[-2000:].decode(errors="replace")
        raise RuntimeError(f"{way}: {words}")
    found = json.loads(told.read_text())
    ends = [begin for _, begin, _, _ in found[1:]] + [float("inf")]
    return [
        _step(name, begin, last, [read for read in terminal.reads if begin <= read[0] < end])
        for (name, begin, last, _), end in zip(found, ends, strict=True)
        # What the app writes at its end belongs to no step.
        if end != float("inf")
    ]


def _step(name: str, begin: float, last: float, reads: list[tuple[float, bytes]]) -> Step:
    out = reads[-1][0] - begin if reads else 0.0
    return Step(name, last - begin, out, sum(len(data) for _, data in reads))


@dataclass(frozen=True)
class Inside:
    """Medians for one way: `handed` and `out` in seconds, of setting an image; bytes of each kind of step."""

    handed: float
    out: float
    bytes: dict[str, float]


def inside(rounds: int, folder: Path) -> dict[str, Inside]:
    found = {}
    for way in WAYS:
        try:
            every = steps(way, rounds, folder)
        except RuntimeError as error:
            print(f"{way}: skipped: {str(error).strip().splitlines()[-1]}")
            continue
        # The first image also loads what drawing needs.
        sets = [step for step in every if step.name == "set"][1:]
        kinds = {step.name for step in every}
        found[way] = Inside(
            statistics.median(step.handed for step in sets),
            statistics.median(step.out for step in sets),
            {kind: statistics.median(step.bytes for step in every if step.name == kind) for kind in kinds},
        )
    return found


def print_inside(found: dict[str, Inside]) -> None:
    print(
        f"\nInside Textual at {COLUMNS}x{ROWS}: an image set until its bytes are written, and the bytes of each frame"
    )
    print(
        f"{'':<28}{'ms to driver':>13}{'ms to pty':>11}{'first':>9}{'refresh':>9}{'moved':>9}{'modal':>9}{'closed':>9}"
    )
    for way, one in found.items():
        counts = "".join(f"{one.bytes[kind]:9.0f}" for kind in ("set", "refresh", "move", "open", "close"))
        print(f"{way:<28}{1000 * one.handed:13.1f}{1000 * one.out:11.1f}{counts}")


def print_inside_goals(found: dict[str, Inside]) -> None:
    """What an image set takes is judged at the pty, to which the driver's own thread and the kernel are added."""
    for way, most in (("half", 10), ("blocks", 20)):
        if way in found:
            goal(f"{way}: image set to written, ms", 1000 * found[way].out, most, digits=1)
    for way in ("half", "blocks"):
        if way in found:
            goal(f"{way}: bytes of an unchanged refresh", found[way].bytes["refresh"], 0, digits=0)
