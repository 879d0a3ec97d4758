"""The scenes: skies, ridges, firs, dunes, water, silk. Each paints three planes from an idea."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.sandbox.painter.fields import Dice, Field, gradient, mix, noise, ridge, stretched
from tui.sandbox.painter.palettes import Colour, Idea

SKYLINES = {
    # scene: waves, roughness, folded, height of the ridges as a share of the picture
    "hills": (7, 1.5, False, 0.055),
    "firs": (9, 1.4, False, 0.05),
    "peaks": (13, 1.55, True, 0.17),
    "dunes": (4, 1.3, False, 0.075),
    "water": (12, 1.3, True, 0.05),
}


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a scene is painted with. `detail` is 0 to 4; `phase` 0 to 1 is where in its loop a moving picture is."""

    width: int
    height: int
    idea: Idea
    dice: Dice
    detail: int
    phase: float = 0.0

    @property
    def unit(self) -> int:
        """The length that sizes of things are shares of, in pixels."""
        return min(self.width, self.height)


def paint(canvas: Canvas) -> Field:
    """The scene as planes of shape (3, height, width)."""
    if canvas.idea.scene == "silk":
        return silk(canvas)
    planes = sky(canvas)
    if canvas.idea.scene == "water":
        water(canvas, planes)
    else:
        land(canvas, planes)
    return planes


def sun_at(canvas: Canvas) -> tuple[float, float, float]:
    """Centre and radius of the sun or moon in pixels."""
    dice = canvas.dice("sun")
    x, y, radius = dice.uniform(0.22, 0.78), dice.uniform(0.2, 0.4), dice.uniform(0.045, 0.075)
    if canvas.idea.scene == "water":
        y += 0.06
    return (x * canvas.width, y * canvas.height, radius * canvas.unit)


def sky(canvas: Canvas) -> Field:
    """A graded sky with clouds, glow, sun or moon, and stars at night."""
    palette, night = canvas.idea.palette, canvas.idea.night
    width, height = -(-canvas.width // 4), -(-canvas.height // 4)
    stops = [(0.0, palette.top), (0.36, palette.middle), (0.62, palette.horizon), (1.0, palette.horizon)]
    small = np.repeat(gradient(stops, height)[:, :, None], width, axis=2)
    x, y, _ = (length / 4 for length in sun_at(canvas))
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    distance = np.hypot(columns - x, rows - y) / np.float32(canvas.unit / 4)
    glow = np.exp(-distance * 6) * (0.35 if night else 0.75)
    clouds = noise(canvas.dice("clouds"), width, height, (3, 9), 5)
    clouds = np.roll(clouds, round(np.sin(canvas.phase * 2 * np.pi) * width * 0.02), axis=1)
    veil = np.clip(clouds * 1.3 - 0.1, 0, 1) * np.clip(1.25 - rows / (height * 0.62), 0.15, 1)
    veil *= 0.18 if night else 0.5
    light = mix(palette.horizon, palette.sun, 0.45)
    for channel in range(3):
        small[channel] += (light[channel] - small[channel]) * veil
        small[channel] += (palette.sun[channel] - small[channel]) * glow
    planes = np.stack([stretched(small[channel], canvas.width, canvas.height) for channel in range(3)])
    if night:
        stars(canvas, planes)
    disc(planes, sun_at(canvas), palette.sun)
    return planes


def disc(planes: Field, place: tuple[float, float, float], colour: Colour) -> None:
    """A round thing with a soft edge."""
    x, y, radius = place
    _, height, width = planes.shape
    left, right = max(0, int(x - radius - 2)), min(width, int(x + radius + 3))
    top, bottom = max(0, int(y - radius - 2)), min(height, int(y + radius + 3))
    columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    mask = np.clip(radius - np.hypot(columns - x, rows - y) + 0.5, 0, 1).astype(np.float32)
    part = planes[:, top:bottom, left:right]
    part += (np.asarray(colour, np.float32)[:, None, None] - part) * mask


def stars(canvas: Canvas, planes: Field) -> None:
    """Points of light in the upper half, some of them large; they twinkle with the phase."""
    dice = canvas.dice("stars")
    count = 260 + 160 * canvas.detail
    x = (dice.random(count) * (canvas.width - 2)).astype(int)
    y = (dice.random(count) ** 1.6 * canvas.height * 0.58).astype(int)
    twinkle = 0.75 + 0.25 * np.sin(2 * np.pi * (canvas.phase + dice.random(count)))
    shine = (dice.random(count) ** 3 * 190 + 40) * twinkle
    size = max(1, canvas.unit // 400)
    for across in range(size):
        for down in range(size):
            planes[:, np.minimum(y + down, canvas.height - 1), x + across] += shine.astype(np.float32)
    np.minimum(planes, 255, out=planes)


def land(canvas: Canvas, planes: Field) -> None:
    """Ridge behind ridge, each nearer one darker, with mist between them."""
    palette, scene = canvas.idea.palette, canvas.idea.scene
    layers = ridges(canvas)
    lines = [skyline(canvas, number, layers) for number in range(layers)]
    for number, line in enumerate(lines):
        share = number / (layers - 1)
        colour = mix(palette.far, palette.near, share**1.15)
        foot = mix(colour, palette.horizon, 0.55 * (1 - share) + (0.12 if scene == "dunes" else 0.04))
        below = lines[number + 1] if number + 1 < layers else None
        stop = canvas.height if below is None else min(canvas.height, int(np.max(below)) + 2)
        slope = canvas.dice(f"light{number}").uniform(0.6, 1.4) if scene in ("dunes", "hills") else 0.0
        lay(canvas, planes, line, stop, colour, foot, slope, number)


def ridges(canvas: Canvas) -> int:
    """How many ridges a landscape has."""
    return 5 + (canvas.detail + 1) // 2


def skyline(canvas: Canvas, number: int, layers: int) -> Field:
    """The upper edge of one ridge in pixels from the top, shape (width,)."""
    waves, roughness, sharp, tall = SKYLINES[canvas.idea.scene]
    distance = number / (layers - 1)
    dice = canvas.dice(f"ridge{number}")
    line = ridge(dice, canvas.width, waves + 6 * canvas.detail, roughness, sharp)
    size = tall * (1.15 - 0.35 * distance) * canvas.height
    base = (0.47 + 0.4 * distance**1.1) * canvas.height
    edge = base - line * np.float32(size)
    if canvas.idea.scene == "firs" and number >= 1:
        edge -= firs(canvas, dice, distance)
    line_in_pixels: Field = np.clip(edge, 1, canvas.height - 1).astype(np.float32)
    return line_in_pixels


def firs(canvas: Canvas, dice: np.random.Generator, distance: float) -> Field:
    """How far firs stand out above their ridge, in pixels."""
    width = canvas.width
    height = canvas.unit * (0.018 + 0.12 * distance**1.6)
    count = int(width / height * 3.2)
    out = np.zeros(width, np.float32)
    places = dice.random(count) * width
    sizes = height * dice.uniform(0.45, 1.15, count)
    for place, size in zip(places, sizes, strict=True):
        half = size * 0.26
        left, right = max(0, int(place - half)), min(width, int(place + half) + 1)
        reach = np.abs(np.arange(left, right, dtype=np.float32) - place) / np.float32(half)
        branches = 0.11 * np.abs(np.sin(reach * np.float32(np.pi * 5)))
        shape = np.float32(size) * np.clip(1 - reach - branches * reach, 0, 1)
        np.maximum(out[left:right], shape, out=out[left:right])
    return out


def lay(
    canvas: Canvas, planes: Field, edge: Field, stop: int, colour: Colour, foot: Colour, slope: float, number: int
) -> None:
    """Fill below an edge down to a row: from `colour` at the edge to `foot`, lit from one side where it slopes."""
    start = int(np.min(edge))
    if stop <= start:
        return
    depth = np.arange(start, stop, dtype=np.float32)[:, None] - edge[None, :]
    mask = np.clip(depth + np.float32(0.5), 0, 1)
    span = np.float32(max(1.0, min(stop - start, canvas.height * 0.22)))
    fade = np.clip(depth / span, 0, 1)
    light = np.zeros(canvas.width, np.float32)
    if slope:
        tilt = np.gradient(edge) * np.float32(1.0)
        kernel = max(3, canvas.width // 90)
        tilt = np.convolve(tilt, np.ones(kernel, np.float32) / kernel, "same")
        light = np.tanh(tilt * 2.2).astype(np.float32) * np.float32(-17 * slope)
    shade = light[None, :] * (1 - np.clip(depth / (span * np.float32(0.4)), 0, 1))
    if canvas.detail:
        texture = noise(canvas.dice(f"texture{number}"), canvas.width // 2, max(2, (stop - start) // 2), (40, 14), 3)
        shade = shade + stretched(texture, canvas.width, stop - start) * np.float32(1.2 + 1.1 * canvas.detail)
    snow = caps(canvas, depth, edge, number) if canvas.idea.scene == "peaks" else None
    for channel in range(3):
        part = planes[channel, start:stop]
        paint_here = np.float32(colour[channel]) + np.float32(foot[channel] - colour[channel]) * fade + shade
        if snow is not None:
            paint_here += (np.float32(mix(colour, (255, 252, 250), 0.75)[channel]) - paint_here) * snow
        part += (paint_here - part) * mask


def caps(canvas: Canvas, depth: Field, edge: Field, number: int) -> Field:
    """Where snow lies on a peak: above a ragged line that follows it half-way down."""
    rows, width = depth.shape
    ragged = noise(canvas.dice(f"snow{number}"), width // 4, max(2, rows // 4), (60, 9), 3)
    reach = np.float32(canvas.height * 0.5) - edge
    lying = (reach * np.float32(0.5) - depth) / np.float32(canvas.height * 0.022) + stretched(ragged, width, rows) * 2
    covered: Field = np.clip(lying, 0, 1)
    return covered


def water(canvas: Canvas, planes: Field) -> None:
    """Islands on the horizon, and the sky upside down in moving water."""
    palette, width, height = canvas.idea.palette, canvas.width, canvas.height
    level = int(height * 0.56)
    layers = 2 + canvas.detail // 2
    for number in range(layers):
        line = skyline(canvas, number, layers + 3)
        edge = level - np.clip(level - line - height * (0.045 * (number + 1) - 0.02 * layers), 0, None) * 0.8
        colour = mix(palette.far, palette.near, 0.15 + 0.3 * number)
        lay(canvas, planes, edge.astype(np.float32), level, colour, mix(colour, palette.horizon, 0.4), 0.0, number)
    rows = height - level
    far = np.arange(rows, dtype=np.float32)[:, None] / rows
    ripples = stretched(canvas.dice("ripples").standard_normal((max(4, rows // 5), 26), np.float32), width, rows)
    ripples = np.roll(ripples, round(canvas.phase * width), axis=1)
    fine = stretched(canvas.dice("fine").standard_normal((max(4, rows // 2), 90), np.float32), width, rows)
    ripples += fine * np.float32(0.25 + 0.12 * canvas.detail)
    source = level - 2 - np.arange(rows, dtype=np.float32)[:, None] * 0.95 + ripples * (3 + far * height * 0.035)
    index = np.clip(source, 0, level - 1).astype(np.intp)
    columns = np.arange(width)[None, :]
    x, _, radius = sun_at(canvas)
    spread = radius * (0.8 + far * 2.6)
    path = np.exp(-(((np.arange(width, dtype=np.float32)[None, :] - x) / spread) ** 2))
    glitter = np.clip(ripples * 1.1 - 0.35, 0, 1) * path * (0.85 - 0.35 * far)
    deep = mix(palette.near, palette.middle, 0.25)
    dim = 0.14 + 0.5 * far
    for channel in range(3):
        mirror = planes[channel][index, columns]
        mirror += (np.float32(deep[channel]) - mirror) * dim + ripples * np.float32(2.0)
        mirror += (np.float32(palette.sun[channel]) - mirror) * glitter
        planes[channel, level:] = mirror


def silk(canvas: Canvas) -> Field:
    """Folds of colour that flow through one another, lit from the upper left."""
    palette, dice = canvas.idea.palette, canvas.dice
    width, height = -(-canvas.width // 2), -(-canvas.height // 2)
    ratio = canvas.width / canvas.height
    cells = (max(1, round(2 * ratio)), max(1, round(2 / ratio)))
    first = noise(dice("warp1"), width, height, cells, 3)
    second = noise(dice("warp2"), width, height, cells, 3)
    columns, rows = np.meshgrid(
        np.linspace(0, ratio, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    )
    turn = dice("turn").uniform(0, np.pi)
    along = columns * np.float32(np.cos(turn)) + rows * np.float32(np.sin(turn))
    moving = np.float32(2 * np.pi * canvas.phase)
    folds = np.sin(along * 7 + first * 3.1 + np.sin(second * 2.4 + moving) * 0.9)
    folds += 0.35 * np.sin(along * 16 + second * 5.2 - first * 2)
    if canvas.detail:
        folds += 0.035 * canvas.detail * np.sin(along * 90 + first * 24 + second * 12)
    down, across = np.gradient(folds)
    light = np.tanh((across + down) * np.float32(height / 34)) * np.float32(30)
    stops = [
        (0.0, palette.near),
        (0.25, palette.top),
        (0.5, palette.middle),
        (0.74, palette.far),
        (1.0, palette.horizon),
    ]
    table = gradient(stops, 1024)
    place = np.clip((folds * 0.36 + 0.5 + second * 0.08) * 1023, 0, 1023).astype(np.intp)
    return np.stack([stretched(table[channel][place] + light, canvas.width, canvas.height) for channel in range(3)])
