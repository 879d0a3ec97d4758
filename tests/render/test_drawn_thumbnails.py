"""Thumbnails as they are drawn into the shared cache: whole, private, true to the image, and found again."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.render.moving import BLUE, RED, Step, gif
from tui.library import thumbnails
from tui.render.decoding.decoder import Decoder, Refused


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def drawn(decoder: Decoder, path: Path, cache: Path) -> Path:
    target = thumbnails.thumbnail_path(path, cache)
    decoder.thumbnail(path, target, thumbnails.texts(path))
    return target


def noise(width: int, height: int, mode: str) -> Image.Image:
    generator = np.random.default_rng(width)
    coarse = generator.integers(0, 256, (height // 16 + 2, width // 16 + 2, len(mode)), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1400, 900), (512, 512), (300, 7), (1, 1)])
def test_a_thumbnail_is_the_image_made_small(
    decoder: Decoder, tmp_path: Path, cache: Path, size: tuple[int, int], mode: str
) -> None:
    image = noise(*size, mode)
    if mode == "RGBA":
        image.putalpha(255)
        image.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    image.save(tmp_path / "a.png")
    target = drawn(decoder, tmp_path / "a.png", cache)
    with Image.open(target) as small:
        small.load()
        assert small.mode == mode and max(small.size) == min(max(size), 512)
        expected = image.resize(small.size, Image.Resampling.LANCZOS)
        assert np.abs(np.asarray(small).astype(int) - np.asarray(expected).astype(int)).mean() < 1
    found = thumbnails.valid(tmp_path / "a.png", cache)
    assert found == thumbnails.Thumbnail(target, size, "png")


def test_a_thumbnail_is_small_and_checks_itself(decoder: Decoder, tmp_path: Path, cache: Path) -> None:
    Image.radial_gradient("L").resize((1024, 1024)).convert("RGB").save(tmp_path / "a.png")
    target = drawn(decoder, tmp_path / "a.png", cache)
    assert target.stat().st_size < 60_000
    with Image.open(target) as small:
        small.verify()


def test_every_folder_that_is_made_is_private(decoder: Decoder, tmp_path: Path, cache: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    mask = os.umask(0o022)
    try:
        target = drawn(decoder, tmp_path / "a.png", cache)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    for folder in (target.parent, target.parent.parent, cache):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(target.parent.iterdir()) == [target]


def test_the_first_frame_stands_for_an_animation(decoder: Decoder, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.gif").write_bytes(gif((8, 8), [Step(RED, (0, 0), (8, 8)), Step(BLUE, (0, 0), (8, 8))]))
    with Image.open(drawn(decoder, tmp_path / "a.gif", cache)) as small:
        assert small.convert("RGB").getpixel((4, 4)) == RED[:3]


def test_a_drawing_fills_its_thumbnail(decoder: Decoder, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20'/></svg>"
    )
    with Image.open(drawn(decoder, tmp_path / "a.svg", cache)) as small:
        assert small.size == (512, 256)
    found = thumbnails.valid(tmp_path / "a.svg", cache)
    assert found and (found.source, found.format) == ((40, 20), "svg")


def test_a_picture_from_the_thumbnail_looks_like_one_from_the_image(
    decoder: Decoder, tmp_path: Path, cache: Path
) -> None:
    noise(1400, 900, "RGB").save(tmp_path / "a.png")
    target = drawn(decoder, tmp_path / "a.png", cache)
    fine = decoder.picture(tmp_path / "a.png", 160, 100)
    coarse = decoder.picture(target, 160, 100, averaged=True)
    assert (coarse.width, coarse.height) == (fine.width, fine.height)
    one, other = (np.frombuffer(picture.rgb, np.uint8).astype(int) for picture in (fine, coarse))
    assert np.abs(one - other).mean() < 8


def test_a_place_that_can_not_be_written_is_no_fault_of_the_image(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(Refused, match="can't be written") as refusal:
        decoder.thumbnail(tmp_path / "a.png", tmp_path / "blocked" / "t.png", {})
    assert refusal.value.transient


def test_what_can_have_no_thumbnail_is_told_from_what_has_none_now(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no image")
    for name, transient in (("a.png", False), ("gone.png", True)):
        with pytest.raises(Refused) as refusal:
            decoder.thumbnail(tmp_path / name, tmp_path / "t.png", {})
        assert refusal.value.transient is transient
