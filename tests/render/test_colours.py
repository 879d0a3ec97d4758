"""Colours come out as they were meant: every depth, palette, profile and kind of transparency, against known values."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.render.moving import chunk
from tui.render.decoding.decoder import Decoder, Picture

GROUND = (0, 0, 255)
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
DEEP = 257


def png(kind: int, depth: int, row: bytes, *extra: bytes, side: int = 2) -> bytes:
    """Rows of `side` pixels, all alike."""
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, kind, 0, 0, 0)),
            *extra,
            chunk(b"IDAT", zlib.compress((b"\0" + row) * side)),
            chunk(b"IEND", b""),
        ]
    )


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


# Name: content, and the colours of its left and right pixel over a blue ground.
FILES = {
    "1 bit": (png(GREY, 1, b"\x80"), (255,) * 3, (0,) * 3),
    "2 bits": (png(GREY, 2, b"\x90"), (170,) * 3, (85,) * 3),
    "4 bits": (png(GREY, 4, b"\x5a"), (85,) * 3, (170,) * 3),
    "8 bits": (png(GREY, 8, b"\x64\x65"), (100,) * 3, (101,) * 3),
    "16 bits": (png(GREY, 16, numbers(100 * DEEP, 65535)), (100,) * 3, (255,) * 3),
    "16 bits, rounded": (png(GREY, 16, numbers(127, 129)), (0,) * 3, (1,) * 3),
    "1 bit, black is clear": (png(GREY, 1, b"\x80", chunk(b"tRNS", numbers(0))), (255,) * 3, GROUND),
    "8 bits, one grey is clear": (png(GREY, 8, b"\x64\x65", chunk(b"tRNS", numbers(0x65))), (100,) * 3, GROUND),
    "16 bits, one grey is clear": (
        png(GREY, 16, numbers(25700, 25701), chunk(b"tRNS", numbers(25701))),
        (100,) * 3,
        GROUND,
    ),
    "grey and alpha": (png(GREY_ALPHA, 8, b"\x64\xff\xc8\x00"), (100,) * 3, GROUND),
    "grey and half an alpha": (png(GREY_ALPHA, 8, b"\xff\x80\x00\x80"), (128, 128, 255), (0, 0, 127)),
    "grey and alpha of 16 bits": (png(GREY_ALPHA, 16, numbers(100 * DEEP, 65535, 9, 0)), (100,) * 3, GROUND),
    "RGB": (png(RGB, 8, bytes([200, 100, 50, 1, 2, 3])), (200, 100, 50), (1, 2, 3)),
    "RGB of 16 bits": (
        png(RGB, 16, numbers(200 * DEEP, 100 * DEEP, 50 * DEEP, 0, 65535, 0)),
        (200, 100, 50),
        (0, 255, 0),
    ),
    "RGB, one colour is clear": (
        png(RGB, 8, bytes([200, 100, 50, 1, 2, 3]), chunk(b"tRNS", numbers(1, 2, 3))),
        (200, 100, 50),
        GROUND,
    ),
    "RGB of 16 bits, one colour is clear": (
        png(RGB, 16, numbers(200 * DEEP, 100 * DEEP, 50 * DEEP, 0, 65535, 7), chunk(b"tRNS", numbers(0, 65535, 7))),
        (200, 100, 50),
        GROUND,
    ),
    "RGB and alpha of 16 bits": (
        png(RGB_ALPHA, 16, numbers(200 * DEEP, 100 * DEEP, 50 * DEEP, 65535, 9, 9, 9, 0)),
        (200, 100, 50),
        GROUND,
    ),
    "palette": (
        png(PALETTE, 1, b"\x80", chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0]))),
        (0, 255, 0),
        (255, 0, 0),
    ),
    "palette, one colour is clear": (
        png(PALETTE, 8, b"\0\1", chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0])), chunk(b"tRNS", b"\xff\0")),
        (255, 0, 0),
        GROUND,
    ),
    "palette, one colour is half clear": (
        png(PALETTE, 8, b"\0\1", chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0])), chunk(b"tRNS", b"\x80\xff")),
        (128, 0, 127),
        (0, 255, 0),
    ),
}


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3).astype(int)


def first(decoder: Decoder, path: Path) -> tuple[int, ...]:
    return tuple(pixels(decoder.picture(path, 4, 4, ground=GROUND))[0, 0].tolist())


def assert_near(shown: object, expected: object, tolerance: int) -> None:
    assert np.abs(np.asarray(shown, int) - np.asarray(expected, int)).max() <= tolerance, (shown, expected)


@pytest.mark.parametrize("name", FILES)
def test_a_png_of_every_kind_looks_right(decoder: Decoder, tmp_path: Path, name: str) -> None:
    content, left, right = FILES[name]
    (tmp_path / "a.png").write_bytes(content)
    shown = pixels(decoder.picture(tmp_path / "a.png", 4, 4, ground=GROUND))
    assert_near(shown[1, 0], left, 1)
    assert_near(shown[1, 3], right, 1)


def test_sixteen_bits_are_averaged_not_clipped(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(GREY, 16, numbers(*[0, 65535] * 32), side=64))
    assert_near(pixels(decoder.picture(tmp_path / "a.png", 4, 4)), (128,) * 3, 3)


@pytest.mark.parametrize("adobe", [True, False])
def test_a_cmyk_photo_is_no_negative(decoder: Decoder, tmp_path: Path, adobe: bool) -> None:
    file = io.BytesIO()
    # Cyan and some black.
    Image.new("CMYK", (16, 16), (255, 0, 0, 51)).save(file, "JPEG", quality=100)
    content = file.getvalue()
    marker = content.index(b"\xff\xee\0\x0eAdobe")
    if not adobe:
        content = content[:marker] + content[marker + 16 :]
    (tmp_path / "a.jpg").write_bytes(content)
    assert_near(first(decoder, tmp_path / "a.jpg"), (0, 204, 204), 3)


def test_a_ycck_photo_is_no_negative(decoder: Decoder, tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("CMYK", (16, 16), (255, 0, 0, 51)).save(file, "JPEG", quality=100)
    content = bytearray(file.getvalue())
    # Adobe's transform 2: what was stored as the inverse of cyan, magenta and yellow is now read as luma and chroma.
    content[content.index(b"\xff\xee\0\x0eAdobe") + 15] = 2
    (tmp_path / "a.jpg").write_bytes(content)
    # Luma 0, chroma 255 and 255 are RGB (178, 0, 225), the inks in that order, darkened by a fifth of black.
    assert_near(first(decoder, tmp_path / "a.jpg"), ((255 - 178) * 0.8, 255 * 0.8, (255 - 225) * 0.8), 4)


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(primaries: tuple[tuple[float, ...], ...], curve: bytes, space: bytes = b"RGB ") -> bytes:
    """An ICC profile of version 2 (ICC.1:2001-04), written out: primaries as XYZ for D50, one curve for all."""
    white = (0.9642, 1.0, 0.8249)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(*white)}
    names = (b"r", b"g", b"b") if space == b"RGB " else (b"k",)
    for name, primary in zip(names, primaries, strict=False):
        tags[name + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(*primary)
    tags |= {name + b"TRC": curve for name in names}
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = bytearray(128)
    head[8:12] = b"\x02\x40\0\0"
    head[12:24] = b"mntr" + space + b"XYZ "
    head[36:40] = b"acsp"
    head[68:80] = fixed(*white)
    head[0:4] = struct.pack(">I", 128 + len(table) + len(body))
    return bytes(head) + table + body


def linear(value: np.ndarray) -> np.ndarray:
    """The curve of sRGB (IEC 61966-2-1), which Display P3 has as well."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def encoded(value: np.ndarray) -> np.ndarray:
    value = value.clip(0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def table(values: np.ndarray) -> bytes:
    """A curve as 1,024 points."""
    return b"curv\0\0\0\0" + struct.pack(">I1024H", 1024, *np.rint(values * 65535).astype(int))


STEPS = np.linspace(0, 1, 1024)
# Primaries for D50: Apple's Display P3 profile, and Adobe RGB (1998), annex A.
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
DISPLAY_P3 = profile(P3, table(linear(STEPS)))
ADOBE_RGB = profile(ADOBE, b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0))


def in_srgb(primaries: tuple[tuple[float, ...], ...], light: np.ndarray) -> np.ndarray:
    """What linear light of these primaries is in sRGB, 0 to 255."""
    return np.rint(encoded(np.linalg.inv(np.array(SRGB).T) @ np.array(primaries).T @ light) * 255)


@pytest.mark.parametrize("colour", [(200, 100, 50), (60, 160, 90), (255, 0, 0), (0, 255, 0), (128, 128, 128)])
@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_display_p3_is_shown_in_srgb(decoder: Decoder, tmp_path: Path, colour: tuple[int, int, int], kind: str) -> None:
    options = {"png": {}, "jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}}[kind]
    Image.new("RGB", (8, 8), colour).save(tmp_path / f"a.{kind}", icc_profile=DISPLAY_P3, **options)
    expected = in_srgb(P3, linear(np.array(colour) / 255))
    assert_near(first(decoder, tmp_path / f"a.{kind}"), expected, 4 if kind == "jpg" else 2)


@pytest.mark.parametrize("colour", [(200, 100, 50), (40, 200, 220)])
def test_adobe_rgb_is_shown_in_srgb(decoder: Decoder, tmp_path: Path, colour: tuple[int, int, int]) -> None:
    Image.new("RGB", (8, 8), colour).save(tmp_path / "a.png", icc_profile=ADOBE_RGB)
    expected = in_srgb(ADOBE, (np.array(colour) / 255) ** (0x233 / 256))
    assert_near(first(decoder, tmp_path / "a.png"), expected, 2)


def test_a_profile_counts_where_alpha_does_too(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (60, 160, 90, 128)).save(tmp_path / "a.png", icc_profile=DISPLAY_P3)
    colour = in_srgb(P3, linear(np.array((60, 160, 90)) / 255))
    assert_near(first(decoder, tmp_path / "a.png"), colour * 128 / 255 + np.array(GROUND) * 127 / 255, 3)


def test_a_profile_of_a_palette_counts(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), (60, 160, 90)).convert("P", palette=Image.Palette.ADAPTIVE).save(
        tmp_path / "a.png", icc_profile=DISPLAY_P3
    )
    assert_near(first(decoder, tmp_path / "a.png"), in_srgb(P3, linear(np.array((60, 160, 90)) / 255)), 2)


def test_a_grey_profile_counts(decoder: Decoder, tmp_path: Path) -> None:
    straight = profile((), table(STEPS), b"GRAY")
    Image.new("L", (8, 8), 55).save(tmp_path / "a.png", icc_profile=straight)
    assert_near(first(decoder, tmp_path / "a.png"), (np.rint(encoded(np.array(55 / 255)) * 255),) * 3, 2)


def test_srgbs_own_profile_changes_nothing(decoder: Decoder, tmp_path: Path) -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for value in range(0, 256, 15):
        Image.new("RGB", (8, 8), (value, 255 - value, 7)).save(tmp_path / f"{value}.png", icc_profile=own)
        assert first(decoder, tmp_path / f"{value}.png") == (value, 255 - value, 7)


def test_a_profile_with_srgb_in_its_name_is_not_taken_for_it(decoder: Decoder, tmp_path: Path) -> None:
    straight = profile(SRGB, table(STEPS)).replace(b"acsp\0\0\0\0", b"acspsRGB")
    Image.new("RGB", (8, 8), (55, 55, 55)).save(tmp_path / "a.png", icc_profile=straight)
    assert_near(first(decoder, tmp_path / "a.png"), (np.rint(encoded(np.array(55 / 255)) * 255),) * 3, 2)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"x" * 50,
        b"x" * 500,
        DISPLAY_P3[:200],
        DISPLAY_P3[:-900] + b"\xff" * 900,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        profile((), table(STEPS), b"GRAY"),
        bytes(5 << 20),
    ],
    ids=["empty", "short", "noise", "cut short", "damaged curve", "of other colours", "of greys", "huge"],
)
def test_a_profile_that_is_of_no_use_is_passed_over(decoder: Decoder, tmp_path: Path, broken: bytes) -> None:
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "a.webp", lossless=True, icc_profile=broken)
    red, green, blue = first(decoder, tmp_path / "a.webp")
    assert red > green > blue


def test_profiles_of_animations_count(decoder: Decoder, tmp_path: Path) -> None:
    stills = [Image.new("RGB", (8, 8), (60, 160, value)) for value in (90, 91)]
    expected = in_srgb(P3, linear(np.array((60, 160, 90)) / 255))
    for name, options in (("a.webp", {"lossless": True}), ("a.png", {})):
        path = tmp_path / name
        stills[0].save(path, save_all=True, append_images=stills[1:], icc_profile=DISPLAY_P3, **options)
        film = decoder.frames(path, 4, 4)
        assert len(film.pictures) == 2
        assert_near(pixels(film.pictures[0])[0, 0], expected, 2)
