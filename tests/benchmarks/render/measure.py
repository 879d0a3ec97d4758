"""One picture on one grid, by every way there is: medians of times, bytes and likeness."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from tests.benchmarks.figures import in_turns
from tests.benchmarks.render import metric
from tests.benchmarks.render.ours import Absent, ours, styles
from tests.benchmarks.render.peers import CHAFA, PEERS, RICH_PIXELS, Way
from tests.benchmarks.render.pictures import Picture

# A budget is looked for in so many halvings: to about a hundredth.
HALVINGS = 8
BUDGETED = ("blocks", "blocks+octant")
DITHERED = "blocks 256 dithered"


@dataclass(frozen=True)
class Figures:
    """`bytes` with line ends; PSNR, also after a blur, in dB; `seconds` of every round."""

    bytes: int
    psnr: float
    ssim: float
    blurred: float
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("nan")


class Scene:
    """A picture on a grid, and what was found for each way; `absent` says of the others why they are not there."""

    def __init__(self, picture: Picture, columns: int, rows: int) -> None:
        self.picture = picture
        self.columns, self.rows = columns, rows
        self.found: dict[str, Figures] = {}
        self.absent: dict[str, str] = {}
        self._reference = metric.reference(picture.image, columns, rows)

    def measure(self, rounds: int, names: Callable[[str], bool] = lambda name: True) -> None:
        """All ways of these names, in turns; those with the fewest bytes that are as good as a peer among them."""
        image, columns, rows = self.picture.image, self.columns, self.rows
        makers: dict[str, Callable[[], Way]] = {
            name: partial(make, image, columns, rows) for name, make in PEERS.items()
        }
        makers |= {style: partial(self._ours, style) for style in styles()}
        makers["blocks 256"] = partial(self._ours, "blocks", depth="256")
        makers[DITHERED] = partial(self._ours, "blocks", depth="256", dither=True)
        makers |= {
            budgeted(style, peer): partial(self._least, style, peer)
            for style in BUDGETED
            for peer in (CHAFA, RICH_PIXELS)
        }
        ways: dict[str, Way] = {}
        for name in filter(names, makers):
            try:
                way = makers[name]()
                self.found[name] = self.judge(way())
                ways[name] = way
            except Absent as absent:
                self.absent[name] = str(absent)
        for name, seconds in in_turns(rounds, {name: _timed(way) for name, way in ways.items()}).items():
            self.found[name] = replace(self.found[name], seconds=seconds)

    def judge(self, text: str) -> Figures:
        shown = self._shown(text)
        return Figures(
            len(text.encode()),
            metric.psnr(self._reference, shown),
            metric.ssim(self._reference, shown),
            metric.blurred_psnr(self._reference, shown),
        )

    def _shown(self, text: str) -> metric.Pixels:
        return metric.shown(text, self.columns, self.rows)

    def _ours(self, style: str, *, depth: str = "truecolor", dither: bool = False, budget: int | None = None) -> Way:
        return lambda: "\n".join(
            ours(self.picture.image, self.columns, self.rows, style, depth, dither=dither, budget=budget)
        )

    def _least(self, style: str, peer: str) -> Way:
        """The style with the smallest budget whose SSIM is at least a peer's."""
        if style not in self.found or peer not in self.found:
            raise Absent(f"no {peer if style in self.found else style}")
        most, wanted = self.found[style], self.found[peer].ssim
        if most.ssim < wanted:
            raise Absent("not as good with any number of bytes")
        best = self._ours(style)
        low, high = most.bytes // 50, most.bytes
        for _ in range(HALVINGS):
            middle = round((low * high) ** 0.5)
            way = self._ours(style, budget=middle)
            if metric.ssim(self._reference, self._shown(way())) >= wanted:
                best, high = way, middle
            else:
                low = middle
        return best


def budgeted(style: str, peer: str) -> str:
    """The name of the way that is as good as a peer with the fewest bytes."""
    return f"{style} as {peer}"


def _timed(way: Way) -> Callable[[], float]:
    def run() -> float:
        begin = time.perf_counter()
        way()
        return time.perf_counter() - begin

    return run
