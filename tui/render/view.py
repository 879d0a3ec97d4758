"""Where one looks at an image: how near and at what place. Pure functions of numbers; standard library only."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.render.picture import Part

# The nearest that one can look: 32 pixels of the picture for one of the image.
MAX_ZOOM = 32
_STEPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
# Levels nearer to one another than this are one step too many, and those nearer than that are the same.
_CLOSE, _SAME = 1.05, 1.001
# Aspects that are no simple fraction can't be met by whole pixels.
_DENOMINATOR = 8
# Far more than sums of floats are wrong by, far less than a pixel.
_ROUNDING = 1e-6


class Window(NamedTuple):
    """What is looked through: columns x rows cells, and what they are before.

    `source` is the image's size in pixels, as it is shown. `sampling` is how many pixels across and down a cell of
    the style shows (see `geometry.PIXELS`), `cell_aspect` how many times taller than wide a cell is, and `cell` its
    size in the terminal's own pixels, where that is known.
    """

    source: tuple[int, int]
    columns: int
    rows: int
    sampling: tuple[int, int]
    cell_aspect: float = 2.0
    cell: tuple[int, int] | None = None

    @property
    def width(self) -> int:
        return max(self.columns, 1) * self.sampling[0]

    @property
    def height(self) -> int:
        return max(self.rows, 1) * self.sampling[1]

    @property
    def aspect(self) -> float:
        """How many times taller than wide a pixel of the picture is shown."""
        return self.cell_aspect * self.sampling[0] / self.sampling[1]

    @property
    def whole(self) -> float:
        """The scale that fits all of the image; see `View.scale`."""
        across = self.width / max(self.source[0], 1)
        down = self.height * self.aspect / max(self.source[1], 1)
        return min(across, down) / self.sampling[0]

    @property
    def true(self) -> float:
        """The scale of 100 %: a pixel of the image is one of the terminal's, or one of the style's across a cell."""
        return 1 / (self.cell[0] if self.cell else self.sampling[0])

    def levels(self) -> list[float]:
        """Every scale that zooming stops at, from far to near: with `whole` among them, and `true` if it is another.

        At the others, a pixel of the picture is a whole number of the image's, or the other way round, in both
        directions as far as the aspect allows.
        """
        shape = Fraction(self.aspect).limit_denominator(_DENOMINATOR)
        base = shape.numerator if abs(shape - self.aspect) < _ROUNDING else max(self.aspect, 1.0)
        even = base / self.sampling[0]
        steps = [even / step for step in reversed(_STEPS[1:])] + [even * step for step in _STEPS]
        fixed = [self.whole, self.true] if _apart(self.whole, self.true) else [self.whole]
        lowest, highest = min(fixed), max(self.true * MAX_ZOOM * _SAME, *fixed)
        free = [step for step in steps if lowest < step <= highest and all(_apart(step, known) for known in fixed)]
        return sorted([*fixed, *free])


class View(NamedTuple):
    """A look at an image: `scale` is how many cells wide one of its pixels is, None for all of it in the window.

    `centre` is the point of the image in the window's middle, in its pixels; None for its own middle. It stays put
    whatever the scale: near an edge, `part` shows what is nearest to it.
    """

    scale: float | None = None
    centre: tuple[float, float] | None = None

    def zoom_in(self, window: Window) -> View:
        """One level nearer, about the centre; the same at the nearest."""
        now = self._scale(window)
        return self._at(next((level for level in window.levels() if level > now * _SAME), now), window)

    def zoom_out(self, window: Window) -> View:
        """One level further away, about the centre; the same where no more is to be seen."""
        now = self._scale(window)
        return self._at(next((level for level in reversed(window.levels()) if level < now / _SAME), now), window)

    def one_to_one(self, window: Window) -> View:
        """100 %, about the centre."""
        return self._at(window.true, window)

    def fit(self) -> View:
        """All of the image."""
        return View()

    def pan(self, window: Window, columns: int, rows: int) -> View:
        """By so many cells to the right and down, as far as there is more to be seen."""
        scale = self._scale(window)
        step = (1 / scale, window.cell_aspect / scale)
        now = self._middle(window)
        moved = (now[0] + columns * step[0], now[1] + rows * step[1])
        return self._replace(centre=self._replace(centre=moved)._middle(window))

    def carried(self, window: Window, other: Window) -> View:
        """The same look at another image: the same part of it, however many pixels that has, as large as this one's."""
        if self.scale is None:
            return View()
        across, down = (theirs / max(ours, 1) for ours, theirs in zip(window.source, other.source, strict=True))
        middle = self._middle(window)
        return View(self.scale / max(across, 1 / MAX_ZOOM), (middle[0] * across, middle[1] * down))

    def part(self, window: Window) -> Part:
        """What is to be seen: never beyond the image's edges.

        Its corner is where a pixel of the picture begins, counted from the image's corner: panning by whole cells
        moves cells and changes none of them.
        """
        from tui.render.picture import Part

        middle = self._middle(window)
        ends = [
            _snapped(centre, seen, edge, grain)
            for centre, seen, edge, grain in zip(
                middle, self._seen(window), window.source, self._grain(window), strict=True
            )
        ]
        return Part(ends[0][0], ends[1][0], ends[0][1], ends[1][1])

    def box(self, window: Window) -> tuple[int, int]:
        """The box of pixels to ask `Decoder.picture` for, beside the part and the window's aspect.

        It is the window's, or smaller where the image does not fill that.
        """
        part, grain = self.part(window), self._grain(window)
        across, down = math.ceil(part.width / grain[0] - _ROUNDING), math.ceil(part.height / grain[1] - _ROUNDING)
        return min(max(across, 1), window.width), min(max(down, 1), window.height)

    def percent(self, window: Window) -> float:
        """How large it is shown, of its true size."""
        return self._scale(window) / window.true * 100

    def _scale(self, window: Window) -> float:
        return window.whole if self.scale is None else self.scale

    def _at(self, scale: float, window: Window) -> View:
        return self._replace(scale=None if scale == window.whole else scale)

    def _grain(self, window: Window) -> tuple[float, float]:
        """How many pixels of the image one of the picture is, across and down."""
        across = 1 / (self._scale(window) * window.sampling[0])
        return across, across * window.aspect

    def _seen(self, window: Window) -> tuple[float, float]:
        """How much of the image is seen at once, in its pixels."""
        width, height = map(float, window.source)
        if self.scale is None:
            return width, height
        grain = self._grain(window)
        return min(window.width * grain[0], width), min(window.height * grain[1], height)

    def _middle(self, window: Window) -> tuple[float, float]:
        """The centre, no nearer to an edge than half of what is seen."""
        given = self.centre or (window.source[0] / 2, window.source[1] / 2)
        seen = self._seen(window)
        x, y = (
            min(max(centre, part / 2), edge - part / 2)
            for centre, part, edge in zip(given, seen, window.source, strict=True)
        )
        return x, y


def _snapped(centre: float, seen: float, edge: int, grain: float) -> tuple[float, float]:
    """Where what is seen begins and ends: at a multiple of the grain, and flush at the far edge."""
    low, last = centre - seen / 2, edge - seen
    if low < last - _ROUNDING:
        low = math.floor(low / grain + 0.5 + _ROUNDING) * grain
    low = max(min(low, last), 0.0)
    return low, min(low + seen, float(edge))


def _apart(one: float, other: float) -> bool:
    return max(one, other) / min(one, other) > _CLOSE
