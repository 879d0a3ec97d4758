"""What lists ask of an index, and how long it takes to bring one up to the files."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from tests.benchmarks.figures import goal
from tui.library.index import Index
from tui.library.lists import ORDERS
from tui.library.query import parse
from tui.ui.shelf import Shelf, Wanted

TYPED = ("red fox in the snow", "lighthouse -night", "model:dall-e-3 rating:>3", '"old castle"', "since:2024 bird sea")
# What the best web gallery states of itself: images a second.
GALLERY = 20_000 / 45
PAGE = 60


def resident() -> float:
    """Memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def asked(shelf: Shelf, count: int, most: float | None) -> None:
    """Everything that lists ask of an index."""
    index, before = shelf.index, resident()
    # The library's own list is there before anything is typed.
    *_, _ = shelf.show(Wanted(shelf.root))
    shown, whole = [], []
    for text in TYPED:
        for end in range(1, len(text) + 1):
            begin = time.perf_counter()
            times = [1000 * (time.perf_counter() - begin) for _ in shelf.show(Wanted(shelf.root, text[:end]))]
            shown.append(times[0])
            whole.append(times[-1])
    for what, those in (("search as you type", shown), ("all of what is found", whole)):
        cuts = statistics.quantiles(those, n=20)
        print(f"{count:>9,}  {what + ', ms':<27} p50 {cuts[9]:8.1f}   p95 {cuts[18]:8.1f}   worst {max(those):.1f}")
        if most and those is shown:
            goal("           p95, ms", cuts[18], most, digits=1)
    begin = time.perf_counter()
    listing = index.listing(parse(""), reverse=True)
    print(f"{count:>9,}  the whole list, ms                {1000 * (time.perf_counter() - begin):8.1f}")
    pages = []
    for start in range(0, len(listing.ids), max(len(listing.ids) // 300, 1)):
        begin = time.perf_counter()
        index.entries(listing.ids[start : start + PAGE])
        pages.append(1000 * (time.perf_counter() - begin))
    print(f"{count:>9,}  a page from top to bottom, ms     {statistics.median(pages):8.1f}   worst {max(pages):.1f}")
    del listing
    more = resident() - before
    print(f"{count:>9,}  more memory than before, MB       {more:8.1f}")
    if count >= 1_000_000:
        goal("           more memory, MB", more, 40, digits=1)
    for order in ORDERS:
        if order != "date":
            begin = time.perf_counter()
            index.listing(parse(""), order)
            print(f"{count:>9,}  sorted by {order:<23} {1000 * (time.perf_counter() - begin):8.1f}")
    print(f"{count:>9,}  more memory after that, MB        {resident() - before:8.1f}")


def taken_in(index: Index, count: int) -> None:
    """From the files and records, and once more when nothing has changed."""
    begin = time.perf_counter()
    index.sync()
    rate = count / (time.perf_counter() - begin)
    print(f"{count:>9,}  taken in, images a second         {rate:8.0f}   {rate / GALLERY:.1f} times a gallery")
    begin = time.perf_counter()
    index.sync()
    again = time.perf_counter() - begin
    print(f"{count:>9,}  looked through again, s           {again:8.2f}")
    if count == 100_000:
        goal("           looked through again, s", again, 5, digits=2)
