"""`safelight show`: image files as text on standard output."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.core.config import COMMAND_LINE, Config, Value
from tui.render.geometry import STYLES
from tui.render.manner import ground_of, manner_of
from tui.render.terminal import DEPTHS, detect
from tui.render.terminal.cells import cell_size
from tui.subcommands import output

# Where the output is no terminal, or one that does not say how large it is.
COLUMNS, ROWS = 80, 24
# The terminal's own colour is not known: the preview's ground in the app.
NEUTRAL = (0x16, 0x16, 0x16)
_GROUND = re.compile("checker|theme|#[0-9a-fA-F]{6}")


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="an image")
    parser.add_argument("--width", type=int, metavar="CELLS", help="at most; the terminal's when left out")
    parser.add_argument("--height", type=int, metavar="CELLS", help="at most; the terminal's when left out")
    parser.add_argument("--style", choices=STYLES, help="what it is drawn with")
    parser.add_argument("--colors", choices=("auto", *DEPTHS), help="how many colours are used")
    parser.add_argument(
        "--dither", action=argparse.BooleanOptionalAction, help="mix the colours that there are; by default where few"
    )
    parser.add_argument("--budget", type=float, metavar="KB", help="at most so many thousand bytes an image")
    parser.add_argument("--ground", metavar="GROUND", help="below what is transparent: checker, theme or #rrggbb")
    parser.add_argument(
        "--grid", type=int, metavar="N", nargs="?", const=0, help="a contact sheet, N images side by side"
    )


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    if problem := _problem(given):
        output.say(problem)
        return 2
    columns, rows = _space()
    terminal = output.is_terminal(sys.stdout)
    from tui.render.show import Frame, show

    look = detect(env, terminal, cell=_cell(), wishes=_wishes(given, config)).look
    # In a file, or through another program, only colours are sure to come through.
    manner = manner_of(look)._replace(erase=look.erase and terminal)
    frame = Frame(
        given.width or columns,
        # The prompt that comes after it wants a line.
        given.height or max(rows - 1, 1),
        manner,
        ground_of(look.ground, NEUTRAL),
        look.aspect,
    )
    return show(given.files, frame, grid=given.grid)


def _problem(given: argparse.Namespace) -> str:
    for name, least in (("width", 1), ("height", 1), ("budget", 0), ("grid", 0)):
        value = getattr(given, name)
        if value is not None and not (least <= value <= 10_000 and (value or name == "grid")):
            return f"--{name}: from 1 to 10,000"
    if given.ground is not None and not _GROUND.fullmatch(given.ground):
        return "--ground: checker, theme, or a colour such as #161616"
    return ""


def _wishes(given: argparse.Namespace, config: Config) -> dict[str, Value]:
    """The settings, with the options over them."""
    dither = None if given.dither is None else "on" if given.dither else "off"
    options = {
        "preview.style": given.style,
        "preview.colors": given.colors,
        "preview.dither": dither,
        "preview.budget_kb": given.budget,
        "preview.ground": given.ground,
    }
    wishes = {name: Value(value, COMMAND_LINE) for name, value in options.items() if value is not None}
    return {**config.values, **wishes}


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
