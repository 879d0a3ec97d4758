"""Bytes written to the terminal in 10 idle seconds, with an image shown and the log open. Goal: 0.

Run by hand: python -m tests.benchmarks.idle [SECONDS]
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import goal, rounds
from tests.e2e.terminal import App


def main() -> None:
    seconds = rounds(10)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, App(Path(folder)) as app:
        app.open()
        for place, key in (("Create", "f5"), ("Library", "f6"), ("Queue", "f7")):
            if place == "Create":
                app.generate("a red fox")
                app.wait_for("#1 done")
                app.wait_for(lambda: len(app.colours()) > 50)
            app.press(key)
            app.wait_until_quiet(2)
            before, end = len(app.raw), time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                app.read(left)
            goal(f"{place}: bytes in {seconds} idle seconds", len(app.raw) - before, 0, digits=0)


if __name__ == "__main__":
    main()
