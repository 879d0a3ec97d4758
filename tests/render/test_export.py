"""Copies: with the prompt inside and read again, with nothing inside and the same pixels, other forms, on a sheet."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tests.render.test_recall import chunk, recall
from tui.render.decoding.decoder import Decoder, Refused
from tui.render.export import containers
from tui.render.export.told import Told
from tui.render.recall.texts import texts
from tui.render.recall.tools import recalled

PROMPT = 'a "red" fox,\nstep: two\tin <snow> & ice: 漢字 🦊\nSteps: 3, Seed: 5'
TOLD: dict[str, Any] = {
    "prompt": PROMPT,
    "model": "gpt-image-1",
    "parameters": {"size": "1024x1024", "n": 2, "stream": True, "background": 'a, "b"'},
}
SAVED: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG"},
    "jpg": {"format": "JPEG", "quality": 90},
    "webp": {"format": "WEBP", "quality": 80},
    "lossless.webp": {"format": "WEBP", "lossless": True},
}


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as one:
        yield one


def picture(alpha: bool = False) -> Image.Image:
    image = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    if alpha:
        image.putalpha(Image.linear_gradient("L").resize((64, 48)))
    return image


def original(path: Path, *, alpha: bool = False, orientation: int = 1) -> Path:
    """A file with everything in it that a camera or another program puts there."""
    exif = Image.Exif()
    exif[0x010F] = "Camera Maker"
    if orientation != 1:
        exif[0x0112] = orientation
    options = {**SAVED[path.name.partition(".")[2]]}
    if options["format"] == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("parameters", "another prompt\nSteps: 1, Seed: 2")
        info.add_text("Author", "somebody")
        options["pnginfo"] = info
    else:
        options["xmp"] = b"<x:xmpmeta>secret place</x:xmpmeta>"
    picture(alpha and options["format"] != "JPEG").save(path, exif=exif, icc_profile=b"profile" * 20, **options)
    return path


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.tobytes()


@pytest.mark.parametrize("suffix", SAVED)
@pytest.mark.parametrize("alpha", [False, True])
def test_a_portable_copy_tells_the_same_and_has_the_same_pixels(
    tmp_path: Path, decoder: Decoder, suffix: str, alpha: bool
) -> None:
    path = original(tmp_path / f"a.{suffix}", alpha=alpha)
    data, lost = decoder.export(path, told=TOLD)
    copy = tmp_path / f"copy.{suffix}"
    copy.write_bytes(data)
    found = recall(decoder, copy)
    assert (found.tool, found.prompt, found.model) == ("Safelight", PROMPT, "gpt-image-1")
    assert found.parameters == {"size": "1024x1024", "n": "2", "stream": "True", "background": 'a, "b"'}
    assert pixels(data) == pixels(path.read_bytes()) and not lost
    with Image.open(copy) as image:
        assert image.mode == ("RGBA" if alpha and suffix != "jpg" else "RGB")
    again, _ = decoder.export(copy, told={**TOLD, "prompt": "another"})
    copy.write_bytes(again)
    assert recall(decoder, copy).prompt == "another" and len(again) < len(data) + 50, "not one beside the other"


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_a_program_that_reads_exif_finds_the_prompt(tmp_path: Path, decoder: Decoder, suffix: str) -> None:
    data, _ = decoder.export(original(tmp_path / f"a.{suffix}"), told={**TOLD, "prompt": "a plain fox"})
    with Image.open(io.BytesIO(data)) as image:
        comment = image.getexif().get_ifd(0x8769)[0x9286]
    assert comment.startswith(b"UNICODE\0") and "a plain fox\nModel: gpt-image-1" in comment[8:].decode("utf-16-be")


def test_a_program_that_reads_parameters_finds_the_prompt(tmp_path: Path, decoder: Decoder) -> None:
    data, _ = decoder.export(original(tmp_path / "a.png"), told={**TOLD, "prompt": "a plain fox"})
    with Image.open(io.BytesIO(data)) as image:
        text = image.info["parameters"]
        assert image.info["Author"] == "somebody"
    assert text.startswith("a plain fox\nModel: gpt-image-1, Size: 1024x1024, N: 2, Stream: True")


@pytest.mark.parametrize("suffix", SAVED)
def test_a_clean_copy_has_nothing_inside_and_the_same_pixels(tmp_path: Path, decoder: Decoder, suffix: str) -> None:
    path = original(tmp_path / f"a.{suffix}")
    data, _ = decoder.export(path)
    assert pixels(data) == pixels(path.read_bytes())
    for secret in (b"Camera", b"another prompt", b"somebody", b"secret place", b"Exif", b"xmp"):
        assert secret not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.info.get("icc_profile") == b"profile" * 20


@pytest.mark.parametrize("suffix", SAVED)
@pytest.mark.parametrize("told", [None, TOLD])
def test_a_copy_stands_as_upright_as_its_original(
    tmp_path: Path, decoder: Decoder, suffix: str, told: dict[str, Any] | None
) -> None:
    data, _ = decoder.export(original(tmp_path / f"a.{suffix}", orientation=6), told=told)
    with Image.open(io.BytesIO(data)) as image:
        assert image.getexif().get(0x0112) == 6


def test_content_credentials_that_would_no_longer_hold_are_taken_out_and_told(tmp_path: Path, decoder: Decoder) -> None:
    path = original(tmp_path / "a.png")
    data = path.read_bytes()
    path.write_bytes(data[:33] + chunk(b"caBX", b"jumbf") + data[33:])
    for told in (TOLD, None):
        copy, lost = decoder.export(path, told=told)
        assert lost and b"caBX" not in copy
    assert decoder.export(path, kind="webp")[1]


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("suffix", SAVED)
def test_any_image_becomes_one_of_another_format_and_size(
    tmp_path: Path, decoder: Decoder, suffix: str, kind: str
) -> None:
    path = original(tmp_path / f"a.{suffix}", alpha=True, orientation=6)
    data, _ = decoder.export(path, told=TOLD, kind=kind, side=32)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format or "").lower() == kind and image.size == (24, 32), "upright"
    assert recalled(texts(data)).prompt == PROMPT
    data, _ = decoder.export(path, kind=kind)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (48, 64)


def test_a_drawing_becomes_pixels_and_is_no_place_for_a_prompt(tmp_path: Path, decoder: Decoder) -> None:
    path = tmp_path / "a.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
    )
    with pytest.raises(Refused, match="can't be put into svg"):
        decoder.export(path, told=TOLD)
    with pytest.raises(Refused, match="can't be taken out of svg"):
        decoder.export(path)
    with Image.open(io.BytesIO(decoder.export(path, kind="png", side=400)[0])) as image:
        assert image.size == (400, 200)


def test_a_prompt_too_long_for_a_jpeg_is_refused_in_words(tmp_path: Path, decoder: Decoder) -> None:
    long = {**TOLD, "prompt": "狐" * 32_000}
    with pytest.raises(Refused, match="too long for a JPEG"):
        decoder.export(original(tmp_path / "a.jpg"), told=long)
    for suffix in ("png", "webp"):
        data, _ = decoder.export(original(tmp_path / f"a.{suffix}"), told=long)
        assert recalled(texts(data)).prompt == long["prompt"]


def test_a_sheet_holds_every_image_and_leaves_the_place_of_a_broken_one(tmp_path: Path, decoder: Decoder) -> None:
    paths = []
    for number, colour in enumerate(("red", "lime", "blue")):
        Image.new("RGB", (50, 30), colour).save(tmp_path / f"{number}.png")
        paths.append(tmp_path / f"{number}.png")
    paths[1].write_bytes(b"broken")
    data = decoder.sheet(paths, ["one", "a long name that does not fit here at all", "漢字"], columns=2, side=100)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2 * 112 + 12, 2 * 128 + 12)
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20) or []}
        assert {(255, 0, 0), (0, 0, 255)} <= colours and (0, 255, 0) not in colours
    with pytest.raises(Refused, match="the sheet would be"):
        decoder.sheet(paths * 100, [""] * 300, columns=300, side=100)


HEADS = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X"]


@settings(max_examples=300)
@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_a_damaged_file_is_an_error_in_words_at_most(head: bytes, rest: bytes) -> None:
    for act in (containers.clean, lambda data: containers.portable(data, Told("p", "m", {}))):
        try:
            act(head + rest)
        except (Refused, struct.error):
            continue
