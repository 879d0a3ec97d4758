"""The images that a subcommand acts on: files by their paths, or those that a query finds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core import paths
from tui.core.config import Config
from tui.core.text import clean_line, image_count
from tui.subcommands import output

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Deed

HELP = "image files of the library, or a query as for ls"


class NothingChosenError(Exception):
    """There is nothing to act on; the message says why."""


def argument(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    parser.add_argument("what", metavar="WHAT", nargs="*" if optional else "+", help=HELP)


@contextmanager
def opened(config: Config, env: Mapping[str, str]) -> Iterator[Index]:
    """The library's index, up to date. Raises NothingChosenError where there is no library yet."""
    from tui.library.index import Index
    from tui.render.decoding.decoder import Decoder

    library = config.library
    if not library.is_dir():
        raise NothingChosenError(f"there is no library yet: {paths.shown(library, env)}")
    with Index.open(library, paths.cache_folder(env)) as index, Decoder() as decoder:
        index.sync(recall=decoder.recall)
        yield index


def images(index: Index, words: Sequence[str]) -> list[Entry]:
    """The files where all words are files, or else what they find together. Raises NothingChosenError."""
    from tui.library.query import parse

    files = [Path(word) for word in words]
    if all(_is_file(path) for path in files):
        found = []
        for path in files:
            entry = index.entry(path.absolute()) or index.entry(path.resolve())
            if entry is None:
                raise NothingChosenError(f"{clean_line(path, limit=300)} is no image of the library")
            found.append(entry)
        return found
    query = parse(" ".join(words))
    # A term that is passed over would make it more than was meant.
    if query.problems:
        raise NothingChosenError("; ".join(query.problems))
    entries = index.entries(index.listing(query).ids)
    if not entries:
        raise NothingChosenError("no image fits that")
    return entries


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def report(deed: Deed) -> int:
    """Say what was done; the exit code."""
    for path, why in deed.failed:
        output.say(f"{output.shown_path(path)}: {why}")
    things = image_count(deed.count)
    output.say(f"{things}: {deed.words}")
    return 1 if deed.failed else 0
