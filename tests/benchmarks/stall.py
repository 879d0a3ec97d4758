"""The longest stall of the UI while 20 images arrive, 4 at a time, in the app in a 120x40 pty. Goal: below 50 ms.

A task in the app's own loop wants to wake every 5 ms and notes how late it is; the longest lateness is the stall.
Run by hand: python -m tests.benchmarks.stall [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import compiled, goal, rounds
from tests.e2e.terminal import Terminal

IMAGES = 20

# The app as it is, with a heart beside it; the figures go to a file when it ends.
HEART = """
import asyncio, gc, json, os, sys, time
gc.disable()
from tui.app import SafelightApp
from tui.core import config
beats, images = [], int(sys.argv[2])
class Watched(SafelightApp):
    def on_mount(self):
        self.set_timer(4, self.go)
    async def go(self):
        self.heart = asyncio.ensure_future(self.beat())
        for number in range(images):
            self.screen.form.prompt.write(f"fox {number}")
            self.screen.action_generate()
            await asyncio.sleep(0.05)
    async def beat(self):
        done = 0
        while done < images:
            wanted, worked = time.perf_counter() + 0.005, time.thread_time()
            await asyncio.sleep(0.005)
            beats.append((time.perf_counter() - wanted, time.thread_time() - worked))
            done = sum(not job.running for job in self.session.jobs)
        await asyncio.sleep(0.5)
        self.exit(0)
app = Watched(config.load(os.environ, {}), os.environ)
try:
    app.run()
finally:
    app.close()
saved = sum(len(job.saved) for job in app.session.jobs)
open(sys.argv[1], "w").write(json.dumps({"beats": beats, "saved": saved}))
"""


def stall(folder: Path) -> list[tuple[float, float]]:
    """For every beat its lateness and the time that the UI's thread worked, in seconds, for one run in a new home."""
    folder.mkdir()
    memory = folder / ".local/state/safelight/memory.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(json.dumps({"welcomed": True, "form": {"quality": "low"}}))
    env = compiled(folder) | {"PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
    told = folder / "beats.json"
    with Terminal([sys.executable, "-c", HEART, str(told), str(IMAGES)], env, columns=120, rows=40) as terminal:
        while terminal.child.isalive():
            terminal.receive(0.5)
    figures = json.loads(told.read_text())
    assert figures["saved"] == IMAGES, figures["saved"]
    return [(late, worked) for late, worked in figures["beats"]]


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        runs = [stall(Path(folder) / f"home{number}") for number in range(rounds(5) + 1)][1:]
    for beats in runs:
        lateness = sorted(late for late, _ in beats)
        longest = " ".join(f"{1000 * late:.1f}" for late in lateness[-3:])
        work = 1000 * max(worked for _, worked in beats)
        print(
            f"longest {longest} ms   99 of 100 below {1000 * lateness[int(len(lateness) * 0.99)]:.1f} ms"
            f"   longest work of the UI's thread {work:.1f} ms"
        )
    goal("median of the longest stalls, ms", 1000 * statistics.median(max(beats)[0] for beats in runs), 50, digits=1)
    # What is left where the machine gives the processor to others: the part that is the program's own.
    own = statistics.median(max(worked for _, worked in beats) for beats in runs)
    goal("median of its longest work, ms", 1000 * own, 50, digits=1)


if __name__ == "__main__":
    main()
