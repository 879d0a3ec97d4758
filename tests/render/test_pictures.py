"""Every kind of image looks as it should, whatever its mode, turn, depth and profile."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tui.render.decoding import frames
from tui.render.decoding.decoder import Decoder, Ground
from tui.render.picture import Picture

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3).astype(int)


def quarters() -> Image.Image:
    """Red and green above blue and white, 64 x 48."""
    image = Image.new("RGB", (64, 48), RED)
    image.paste(GREEN, (32, 0, 64, 24))
    image.paste(BLUE, (0, 24, 32, 48))
    image.paste(WHITE, (32, 24, 64, 48))
    return image


def assert_quarters(picture: Picture, tolerance: int = 6) -> None:
    shown = pixels(picture)
    height, width = shown.shape[:2]
    places = {(0.25, 0.25): RED, (0.25, 0.75): GREEN, (0.75, 0.25): BLUE, (0.75, 0.75): WHITE}
    for (y, x), colour in places.items():
        assert np.abs(shown[int(y * height), int(x * width)] - colour).max() <= tolerance


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.jpg", {"quality": 95, "subsampling": 0}),
        ("a.webp", {"lossless": True}),
        ("a.gif", {}),
    ],
)
def test_every_format_is_shown(decoder: Decoder, tmp_path: Path, name: str, options: dict[str, object]) -> None:
    quarters().save(tmp_path / name, **options)
    picture = decoder.picture(tmp_path / name, 32, 32)
    assert (picture.width, picture.height, picture.source) == (32, 24, (64, 48))
    assert picture.format == {"a.jpg": "jpeg"}.get(name, name[2:])
    assert picture.frames == 1
    assert_quarters(picture)


def test_the_content_decides_not_the_name(decoder: Decoder, tmp_path: Path) -> None:
    quarters().save(tmp_path / "a.png", "JPEG", quality=95, subsampling=0)
    assert decoder.picture(tmp_path / "a.png", 32, 32).format == "jpeg"


def test_a_photo_with_several_views_is_shown_by_its_first(decoder: Decoder, tmp_path: Path) -> None:
    first, second = quarters(), Image.new("RGB", (64, 48))
    first.save(tmp_path / "a.mpo", "MPO", save_all=True, append_images=[second], quality=95, subsampling=0)
    picture = decoder.picture(tmp_path / "a.mpo", 32, 32)
    assert (picture.format, picture.frames) == ("jpeg", 1)
    assert_quarters(picture)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr"])
def test_every_colour_mode_looks_right(decoder: Decoder, tmp_path: Path, mode: str) -> None:
    name = "a.jpg" if mode in ("CMYK", "YCbCr") else "a.png"
    quarters().convert(mode).save(tmp_path / name, **({"quality": 98, "subsampling": 0} if name == "a.jpg" else {}))
    assert_quarters(decoder.picture(tmp_path / name, 32, 32))


def test_grey_of_1_8_and_16_bits_looks_right(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("1", (8, 8), 1).save(tmp_path / "one.png")
    Image.new("L", (8, 8), 100).save(tmp_path / "eight.png")
    Image.frombytes("I;16", (8, 8), struct.pack("<H", 100 * 257) * 64).save(tmp_path / "sixteen.png")
    for name, value in (("one", 255), ("eight", 100), ("sixteen", 100)):
        shown = pixels(decoder.picture(tmp_path / f"{name}.png", 4, 4))
        assert np.abs(shown - value).max() <= 1, name


def test_sixteen_bits_a_channel_look_right(decoder: Decoder, tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" + struct.pack(">HHH", 200 * 257, 100 * 257, 50 * 257) * 4
    (tmp_path / "deep.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(line * 4))
        + chunk(b"IEND", b"")
    )
    assert np.abs(pixels(decoder.picture(tmp_path / "deep.png", 2, 2)) - (200, 100, 50)).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright(decoder: Decoder, tmp_path: Path, orientation: int) -> None:
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
    exif = Image.Exif()
    exif[274] = orientation
    stored = quarters() if undo is None else quarters().transpose(undo)
    stored.save(tmp_path / "a.jpg", quality=95, subsampling=0, exif=exif)
    picture = decoder.picture(tmp_path / "a.jpg", 32, 32)
    assert (picture.width, picture.height, picture.source) == (32, 24, (64, 48))
    assert_quarters(picture)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_shows_the_ground(decoder: Decoder, tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (32, 32), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (16, 0, 32, 32))
    clear.convert(mode).save(tmp_path / "a.png")
    shown = pixels(decoder.picture(tmp_path / "a.png", 32, 32, ground=(10, 20, 30)))
    assert tuple(shown[16, 4]) == (10, 20, 30)
    assert tuple(shown[16, 28]) == WHITE
    greys = {tuple(pixel) for pixel in pixels(decoder.picture(tmp_path / "a.png", 32, 32))[:, :14].reshape(-1, 3)}
    assert greys == {(102, 102, 102), (153, 153, 153)}


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0)])
def test_the_hidden_colour_of_transparent_pixels_does_not_bleed_into_the_edge(
    decoder: Decoder, tmp_path: Path, ground: Ground
) -> None:
    image = Image.new("RGBA", (400, 400), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 203, 400))
    image.save(tmp_path / "a.png")
    shown = pixels(decoder.picture(tmp_path / "a.png", 20, 20, ground=ground))
    own = ground[1] if isinstance(ground, tuple) else 0
    assert shown[:, :, 1].max() <= own + 3


def test_reducing_averages_it_never_picks(decoder: Decoder, tmp_path: Path) -> None:
    fine = np.indices((512, 512)).sum(axis=0) % 2 * 255
    Image.fromarray(fine.astype(np.uint8)).save(tmp_path / "a.png")
    assert np.abs(pixels(decoder.picture(tmp_path / "a.png", 30, 30)) - 127).max() <= 12


def test_magnifying_keeps_pixels_sharp(decoder: Decoder, tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(tmp_path / "a.png")
    picture = decoder.picture(tmp_path / "a.png", 20, 20)
    assert (picture.width, picture.height) == (20, 10)
    assert set(pixels(picture).reshape(-1).tolist()) == {0, 255}


def test_pixels_that_are_taller_than_wide_keep_the_shape(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (100, 100)).save(tmp_path / "a.png")
    picture = decoder.picture(tmp_path / "a.png", 60, 20, aspect=2.0)
    assert (picture.width, picture.height) == (40, 20)


def test_a_wide_gamut_profile_is_converted_to_srgb(decoder: Decoder, tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "odd.png", icc_profile=lab.tobytes())
    # A profile that does not fit the pixels is passed over.
    assert tuple(pixels(decoder.picture(tmp_path / "odd.png", 2, 2))[0, 0]) == (200, 100, 50)

    image = Image.new("RGB", (8, 8), (200, 100, 50))
    image.save(tmp_path / "wide.png", icc_profile=wide_profile())
    red, green, blue = pixels(decoder.picture(tmp_path / "wide.png", 2, 2))[0, 0]
    assert red > 220 and green <= 100 and blue < 47


def wide_profile() -> bytes:
    """An RGB profile with the sRGB curve nearly straight and the primaries of Adobe RGB, written out by hand."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    # Colourants of Adobe RGB (1998), adapted to D50.
    tags = {
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.60974, 0.31111, 0.01947),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.20528, 0.62567, 0.06087),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.14919, 0.06322, 0.74457),
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249),
        **{name: b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0) for name in (b"rTRC", b"gTRC", b"bTRC")},
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = bytearray(128)
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = b"mntrRGB XYZ "
    head[36:40] = b"acsp"
    head[68:80] = fixed(0.9642, 1.0, 0.8249)
    head[0:4] = struct.pack(">I", 128 + len(table) + len(body))
    return bytes(head) + table + body


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_frames_are_counted(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    stills = [Image.new("RGB", (20, 20), (value, 0, 0)) for value in (10, 90, 170, 250)]
    path = tmp_path / f"a.{kind.lower()}"
    stills[0].save(path, kind, save_all=True, append_images=stills[1:], duration=50)
    assert decoder.picture(path, 4, 4).frames == 4


def test_frames_are_counted_up_to_a_bound_and_never_claimed() -> None:
    file = io.BytesIO()
    Image.new("P", (1, 1)).save(file, "GIF")
    still = file.getvalue()
    frame = still[still.index(b"\x2c", 13) : -1]
    assert frames.count(still[:-1] + frame * 5000 + b";", "gif") == frames.LIMIT
    assert frames.count(b"", "gif") == frames.count(b"\x89PNG", "png") == frames.count(b"x", "webp") == 1
