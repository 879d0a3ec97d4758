"""Run by hand: python -m tests.benchmarks.library [FILES...] [--rows N] [--no-sheet]

For each number of FILES (100 1000 10000 100000) a library of tiny files with their records is made. With `--rows` an
index alone is filled with so many (1000000 takes minutes), as it would be from their records.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.figures import goal
from tests.benchmarks.library.asked import asked, taken_in
from tests.benchmarks.library.made import filled, library
from tests.benchmarks.library.seen import gone_through, opened, sheet
from tui.ui.shelf import Shelf


def measured(counts: Sequence[int]) -> None:
    first: tuple[float, float] | None = None
    for count in counts:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            root = home / "Pictures" / "safelight"
            root.mkdir(parents=True)
            library(root, count)
            with on_the_shelf(root, home / ".cache") as shelf:
                taken_in(shelf.index, count)
                asked(shelf, count, 50 if count == 100_000 else None)
                newest = shelf.index.find("", limit=1)[0].prompt or ""
            # At its start the program looks through all files.
            looking, used = opened(home, newest[:12].encode(), 0.1)
            times, _ = opened(home, newest[:12].encode(), 1 + count / 15_000)
            median = statistics.median(times)
            first = first or (median, used)
            ratio, more = median / first[0], used - first[1]
            print(f"{count:>9,}  the Library opened at rest, ms    {median:8.1f}   {ratio:.2f} times the first")
            print(f"{count:>9,}  opened right after the start, ms  {statistics.median(looking):8.1f}")
            print(f"{count:>9,}  memory of the program, MB         {used:8.1f}   {more:.1f} more than the first")
            if count == 100_000 and counts[0] == 100:
                goal("           times that of 100", ratio, 1.2)
            gone_through(home, count)
        print()


@contextmanager
def on_the_shelf(root: Path, cache: Path) -> Iterator[Shelf]:
    """A library as the program has it, with its index below the cache folder."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(cache)
    shelf = Shelf(root)
    try:
        yield shelf
    finally:
        shelf.close()
        os.environ.pop("XDG_CACHE_HOME")
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=int, nargs="*", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--no-sheet", action="store_true")
    given = parser.parse_args()
    if not given.no_sheet:
        sheet()
    measured(given.files)
    if given.rows:
        with tempfile.TemporaryDirectory() as folder, on_the_shelf(Path(folder), Path(folder) / "cache") as shelf:
            begin = time.perf_counter()
            filled(shelf.index, given.rows)
            rate, size = given.rows / (time.perf_counter() - begin), shelf.index.path.stat().st_size / 1e6
            print(f"{given.rows:>9,}  rows a second                    {rate:8.0f}   {size:.0f} MB")
            asked(shelf, given.rows, 150 if given.rows >= 1_000_000 else None)


if __name__ == "__main__":
    main()
