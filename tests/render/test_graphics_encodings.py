"""Encodings: the fewest bytes that show the picture."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.render.pixel_terminal import decode_sixel
from tui.render.graphics.encodings import filled, for_sixel, jpeg_or_png, likeness, png, sized
from tui.render.picture import Picture

SIDE = 240


def gradient() -> Image.Image:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return Image.fromarray(np.stack([x, y, (x + y) // 2], axis=-1).astype(np.uint8))


def drawing() -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), "#204060")
    pen = ImageDraw.Draw(image)
    for step in range(8):
        pen.ellipse((step * 20, step * 15, step * 20 + 80, step * 15 + 60), fill=(step * 30, 200 - step * 10, 90))
        pen.text((step * 9, step * 25), "harbour " * 3, fill="white")
    return image


def photo() -> Image.Image:
    """What a photo has: soft shapes, and grain."""
    random = np.random.default_rng(3)
    shapes = Image.fromarray(random.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((SIDE, SIDE))
    soft = np.asarray(shapes.filter(ImageFilter.GaussianBlur(4)), np.int16)
    return Image.fromarray(np.clip(soft + random.normal(0, 4, (SIDE, SIDE, 1)), 0, 255).astype(np.uint8))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def plain_size(image: Image.Image) -> int:
    out = io.BytesIO()
    image.save(out, "PNG")
    return len(out.getvalue())


PICTURES = {"gradient": gradient, "drawing": drawing, "photo": photo}


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_a_png_looks_like_the_picture_and_is_no_larger_than_a_plain_one(make: Callable[[], Image.Image]) -> None:
    image = make()
    data = png(image)
    assert opened(data).format == "PNG"
    assert likeness(image, opened(data)) >= 40
    assert len(data) <= plain_size(image)


def test_a_drawing_becomes_a_palette_png() -> None:
    assert opened(png(drawing())).mode == "P"
    assert len(png(drawing())) < plain_size(drawing()) * 0.6


def test_a_picture_of_few_colours_keeps_them() -> None:
    image = Image.fromarray(np.random.default_rng(1).choice([0, 85, 255], (60, 60, 3)).astype(np.uint8))
    assert opened(png(image)).mode == "P"
    assert (np.asarray(opened(png(image)).convert("RGB")) == np.asarray(image)).all()


def test_a_photo_is_dithered_and_halved() -> None:
    data = png(photo())
    assert opened(data).mode == "P"
    assert len(data) < plain_size(photo()) / 2


def test_a_gradient_is_not_given_steps() -> None:
    image = gradient()
    assert likeness(image, opened(png(image))) >= 40
    assert len(png(image)) < 20_000


def test_where_jpeg_is_taken_a_photo_is_one_and_a_drawing_is_not() -> None:
    assert opened(jpeg_or_png(photo())).format == "JPEG"
    assert len(jpeg_or_png(photo())) < len(png(photo()))
    assert opened(jpeg_or_png(drawing())).format == "PNG"


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_sixel_looks_like_the_picture_too(make: Callable[[], Image.Image]) -> None:
    pixels, _ = decode_sixel(for_sixel(make())[2:-2])
    assert likeness(make(), Image.fromarray(pixels)) >= 40


def test_a_picture_is_never_sent_larger_than_the_terminal_shows_it(noise: Callable[[int, int], Picture]) -> None:
    assert sized(noise(400, 300), 80, 64).size == (80, 64)
    assert sized(noise(40, 30), 80, 64).size == (40, 30)
    assert sized(noise(40, 300), 80, 64).size == (40, 64)


def test_a_small_picture_that_must_fill_its_cells_keeps_its_square_pixels() -> None:
    two = Picture(2, 1, b"\xff\0\0\0\0\xff", (2, 1), "png")
    pixels = np.asarray(sized(two, 80, 60, exactly=True))
    assert pixels.shape == (60, 80, 3)
    assert (pixels[:, :40] == (255, 0, 0)).all() and (pixels[:, 40:] == (0, 0, 255)).all()


def test_a_picture_that_is_smaller_than_its_cells_goes_on_as_it_ends() -> None:
    picture = Picture(2, 2, bytes([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]), (2, 2), "png")
    larger = filled(picture, 3, 4)
    pixels = np.frombuffer(larger.rgb, np.uint8).reshape(4, 3, 3)[..., 0]
    assert pixels.tolist() == [[1, 2, 2], [3, 4, 4], [3, 4, 4], [3, 4, 4]]
    assert filled(picture, 2, 1) is picture
