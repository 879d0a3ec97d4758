"""The start with a spool that earlier runs left full, beside one with none: from the process to the first frame.

1,000 entries whose jobs are done, of which a crash left the folders, and 50 that did not end: half of them with the
whole answer, which the start finishes, half of unknown outcome. Each start meets them as they were left. Goal: the
first frame not later, which on a machine that does nothing else is a ratio of at most 1.03.

Run by hand: python -m tests.benchmarks.unfinished [ROUNDS]
"""

from __future__ import annotations

import base64
import json
import shutil
import statistics
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from tests.benchmarks.figures import compiled, goal, in_turns, rounds, tell
from tests.benchmarks.startup import FORM, forget, wait
from tests.e2e.terminal import Terminal
from tui.core.request import Request
from tui.engine.spool import DONE, REQUEST, Entry, Head

FINISHED, UNFINISHED = 1000, 50
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(3) + b"\x10" + bytes(3) + b"\x10\x08\2\0\0\0\0\0\0\0IEND\xaeB`\x82"


def fill(library: Path) -> None:
    """What a crash in the midst of many jobs leaves, by the program's own steps."""
    for number in range(FINISHED + UNFINISHED):
        facts = {"provider": "openai", "host": "api.openai.com", "template": "{index}", "estimate": 0.01}
        request = Request(f"fox {number}", "dall-e-2", parameters={"size": "256x256"})
        entry = Entry.create(library, f"20261128-120000-{number:08x}", request, facts)
        entry.give_up_reserve()
        image = base64.b64encode(PNG + number.to_bytes(4, "big")).decode()
        answer = json.dumps({"created": 1_795_000_000 + number, "data": [{"b64_json": image}]}).encode()
        entry.begin(Head(status=200, content_type="application/json", request_id=f"req_{number}"))
        whole = number < FINISHED or number % 2 == 0
        entry.append(answer if whole else answer[:60])
        if whole:
            entry.commit()
        if number < FINISHED:
            (entry.folder / REQUEST).rename(entry.folder / DONE)
        entry.release()


class Starts:
    """Seconds until the first frame; `echoes` are those until a key that was typed at once is seen."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._env, self._numbers = folder, compiled(folder), count()
        self.echoes: dict[str, list[float]] = {"none": [], "many": []}
        fill(folder / "left")

    def none(self) -> float:
        return self._start("none")

    def many(self) -> float:
        return self._start("many")

    def _start(self, name: str) -> float:
        library = self._folder / f"library{next(self._numbers)}"
        # Both begin after the same work for the disk.
        shutil.copytree(self._folder / "left", library)
        if name == "none":
            shutil.rmtree(library)
            library.mkdir()
        forget(self._folder)
        begin = time.perf_counter()
        env = self._env | {"SAFELIGHT_OUT": str(library)}
        with Terminal([sys.executable, "-m", "tui"], env, columns=120, rows=40) as terminal:
            wait(terminal, FORM)
            shown = time.perf_counter() - begin
            begin = time.perf_counter()
            terminal.send(b"~")
            wait(terminal, b"~")
            self.echoes[name].append(time.perf_counter() - begin)
        shutil.rmtree(library, ignore_errors=True)
        return shown


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        starts = Starts(Path(folder))
        starts.none()
        found = in_turns(rounds(20), {"none": starts.none, "many": starts.many})
    none = tell("first frame, nothing left", found["none"])
    many = tell(f"first frame, {FINISHED} and {UNFINISHED} left", found["many"])
    tell("a key typed then is seen, nothing", starts.echoes["none"][1:])
    tell("a key typed then is seen, many", starts.echoes["many"][1:])
    goal("ratio of medians", many / none, 1.03)
    pairs = [many / none for many, none in zip(found["many"], found["none"], strict=True)]
    print(f"{'median of the pairs':<34} {statistics.median(pairs):8.3f}")
    print(f"{'ratio of the fastest':<34} {min(found['many']) / min(found['none']):8.3f}")


if __name__ == "__main__":
    main()
