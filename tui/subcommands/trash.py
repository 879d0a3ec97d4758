"""`safelight trash`: images into the trash and out of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime

from tui.core import paths
from tui.core.config import Config
from tui.core.text import human_bytes, image_count
from tui.subcommands import chosen, output


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    chosen.argument(parser, optional=True)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--restore", metavar="NAME", nargs="*", help="have these back, or all where none is named")
    ways.add_argument("--empty", action="store_true", help="delete what is in the trash for good; asks first")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.epilog = "Without anything it lists what is in the trash."


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    from tui.library import tidy

    if given.what and (given.empty or given.restore is not None):
        output.say("either images to throw away, or --restore, or --empty")
        return 2
    try:
        with chosen.opened(config, env) as index:
            if given.what:
                return chosen.report(tidy.trash(index, chosen.images(index, given.what)))
            items = tidy.trashed(config.library)
            if given.restore is not None:
                wanted = [item for item in items if not given.restore or item.origin.name in given.restore]
                if not wanted:
                    raise chosen.NothingChosenError("there is nothing of that name in the trash")
                return chosen.report(tidy.restore(index, wanted))
            if given.empty:
                return _empty(items, yes=given.yes)
            return _listed(items, env)
    except chosen.NothingChosenError as error:
        output.say(error)
        return 2


def _listed(items: list, env: Mapping[str, str]) -> int:  # type: ignore[type-arg]  # of tidy.Trashed, loaded late
    lines = output.Lines()
    for item in items:
        when = datetime.fromtimestamp(item.at)
        lines.line(f"{when:%Y-%m-%d %H:%M}  {human_bytes(item.bytes):>7}  {paths.shown(item.origin, env)}")
    return int(lines.failed)


def _empty(items: list, *, yes: bool) -> int:  # type: ignore[type-arg]  # of tidy.Trashed, loaded late
    from tui.library import tidy

    if not items:
        output.say("the trash is empty")
        return 0
    if not yes:
        if not output.is_terminal(sys.stdin):
            output.say("deleting for good wants --yes where nobody can be asked")
            return 2
        things = image_count(len(items))
        output.write_error(f"Delete {things} for good, {human_bytes(sum(item.bytes for item in items))}? (y/n) ")
        if not sys.stdin.readline().strip().lower().startswith("y"):
            return 0
    return chosen.report(tidy.empty(items))
