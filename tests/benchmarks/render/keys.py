"""The real program in a pty: how long after an arrow key the first cells of the next image come."""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.benchmarks.figures import compiled, goal, tell
from tests.benchmarks.render.inside import Timed
from tests.benchmarks.render.pictures import SIDE, leaves
from tests.e2e.terminal import KEYS
from tui.library import thumbnails
from tui.render.decoding.decoder import Decoder

# So many colours of its cast are the next image, and nothing else that is on the screen.
COLOURS = 40
_COLOUR = re.compile(rb"[34]8;2;(\d+);\d+;(\d+)")
# Images are reddish and bluish by turns, by so much at least where they are bright.
_CAST = 60


@dataclass(frozen=True)
class Found:
    """`times`: for each place the seconds from a key's byte to the first cells of the next image, and to the last byte.
    `boxes`: for a box over the Library, opened and closed, the seconds to the last byte and the bytes.
    """

    times: dict[str, list[tuple[float, float]]]
    boxes: dict[str, list[tuple[float, int]]]


def keys(presses: int, folder: Path) -> Found:
    _library(folder, presses + 1)
    # The newest stands first. The first press also loads what drawing needs, and does not count.
    order = range(presses - 1, -1, -1)
    times, boxes = {}, {}
    with _open(folder) as terminal:
        terminal.press("f6")
        terminal.wait_for("image0")
        terminal.press("g")
        terminal.wait_until_quiet(1)
        times["Library, down"] = [_press(terminal, "down", number) for number in order][1:]
        pairs = [(_frame(terminal, "ctrl+g"), _frame(terminal, "escape")) for _ in range(4)][1:]
        boxes["a box opened"], boxes["a box closed"] = ([pair[side] for pair in pairs] for side in (0, 1))
        terminal.press("g", "enter")
        _quiet(terminal, 1)
        times["full screen, right"] = [_press(terminal, "right", number) for number in order][1:]
    return Found(times, boxes)


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
            red, green, blue = shifted.split()
            dark = Image.new("L", shifted.size)
            Image.merge("RGB", (dark, green, blue) if number % 2 else (red, green, dark)).save(path, compress_level=4)
            os.utime(path, (number, number))
            decoder.thumbnail(path, thumbnails.thumbnail_path(path, folder / ".cache"), thumbnails.texts(path))


def _press(terminal: Timed, name: str, number: int) -> tuple[float, float]:
    """`number` is the image that the key leads to."""
    terminal.reads.clear()
    begin = time.monotonic()
    terminal.send(KEYS[name])
    _quiet(terminal, 0.6)
    seen = b""
    for at, data in terminal.reads:
        seen += data
        if _casts(seen)[number % 2] >= COLOURS:
            return at - begin, terminal.reads[-1][0] - begin
    raise RuntimeError(f"the next image did not come after {name}")


def _frame(terminal: Timed, name: str) -> tuple[float, int]:
    """Seconds from a key to the last byte that it brings, and how many they are."""
    terminal.reads.clear()
    begin = time.monotonic()
    terminal.press(name)
    _quiet(terminal, 0.6)
    return terminal.reads[-1][0] - begin, sum(len(data) for _, data in terminal.reads)


def _casts(data: bytes) -> tuple[int, int]:
    """How many colours are reddish, and how many bluish."""
    channels = [(int(red), int(blue)) for red, blue in _COLOUR.findall(data)]
    return sum(red - blue > _CAST for red, blue in channels), sum(blue - red > _CAST for red, blue in channels)


def _quiet(terminal: Timed, seconds: float) -> None:
    """Until nothing came for so long; the emulator, which takes its time, is not shown it."""
    while terminal.receive(seconds):
        pass


def print_keys(found: Found) -> None:
    for name, frames in found.boxes.items():
        tell(f"Library, {name}", [seconds for seconds, _ in frames])
        print(f"{'':<34} {statistics.median(count for _, count in frames):8.0f} bytes")
    for place, times in found.times.items():
        tell(f"{place}, all of the image", [last for _, last in times])
        goal(f"{place}, first cells, ms", 1000 * statistics.median(first for first, _ in times), 30, digits=1)
