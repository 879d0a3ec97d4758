"""The program itself in a pty: the Library opened, gone through, and as a contact sheet."""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import compiled, goal
from tests.benchmarks.library.made import photos
from tests.e2e.terminal import Terminal, descendants
from tui.library import thumbnails

STARTS = 5
# Where a frame ends, for a terminal that shows it at once.
END = b"\x1b[?2026l"
# Seconds without a byte after which a screen is taken to be finished; they are not counted.
REST = 0.12
# Where sixty tiles are in sight.
WIDE, TILES = (330, 66), 60
KEYS = 60
# The name below a tile, and what stands in its place until its picture does.
NAME, AWAITED = re.compile(r"photo-\d\d\.png"), re.compile(" {5}· {5}")


def begun(home: Path, columns: int = 120, rows: int = 40) -> Terminal:
    """The program past its first steps, with nothing more to do."""
    memory = home / ".local/state/safelight/memory.json"
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text('{"welcomed": true}')
    terminal = Terminal([sys.executable, "-m", "tui"], compiled(home), columns=columns, rows=rows)
    terminal.wait_for("Generate")
    # It marks where its frames begin and end, as the terminal knows that.
    terminal.send(b"\x1b[?2026;2$y")
    terminal.wait_until_quiet(1.0)
    return terminal


def until_frame(terminal: Terminal, key: str) -> float | None:
    """Milliseconds from a key to the end of the first frame after it; None where it brings about nothing."""
    before, begin, took = len(terminal.raw), time.perf_counter(), None
    terminal.press(key)
    while terminal.receive(REST if took else 0.5):
        if took is None and END in terminal.raw[before:]:
            took = 1000 * (time.perf_counter() - begin)
    return took


def memory(terminal: Terminal) -> float:
    """Of the program and the child that decodes, MB."""
    pids = [terminal.child.pid, *descendants(terminal.child.pid)]
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6 for pid in pids)


def opened(home: Path, name: bytes, seconds: float) -> tuple[list[float], float]:
    """Milliseconds from the key to the first image's row in the Library, so long after the start; then memory in MB."""
    times, used = [], 0.0
    for _ in range(STARTS):
        with begun(home) as terminal:
            terminal.wait_until_quiet(seconds)
            before, begin = len(terminal.raw), time.perf_counter()
            terminal.press("f6")
            while b"Details" not in terminal.raw[before:] or name not in terminal.raw[before:]:
                assert time.perf_counter() - begin < 30
                terminal.receive(1)
            times.append(1000 * (time.perf_counter() - begin))
            terminal.wait_until_quiet(1.0)
            used = memory(terminal)
    return times, used


def gone_through(home: Path, count: int) -> None:
    """A page at a time from the top and from the bottom, and image by image."""
    with begun(home) as terminal:
        terminal.press("f6")
        terminal.wait_until_quiet(1.0)
        times = []
        for key, most in (("pagedown", KEYS), ("G", 1), ("pageup", KEYS), ("g", 1), ("down", KEYS)):
            for _ in range(most):
                if (took := until_frame(terminal, key)) is None:
                    break
                times.append(took)
    print(
        f"{count:>9,}  from a key in the list to its frame, ms{statistics.median(times):7.1f}   worst {max(times):.1f}"
    )
    goal("           worst, ms", max(times), 50, digits=1)


def until_tiled(terminal: Terminal, count: int) -> tuple[float, int]:
    """Milliseconds from the key that shows the contact sheet to the frame with the last picture; bytes until then.

    What came is shown to the emulator afterwards, as that takes many times as long.
    """
    chunks, begin = [], time.perf_counter()
    terminal.press("V")
    while data := terminal.receive(1.0 if chunks else 5):
        chunks.append((1000 * (time.perf_counter() - begin), data))
    found, size = None, 0
    for at, data in chunks:
        # A synchronised frame is one picture for whoever looks.
        for piece in re.split(b"(?<=" + re.escape(END) + b")", data):
            terminal._show(piece)
            size += len(piece)
            if found is None and piece.endswith(END):
                tiled = len(set(NAME.findall(terminal.text))) >= count and not AWAITED.search(terminal.text)
                found = (at, size) if tiled else None
    assert found, f"not all of it was drawn:\n{terminal.text}"
    return found


def sheet() -> None:
    """A contact sheet of sixty photos whose thumbnails are there, for the first time in a run and again."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        files = photos(home / "Pictures" / "safelight", TILES)
        first, again, size, cold = [], [], 0, 0.0
        for start in range(STARTS + 1):
            with begun(home, *WIDE) as terminal:
                terminal.press("f6")
                terminal.wait_until_quiet(1.0)
                took, size = until_tiled(terminal, TILES)
                if not start:
                    # Nothing is there yet: that is not what is asked for.
                    cold = took
                    terminal.wait_for(lambda: not any(thumbnails.due(file, home / ".cache") for file in files), 120)
                    continue
                first.append(took)
                terminal.press("V")
                terminal.wait_until_quiet(0.5)
                terminal.press("V")
                terminal.wait_until_quiet(0.5)
                again.append(until_tiled(terminal, TILES)[0])
    print(f"{TILES:>9,}  a contact sheet, no thumbnails, ms{cold:8.1f}")
    print(f"{TILES:>9,}  with thumbnails, ms               {statistics.median(first):8.1f}   {size:,} bytes")
    goal("           with thumbnails, ms", statistics.median(first), 150, digits=1)
    print(f"{TILES:>9,}  again in the same run, ms         {statistics.median(again):8.1f}")
