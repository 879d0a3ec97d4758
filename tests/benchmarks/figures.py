"""What the benchmarks share: a compiled environment, medians in turns, and how they are printed."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which everything is compiled once into `folder`, as installed packages are."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SAFELIGHT_", "XDG_"))}
    keep.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in ("NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY"):
        keep.pop(name, None)
    return keep | {
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }


def in_turns(rounds: int, ways: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each way `rounds` times, alternating, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name in sorted(ways, reverse=bool(turn % 2)):
            figure = ways[name]()
            if turn:
                found[name].append(figure)
    return found


def rounds(default: int) -> int:
    """How often, from the command line."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


def tell(name: str, figures: Sequence[float], unit: str = "ms", scale: float = 1000) -> float:
    """Print median and quartiles; gives back the median."""
    median = statistics.median(figures)
    quartiles = statistics.quantiles(figures, n=4) if len(figures) > 1 else [median] * 3
    print(
        f"{name:<34} {median * scale:8.1f} {unit}   quartiles {quartiles[0] * scale:.1f} to {quartiles[2] * scale:.1f}"
    )
    return median


def goal(name: str, figure: float, most: float, digits: int = 3) -> None:
    word = "met" if figure <= most else "MISSED"
    print(f"{name:<34} {figure:8.{digits}f}      goal at most {most:g}: {word}")
