"""The scene as an SVG: the same sky, ridges and subject, in lines instead of pixels."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageDraw, ImageFont

from tui.sandbox.painter.fields import mix
from tui.sandbox.painter.figure import spot
from tui.sandbox.painter.palettes import Colour
from tui.sandbox.painter.scenes import Canvas, ridges, skyline, sun_at
from tui.sandbox.painter.subjects import shapes

STEP = 96  # a ridge is drawn through so many points


def svg(canvas: Canvas) -> bytes:
    """A whole SVG document of the canvas's size in pixels."""
    if canvas.idea.scene in ("silk", "water"):
        canvas = replace(canvas, idea=replace(canvas.idea, scene="dunes"))
    width, height, palette = canvas.width, canvas.height, canvas.idea.palette
    x, y, radius = sun_at(canvas)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        "<defs>",
        '<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{_hex(palette.top)}"/><stop offset=".36" stop-color="{_hex(palette.middle)}"/>'
        f'<stop offset=".62" stop-color="{_hex(palette.horizon)}"/></linearGradient>',
        f'<radialGradient id="glow"><stop offset="0" stop-color="{_hex(palette.sun)}" stop-opacity=".8"/>'
        f'<stop offset="1" stop-color="{_hex(palette.sun)}" stop-opacity="0"/></radialGradient>',
    ]
    layers = ridges(canvas)
    tones = [mix(palette.far, palette.near, (number / (layers - 1)) ** 1.15) for number in range(layers)]
    for number, tone in enumerate(tones):
        foot = mix(tone, palette.horizon, 0.5 * (1 - number / (layers - 1)))
        parts.append(
            f'<linearGradient id="ridge{number}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" '
            f'stop-color="{_hex(tone)}"/><stop offset=".6" stop-color="{_hex(foot)}"/></linearGradient>'
        )
    parts += ["</defs>", f'<rect width="{width}" height="{height}" fill="url(#sky)"/>', *_stars(canvas)]
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius * 5:.1f}" fill="url(#glow)"/>')
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_hex(palette.sun)}"/>')
    for number in range(layers):
        parts.append(f'<path d="{_ridge(canvas, number, layers)}" fill="url(#ridge{number})"/>')
    parts += _subject(canvas)
    return "\n".join([*parts, _mark(canvas), "</svg>", ""]).encode()


def _mark(canvas: Canvas) -> str:
    """The mark as little squares: text would look different, or be missing, wherever fonts are."""
    font = ImageFont.load_default(11)
    left, top, right, bottom = (round(edge) for edge in font.getbbox("sandbox"))
    # A pixel more on each side: without grey levels the letters are a little wider than their box says.
    image = Image.new("1", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), "sandbox", font=font, fill=1)
    dot = max(1.0, canvas.unit / 680)
    margin = max(3, canvas.unit // 64)
    x, y = canvas.width - margin - image.width * dot, canvas.height - margin - image.height * dot
    dots = "".join(
        f"M{x + column * dot:.1f},{y + row * dot:.1f}h{dot:.1f}v{dot:.1f}h{-dot:.1f}z"
        for row in range(image.height)
        for column in range(image.width)
        if image.getpixel((column, row))
    )
    return f'<path d="{dots}" fill="#fff" fill-opacity=".75"/>'


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{max(0, min(255, round(part))):02x}" for part in colour)


def _ridge(canvas: Canvas, number: int, layers: int) -> str:
    line = skyline(canvas, number, layers)
    step = max(1, canvas.width // (STEP * (4 if canvas.idea.scene == "firs" else 1)))
    points = [f"{x},{line[x]:.1f}" for x in range(0, canvas.width, step)]
    return f"M0,{canvas.height}L{' '.join(points)} {canvas.width},{line[-1]:.1f} {canvas.width},{canvas.height}Z"


def _stars(canvas: Canvas) -> list[str]:
    if not canvas.idea.night:
        return []
    dice = canvas.dice("stars")
    return [
        f'<circle cx="{dice.random() * canvas.width:.0f}" cy="{dice.random() ** 1.6 * canvas.height * 0.5:.0f}" '
        f'r="{canvas.unit / 900 * (1 + dice.random()):.1f}" fill="#fff" opacity="{0.3 + 0.6 * dice.random():.2f}"/>'
        for _ in range(140)
    ]


def _subject(canvas: Canvas) -> list[str]:
    place = spot(canvas)
    if place is None or canvas.idea.subject is None:
        return []
    x, foot, size = place
    turn = canvas.dice("turn of the subject").random()
    drawn = []
    for shape in shapes(canvas.idea.subject, canvas.idea.palette, turn):
        points = " ".join(f"{x + a * size:.1f},{foot - b * size:.1f}" for a, b in shape.outline())
        drawn.append(f'<polygon points="{points}" fill="{_hex(shape.colour)}"/>')
    return drawn
