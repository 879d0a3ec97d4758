"""What the API answers when nothing goes wrong."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import openai
import pytest
import requests
from PIL import Image

from tui.core.models import catalogue
from tui.sandbox.server import Sandbox

FLARE = "gpt-image-2.5-flare"
SMALL = "1024x640"


def picture(entry: object) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(entry.b64_json)))


@pytest.mark.parametrize("name", catalogue().names)
def test_every_model_generates(name: str, client: openai.OpenAI) -> None:
    size = "256x256" if name == "dall-e-2" else "1024x1024"
    answer = client.images.generate(model=name, prompt="a red fox", size=size)
    assert answer.data is not None
    if name.startswith("dall-e"):
        assert answer.usage is None
        content = requests.get(str(answer.data[0].url), timeout=10).content
        assert f"{Image.open(io.BytesIO(content)).width}x" == size.partition("x")[0] + "x"
    else:
        assert answer.usage is not None
        assert picture(answer.data[0]).size == (1024, 1024)


def test_created_is_the_time_of_the_answer() -> None:
    with Sandbox(clock=lambda: 1_700_000_000.9) as sandbox:
        assert post(sandbox, {"model": FLARE, "prompt": "a hill", "size": SMALL}).json()["created"] == 1_700_000_000


def test_what_was_left_to_the_server_is_decided_and_said(client: openai.OpenAI) -> None:
    answer = client.images.generate(model=FLARE, prompt="a wide view", size="auto", quality="auto")
    assert (answer.size, answer.quality, answer.background, answer.output_format) == (
        "1536x1024",
        "medium",
        "opaque",
        "png",
    )


def test_usage_is_the_published_number_of_tokens(client: openai.OpenAI) -> None:
    usage = client.images.generate(model=FLARE, prompt="a red fox", n=2, quality="low").usage
    assert usage is not None and usage.output_tokens_details is not None
    assert usage.output_tokens == usage.output_tokens_details.image_tokens == 2 * 196
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.input_tokens == usage.input_tokens_details.text_tokens > 0


def test_only_dalle_3_revises_the_prompt(client: openai.OpenAI) -> None:
    three = client.images.generate(model="dall-e-3", prompt="a hill", response_format="b64_json").data
    two = client.images.generate(model="dall-e-2", prompt="a hill", response_format="b64_json", size="256x256").data
    assert three and two
    assert "a hill" in str(three[0].revised_prompt)
    assert two[0].revised_prompt is None


def test_a_name_that_nobody_knows_is_served_leniently(client: openai.OpenAI) -> None:
    answer = client.images.generate(model="my-own", prompt="a hill", size="640x352", style="natural")
    assert answer.data and picture(answer.data[0]).size == (640, 352)


def test_the_safety_identifier_is_echoed_and_user_stands_in_for_it(client: openai.OpenAI) -> None:
    assert client.images.generate(model=FLARE, prompt="x", size=SMALL, user="u").safety_identifier == "u"
    both = client.images.generate(model=FLARE, prompt="x", size=SMALL, user="u", safety_identifier="s")
    assert both.safety_identifier == "s"


def test_a_stream_gives_its_partials_and_then_the_image(client: openai.OpenAI) -> None:
    events = list(client.images.generate(model=FLARE, prompt="a hill", size=SMALL, stream=True, partial_images=3))
    assert [event.type for event in events] == ["image_generation.partial_image"] * 3 + ["image_generation.completed"]
    assert [event.partial_image_index for event in events[:3]] == [0, 1, 2]
    assert {picture(event).size for event in events} == {(1024, 640)}
    final = events[-1]
    plain = client.images.generate(model=FLARE, prompt="a hill", size=SMALL)
    assert plain.data and plain.usage and final.b64_json == plain.data[0].b64_json
    assert final.usage.output_tokens == plain.usage.output_tokens + 300
    assert final.size == SMALL and final.quality == "medium"


def test_partials_come_closer_and_closer_to_the_image(client: openai.OpenAI) -> None:
    events = list(client.images.generate(model=FLARE, prompt="a hill", size=SMALL, stream=True, partial_images=3))
    final = picture(events[-1]).convert("L").resize((64, 40)).tobytes()

    def far(event: object) -> int:
        other = picture(event).convert("L").resize((64, 40)).tobytes()
        return sum(abs(a - b) for a, b in zip(final, other, strict=True))

    distances = [far(event) for event in events]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 2 * distances[2]


def test_the_pace_is_spread_over_the_partials() -> None:
    with Sandbox(pace=0.9) as sandbox, openai.OpenAI(api_key="any", base_url=sandbox.base_url) as client:
        began = time.monotonic()
        stream = client.images.generate(model=FLARE, prompt="x", size=SMALL, stream=True, partial_images=2)
        arrived = [time.monotonic() - began for _ in stream]
    assert [at >= share for at, share in zip(arrived, (0.3, 0.6, 0.9), strict=True)] == [True] * 3


def test_an_edit_repaints_the_image_that_it_is_given(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    answer = client.images.edit(
        model="gpt-image-2", image=("in.png", png(1024, 1024)), prompt="a fox", size="1024x1024"
    )
    assert answer.data and answer.usage and answer.usage.input_tokens_details.image_tokens > 0
    edited = picture(answer.data[0])
    assert edited.size == (1024, 1024)
    red, green, blue = edited.convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert red > green and red > blue


def test_an_edit_touches_only_what_the_mask_leaves_open(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    mask = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 512, 1024))
    out = io.BytesIO()
    mask.save(out, "PNG")
    answer = client.images.edit(
        model=FLARE,
        image=("in.png", png(1024, 1024)),
        mask=("m.png", out.getvalue()),
        prompt="the sea",
        size="1024x1024",
    )
    assert answer.data
    edited = picture(answer.data[0]).convert("RGB")
    assert edited.getpixel((800, 300)) == (200, 40, 30)
    assert edited.getpixel((200, 300)) != (200, 40, 30)


def test_an_edit_takes_several_images_and_streams(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    images = [("one.png", png(640, 640)), ("two.png", png(320, 640))]
    events = list(
        client.images.edit(model=FLARE, image=images, prompt="a boat", size=SMALL, stream=True, partial_images=1)
    )
    assert [event.type for event in events] == ["image_edit.partial_image", "image_edit.completed"]


def test_an_edit_takes_its_images_as_json(sandbox: Sandbox, png: Callable[..., bytes]) -> None:
    url = "data:image/png;base64," + base64.b64encode(png(640, 640)).decode()
    body = {"model": FLARE, "prompt": "a boat", "size": SMALL, "images": [{"image_url": url}], "moderation": "low"}
    answer = post(sandbox, body, "edits")
    assert answer.status_code == 200 and answer.json()["size"] == SMALL


@pytest.mark.filterwarnings("ignore:deprecated")  # by OpenAI; compatible servers still have it
def test_a_variation_differs_from_its_image(client: openai.OpenAI, png: Callable[..., bytes]) -> None:
    source = png(256, 256)
    answer = client.images.create_variation(image=source, n=2, size="256x256", response_format="b64_json")
    assert answer.data and len(answer.data) == 2
    first, second = (picture(entry) for entry in answer.data)
    assert first.size == second.size == (256, 256)
    assert first.tobytes() != second.tobytes()


def test_models_are_listed_with_the_date_of_their_end(client: openai.OpenAI) -> None:
    listed = {model.id: model.shutdown_date for model in client.models.list()}
    assert list(listed) == list(catalogue().names)
    assert listed["gpt-image-1.5"] == "2026-12-01" and listed[FLARE] is None
    assert client.models.retrieve("dall-e-3").shutdown_date == "2026-05-12"
    with pytest.raises(openai.NotFoundError) as refused:
        client.models.retrieve("nobody")
    assert refused.value.code == "model_not_found"


def post(sandbox: Sandbox, body: object, where: str = "generations", key: str = "Bearer any") -> requests.Response:
    headers = {"Authorization": key} if key else {}
    return requests.post(f"{sandbox.base_url}/images/{where}", json=body, headers=headers, timeout=20)


@pytest.mark.parametrize("key", ["", "Bearer ", "Basic abc", "Bearer invalid"])
def test_a_key_is_asked_for(key: str, sandbox: Sandbox) -> None:
    answer = post(sandbox, {"model": FLARE, "prompt": "x"}, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert sandbox.billed == {}


def test_an_unknown_address_is_a_404_in_json(sandbox: Sandbox) -> None:
    answer = post(sandbox, {}, "drawings")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_url")


def test_every_answer_names_its_request_and_the_limits(sandbox: Sandbox) -> None:
    first, second = (post(sandbox, {"model": FLARE, "prompt": "x", "size": SMALL}) for _ in range(2))
    assert first.headers["x-request-id"].startswith("req_") and first.headers["x-ratelimit-limit-requests"] == "500"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_one_connection_serves_many_requests(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.base_url)
    line = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    try:
        for expected, fields in [
            (200, {"size": SMALL}),
            (400, {"size": "1x1"}),
            (200, {"size": SMALL, "stream": True}),
        ]:
            body = json.dumps({"model": FLARE, "prompt": "x", **fields})
            line.request("POST", "/v1/images/generations", body, {"Authorization": "Bearer any"})
            own = line.sock
            answer = line.getresponse()
            answer.read()
            assert (answer.status, line.sock) == (expected, own)
    finally:
        line.close()


def test_the_books_say_what_was_asked_billed_and_sent(sandbox: Sandbox, client: openai.OpenAI) -> None:
    answer = client.images.generate(model=FLARE, prompt="a fox", n=2, size=SMALL)
    assert answer.data
    contents = [base64.b64decode(str(entry.b64_json)) for entry in answer.data]
    [received] = sandbox.posts
    assert received.path == "/v1/images/generations" and received.body["prompt"] == "a fox"
    assert received.headers["authorization"] == "Bearer any"
    assert sandbox.billed == {answer._request_id: 2} == {received.request_id: 2}
    assert sandbox.sent == [hashlib.sha256(content).hexdigest() for content in contents]
    assert sandbox.made == {sandbox.posts[0].request_id: sandbox.sent}


def test_files_of_a_form_appear_as_summaries(
    sandbox: Sandbox, client: openai.OpenAI, png: Callable[..., bytes]
) -> None:
    content = png(640, 640)
    client.images.edit(model=FLARE, image=("in.png", content), prompt="a fox", size=SMALL)
    [summary] = sandbox.posts[0].body["image"]
    assert (summary["name"], summary["sha256"]) == ("in.png", hashlib.sha256(content).hexdigest())
