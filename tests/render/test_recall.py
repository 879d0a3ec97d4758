"""What other programs wrote into images is read, with bounds, whoever they are."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tui.core.recalled import Recalled
from tui.render.decoding.decoder import Decoder
from tui.render.recall.texts import MAX_TEXT, texts
from tui.render.recall.tools import recalled

A1111 = (
    "a castle, (dramatic:1.2)\non a hill\nNegative prompt: blurry, low quality\n"
    "Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 123, Size: 512x768, Model: sdxl_base,"
    ' Lora hashes: "a: 1, b: 2"'
)
COMFY = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 42, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "model": ["4", 0],
            "positive": ["10", 0], "negative": ["7", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "flux.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a foreign castle", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "ugly", "clip": ["4", 1]}},
    "10": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0]}},
}  # fmt: skip
INVOKE = {"positive_prompt": "a castle", "negative_prompt": "ugly", "model": {"name": "dreamshaper"}, "seed": 5}
NOVEL = {"prompt": "a castle", "uc": "ugly", "steps": 28, "sampler": "k_euler", "seed": 1, "scale": 11.0}
FOOOCUS = {
    "prompt": "a castle",
    "negative_prompt": "ugly",
    "base_model": "juggernaut",
    "seed": "9",
    "version": "Fooocus v2",
}
SWARM = {"sui_image_params": {"prompt": "a castle", "negativeprompt": "ugly", "model": "flux", "seed": 3}}


def png(path: Path, **named: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for name, text in named.items():
        info.add_itxt(name, text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def recall(decoder: Decoder, path: Path) -> Recalled:
    found = decoder.recall(path)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as one:
        yield one


@pytest.mark.parametrize(
    ("named", "tool", "prompt", "negative", "model", "parameters"),
    [
        ({"parameters": A1111}, "A1111", "a castle, (dramatic:1.2)\non a hill", "blurry, low quality", "sdxl_base",
         {"steps": "28", "sampler": "DPM++ 2M Karras", "cfg scale": "7", "seed": "123", "size": "512x768",
          "lora hashes": "a: 1, b: 2"}),
        ({"parameters": "a castle"}, "", "a castle", "", "", {}),
        ({"parameters": "ratio: 16:9, lovely\nsecond line"}, "", "ratio: 16:9, lovely\nsecond line", "", "", {}),
        ({"prompt": json.dumps(COMFY), "workflow": "{}"}, "ComfyUI", "a foreign castle", "ugly", "flux.safetensors",
         {"seed": "42", "steps": "20", "cfg scale": "8.0", "sampler": "euler"}),
        ({"invokeai_metadata": json.dumps(INVOKE)}, "InvokeAI", "a castle", "ugly", "dreamshaper", {"seed": "5"}),
        ({"sd-metadata": json.dumps({"image": {"prompt": [{"prompt": "a castle", "weight": 1}], "seed": 5}})},
         "InvokeAI", "a castle", "", "", {"seed": "5"}),
        ({"Comment": json.dumps(NOVEL), "Software": "NovelAI", "Source": "NAI v4"}, "NovelAI", "a castle", "ugly",
         "NAI v4", {"steps": "28", "sampler": "k_euler", "seed": "1", "cfg scale": "11.0"}),
        ({"parameters": json.dumps(FOOOCUS)}, "Fooocus", "a castle", "ugly", "juggernaut",
         {"seed": "9", "version": "Fooocus v2"}),
        ({"parameters": json.dumps(SWARM)}, "SwarmUI", "a castle", "ugly", "flux", {"seed": "3"}),
        ({"Description": "a castle --ar 16:9 Job ID: 0a1b-2c3d"}, "Midjourney", "a castle --ar 16:9", "", "", {}),
        ({"XML:com.adobe.xmp": "<x><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>a &amp; b</rdf:li></rdf:Alt>"
          "</dc:description></x>"}, "", "a & b", "", "", {}),
        ({"Title": "nothing that tells"}, "", "", "", "", {}),
    ],
)  # fmt: skip
def test_each_program_is_understood(
    tmp_path: Path, decoder: Decoder, named: dict[str, str], tool: str, prompt: str, negative: str, model: str,
    parameters: dict[str, str],
) -> None:  # fmt: skip
    found = recall(decoder, png(tmp_path / "a.png", **named))
    expected = Recalled(tool=tool, prompt=prompt, negative=negative, model=model, parameters=parameters)
    assert found == expected


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
@pytest.mark.parametrize("coding", ["utf-16-be", "utf-16-le", "ascii"])
def test_the_user_comment_of_exif_is_read_in_every_coding(
    tmp_path: Path, decoder: Decoder, suffix: str, coding: str
) -> None:
    exif = Image.Exif()
    head = b"ASCII\0\0\0" if coding == "ascii" else b"UNICODE\0"
    exif.get_ifd(0x8769)[0x9286] = head + A1111.encode(coding)
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    found = recall(decoder, path)
    assert (found.tool, found.model, found.negative) == ("A1111", "sdxl_base", "blurry, low quality")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def test_content_credentials_are_noticed_in_every_container(tmp_path: Path, decoder: Decoder) -> None:
    plain = png(tmp_path / "plain.png").read_bytes()
    (tmp_path / "a.png").write_bytes(plain[:33] + chunk(b"caBX", b"jumb c2pa") + plain[33:])
    box = b"JP\0\1\0\0\0\1" + struct.pack(">I", 40) + b"jumb" + struct.pack(">I", 32) + b"jumdc2pa"
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xeb" + struct.pack(">H", len(box) + 2) + box + b"\xff\xd9")
    body = b"WEBP" + b"C2PA" + struct.pack("<I", 4) + b"jumb"
    (tmp_path / "a.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert not recall(decoder, tmp_path / "plain.png").credentials
    for suffix in ("png", "jpg", "webp"):
        assert recall(decoder, tmp_path / f"a.{suffix}").credentials, suffix


def test_a_text_that_unfolds_to_gigabytes_is_cut(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"a" * (1 << 20)) for _ in range(200)) + packer.flush()
    data = SIGNATURE + chunk(b"zTXt", b"parameters\0\0" + packed)
    assert len(texts(data).named["parameters"]) == MAX_TEXT


def test_text_is_cleaned(tmp_path: Path, decoder: Decoder) -> None:
    evil = "\x1b]0;x\x07a \u202ecastle\nNegative prompt: \x9bm\nSteps: 1, Se\x1bed: \x1b[2J7, Model: \u2066x"
    found = recall(decoder, png(tmp_path / "a.png", parameters=evil))
    assert found.prompt == "]0;xa castle" and not any(ord(letter) < 32 for letter in repr(found))
    assert "\u202e" not in repr(found) and "\u2066" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        "null",
        "{}",
        '{"1": null}',
        '{"1": {"inputs": []}}',
        "[1]",
        '"x"',
        "\nNegative prompt:",
        ": ,",
    ],
)
@pytest.mark.parametrize("name", ["parameters", "prompt", "invokeai_metadata", "sd-metadata", "Comment", "Description"])
def test_nonsense_is_no_prompt_and_no_error(name: str, text: str) -> None:
    data = SIGNATURE + chunk(b"iTXt", name.encode() + b"\0\0\0\0\0" + text.encode())
    recalled(texts(data))


def test_a_graph_that_bites_its_tail_ends(tmp_path: Path, decoder: Decoder) -> None:
    ring: dict[str, Any] = {
        str(number): {"class_type": "x", "inputs": {"positive": [str((number + 1) % 9), 0]}} for number in range(9)
    }
    assert recall(decoder, png(tmp_path / "a.png", prompt=json.dumps(ring))).prompt == ""


@settings(max_examples=300)
@given(st.binary(max_size=400), st.sampled_from([SIGNATURE, b"\xff\xd8\xff\xe1", b"RIFF\0\0\0\0WEBP"]))
def test_no_bytes_are_an_error(rest: bytes, head: bytes) -> None:
    recalled(texts(head + rest))


def test_of_what_can_not_be_read_now_it_may_be_asked_again_of_the_rest_not(tmp_path: Path, decoder: Decoder) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "empty.png").touch()
    assert decoder.recall(tmp_path / "pipe.png") is None and decoder.recall(tmp_path / "absent.png") is None
    assert decoder.recall(tmp_path / "empty.png") == Recalled()
