"""`safelight library`: the index made again from the files and their records, whether these agree, what there is."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.core import paths
from tui.core.config import Config
from tui.core.pricing import dollars
from tui.core.text import clean_line, human_bytes
from tui.subcommands import output
from tui.subcommands.progress import ERASE

if TYPE_CHECKING:
    from tui.library.index import Index

REBUILD, CHECK, STATS = "rebuild", "check", "stats"
EPILOG = """\
rebuild  makes the index again: it reads every file and every record. These are left as they are; the index is only
         what makes finding quick.
check    reads every file again and says what does not agree, one finding a line; 1 where there is any.
stats    says how many images there are, of what kinds, and what they cost.
"""
# Seconds between two counts: on a terminal they take one another's place, elsewhere each is a line.
TERMINAL_SECONDS, FILE_SECONDS = 0.2, 10.0


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("action", choices=(REBUILD, CHECK, STATS), help="see below")
    parser.add_argument("--json", action="store_true", help="stats as a JSON object")
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    from tui.library.index import Index
    from tui.render.decoding.decoder import Decoder

    library = config.library
    if not library.is_dir():
        output.say(f"there is no library yet: {paths.shown(library, env)}")
        return 0
    told = _Told()
    with Index.open(library, paths.cache_folder(env)) as index, Decoder() as decoder:
        if given.action == REBUILD:
            index.clear()
        index.sync(told.progress, recall=decoder.recall)
        if given.action == CHECK:
            return _checked(index, told, env)
        if given.action == STATS:
            told.end()
            return _stats(index, as_json=given.json)
        counts = index.counts()
    told.end()
    parts = [f"{_number(counts.files, 'file')}, {_number(counts.records, 'record')}"]
    parts += [f"{counts.unrecorded} of the files without a record"] if counts.unrecorded else []
    parts += [f"{counts.absent} of the records without a file"] if counts.absent else []
    output.say(f"{'; '.join(parts)}: {paths.shown(library, env)}")
    return 0


def _checked(index: Index, told: _Told, env: Mapping[str, str]) -> int:
    from tui.library.checking import check

    lines, found = output.Lines(), 0
    for finding in check(index, told.progress):
        found += 1
        told.end()
        lines.line(f"{paths.shown(finding.where, env)}: {clean_line(finding.what)}")
    told.end()
    counts = index.counts()
    output.say(f"{_number(counts.files, 'file')}, {_number(counts.records, 'record')}: {_number(found, 'finding')}")
    return 1 if found or lines.failed else 0


def _stats(index: Index, *, as_json: bool) -> int:
    from dataclasses import asdict

    from tui.library.checking import stats

    known, spent = stats(index), index.spent_by("provider")
    lines = output.Lines()
    if as_json:
        lines.json({**asdict(known), "spent": [asdict(each) for each in spent]})
        return int(lines.failed)
    days = f" · {known.first} to {known.last}" if known.first else ""
    lines.line(f"{_number(known.images, 'image')} · {human_bytes(known.bytes)}{days}")
    for name, counts in known.by.items():
        for value, count in counts.items():
            lines.line(f"{name:<9} {clean_line(value):<28} {count:>9,}")
    for each in spent:
        note = f" · {each.unknown} without a known cost" if each.unknown else ""
        lines.line(f"{'spent at':<9} {clean_line(each.key):<28} {dollars(each.cost):>9}{note}")
    return int(lines.failed)


class _Told:
    """How far it is, on standard error."""

    def __init__(self) -> None:
        self._live = output.is_terminal(sys.stderr) and os.environ.get("TERM", "") not in ("", "dumb")
        self._seconds = TERMINAL_SECONDS if self._live else FILE_SECONDS
        self._next = time.monotonic() + self._seconds

    def progress(self, done: int, total: int) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + self._seconds
            text = f"{done:,} of {total:,}"
            output.write_error(f"{ERASE}{text}" if self._live else f"{text}\n")

    def end(self) -> None:
        if self._live:
            output.write_error(ERASE)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
