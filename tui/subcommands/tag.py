"""`safelight tag`: tags from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from tui.core.config import Config
from tui.core.record import tags
from tui.core.text import clean_line
from tui.subcommands import chosen, output


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("--add", metavar="TAG", action="append", default=[], help="a tag to put on; may be repeated")
    parser.add_argument("--remove", metavar="TAG", action="append", default=[], help="a tag to take off")
    chosen.argument(parser, optional=True)
    parser.epilog = (
        "Without anything it lists the tags there are.\n\n  safelight tag --add sea 'prompt words' rating:>3"
    )


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    from tui.library import judging

    add, remove = tags(given.add), tags(given.remove)
    if len(add) < len(given.add) or bool(given.what) != bool(add or remove):
        output.say("a tag has letters" if given.add and not add else "name tags with --add or --remove, and images")
        return 2
    try:
        with chosen.opened(config, env) as index:
            if given.what:
                return chosen.report(judging.tag(index, chosen.images(index, given.what), add, remove))
            lines = output.Lines()
            for tag, uses in index.tags():
                lines.line(f"{uses:>6}  {clean_line(tag)}")
            return int(lines.failed)
    except chosen.NothingChosenError as error:
        output.say(error)
        return 2
