"""The things that stand in a scene: a fox, a cat, a boat, a lighthouse, a balloon, birds, a bloom.

Each is a list of shapes in a box one high: x from -0.5 to 0.5 with 0 in the middle, y from 0 at the foot to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from tui.sandbox.painter.palettes import Colour, Palette

Point = tuple[float, float]

CREAM: Colour = (250, 243, 228)
INK: Colour = (28, 24, 30)
# Where each stands: on the ground, on the water, or in the sky; and its height as a share of the picture.
PLACES = {
    "fox": ("ground", 0.34),
    "cat": ("ground", 0.32),
    "boat": ("water", 0.2),
    "lighthouse": ("ground", 0.4),
    "balloon": ("sky", 0.26),
    "birds": ("sky", 0.16),
    "bloom": ("ground", 0.36),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed outline in one colour; a round one goes smoothly through its points."""

    colour: Colour
    points: tuple[Point, ...]
    round: bool = False

    def outline(self, steps: int = 8) -> list[Point]:
        """The points to draw straight lines between."""
        return _smooth(self.points, steps) if self.round else list(self.points)


def shapes(name: str, palette: Palette, turn: float) -> list[Shape]:
    """The shapes of a subject from back to front. `turn`, 0 to 1, makes one differ from the next."""
    match name:
        case "fox":
            drawn = _sitter((226, 112, 42), (246, 236, 220), (74, 40, 30), bushy=True)
        case "cat":
            drawn = _sitter((58, 56, 68), (214, 208, 206), (36, 34, 42), bushy=False)
        case "boat":
            drawn = _boat()
        case "lighthouse":
            drawn = _lighthouse()
        case "balloon":
            drawn = _balloon()
        case "birds":
            drawn = _birds(turn)
        case _:
            return _bloom(palette, turn)
    return [_mirrored(shape) for shape in drawn] if turn > 0.5 else drawn


def _mirrored(shape: Shape) -> Shape:
    return Shape(shape.colour, tuple((-x, y) for x, y in shape.points), shape.round)


def _both(colour: Colour, points: Sequence[Point], rounded: bool = False) -> list[Shape]:
    """A shape and its mirror image."""
    shape = Shape(colour, tuple(points), rounded)
    return [shape, _mirrored(shape)]


def _disc(colour: Colour, x: float, y: float, radius: float) -> Shape:
    turns = [2 * pi * number / 10 for number in range(10)]
    return Shape(colour, tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns), True)


def _sitter(coat: Colour, light: Colour, dark: Colour, bushy: bool) -> list[Shape]:
    """A fox or a cat that sits and looks at you."""
    shade: Colour = (coat[0] * 0.8, coat[1] * 0.78, coat[2] * 0.8)
    if bushy:
        tail = [
            (0.05, 0.02),
            (0.3, 0.0),
            (0.46, 0.12),
            (0.47, 0.3),
            (0.4, 0.46),
            (0.33, 0.34),
            (0.27, 0.2),
            (0.1, 0.14),
        ]
        tip = [(0.47, 0.3), (0.40, 0.46), (0.33, 0.34), (0.38, 0.29)]
        behind = [Shape(shade, tuple(tail), True), Shape(light, tuple(tip), True)]
    else:
        tail = [
            (0.08, 0.02),
            (0.3, 0.0),
            (0.42, 0.12),
            (0.38, 0.34),
            (0.44, 0.42),
            (0.34, 0.4),
            (0.32, 0.16),
            (0.1, 0.09),
        ]
        behind = [Shape(shade, tuple(tail), True)]
    body = [
        (-0.2, 0.0),
        (-0.245, 0.14),
        (-0.17, 0.38),
        (-0.11, 0.58),
        (0.11, 0.58),
        (0.17, 0.38),
        (0.245, 0.14),
        (0.2, 0.0),
    ]
    chest = [(-0.1, 0.55), (0.0, 0.6), (0.1, 0.55), (0.085, 0.38), (0.0, 0.2), (-0.085, 0.38)]
    leg = [(-0.105, 0.0), (-0.1, 0.12), (-0.075, 0.3), (-0.03, 0.27), (-0.012, 0.1), (-0.01, 0.0)]
    face = [
        (-0.255, 0.7),
        (-0.16, 0.85),
        (-0.05, 0.875),
        (0.05, 0.875),
        (0.16, 0.85),
        (0.255, 0.7),
        (0.1, 0.6),
        (0.0, 0.53),
        (-0.1, 0.6),
    ]
    return [
        *behind,
        Shape(coat, tuple(body), True),
        Shape(light, tuple(chest), True),
        *_both(dark if bushy else shade, leg, True),
        *_both(coat, [(-0.235, 0.75), (-0.215, 1.0), (-0.03, 0.86)]),
        *_both(dark, [(-0.2, 0.8), (-0.195, 0.945), (-0.09, 0.855)]),
        Shape(coat, tuple(face)),
        *_both(light, [(-0.255, 0.7), (-0.13, 0.715), (-0.045, 0.66), (0.0, 0.56), (0.0, 0.53), (-0.1, 0.6)]),
        *_both(shade, [(0.0, 0.875), (-0.035, 0.875), (-0.05, 0.7), (0.0, 0.6)]),
        *[_disc(INK, x, 0.735, 0.024) for x in (-0.1, 0.1)],
        *[_disc(CREAM, x, 0.743, 0.007) for x in (-0.093, 0.107)],
        _disc(INK, 0.0, 0.548, 0.027),
    ]


def _boat() -> list[Shape]:
    return [
        Shape((86, 56, 44), ((-0.014, 0.1), (-0.01, 1.0), (0.01, 1.0), (0.014, 0.1))),
        Shape(CREAM, ((0.03, 0.2), (0.02, 0.97), (0.22, 0.58), (0.4, 0.2))),
        Shape((232, 222, 204), ((0.03, 0.2), (0.02, 0.97), (0.13, 0.5), (0.18, 0.2))),
        Shape((206, 74, 60), ((-0.035, 0.22), (-0.03, 0.86), (-0.2, 0.5), (-0.34, 0.22))),
        Shape((52, 36, 40), ((-0.4, 0.15), (-0.1, 0.12), (0.2, 0.12), (0.46, 0.17), (0.34, 0.0), (-0.3, 0.0))),
        Shape(
            CREAM,
            ((-0.39, 0.14), (-0.1, 0.115), (0.2, 0.115), (0.45, 0.155), (0.43, 0.13), (0.2, 0.09), (-0.37, 0.115)),
        ),
    ]


def _lighthouse() -> list[Shape]:
    tower: list[Shape] = []
    red: Colour = (196, 62, 54)
    for band in range(5):
        low, high = 0.06 + band * 0.13, 0.06 + (band + 1) * 0.13
        wide, narrow = 0.125 - 0.011 * band, 0.125 - 0.011 * (band + 1)
        tower.append(Shape(red if band % 2 else CREAM, ((-wide, low), (-narrow, high), (narrow, high), (wide, low))))
        tone: Colour = (160, 46, 44) if band % 2 else (220, 208, 192)
        tower.append(Shape(tone, ((0.03, low), (0.025, high), (narrow, high), (wide, low))))
    return [
        Shape(INK, ((-0.3, 0.0), (-0.22, 0.08), (0.2, 0.1), (0.32, 0.0)), True),
        *tower,
        Shape(INK, ((-0.1, 0.71), (-0.1, 0.735), (0.1, 0.735), (0.1, 0.71))),
        Shape((255, 236, 170), ((-0.055, 0.735), (-0.055, 0.84), (0.055, 0.84), (0.055, 0.735))),
        Shape(INK, ((-0.005, 0.735), (-0.005, 0.84), (0.005, 0.84), (0.005, 0.735))),
        Shape(red, ((-0.08, 0.84), (-0.05, 0.9), (0.0, 0.95), (0.05, 0.9), (0.08, 0.84))),
    ]


def _balloon() -> list[Shape]:
    colours: tuple[Colour, ...] = ((206, 74, 60), CREAM, (232, 156, 62), CREAM, (206, 74, 60))
    gores: list[Shape] = []
    for number, colour in enumerate(colours):
        size = 1 - number * 0.22
        right = [(0.04, 0.24), (0.2, 0.42), (0.31, 0.66), (0.24, 0.88), (0.0, 1.0)]
        outline = [(x * size, y) for x, y in right]
        gores.append(Shape(colour, (*outline, *((-x, y) for x, y in reversed(outline[:-1]))), True))
    ropes = [
        Shape(INK, ((x * 0.9, 0.12), (x, 0.26), (x + 0.006, 0.26), (x * 0.9 + 0.006, 0.12))) for x in (-0.05, 0.045)
    ]
    basket = Shape((96, 66, 46), ((-0.052, 0.12), (0.052, 0.12), (0.042, 0.03), (-0.042, 0.03)))
    return [*ropes, *gores, basket]


def _birds(turn: float) -> list[Shape]:
    flock: list[Shape] = []
    for number, (x, y) in enumerate([(0.0, 0.6), (-0.28, 0.48), (0.3, 0.4), (-0.42, 0.8), (0.12, 0.2)]):
        size = 0.16 - 0.02 * number
        flap = 0.45 + 0.5 * sin(2 * pi * (turn + number * 0.23)) ** 2
        wing = [(0.0, 0.0), (0.45, 0.5 * flap), (1.0, 0.28 * flap), (0.5, 0.33 * flap), (0.0, -0.14)]
        flock += [Shape(INK, tuple((x + side * size * a, y + size * b) for a, b in wing)) for side in (-1, 1)]
    return flock


def _bloom(palette: Palette, turn: float) -> list[Shape]:
    """A flower seen from the front: rings of petals, each lighter than the one behind."""
    petals: list[Shape] = []
    count = 7 + int(turn * 5)
    tones = (palette.top, palette.middle, palette.far, palette.horizon)
    for ring, tone in enumerate(tones):
        length, width = 0.5 - 0.105 * ring, (0.17 - 0.03 * ring) * 9 / count
        for petal in range(count):
            angle = 2 * pi * (petal + 0.5 * (ring % 2) + turn) / count
            # Each petal is laid twice, the second time half as wide and a little darker: a fold along its middle.
            for share, light in ((1.0, 1.0), (0.45, 0.9)):
                spine = [
                    (0.06, 0.0),
                    (0.6, width * 1.7),
                    (0.88, width),
                    (1.0, 0.0),
                    (0.88, -width),
                    (0.6, -width * 1.7),
                ]
                points = [(a * length, b * share * length * 1.1) for a, b in spine]
                placed = tuple(
                    (a * cos(angle) - b * sin(angle), 0.5 + a * sin(angle) + b * cos(angle)) for a, b in points
                )
                petals.append(Shape((tone[0] * light, tone[1] * light, tone[2] * light), placed, True))
    return [*petals, _disc(palette.near, 0.0, 0.5, 0.075), _disc(palette.sun, 0.0, 0.5, 0.05)]


def _smooth(points: Sequence[Point], steps: int) -> list[Point]:
    """A closed Catmull-Rom curve through the points."""
    drawn: list[Point] = []
    count = len(points)
    for number in range(count):
        before, start, end, after = (points[(number + offset) % count] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            drawn.append(
                (_curve(t, before[0], start[0], end[0], after[0]), _curve(t, before[1], start[1], end[1], after[1]))
            )
    return drawn


def _curve(t: float, a: float, b: float, c: float, d: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
