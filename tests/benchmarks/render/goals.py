"""The goals for a grid of 160x50 cells, each met or missed, with the figures that it was judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.benchmarks.render.measure import DITHERED, Figures, Scene, budgeted
from tests.benchmarks.render.peers import CHAFA, CHAFA_240, CHAFA_256, RICH_PIXELS

_Found = dict[str, Figures]
# A figure of one picture, and whether it is good enough.
_Judge = Callable[[_Found], tuple[str, bool]]


def print_goals(scenes: Iterable[Scene]) -> None:
    """Times are judged on the photos of one megapixel, as the goals' own figures were."""
    every = list(scenes)
    photos = [scene for scene in every if scene.picture.kind == "photo"]
    small = [scene for scene in photos if scene.picture.image.width <= 1024] or photos
    graphics = [scene for scene in every if scene.picture.kind == "graphic"]
    _print("half: rich-pixels' time over ours", "at least 35", small, _times("half", RICH_PIXELS, 35))
    _print("blocks: rich-pixels' time over ours", "at least 20", small, _times("blocks", RICH_PIXELS, 20))
    _print("blocks: chafa's time over ours", "above 1", small, _times("blocks", CHAFA, 1))
    # 20 ms where rich-pixels takes 225: as a ratio it holds on any machine.
    for peer in (CHAFA, RICH_PIXELS):
        name = budgeted("blocks", peer)
        _print(f"{name}: rich-pixels' time over ours", "at least 11.25", small, _times(name, RICH_PIXELS, 225 / 20))
    _print("blocks: SSIM, and chafa's", "above chafa's", every, _ssim("blocks", CHAFA))
    for style in ("blocks", "blocks+octant"):
        as_chafa, as_rich = budgeted(style, CHAFA), budgeted(style, RICH_PIXELS)
        _print(f"{as_chafa}: % of its bytes", "at most 50", photos, _bytes(as_chafa, CHAFA, 50))
        _print(f"{as_chafa}: % of its bytes", "at most 85", graphics, _bytes(as_chafa, CHAFA, 85))
        _print(f"{as_rich}: % of its bytes", "at most 25", photos, _bytes(as_rich, RICH_PIXELS, 25))
    for peer in (CHAFA_256, CHAFA_240):
        _print(f"256 dithered, blurred: dB above {peer}", "at least 5", every, _blurred(peer))


def _print(name: str, goal: str, scenes: list[Scene], judge: _Judge) -> None:
    if not scenes:
        return
    words, met = [], []
    for scene in scenes:
        try:
            figure, good = judge(scene.found)
        except KeyError as missing:
            figure, good = f"no {missing.args[0]}", False
        words.append(f"{scene.picture.name} {figure}")
        met.append(good)
    verdict = "met" if all(met) else f"MISSED ({sum(met)} of {len(met)} met)"
    print(f"{name:<52} goal {goal}: {verdict}\n    {' · '.join(words)}")


def _times(name: str, peer: str, least: float) -> _Judge:
    def judge(found: _Found) -> tuple[str, bool]:
        ratio = found[peer].median / found[name].median
        return f"{ratio:.1f} ({1000 * found[name].median:.1f} ms)", ratio >= least

    return judge


def _ssim(name: str, peer: str) -> _Judge:
    def judge(found: _Found) -> tuple[str, bool]:
        return f"{found[name].ssim:.4f} {found[peer].ssim:.4f}", found[name].ssim > found[peer].ssim

    return judge


def _bytes(name: str, peer: str, most: float) -> _Judge:
    def judge(found: _Found) -> tuple[str, bool]:
        percent = 100 * found[name].bytes / found[peer].bytes
        return f"{percent:.1f}", percent <= most

    return judge


def _blurred(peer: str) -> _Judge:
    def judge(found: _Found) -> tuple[str, bool]:
        more = found[DITHERED].blurred - found[peer].blurred
        return f"{more:+.1f} ({found[DITHERED].blurred:.1f})", more >= 5

    return judge
