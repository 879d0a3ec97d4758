"""`safelight show`: image files as text on standard output."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.core.config import COMMAND_LINE, Config, Value
from tui.render.geometry import STYLES
from tui.render.terminal import DEPTHS, detect
from tui.render.terminal.cells import cell_size
from tui.subcommands import output

# Where the output is no terminal, or one that does not say how large it is.
COLUMNS, ROWS = 80, 24


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="an image")
    parser.add_argument("--width", type=int, metavar="CELLS", help="at most; the terminal's when left out")
    parser.add_argument("--height", type=int, metavar="CELLS", help="at most; the terminal's when left out")
    parser.add_argument("--style", choices=STYLES, help="how it is drawn")
    parser.add_argument("--colors", choices=("auto", *DEPTHS), help="how many colours are used")
    parser.add_argument("--budget", type=float, metavar="KB", help="at most so many thousand bytes an image")


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    for name in ("width", "height", "budget"):
        value = getattr(given, name)
        if value is not None and not 0 < value <= 10_000:
            output.say(f"--{name}: from 1 to 10,000")
            return 2
    columns, rows = _space()
    look = detect(env, output.is_terminal(sys.stdout), cell=_cell(), wishes=_wishes(given, config)).look
    from tui.render.show import show

    return show(
        given.files,
        width=given.width or columns,
        # The prompt that comes after it wants a line.
        height=given.height or max(rows - 1, 1),
        style=look.style,
        colors=look.depth,
        budget_kb=given.budget,
        cell_aspect=look.aspect,
    )


def _wishes(given: argparse.Namespace, config: Config) -> dict[str, Value]:
    """The settings, with the options over them."""
    options = {"preview.style": given.style, "preview.colors": given.colors}
    return {**config.values, **{name: Value(value, COMMAND_LINE) for name, value in options.items() if value}}


def _cell() -> tuple[int, int] | None:
    try:
        return cell_size(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return None


def _space() -> tuple[int, int]:
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return COLUMNS, ROWS
    return size.columns or COLUMNS, size.lines or ROWS
