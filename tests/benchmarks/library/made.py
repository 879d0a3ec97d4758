"""Libraries to measure: tiny files with their records, an index alone, and photos that can be looked at."""

from __future__ import annotations

import hashlib
import json
import os
import random
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tui.core.record import Origin, Record
from tui.core.sniff import Facts
from tui.library import records, rows
from tui.library.files import ImageFile
from tui.library.index import Index, Step

WORDS = """
fox snow castle sea harbour ballet dancer hill storm night sunset red blue green
old quiet city forest river moon robot cat dog bird flower garden train bridge
portrait watercolour oil painting photo macro light fog rain summer winter autumn spring mountain
desert island ship lighthouse pepper violin orchard tiger
""".split()  # noqa: SIM905  # a list of fifty quoted words is harder to read and to change
MODELS = ("dall-e-3", "gpt-image-1", "gpt-image-2.5-flare")
FIRST, EVERY = 1_600_000_000, 900


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


def photos(root: Path, count: int) -> list[Path]:
    """Of 1024x1024 pixels, each with colours of its own, the newest first."""
    found = []
    root.mkdir(parents=True)
    for number in range(count):
        few = np.random.default_rng(number).integers(0, 256, (24, 24, 3), np.uint8)
        file = root / f"photo-{number:02}.png"
        Image.fromarray(few).resize((1024, 1024), Image.Resampling.BICUBIC).save(file, compress_level=1)
        os.utime(file, (FIRST - number * EVERY,) * 2)
        found.append(file)
    return found
