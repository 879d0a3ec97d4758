"""Zoomed and panned, an image is shown by its own pixels, and looking again at the same file decodes nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.render.decoding.decoder import Decoder, Part, Picture
from tui.render.view import View, Window

linux = pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs /proc")


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3).astype(int)


def noise(width: int, height: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(width + height).integers(0, 256, (height, width, channels), dtype=np.uint8)


def smooth(width: int, height: int) -> Image.Image:
    """Something with details of every size, as photos have."""
    coarse = Image.fromarray(noise(width // 40 + 2, height // 40 + 2)).resize((width, height), Image.Resampling.BICUBIC)
    return Image.blend(coarse, Image.fromarray(noise(width, height)), 0.15)


def child_of(decoder: Decoder) -> Path:
    decoder.warm()
    assert decoder._child is not None
    return Path(f"/proc/{decoder._child.process.pid}")


def bytes_read(decoder: Decoder) -> int:
    """By the child, since it was started."""
    return int((child_of(decoder) / "io").read_text().split()[1])


def settled(decoder: Decoder, path: Path, size: int) -> None:
    """Until the file's last change is long enough ago for the child to rely on it."""
    for _ in range(100):
        before = bytes_read(decoder)
        decoder.picture(path, 4, 4)
        if bytes_read(decoder) - before < size:
            return
        threading.Event().wait(0.02)
    pytest.fail("it is read again and again")


@pytest.mark.parametrize("zoom", [1, 2, 3, 8, 32])
@pytest.mark.parametrize("corner", [(0, 0), (7, 3), (61, 41)])
def test_a_magnified_pixel_is_a_whole_rectangle(
    decoder: Decoder, tmp_path: Path, zoom: int, corner: tuple[int, int]
) -> None:
    source = noise(64, 48)
    Image.fromarray(source).save(tmp_path / "a.png")
    left, top = corner
    part = Part(left, top, left + 3, top + 7)
    shown = pixels(decoder.picture(tmp_path / "a.png", 3 * zoom, 7 * zoom, part=part))
    expected = source[top : top + 7, left : left + 3].repeat(zoom, 0).repeat(zoom, 1)
    assert (shown == expected).all()


def test_the_pixels_of_a_part_may_be_cut(decoder: Decoder, tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(tmp_path / "a.png")
    shown = pixels(decoder.picture(tmp_path / "a.png", 10, 10, part=Part(0.5, 0, 1.5, 1)))
    assert (shown[:, :5] == 0).all() and (shown[:, 5:] == 255).all()


def test_both_directions_are_scaled_alike(decoder: Decoder, tmp_path: Path) -> None:
    source = noise(60, 60)
    Image.fromarray(source).save(tmp_path / "a.png")
    # Twice as many columns as pixels, but only two rows for three.
    picture = decoder.picture(tmp_path / "a.png", 40, 13, 3.0, part=Part(10, 10, 30, 30))
    assert (picture.width, picture.height) == (39, 13)
    # Rows are averaged, and so are columns: no row has only pixels that stand twice.
    shown = pixels(picture)
    assert (shown[:, 1:-1:2] != shown[:, 0:-2:2]).any() and (shown[:, 2::2] != shown[:, 1:-1:2]).any()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_part_is_one_of_the_upright_image(decoder: Decoder, tmp_path: Path, orientation: int) -> None:
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = Image.fromarray(noise(50, 30))
    exif = Image.Exif()
    exif[274] = orientation
    (upright if undo is None else upright.transpose(undo)).save(tmp_path / "a.png", exif=exif)
    picture = decoder.picture(tmp_path / "a.png", 20, 10, part=Part(5, 11, 15, 16))
    assert picture.source == (50, 30)
    assert (pixels(picture) == np.asarray(upright)[11:16, 5:15].repeat(2, 0).repeat(2, 1)).all()
    # And where it is reduced: the same as of an image that was stored upright.
    upright.save(tmp_path / "b.png")
    wish = {"part": Part(3.5, 2, 43.5, 28)}
    turned, straight = (decoder.picture(tmp_path / name, 13, 11, 1.3, **wish) for name in ("a.png", "b.png"))
    assert turned.width == straight.width and np.abs(pixels(turned) - pixels(straight)).max() <= 1


@pytest.mark.parametrize("step", [2, 3, 7])
def test_a_part_is_seen_as_it_is_in_the_whole(decoder: Decoder, tmp_path: Path, step: int) -> None:
    smooth(step * 60, step * 40).save(tmp_path / "a.png")
    whole = pixels(decoder.picture(tmp_path / "a.png", 60, 40))
    part = Part(step * 11, step * 5, step * 51, step * 35)
    assert np.abs(pixels(decoder.picture(tmp_path / "a.png", 40, 30, part=part)) - whole[5:35, 11:51]).max() <= 1


def test_panning_moves_cells_and_changes_none(decoder: Decoder, tmp_path: Path) -> None:
    smooth(1200, 900).save(tmp_path / "a.png")
    window = Window((1200, 900), 40, 16, (4, 8))
    view = View().zoom_in(window).zoom_in(window)
    for _ in range(4):
        first, moved = (
            pixels(decoder.picture(tmp_path / "a.png", *each.box(window), window.aspect, part=each.part(window)))
            for each in (view, view.pan(window, 3, -2))
        )
        assert (first[:-16, 12:] == moved[16:, :-12]).all()
        view = view.zoom_in(window)


def test_what_lies_beyond_the_edges_is_cut_off(decoder: Decoder, tmp_path: Path) -> None:
    source = noise(40, 20)
    Image.fromarray(source).save(tmp_path / "a.png")
    shown = pixels(decoder.picture(tmp_path / "a.png", 20, 20, part=Part(-30, -99, 10, 10)))
    assert (shown == source[:10, :10].repeat(2, 0).repeat(2, 1)).all()
    for part, pixel in ((Part(90, 90, 99, 99), source[-1, -1]), (Part(-9, -9, -5, -5), source[0, 0])):
        assert (pixels(decoder.picture(tmp_path / "a.png", 4, 4, part=part)) == pixel).all()
    assert decoder.picture(tmp_path / "a.png", 4, 4, part=Part(5, 5, 5, 5)).width == 4


def test_a_jpeg_that_was_decoded_small_is_sharp_when_it_is_looked_at_closely(decoder: Decoder, tmp_path: Path) -> None:
    smooth(1600, 1200).save(tmp_path / "a.jpg", quality=95)
    with Image.open(tmp_path / "a.jpg") as image:
        source = np.asarray(image).astype(int)
    decoder.picture(tmp_path / "a.jpg", 40, 30)
    close = pixels(decoder.picture(tmp_path / "a.jpg", 80, 60, part=Part(900, 700, 940, 730)))
    assert np.abs(close - source[700:730, 900:940].repeat(2, 0).repeat(2, 1)).max() <= 1
    # And the other way round, the whole is still the same picture.
    again = decoder.picture(tmp_path / "a.jpg", 40, 30)
    reference = np.asarray(Image.fromarray(source.astype(np.uint8)).resize((40, 30), Image.Resampling.LANCZOS))
    assert np.abs(pixels(again) - reference).mean() < 2


@pytest.mark.parametrize("size", [(40, 30), (160, 120), (500, 375)])
def test_a_large_jpeg_looks_as_if_it_had_been_decoded_in_full(
    decoder: Decoder, tmp_path: Path, size: tuple[int, int]
) -> None:
    smooth(1603, 1201).save(tmp_path / "a.jpg", quality=95)
    with Image.open(tmp_path / "a.jpg") as image:
        reference = np.asarray(image.resize(size, Image.Resampling.LANCZOS)).astype(int)
    shown = pixels(decoder.picture(tmp_path / "a.jpg", *size))
    assert shown.shape == reference.shape
    # 38 dB.
    assert ((shown - reference) ** 2).mean() < 255**2 / 10**3.8


def test_a_part_of_a_drawing_is_drawn_as_fine_as_it_is_shown(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 200 100">'
        '<rect width="101" height="100" fill="red"/><rect x="101" width="99" height="100" fill="blue"/></svg>'
    )
    shown = pixels(decoder.picture(tmp_path / "a.svg", 320, 160, part=Part(45.5, 20, 55.5, 25)))
    assert shown.shape == (160, 320, 3)
    # The edge stands at 50.5, half way of a pixel of its own size.
    assert (shown[:, :159] == (255, 0, 0)).all() and (shown[:, 161:] == (0, 0, 255)).all()
    whole = decoder.picture(tmp_path / "a.svg", 50, 50)
    assert (whole.width, whole.height, whole.source) == (50, 25, (100, 50))


def test_a_drawing_that_lies_about_its_size_keeps_its_shape(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(
        '<!-- <svg width="10" height="1000"> --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
        '<rect width="40" height="20" fill="lime"/></svg>'
    )
    picture = decoder.picture(tmp_path / "a.svg", 60, 60, part=Part(0, 0, 9999, 9999))
    assert (picture.width, picture.height) == (60, 30)
    assert (pixels(picture) == (0, 255, 0)).all()


def test_transparent_pixels_do_not_bleed_into_a_part(decoder: Decoder, tmp_path: Path) -> None:
    image = Image.new("RGBA", (400, 400), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 203, 400))
    image.save(tmp_path / "a.png")
    for part in (Part(100, 100, 300, 300), Part(200, 200, 207, 207)):
        shown = pixels(decoder.picture(tmp_path / "a.png", 30, 30, part=part, ground=(0, 0, 0)))
        assert shown[:, :, 1].max() <= 3


def test_the_checker_stays_where_it_is_under_zoom_and_pan(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(tmp_path / "a.png")
    first = decoder.picture(tmp_path / "a.png", 160, 80)
    shown = [
        pixels(decoder.picture(tmp_path / "a.png", 160, 80, part=part))
        for part in (Part(10, 10, 210, 110), Part(11, 12, 51, 32), Part(90.5, 7.25, 91.5, 7.75))
    ]
    assert all((each == shown[0]).all() for each in shown)
    # What is narrower than its box has the beginning of the same pattern.
    assert (pixels(first) == shown[0][:, : first.width]).all()
    assert {tuple(pixel) for pixel in shown[0].reshape(-1, 3)} == {(102,) * 3, (153,) * 3}


@linux
def test_looking_again_at_a_file_reads_it_no_second_time(tmp_path: Path) -> None:
    smooth(700, 500).save(tmp_path / "a.png")
    size = (tmp_path / "a.png").stat().st_size
    with Decoder(20) as decoder:
        decoder.warm()
        decoder.picture(tmp_path / "a.png", 4, 4)
        settled(decoder, tmp_path / "a.png", size)
        before = bytes_read(decoder)
        for step in range(20):
            decoder.picture(tmp_path / "a.png", 40, 30, part=Part(step, step, step + 90, step + 60))
        decoder.picture(tmp_path / "a.png", 300, 200)
        assert bytes_read(decoder) - before < size


@linux
def test_a_file_that_changed_is_read_again_even_if_its_time_and_size_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (90, 90), (255, 0, 0)).save(path, compress_level=0)
    with Decoder(20) as decoder:
        assert pixels(decoder.picture(path, 4, 4))[0, 0].tolist() == [255, 0, 0]
        settled(decoder, path, path.stat().st_size)
        facts = path.stat()
        Image.new("RGB", (90, 90), (0, 0, 255)).save(path, compress_level=0)
        assert path.stat().st_size == facts.st_size
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert pixels(decoder.picture(path, 4, 4))[0, 0].tolist() == [0, 0, 255]


def resident(decoder: Decoder) -> int:
    """The child's memory, in megabytes."""
    status = (child_of(decoder) / "status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) // 1024


@linux
def test_only_so_many_images_are_kept(tmp_path: Path) -> None:
    with Decoder(60) as decoder:
        for number in range(8):
            path = tmp_path / f"{number}.png"
            # 48 MB each once they are decoded, 384 in all.
            Image.new("RGB", (4000, 3000), (number, 0, 0)).save(path, compress_level=1)
            settled(decoder, path, path.stat().st_size)
        assert resident(decoder) < 300


@linux
def test_what_nobody_asks_for_is_not_kept_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (5000, 5000)).save(path, compress_level=1)
    with Decoder(60, idle=0.2) as decoder:
        for _ in range(3):
            decoder.picture(path, 4, 4)
            path.touch()
        settled(decoder, path, path.stat().st_size)
        for _ in range(600):
            if resident(decoder) < 90:
                return
            threading.Event().wait(0.05)
        pytest.fail("100 MB of pixels are kept")


def coarse(decoder: Decoder) -> Callable[[Path, int, int, float], np.ndarray]:
    return lambda path, width, height, aspect: pixels(decoder.picture(path, width, height, aspect, averaged=True))


@pytest.mark.parametrize("box", [(1280, 400, 2.0), (640, 400, 1.0), (320, 100, 2.0), (80, 80, 1.0), (20, 700, 0.1)])
@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_coarse_picture_has_the_same_size_and_nearly_the_same_look(
    decoder: Decoder, tmp_path: Path, box: tuple[int, int, float], kind: str
) -> None:
    smooth(512, 400).save(tmp_path / f"a.{kind}", quality=95)
    fine = pixels(decoder.picture(tmp_path / f"a.{kind}", *box))
    rough = coarse(decoder)(tmp_path / f"a.{kind}", *box)
    assert fine.shape == rough.shape
    assert np.abs(fine - rough).mean() < 12
