"""Libraries of many records: how fast they are taken in, looked through again, listed, searched and opened.

Run by hand: python -m tests.benchmarks.library [FILES...] [--rows N]

For each number of FILES (100 1000 10000 100000) a library of tiny files with their records is made. With `--rows` an
index alone is filled with so many (1000000 takes minutes), as it would be from their records.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.figures import compiled, goal
from tests.e2e.terminal import Terminal
from tui.core.record import Origin, Record
from tui.core.sniff import Facts
from tui.library import records, rows
from tui.library.files import ImageFile
from tui.library.index import Index, Step
from tui.library.lists import ORDERS
from tui.library.query import parse

WORDS = """
fox snow castle sea harbour ballet dancer hill storm night sunset red blue green
old quiet city forest river moon robot cat dog bird flower garden train bridge
portrait watercolour oil painting photo macro light fog rain summer winter autumn spring mountain
desert island ship lighthouse pepper violin orchard tiger
""".split()  # noqa: SIM905  # a list of fifty quoted words is harder to read and to change
TYPED = ("red fox in the snow", "lighthouse -night", "model:dall-e-3 rating:>3", '"old castle"', "since:2024 bird sea")
MODELS = ("dall-e-3", "gpt-image-1", "gpt-image-2.5-flare")
FIRST, EVERY = 1_600_000_000, 900
# What the best web gallery states of itself: images a second.
GALLERY = 20_000 / 45
PAGE = 60
STARTS = 5


def png(number: int) -> bytes:
    """A tiny image, unlike every other."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0" + number.to_bytes(4, "big")[1:])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", b"n\0%d" % number)
        + chunk(b"IDAT", pixel)
        + chunk(b"IEND", b"")
    )


def made(count: int) -> Iterator[tuple[str, bytes, Record]]:
    """Places, bytes and records."""
    chance = random.Random(1)
    for number in range(count):
        content, when = png(number), FIRST + number * EVERY
        place = f"{time.strftime('%Y-%m-%d', time.gmtime(when))}/image-{number}.png"
        origin = Origin(
            job=f"job-{number}", index=0, provider="openai", model=chance.choice(MODELS), operation="generate",
            prompt=" ".join(chance.choices(WORDS, k=12)), parameters={"size": "1024x1024"}, created=when, path=place,
            cost=0.04,
        )  # fmt: skip
        sha256 = hashlib.sha256(content).hexdigest()
        rating = chance.choice((0, 0, 0, 3, 4, 5))
        yield (
            place,
            content,
            Record(
                sha256=sha256, bytes=len(content), format="png", width=1, height=1, origins=(origin,), rating=rating
            ),
        )


def library(root: Path, count: int) -> None:
    """On the disk, without waiting for it: nobody has paid for these."""
    for place, content, record in made(count):
        file = root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        told = records.path_of(root, record.sha256)
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps(record.to_json()))


def filled(index: Index, count: int) -> None:
    """An index alone."""
    steps: list[Step] = []
    for place, content, record in made(count):
        when = record.origins[0].created
        image = ImageFile(index.root / place, place.rpartition("/")[2], len(content), when * 10**9, place[:10])
        steps += [_recording(record), _filing(index.root, image, record.sha256)]
        if len(steps) >= 2000:
            index.write(steps)
            steps = []
    index.write(steps)


def _recording(record: Record) -> Step:
    return lambda db: rows.put_record(db, record, 1)


def _filing(root: Path, image: ImageFile, sha256: str) -> Step:
    return lambda db: rows.put_file(db, root, image, sha256, Facts("png", 1, 1))


def resident() -> float:
    """Memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def asked(index: Index, count: int, most: float | None) -> None:
    """Everything that lists ask of an index."""
    before = resident()
    times = []
    for text in TYPED:
        for end in range(1, len(text) + 1):
            begin = time.perf_counter()
            found = index.listing(parse(text[:end]))
            index.entries(found.ids[:PAGE])
            times.append(1000 * (time.perf_counter() - begin))
    cuts = statistics.quantiles(times, n=20)
    print(f"{count:>9,}  search as you type, ms        p50 {cuts[9]:8.1f}   p95 {cuts[18]:8.1f}   of {len(times)}")
    if most:
        goal("           p95, ms", cuts[18], most, digits=1)
    begin = time.perf_counter()
    listing = index.listing(parse(""))
    print(f"{count:>9,}  the whole list, ms                {1000 * (time.perf_counter() - begin):8.1f}")
    pages = []
    for start in range(0, len(listing.ids), max(len(listing.ids) // 300, 1)):
        begin = time.perf_counter()
        index.entries(listing.ids[start : start + PAGE])
        pages.append(1000 * (time.perf_counter() - begin))
    print(f"{count:>9,}  a page from top to bottom, ms     {statistics.median(pages):8.1f}   worst {max(pages):.1f}")
    for order in ORDERS:
        if order != "date":
            begin = time.perf_counter()
            index.listing(parse(""), order)
            print(f"{count:>9,}  sorted by {order:<23} {1000 * (time.perf_counter() - begin):8.1f}")
    print(f"{count:>9,}  more memory than before, MB       {resident() - before:8.1f}")


def opened(home: Path, name: bytes) -> list[float]:
    """Milliseconds from the key to the first image's row in the Library, in the app, in a pty."""
    memory = home / ".local/state/safelight/memory.json"
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text('{"welcomed": true}')
    times = []
    for _ in range(STARTS):
        with Terminal([sys.executable, "-m", "tui"], compiled(home), columns=120, rows=40) as terminal:
            terminal.wait_for("Your images" if not name else "Generate")
            terminal.wait_until_quiet(1.0)
            before, begin = len(terminal.raw), time.perf_counter()
            terminal.press("f6")
            while b"Details" not in terminal.raw[before:] or name not in terminal.raw[before:]:
                assert time.perf_counter() - begin < 30
                terminal.receive(1)
            times.append(1000 * (time.perf_counter() - begin))
    return times


def measured(counts: Sequence[int]) -> None:
    first: float | None = None
    for count in counts:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            root, cache = home / "Pictures" / "safelight", home / ".cache" / "safelight"
            root.mkdir(parents=True)
            library(root, count)
            with Index.open(root, cache) as index:
                begin = time.perf_counter()
                index.sync()
                rate = count / (time.perf_counter() - begin)
                print(
                    f"{count:>9,}  taken in, images a second         {rate:8.0f}   {rate / GALLERY:.1f} times a gallery"
                )
                begin = time.perf_counter()
                index.sync()
                again = time.perf_counter() - begin
                print(f"{count:>9,}  looked through again, s           {again:8.2f}")
                if count == 100_000:
                    goal("           looked through again, s", again, 5, digits=2)
                asked(index, count, 50 if count == 100_000 else None)
                newest = index.find("", limit=1)[0].prompt or ""
            times = opened(home, newest[:12].encode())
            median = statistics.median(times)
            first = first or median
            print(
                f"{count:>9,}  the Library opened, ms            {median:8.1f}   {median / first:.2f} times the first"
            )
            if count == 100_000 and counts[0] == 100:
                goal("           times that of 100", median / first, 1.2)
        print()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=int, nargs="*", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--rows", type=int, default=0)
    given = parser.parse_args()
    measured(given.files)
    if given.rows:
        with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder), Path(folder) / "cache") as index:
            begin = time.perf_counter()
            filled(index, given.rows)
            rate, size = given.rows / (time.perf_counter() - begin), index.path.stat().st_size / 1e6
            print(f"{given.rows:>9,}  rows a second                    {rate:8.0f}   {size:.0f} MB")
            asked(index, given.rows, 150 if given.rows >= 1_000_000 else None)


if __name__ == "__main__":
    main()
