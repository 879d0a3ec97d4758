"""The real program in a pty: how long after an arrow key the first cells of the next image come."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.benchmarks.figures import compiled, goal, tell
from tests.benchmarks.render.inside import Timed
from tests.benchmarks.render.pictures import SIDE, leaves
from tests.e2e.terminal import KEYS
from tui.library import thumbnails
from tui.render.decode import Decoder

# So many block elements are a picture and no border or bar.
CELLS = 60
_BLOCKS = tuple(chr(point).encode() for point in range(0x2580, 0x25A0))


def keys(presses: int, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """For each place the seconds from a key's byte to the first cells of the image, and to the last byte of all."""
    _library(folder, presses + 3)
    found = {}
    with _open(folder) as terminal:
        terminal.press("f6")
        terminal.wait_for("image0")
        terminal.press("g")
        terminal.wait_until_quiet(1)
        found["Library, down"] = [_press(terminal, "down") for _ in range(presses)]
        terminal.press("g", "enter")
        _quiet(terminal, 1)
        found["full screen, right"] = [_press(terminal, "right") for _ in range(presses)]
    # The first one also loads what drawing needs.
    return {place: times[1:] for place, times in found.items()}


@contextmanager
def _open(folder: Path) -> Iterator[Timed]:
    with Timed([sys.executable, "-m", "tui"], compiled(folder)) as terminal:
        terminal.wait_for("f6 Library")
        terminal.wait_until_quiet(0.5)
        yield terminal


def _library(folder: Path, count: int) -> None:
    """Images of the usual size, all of them different, each with its thumbnail, in a home that has been welcomed."""
    memory = folder / ".local/state/safelight/memory.json"
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps({"welcomed": True}))
    images = folder / "Pictures" / "safelight"
    images.mkdir(parents=True, exist_ok=True)
    scene = leaves(SIDE, SIDE)
    with Decoder() as decoder:
        for number in range(count):
            path = images / f"image{number:02}.png"
            turned = scene.transpose(Image.Transpose(number % len(Image.Transpose)))
            shifted = turned.transform(turned.size, Image.Transform.AFFINE, (1, 0, 40 * number, 0, 1, 0))
            shifted.save(path, compress_level=4)
            decoder.thumbnail(path, thumbnails.thumbnail_path(path, folder / ".cache"), thumbnails.texts(path))


def _press(terminal: Timed, name: str) -> tuple[float, float]:
    terminal.reads.clear()
    begin = time.monotonic()
    terminal.send(KEYS[name])
    _quiet(terminal, 0.6)
    cells, first = 0, None
    for at, data in terminal.reads:
        cells += sum(data.count(block) for block in _BLOCKS)
        if first is None and cells >= CELLS:
            first = at - begin
    if first is None:
        raise RuntimeError(f"no image came after {name}")
    return first, terminal.reads[-1][0] - begin


def _quiet(terminal: Timed, seconds: float) -> None:
    """Until nothing came for so long; the emulator, which takes its time, is not shown it."""
    while terminal.receive(seconds):
        pass


def print_keys(found: dict[str, list[tuple[float, float]]]) -> None:
    for place, times in found.items():
        tell(f"{place}, all of the image", [last for _, last in times])
        goal(f"{place}, first cells, ms", 1000 * statistics.median(first for first, _ in times), 30, digits=1)
