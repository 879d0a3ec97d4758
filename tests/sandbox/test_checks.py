"""What the API refuses, and how it says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest
import requests

from tui.sandbox.server import Sandbox

FLARE, NEWEST = "gpt-image-2.5-flare", "gpt-image-2.6-flare"
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("dall-e-2", {"n": 11}, "n", "invalid_value"),
    ("dall-e-2", {"size": "1792x1024"}, "size", "invalid_value"),
    ("dall-e-2", {"style": "vivid"}, "style", "unknown_parameter"),
    ("dall-e-2", {"quality": "hd"}, "quality", "invalid_value"),
    ("dall-e-2", {"prompt": "x" * 1001}, "prompt", "string_above_max_length"),
    ("dall-e-2", {"stream": True}, "stream", "unknown_parameter"),
    ("dall-e-3", {"n": 2}, "n", "invalid_value"),
    ("dall-e-3", {"size": "512x512"}, "size", "invalid_value"),
    ("dall-e-3", {"prompt": "x" * 4001}, "prompt", "string_above_max_length"),
    ("dall-e-3", {"style": "wild"}, "style", "invalid_value"),
    ("gpt-image-1.5", {"response_format": "b64_json"}, "response_format", "unknown_parameter"),
    ("gpt-image-1.5", {"size": "1600x1024"}, "size", "invalid_value"),
    ("gpt-image-1.5", {"quality": "xhigh"}, "quality", "invalid_value"),
    ("gpt-image-2", {"prompt": "x" * 32001}, "prompt", "string_above_max_length"),
    (FLARE, {"size": "1000x1000"}, "size", "invalid_value"),
    (FLARE, {"size": "256x256"}, "size", "invalid_value"),
    (FLARE, {"size": "3856x2160"}, "size", "invalid_value"),
    (FLARE, {"size": "3200x1024"}, "size", "invalid_value"),
    (FLARE, {"size": "big"}, "size", "invalid_value"),
    (FLARE, {"output_format": "gif"}, "output_format", "invalid_value"),
    (FLARE, {"output_format": "jpeg", "background": "transparent"}, "background", "invalid_value"),
    (FLARE, {"output_compression": 50}, "output_compression", "invalid_value"),
    (FLARE, {"output_format": "webp", "output_compression": 101}, "output_compression", "invalid_value"),
    (FLARE, {"stream": True, "partial_images": 4}, "partial_images", "invalid_value"),
    (FLARE, {"complexity": "low"}, "complexity", "unknown_parameter"),
    (FLARE, {"input_fidelity": "high"}, "input_fidelity", "unknown_parameter"),
    (FLARE, {"seed": 7}, "seed", "unknown_parameter"),
    (FLARE, {"n": "two"}, "n", "invalid_value"),
    (FLARE, {"n": 0}, "n", "invalid_value"),
    (FLARE, {"prompt": "  "}, "prompt", "missing_required_parameter"),
    (FLARE, {"prompt": 7}, "prompt", "invalid_type"),
    (NEWEST, {"output_format": "gif", "stream": True}, "stream", "invalid_value"),
    (NEWEST, {"output_format": "gif", "frame_count": 17}, "frame_count", "invalid_value"),
    (NEWEST, {"frame_count": 4}, "frame_count", "invalid_value"),
    (NEWEST, {"output_format": "svg", "n": 2}, "n", "invalid_value"),
    ("", {}, "model", "missing_required_parameter"),
]


def post(sandbox: Sandbox, body: object) -> requests.Response:
    return requests.post(
        f"{sandbox.base_url}/images/generations", json=body, headers={"Authorization": "Bearer any"}, timeout=20
    )


@pytest.mark.parametrize(("model", "fields", "param", "code"), REFUSED)
def test_what_a_model_does_not_take_is_refused_by_name(
    model: str, fields: dict[str, Any], param: str, code: str, sandbox: Sandbox
) -> None:
    answer = post(sandbox, {"model": model, "prompt": "x", **fields})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
    assert error["type"] == "invalid_request_error" and error["message"]
    assert sandbox.billed == {}


def test_null_counts_as_not_given(sandbox: Sandbox) -> None:
    assert post(sandbox, {"model": FLARE, "prompt": "x", "style": None, "size": "1024x640"}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(body: bytes, sandbox: Sandbox) -> None:
    answer = requests.post(
        f"{sandbox.base_url}/images/generations", body, headers={"Authorization": "Bearer any"}, timeout=20
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_body")


def test_a_body_without_a_length_is_refused(sandbox: Sandbox) -> None:
    answer = requests.post(
        f"{sandbox.base_url}/images/generations", iter([b"{}"]), headers={"Authorization": "Bearer any"}, timeout=20
    )
    assert answer.status_code == 411


def refused(client: openai.OpenAI, **fields: Any) -> tuple[str | None, str | None]:
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(**{"prompt": "a fox", **fields})
    return caught.value.param, caught.value.code


def test_edits_check_their_images(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    bad = ("image", "invalid_image_file")
    good = png()
    assert refused(client, model=FLARE, image=("a.gif", b"GIF89a" + bytes(20))) == bad
    assert refused(client, model=FLARE, image=("a.png", good[:60])) == bad
    assert refused(client, model=FLARE, image=[good] * 17) == ("image", "invalid_value")
    assert refused(client, model="dall-e-2", image=png(256, 200)) == bad
    assert refused(client, model="dall-e-2", image=png(1200, 1200, noisy=True)) == bad
    assert refused(client, model="dall-e-2", image=[good, good]) == ("image", "invalid_value")
    assert refused(client, model="dall-e-3", image=good) == ("model", "invalid_value")


def test_an_image_that_can_not_be_decoded_costs_nothing_even_in_a_stream(
    sandbox: Sandbox, client: openai.OpenAI, png: Callable[..., bytes]
) -> None:
    cut = png(400, 400, noisy=True)[:5000]
    assert refused(client, model=FLARE, image=cut, stream=True) == ("image", "invalid_image_file")
    assert sandbox.billed == {}


def test_a_mask_has_the_dimensions_of_the_image_and_an_alpha_channel(
    client: openai.OpenAI, png: Callable[..., bytes]
) -> None:
    good = png()
    assert refused(client, model=FLARE, image=good, mask=png(128, 128)) == ("mask", "invalid_image_file")
    assert refused(client, model=FLARE, image=good, mask=png(mode="RGB")) == ("mask", "invalid_image_file")
    assert refused(client, model=FLARE, image=good, mask=good, markup=good) == ("markup", "invalid_value")
    assert refused(client, model="gpt-image-2", image=good, markup=good) == ("markup", "unknown_parameter")


def test_input_fidelity_is_for_the_models_that_have_it(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    wrong = ("input_fidelity", "invalid_input_fidelity_model")
    assert refused(client, model="gpt-image-2", image=png(), input_fidelity="high") == wrong
    assert refused(client, model="gpt-image-1-mini", image=png(), input_fidelity="high") == wrong
    assert client.images.edit(model="gpt-image-1.5", image=png(), prompt="x", input_fidelity="high").data


def test_a_variation_takes_no_prompt(sandbox: Sandbox, png: Callable[..., bytes]) -> None:
    answer = requests.post(
        f"{sandbox.base_url}/images/variations",
        data={"prompt": "a fox"},
        files={"image": png()},
        headers={"Authorization": "Bearer any"},
        timeout=20,
    )
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "prompt")
