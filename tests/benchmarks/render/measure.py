"""One picture on one grid, by every way there is: medians of times, bytes and likeness."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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

    def measure(self, rounds: int, *, peers: Callable[[str], bool] = lambda name: True) -> None:
        """All ways in turns, the budgets that are as good as a peer among them."""
        ways: dict[str, Way] = {}
        for name, make in PEERS.items():
            if peers(name):
                self._add(ways, name, lambda make=make: make(self.picture.image, self.columns, self.rows))
        for style in styles():
            self._add(ways, style, lambda style=style: self._ours(style))
        self._add(ways, "blocks 256", lambda: self._ours("blocks", depth="256"))
        self._add(ways, DITHERED, lambda: self._ours("blocks", depth="256", dither=True))
        judged = {name: self.judge(way()) for name, way in ways.items()}
        for name, way in self._budgets(judged):
            ways[name] = way
            judged[name] = self.judge(way())
        seconds = in_turns(rounds, {name: _timed(way) for name, way in ways.items()})
        for name, figures in judged.items():
            self.found[name] = Figures(figures.bytes, figures.psnr, figures.ssim, figures.blurred, seconds[name])

    def judge(self, text: str) -> Figures:
        shown = metric.shown(text, self.columns, self.rows)
        return Figures(
            len(text.encode()),
            metric.psnr(self._reference, shown),
            metric.ssim(self._reference, shown),
            metric.blurred_psnr(self._reference, shown),
        )

    def _add(self, ways: dict[str, Way], name: str, make: Callable[[], Way]) -> None:
        try:
            way = make()
            way()
        except Absent as absent:
            self.absent[name] = str(absent)
        else:
            ways[name] = way

    def _ours(self, style: str, *, depth: str = "truecolor", dither: bool = False, budget: int | None = None) -> Way:
        return lambda: "\n".join(
            ours(self.picture.image, self.columns, self.rows, style, depth, dither=dither, budget=budget)
        )

    def _budgets(self, judged: dict[str, Figures]) -> Iterator[tuple[str, Way]]:
        """For each style with a budget: the least bytes that are as like the image as a peer's."""
        for style in BUDGETED:
            for peer in (CHAFA, RICH_PIXELS):
                if style not in judged or peer not in judged:
                    continue
                try:
                    budget = self._least(style, judged[style], judged[peer].ssim)
                except Absent as absent:
                    self.absent[budgeted(style, peer)] = str(absent)
                    continue
                if budget is None:
                    self.absent[budgeted(style, peer)] = "not as good at any size"
                else:
                    yield budgeted(style, peer), self._ours(style, budget=budget)

    def _least(self, style: str, most: Figures, wanted: float) -> int | None:
        """The smallest budget in bytes whose SSIM is at least `wanted`; None where even all bytes give less."""
        if most.ssim < wanted:
            return None
        low, high = most.bytes // 50, most.bytes
        for _ in range(HALVINGS):
            middle = round((low * high) ** 0.5)
            if self.judge(self._ours(style, budget=middle)()).ssim >= wanted:
                high = middle
            else:
                low = middle
        return high


def budgeted(style: str, peer: str) -> str:
    """The name of the way that is as good as a peer with the fewest bytes."""
    return f"{style} as {peer}"


def _timed(way: Way) -> Callable[[], float]:
    def run() -> float:
        begin = time.perf_counter()
        way()
        return time.perf_counter() - begin

    return run
