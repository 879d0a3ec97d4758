"""The decoding child, from the request to the pixels: of files seen first, again, nearer, in haste, and playing."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks.figures import goal, rounds, tell
from tests.benchmarks.render.pictures import leaves
from tui.library import thumbnails
from tui.render.decoding.decoder import Decoder, Part

# For blocks at 160x50, at eight pixels a cell, and for half at 160x50.
BOXES = ((640, 400, 1.0), (1280, 400, 2.0), (160, 100, 1.0))
# Longer than the child distrusts a file that has just been written to.
SETTLED = 0.11
_times = iter(range(1, 1_000_000))


def timed(work: Callable[[], object], count: int, before: Callable[[], object] = lambda: None) -> list[float]:
    """Seconds of each run, after one that does not count."""
    found = []
    for _ in range(count + 1):
        before()
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found[1:]


def unseen(path: Path) -> None:
    """Another time of change: the child takes it for another file."""
    os.utime(path, ns=(1, next(_times)))
    time.sleep(SETTLED)


def files(folder: Path) -> list[Path]:
    small, large = leaves(1024, 1024), leaves(3840, 2160)
    small.save(folder / "1024x1024.png")
    large.save(folder / "3840x2160.jpg", quality=92)
    large.save(folder / "3840x2160.png", compress_level=4)
    small.save(folder / "1024x1024.webp", quality=90)
    return sorted(folder.iterdir())


def stills(decoder: Decoder, folder: Path, count: int) -> None:
    for path in files(folder):
        print(f"\n{path.name}, {path.stat().st_size / 1e6:.1f} MB")
        for box in BOXES:
            name = f"{box[0]}x{box[1]}"
            look = partial(decoder.picture, path, *box)
            tell(f"  {name} first", timed(look, count, partial(unseen, path)))
            tell(f"  {name} again", timed(look, count))
            tell(f"  {name} panned at 200 %", timed(partial(pan, decoder, path, box), count))


def pan(decoder: Decoder, path: Path, box: tuple[int, int, float]) -> None:
    left, width, height = 100.0 + next(_times) % 100, box[0] / 2, box[1] * box[2] / 2
    decoder.picture(path, *box, part=Part(left, 100, left + width, 100 + height))


def first_sight(decoder: Decoder, folder: Path, count: int) -> None:
    path, cache = folder / "1024x1024.png", folder / "cache"
    target = thumbnails.thumbnail_path(path, cache)
    print("\nthumbnail")
    make = partial(decoder.thumbnail, path, target, thumbnails.texts(path))
    tell("  drawn, image decoded before", timed(make, count))
    print(f"  {target.stat().st_size / 1e3:.0f} kB")
    for box in BOXES:
        look = partial(coarse, decoder, path, cache, box)
        median = tell(f"  coarse, {box[0]}x{box[1]}", timed(look, count, partial(unseen, target)))
        goal("  milliseconds", median * 1000, 8, digits=1)


def coarse(decoder: Decoder, path: Path, cache: Path, box: tuple[int, int, float]) -> None:
    found = thumbnails.valid(path, cache)
    assert found
    decoder.picture(found.path, *box, averaged=True)


def films(decoder: Decoder, folder: Path, count: int) -> None:
    scene = leaves(1024, 1024)
    frames = [scene.crop((at * 8, at * 6, at * 8 + 480, at * 6 + 480)) for at in range(40)]
    print("\nanimations of 480x480, each frame")
    for kind, options in (("gif", {"loop": 0}), ("webp", {"quality": 85}), ("png", {})):
        path = folder / f"film.{kind}"
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=40, **options)
        time.sleep(SETTLED)
        figures = timed(partial(play, decoder, path), max(count // 5, 1))
        tell(f"  {kind}", figures, scale=1000 / len(frames))


def play(decoder: Decoder, path: Path) -> None:
    start = 0
    while not (film := decoder.frames(path, 640, 400, start=start)).end:
        start += len(film.pictures)


def main() -> None:
    count = rounds(15)
    with tempfile.TemporaryDirectory() as name, Decoder() as decoder:
        decoder.warm()
        stills(decoder, Path(name), count)
        first_sight(decoder, Path(name), count)
        films(decoder, Path(name), count)


if __name__ == "__main__":
    main()
