"""`safelight library rebuild`: the index made again from what it is derived from, the files and their records."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping

from tui.core import paths
from tui.core.config import Config
from tui.subcommands import output
from tui.subcommands.progress import ERASE

REBUILD = "rebuild"
# Seconds between two counts: on a terminal they take one another's place, elsewhere each is a line.
TERMINAL_SECONDS, FILE_SECONDS = 0.2, 10.0


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("action", choices=(REBUILD,), help="read every file and every record again")
    parser.epilog = "The files and their records are left as they are: the index is only what makes finding quick."


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:  # noqa: ARG001  there is one action
    from tui.library.index import Index
    from tui.render.decoding.decoder import Decoder

    library = config.library
    if not library.is_dir():
        output.say(f"there is no library yet: {paths.shown(library, env)}")
        return 0
    told = _Told()
    with Index.open(library, paths.cache_folder(env)) as index, Decoder() as decoder:
        index.clear()
        index.sync(told.progress, recall=decoder.recall)
        counts = index.counts()
    told.end()
    parts = [f"{_number(counts.files, 'file')}, {_number(counts.records, 'record')}"]
    parts += [f"{counts.unrecorded} of the files without a record"] if counts.unrecorded else []
    parts += [f"{counts.absent} of the records without a file"] if counts.absent else []
    output.say(f"{'; '.join(parts)}: {paths.shown(library, env)}")
    return 0


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
