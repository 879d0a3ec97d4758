"""What it costs to lose nothing: the save protocol for an answer with one image of 2 MB, beside a naive write of it.

The answer's bytes are there already, in pieces as a connection gives them. Naive is what a careful script does: parse,
decode, write, fsync. The protocol reserves room, writes the request, the head and the answer durably, decodes from the
disk, stores the image, links it, writes its record and takes the journal away. Goal: at most 2 times.

Run by hand: python -m tests.benchmarks.spool [ROUNDS] [FOLDER]
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from tests.benchmarks.figures import goal, in_turns, rounds, tell
from tui.core import models, pricing
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.finish import RecordWriter, finish
from tui.engine.job import Job, Settings
from tui.engine.spool import Entry, Head
from tui.library import records
from tui.ui.shelf import Shelf

SIZE, PIECE = 2_000_000, 65_536
END = b"\0\0\0\0IEND\xaeB`\x82"
HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x04\0\x08\2\0\0\0"
REQUEST = Request("a red fox", "gpt-image-2.5-flare", parameters={"size": "1024x1024", "quality": "low"})
USAGE = {"input_tokens": 3, "output_tokens": 196, "total_tokens": 199}


class Ways:
    """Each takes the seconds of one answer, of which no two are the same."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._random = random.Random(1)
        self._loop = asyncio.Runner()
        self._settings = Settings(out=folder / "library")
        self._shelf = Shelf(self._settings.out)
        # Threads and the index are there when a program has been running for a while.
        self.protocol()
        self.with_index()

    def close(self) -> None:
        self._shelf.close()
        self._loop.close()

    def _pieces(self) -> list[bytes]:
        image = HEAD + self._random.randbytes(SIZE - len(HEAD) - len(END)) + END
        answer = {"created": 1_795_000_000, "data": [{"b64_json": base64.b64encode(image).decode()}], "usage": USAGE}
        body = json.dumps(answer).encode()
        return [body[at : at + PIECE] for at in range(0, len(body), PIECE)]

    def _naive(self, *, durable: bool) -> float:
        pieces, path = self._pieces(), self._folder / f"{next(self._numbers)}.png"
        begin = time.perf_counter()
        image = base64.b64decode(json.loads(b"".join(pieces))["data"][0]["b64_json"])
        with path.open("xb") as file:
            file.write(image)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        return time.perf_counter() - begin

    def naive(self) -> float:
        return self._naive(durable=True)

    def careless(self) -> float:
        return self._naive(durable=False)

    def bare(self) -> float:
        """Of the image's bytes alone, as if no answer had to be read for them."""
        image = self._random.randbytes(SIZE)
        begin = time.perf_counter()
        with (self._folder / f"{next(self._numbers)}.bin").open("xb") as file:
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        return time.perf_counter() - begin

    def fsync(self) -> float:
        """One of a file that is all but empty: what the disk takes by itself."""
        begin = time.perf_counter()
        with (self._folder / f"{next(self._numbers)}.txt").open("xb") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
        return time.perf_counter() - begin

    def protocol(self) -> float:
        return self._loop.run(self._job(records.write))

    def with_index(self) -> float:
        return self._loop.run(self._job(self._shelf.keep))

    async def _job(self, record: RecordWriter) -> float:
        pieces, name = self._pieces(), f"20261128-120000-{next(self._numbers):08x}"
        model = models.catalogue().get(REQUEST.model)
        provider = Provider("plain", "http://127.0.0.1:1/v1")
        begin = time.perf_counter()
        facts = {"provider": "plain", "host": "127.0.0.1", "template": self._settings.template, "estimate": 0.01}
        entry = await asyncio.to_thread(Entry.create, self._settings.out, name, REQUEST, facts)
        await asyncio.to_thread(entry.begin, Head(status=200, content_type="application/json"))
        for piece in pieces:
            entry.append(piece)
        await asyncio.to_thread(entry.commit)
        estimate = pricing.estimate(REQUEST, model)
        job = Job(name, 1, REQUEST, provider, model, estimate, lambda _: None, lambda _: None)
        outcome = await finish(job, entry, lambda: self._settings, record)
        await asyncio.to_thread(entry.remove)
        took = time.perf_counter() - begin
        assert outcome.saved == 1 and not outcome.fewer, outcome
        return took


def file_system(folder: Path) -> str:
    """Where the figures hold."""
    if not (df := shutil.which("df")):
        return "unknown"
    said = subprocess.run([df, "-T", folder], capture_output=True, text=True, check=False).stdout.splitlines()
    return said[-1].split()[1] if len(said) > 1 else "unknown"


def main() -> None:
    where = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=where, ignore_cleanup_errors=True) as folder:
        print(f"file system {file_system(Path(folder))}")
        # The app's index lies in the cache folder.
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        ways = Ways(Path(folder))
        found = in_turns(
            rounds(60),
            {
                "naive": ways.naive, "careless": ways.careless, "bare": ways.bare, "fsync": ways.fsync,
                "protocol": ways.protocol, "with index": ways.with_index,
            },
        )  # fmt: skip
        ways.close()
    naive = tell("parse, decode, write, fsync", found["naive"])
    ours = tell("the save protocol", found["protocol"])
    tell("  and the app's index", found["with index"])
    tell("without fsync, for comparison", found["careless"])
    tell("write and fsync alone", found["bare"])
    tell("an fsync by itself", found["fsync"])
    goal("ratio of medians", ours / naive, 2)


if __name__ == "__main__":
    main()
