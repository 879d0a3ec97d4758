"""What the sandbox paints."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tui.sandbox.api import Order, accept
from tui.sandbox.forms import Form
from tui.sandbox.painter import Picture
from tui.sandbox.painter.palettes import SCENE_WORDS, SUBJECT_WORDS

NEWEST = "gpt-image-2.6-flare"


def order(prompt: str = "a red fox", **fields: object) -> Order:
    return accept("generate", Form({"model": NEWEST, "size": "1024x640", "prompt": prompt, **fields}))


def painted(prompt: str = "a red fox", index: int = 0, **fields: object) -> bytes:
    return Picture(order(prompt, **fields), index).encoded()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_the_same_order_gives_the_same_bytes() -> None:
    assert painted() == painted()


def test_another_prompt_index_or_model_gives_another_picture() -> None:
    pictures = [
        painted(),
        painted("a red fox."),
        painted(index=1),
        painted(index=2),
        painted(model="gpt-image-2.5-flare"),
    ]
    assert len(set(pictures)) == len(pictures)
    first, second = (np.asarray(opened(content), np.int16) for content in pictures[:3:2])
    assert np.abs(first - second).mean() > 5


@pytest.mark.parametrize("size", ["1024x640", "640x1024", "1024x1024", "2048x688", "3840x2160"])
@pytest.mark.parametrize("prompt", ["sea", "silk", "forest"])
def test_a_picture_has_the_size_that_was_asked_for(size: str, prompt: str) -> None:
    assert "{}x{}".format(*opened(painted(prompt, size=size, output_format="jpeg")).size) == size


@pytest.mark.parametrize("size", ["256x256", "512x512"])
def test_the_small_sizes_of_dall_e_2_are_painted(size: str) -> None:
    assert "{}x{}".format(*opened(painted("a boat", model="dall-e-2", size=size)).size) == size


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "gif"])
def test_a_picture_has_the_format_that_was_asked_for(name: str) -> None:
    image = opened(painted(output_format=name))
    image.load()
    assert (image.format, image.size) == (name.upper(), (1024, 640))


def test_a_png_is_as_large_as_real_ones_are() -> None:
    assert 500_000 < len(painted("a quiet valley", size="1024x1024")) < 2_500_000


@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_compression_makes_a_file_smaller(name: str) -> None:
    assert len(painted(output_format=name, output_compression=20)) < len(painted(output_format=name)) / 2


def test_a_gif_moves_as_asked() -> None:
    image = opened(painted("a balloon over hills", output_format="gif", frame_count=5, frame_duration_ms=120))
    assert (image.n_frames, image.info["duration"], image.info["loop"]) == (5, 120, 0)
    frames = []
    for number in range(5):
        image.seek(number)
        frames.append(image.convert("RGB").tobytes())
    assert len(set(frames)) > 1


@pytest.mark.parametrize("prompt", [*SCENE_WORDS, *SUBJECT_WORDS, "night"])
def test_an_svg_is_a_document_of_the_size_with_nothing_from_outside(prompt: str) -> None:
    content = painted(prompt, output_format="svg")
    root = ElementTree.fromstring(content)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("1024", "640", "0 0 1024 640")
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "defs", "linearGradient", "radialGradient", "stop", "rect", "circle", "path", "polygon",
    }  # fmt: skip
    assert len(list(root.iter())) > 10 and b"href" not in content


@pytest.mark.parametrize("name", ["png", "webp"])
@pytest.mark.parametrize("prompt", ["a fox", "nothing that it knows"])
def test_a_transparent_background_is_nothing_around_a_subject(name: str, prompt: str) -> None:
    image = opened(painted(prompt, background="transparent", output_format=name))
    assert image.mode == "RGBA"
    alpha = np.asarray(image.getchannel("A"))
    assert alpha[0, 0] == 0 and alpha.max() == 255
    assert 0.1 < (alpha > 0).mean() < 0.7


def test_an_opaque_background_has_no_alpha() -> None:
    assert opened(painted(background="opaque")).mode == "RGB"


def edges(content: bytes) -> float:
    pixels = np.asarray(opened(content).convert("L"), np.float32)
    return float(np.abs(np.diff(pixels, axis=0)).mean() + np.abs(np.diff(pixels, axis=1)).mean())


@pytest.mark.parametrize("prompt", ["hills", "forest", "sea", "silk", "mountains", "desert"])
def test_more_quality_is_more_detail(prompt: str) -> None:
    found = [edges(painted(prompt, quality=quality)) for quality in ("low", "medium", "high", "xhigh", "max")]
    assert found == sorted(found) and found[-1] > 1.3 * found[0]


def saturation(content: bytes) -> float:
    return float(np.asarray(opened(content).convert("HSV"), np.float32)[:, :, 1].mean())


def test_vivid_is_more_saturated_than_natural() -> None:
    vivid, natural = (
        painted("a valley", model="dall-e-3", size="1024x1024", style=style) for style in ("vivid", "natural")
    )
    assert saturation(vivid) > 1.3 * saturation(natural)


@pytest.mark.parametrize("prompt", ["sea", "silk", "forest", "a fox at night"])
def test_every_picture_bears_the_mark(prompt: str) -> None:
    picture = Picture(order(prompt, size="1024x1024"), 0)
    corner = np.asarray(opened(picture.encoded()).convert("L"), np.int16)[960:, 900:]
    assert corner.max() - corner.min() > 60


def test_a_prompt_of_anything_can_be_painted() -> None:
    for prompt in ("\x1b[31m", "🦊🌲", "\ud800 lone", "x" * 32000, "'; drop table", "{}%s[/]"):
        assert opened(painted(prompt)).size == (1024, 640)
