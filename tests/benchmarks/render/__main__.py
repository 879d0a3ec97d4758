"""The cell renderer beside its peers, and inside the app: times, bytes and likeness, then each goal met or missed.

Run by hand: python -m tests.benchmarks.render [cells] [app] [--rounds N] [--full] [--photo FILE] [--only NAME...]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.render.goals import print_goals
from tests.benchmarks.render.inside import inside, print_inside, print_inside_goals
from tests.benchmarks.render.keys import keys, print_keys
from tests.benchmarks.render.measure import Scene, budgeted
from tests.benchmarks.render.peers import CHAFA, RICH_PIXELS
from tests.benchmarks.render.pictures import Picture, pictures

GRIDS = ((40, 20), (80, 40), (160, 50), (240, 70))
JUDGED = (160, 50)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.render", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=["cells", "app", []], help="all of it, if left out")
    parser.add_argument("--rounds", type=int, default=7, help="how often each way is timed")
    parser.add_argument("--full", action="store_true", help="every picture on every grid")
    parser.add_argument("--photo", type=Path, help="a photo of your own besides")
    parser.add_argument("--only", nargs="*", default=(), help="names of the pictures to take")
    asked = parser.parse_args()
    if not asked.parts or "cells" in asked.parts:
        cells(asked)
    if not asked.parts or "app" in asked.parts:
        app(asked.rounds)


def cells(asked: argparse.Namespace) -> None:
    shown = [each for each in pictures(asked.photo) if not asked.only or each.name in asked.only]
    print("ms are medians; bytes with line ends; programs are whole processes, decoding included")
    judged = []
    for grid in GRIDS:
        if grid != JUDGED and not asked.full:
            continue
        for picture in shown:
            scene = Scene(picture, *grid)
            scene.measure(asked.rounds)
            print_scene(scene)
            if grid == JUDGED:
                judged.append(scene)
    if not asked.full:
        others(shown[0], asked.rounds)
    print()
    print_goals(judged)


def app(rounds: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = inside(rounds, Path(folder))
    print_inside(found)
    print()
    print_inside_goals(found)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        print_keys(keys(rounds + 1, Path(folder)))


def print_scene(scene: Scene) -> None:
    width, height = scene.picture.image.size
    print(f"\n{scene.picture.name} {width}x{height} in {scene.columns}x{scene.rows} cells")
    print(f"{'':<28}{'ms':>8}{'bytes':>9}{'PSNR':>8}{'SSIM':>8}{'blurred':>9}{'x rich-pixels':>15}{'% of chafa':>12}")
    rich, chafa = scene.found.get(RICH_PIXELS), scene.found.get(CHAFA)
    for name, found in scene.found.items():
        faster = f"{rich.median / found.median:.1f}" if rich else "–"
        part = f"{100 * found.bytes / chafa.bytes:.0f}" if chafa else "–"
        print(
            f"{name:<28}{1000 * found.median:8.1f}{found.bytes:9}{found.psnr:8.2f}{found.ssim:8.4f}"
            f"{found.blurred:9.1f}{faster:>15}{part:>12}"
        )
    for name, why in scene.absent.items():
        print(f"{name:<28}skipped: {why}")


def others(picture: Picture, rounds: int) -> None:
    """The other grids in a line each: what matters is that the ratios hold."""
    few = (RICH_PIXELS, CHAFA, "half", "blocks", budgeted("blocks", CHAFA))
    for grid in GRIDS:
        if grid != JUDGED:
            scene = Scene(picture, *grid)
            scene.measure(min(rounds, 3), few.__contains__)
            told = [
                f"{name} {1000 * found.median:.1f} ms {found.bytes / 1000:.0f} kB {found.ssim:.3f}"
                for name, found in scene.found.items()
            ]
            print(f"\n{picture.name} in {grid[0]}x{grid[1]}: " + " · ".join(told))


if __name__ == "__main__":
    main()
