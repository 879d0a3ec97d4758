"""`safelight rate`: ratings from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from tui.core.config import Config
from tui.subcommands import chosen, output


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("rating", type=int, choices=range(6), metavar="RATING", help="0 (none) to 5")
    chosen.argument(parser)
    parser.epilog = "  safelight rate 5 is:favourite since:7d"


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    from tui.library import judging

    try:
        with chosen.opened(config, env) as index:
            return chosen.report(judging.rate(index, chosen.images(index, given.what), given.rating))
    except chosen.NothingChosenError as error:
        output.say(error)
        return 2
