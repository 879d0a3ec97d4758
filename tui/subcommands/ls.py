"""`safelight ls`: the images of the library, the newest first, or those that a search finds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from tui.core import paths
from tui.core.config import Config
from tui.core.pricing import dollars
from tui.core.text import clean_line, human_bytes, shorten
from tui.library.entry import Entry, as_json
from tui.library.lists import ORDERS
from tui.subcommands import chosen, output

LIMIT = 1000
# The end of the year 9999: a file can claim a time that no calendar has.
LAST_SECOND = 253_402_300_799
PROMPT_WIDTH = 60
EPILOG = """\
On a terminal each image has a line of facts; elsewhere it is its path, one a line. What a query can say:

  fox snow                 words that begin so, in prompt, tags, notes, model or name; "exact words"; -word without it
  model:dall-e-3           also provider: operation: format: job: name: folder: tag:, each by its beginning
  rating:>3 cost:<0.05     also width: height: bytes:; > >= < <= or 2..4; size:1024x1024
  before:2026-11-01        also since: after: on:; a day, month or year, today, yesterday, 7d
  is:favourite             also rated unrated tagged untagged noted recorded foreign sandbox edited
"""


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument(
        "query",
        metavar="QUERY",
        nargs="*",
        help='words, "exact words", -word, model:NAME rating:>3 and more, see below',
    )
    parser.add_argument("--sort", choices=ORDERS, default="date", help="date when left out")
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"at most so many; {LIMIT} when left out")
    parser.add_argument("--json", action="store_true", help="print a JSON object for each image")
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    if not 0 < given.limit <= 1_000_000:
        output.say("--limit: from 1 to 1,000,000")
        return 2
    from tui.library.query import parse

    query = parse(" ".join(given.query))
    for problem in query.problems:
        output.say(problem)
    if query.problems:
        return 2
    try:
        with chosen.opened(config, env) as index:
            entries = index.entries(index.listing(query, given.sort, reverse=given.reverse).ids[: given.limit])
    except chosen.NothingChosenError as error:
        output.say(error)
        return 0
    lines = output.Lines()
    facts = output.is_terminal(sys.stdout)
    for entry in entries:
        if not lines.open:
            break
        if given.json:
            lines.json(as_json(entry))
        else:
            lines.line(_facts(entry, env) if facts else output.shown_path(entry.path))
    return int(lines.failed)


def _facts(entry: Entry, env: Mapping[str, str]) -> str:
    created = datetime.fromtimestamp(min(max(entry.created, 0), LAST_SECOND), UTC)
    size = f"{entry.width}x{entry.height}" if entry.width else "?"
    columns = (
        f"{created:%Y-%m-%d %H:%M}",
        f"{size:>9}",
        f"{clean_line(entry.format):<4}",
        f"{human_bytes(entry.bytes):>7}",
        f"{dollars(entry.cost) if entry.cost is not None else '–':>8}",
        paths.shown(entry.path, env),
        shorten(clean_line(entry.prompt or ""), PROMPT_WIDTH),
    )
    return "  ".join(columns).rstrip()
