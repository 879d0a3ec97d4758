"""The images that are measured: made ones, the same on every machine, and photos where there are any."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

SIDE = 1024
Floats = npt.NDArray[np.float32]
# scikit-image's wheel has them; only its files are wanted, it is never imported.
_KNOWN = {"astronaut": "astronaut.png", "coffee": "coffee.png", "rocket": "rocket.jpg"}


@dataclass(frozen=True)
class Picture:
    """`kind` is photo, graphic or gradient: the goals differ."""

    name: str
    kind: str
    image: Image.Image


def pictures(photo: Path | None = None) -> list[Picture]:
    """Those of the issue: a photo and a 4K one, a flat graphic with text, a gradient; and `photo` besides."""
    given = [Picture(photo.stem, "photo", Image.open(photo).convert("RGB"))] if photo else []
    return [
        *given,
        *_known(),
        Picture("leaves", "photo", leaves(SIDE, SIDE)),
        Picture("leaves 4K", "photo", leaves(3840, 2160)),
        Picture("graphic", "graphic", graphic(SIDE, SIDE)),
        Picture("gradient", "gradient", gradient(SIDE, SIDE)),
    ]


def _known() -> Iterator[Picture]:
    found = importlib.util.find_spec("skimage")
    for folder in found.submodule_search_locations or () if found else ():
        for name, file in _KNOWN.items():
            if (path := Path(folder, "data", file)).is_file():
                yield Picture(name, "photo", _square(Image.open(path).convert("RGB")))


def _square(image: Image.Image) -> Image.Image:
    """The middle of it, at SIDE x SIDE."""
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    box = (left, top, left + edge, top + edge)
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box)


def leaves(width: int, height: int, seed: int = 7) -> Image.Image:
    """A dead-leaves scene: things of all sizes in front of one another, each with its colour, grain and shading.

    Edges at all scales and a 1/f spectrum are what photos have in common (Lee, Mumford, Huang 2001).
    """
    random = np.random.default_rng(seed)
    count = 6000
    # The density of radii falls with their cube, which is what makes the scene the same at every scale.
    radii = (random.uniform(0.4**-2, 0.009**-2, count) ** -0.5) * min(width, height)
    labels = Image.new("I", (width, height))
    draw = ImageDraw.Draw(labels)
    for number, radius in enumerate(radii.tolist(), 1):
        x, y = random.uniform(0, width), random.uniform(0, height)
        corners = np.linspace(0, 2 * np.pi, int(random.integers(3, 7)), endpoint=False) + random.uniform(0, 7)
        if random.random() < 0.5:
            flat = random.uniform(0.4, 1)
            draw.ellipse((x - radius, y - radius * flat, x + radius, y + radius * flat), fill=number)
        else:
            draw.polygon([(x + radius * np.cos(at), y + radius * np.sin(at)) for at in corners], fill=number)
    places = np.asarray(labels)

    # Colours near to grey and brown for the most part, a few strong; the light differs more than the hue.
    light = random.normal(115, 55, count + 1)
    tint = random.normal(0, 1, (count + 1, 3)) * random.gamma(1.2, 9, (count + 1, 1)) + (6, 0, -6)
    colours = (light[:, None] + tint - tint.mean(axis=1, keepdims=True)).astype(np.float32)
    grain = random.gamma(1.0, 9, count + 1).astype(np.float32)
    slopes = random.normal(0, 60, (2, count + 1)).astype(np.float32)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    pixels = colours[places]
    shade = (
        grain[places] * _noise(width, height, random) + slopes[0][places] * (x - 0.5) + slopes[1][places] * (y - 0.5)
    )
    pixels += (shade + 30 * (0.5 - y))[..., None]
    scene = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    # A lens is never sharp to the pixel: half again as large would show the stairs of the edges.
    soft = scene.resize((width * 3 // 4, height * 3 // 4), Image.Resampling.BOX).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    noisy = np.asarray(soft, np.float32) + random.normal(0, 2, (height, width, 3)).astype(np.float32)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _noise(width: int, height: int, random: np.random.Generator) -> Floats:
    """Amplitudes that fall with the frequency, mean 0 and deviation 1."""
    spectrum = np.fft.rfft2(random.standard_normal((height, width)).astype(np.float32))
    far = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    far[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum / far, s=(height, width))
    even: Floats = (noise / noise.std()).astype(np.float32)
    return even


def graphic(width: int, height: int) -> Image.Image:
    """A poster: flat areas, a chart, lines, a pie and text from large to small."""
    image = Image.new("RGB", (width, height), "#f4f1ea")
    draw = ImageDraw.Draw(image)
    unit = width / 32

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left * unit, top * unit, right * unit, bottom * unit)

    def write(x: float, y: float, words: str, size: float, colour: str) -> None:
        draw.text((x * unit, y * unit), words, colour, ImageFont.load_default(size * unit))

    draw.rectangle(box(0, 0, 32, 6), fill="#1d2b53")
    write(1.5, 1, "Safelight", 3, "#fff1e8")
    write(19, 2.4, "A darkroom in cells", 1.2, "#ffa300")
    bars = (4, 7, 5.5, 9, 3, 8, 10)
    for number, tall in enumerate(bars):
        left = 2 + 2 * number
        draw.rectangle(box(left, 19 - tall, left + 1.4, 19), fill=("#e8505b", "#14b1ab", "#f9d56e")[number % 3])
        write(left + 0.2, 19.2, f"{tall:g}", 0.8, "#333333")
    draw.line(box(1.5, 19, 16.5, 19), fill="#333333", width=round(unit / 8))
    draw.line(box(1.5, 8, 1.5, 19), fill="#333333", width=round(unit / 8))
    for number, (start, end) in enumerate(((0, 140), (140, 230), (230, 300), (300, 360))):
        draw.pieslice(box(19, 8, 29, 18), start, end, fill=("#29adff", "#00703c", "#ff77a8", "#7e2553")[number])
    points = [((2 + 0.5 * step) * unit, (25 + 2 * np.sin(step / 3) + step / 20) * unit) for step in range(28)]
    draw.line(points, fill="#7e2553", width=round(unit / 6), joint="curve")
    draw.rounded_rectangle(box(18, 20.5, 30.5, 30.5), unit, outline="#1d2b53", width=round(unit / 5))
    for line, (size, words) in enumerate(
        ((1.5, "Quick brown fox"), (1, "jumps over the lazy dog"), (0.75, "0123456789 and a smaller line"))
    ):
        write(18.8, 21.2 + 2.1 * line, words, size, "#1d2b53")
    for line in range(5):
        write(18.8, 27.2 + 0.6 * line, "Text as small as in a footnote, of which only grey shows.", 0.42, "#444444")
    return image


def gradient(width: int, height: int) -> Image.Image:
    """An evening sky: nothing but slow changes, where bands and streaks would show."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    glow = np.exp(-((x - 0.65) ** 2 + (y - 0.8) ** 2) / 0.18)[..., None]
    upper, lower, sun = (np.array(colour, np.float32) for colour in ((18, 24, 66), (196, 112, 88), (90, 96, 40)))
    pixels = upper + (lower - upper) * y[..., None] ** 1.5 + sun * glow
    return Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))
