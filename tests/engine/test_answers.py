"""Every way in which a provider gives images, over real HTTP."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.engine.conftest import Bench
from tui.core.events import Done, Downloading, Partial, Queued, Receiving, Saved, Sent
from tui.core.provider import Provider
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]


async def test_base64_images_are_saved_as_they_were_sent(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, n=2)
    assert isinstance(ending, Done)
    assert (ending.saved, ending.fewer) == (2, "")
    assert b.sums == sorted(sandbox.sent)
    assert len(sandbox.posts) == 1
    assert b.kept == {}


async def test_a_job_tells_its_life_in_order(bench: Make, provider: Provider) -> None:
    b = bench()
    await b.run(provider)
    kinds = list(dict.fromkeys(type(event) for event in b.events))
    assert kinds == [Queued, Sent, Receiving, Saved, Done]
    last = b.of(Receiving)[-1]
    assert last.received == last.total
    assert last.request_id


async def test_url_images_are_fetched_without_the_key_and_told(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench()
    ending = await b.run(provider, model="dall-e-2", n=2, response_format="url")
    assert isinstance(ending, Done)
    assert b.sums == sorted(sandbox.sent)
    told = b.of(Downloading)
    assert {event.index for event in told} == {0, 1}
    assert {event.host for event in told} == {"127.0.0.1"}
    assert all(event.expires and event.expires > event.at for event in told)


async def test_a_stream_shows_the_image_while_it_develops(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, stream=True, partial_images=3)
    assert isinstance(ending, Done)
    assert [(event.index, event.stage) for event in b.of(Partial)] == [(0, 0), (0, 1), (0, 2)]
    assert len(b.sizes) == 3
    assert all(size > 1000 for size in b.sizes), "each was there to be shown when it was told"
    assert len(b.files) == 1
    assert b.sums[0] in sandbox.sent
    assert b.kept == {}


async def test_several_streamed_images_are_all_saved(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, stream=True, partial_images=1, n=3)
    assert isinstance(ending, Done)
    assert ending.saved == 3
    assert len(set(b.sums)) == 3
    assert {event.index for event in b.saved} == {0, 1, 2}


@pytest.mark.parametrize("fault", ["stream-ignored", "stream-unknown", "stream-twice"])
async def test_an_odd_stream_still_gives_its_image(
    bench: Make, sandbox: Sandbox, provider: Provider, fault: str
) -> None:
    b = bench()
    ending = await b.run(provider, f"fault:{fault} a fox", stream=True, partial_images=1)
    assert isinstance(ending, Done)
    assert (ending.saved, ending.fewer) == (1, "")
    assert b.sums[0] in sandbox.sent


async def test_a_compressed_answer_is_read_all_the_same(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, "fault:gzip a fox")
    assert isinstance(ending, Done)
    assert b.sums == sandbox.sent
    assert sandbox.posts[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_the_extension_is_that_of_the_content(bench: Make, provider: Provider, kind: str) -> None:
    b = bench()
    await b.run(provider, output_format=kind)
    assert b.files[0].suffix == {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}[kind]
    record = b.saved[0].record
    assert (record.format, record.width, record.height) == (kind, 1024, 1024)
    assert record.bytes == b.files[0].stat().st_size


@pytest.mark.parametrize("kind", ["gif", "svg"])
async def test_moving_and_drawn_images_are_saved_too(bench: Make, provider: Provider, kind: str) -> None:
    b = bench()
    await b.run(provider, model="gpt-image-2.6-flare", output_format=kind)
    assert b.files[0].suffix == f".{kind}"


async def test_the_cost_of_a_drawing_is_not_known_because_its_author_is_paid_besides(
    bench: Make, provider: Provider
) -> None:
    b = bench()
    ended = await b.run(provider, model="gpt-image-2.6-flare", output_format="svg")
    assert isinstance(ended, Done)
    assert ended.cost is None and b.saved[0].origin.cost is None


async def test_names_come_from_the_answers_own_time_in_utc(bench: Make, provider: Provider) -> None:
    b = bench()
    await b.run(provider, model="dall-e-2", n=2, response_format="b64_json")
    when = datetime.fromtimestamp(b.saved[0].origin.created, UTC)
    assert [path.name for path in b.files] == [f"DALLE-{when:%Y%m%d_%H%M%S}_{index}.png" for index in (0, 1)]
    assert {path.parent.name for path in b.files} == {f"{when:%Y-%m-%d}"}


async def test_no_file_is_ever_replaced(bench: Make, provider: Provider) -> None:
    b = bench(template="same")
    for _ in range(3):
        await b.run(provider)
    assert [path.name for path in b.files] == ["same-2.png", "same-3.png", "same.png"]


async def test_the_record_tells_the_request_but_not_the_person(bench: Make, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, user="alice", safety_identifier="hash-of-alice")
    library, record = b.records[0]
    origin = record.origins[0]
    assert library == b.out
    assert b.out / origin.path == b.files[0]
    assert dict(origin.parameters) == {"size": "1024x1024", "quality": "low"}
    assert (origin.prompt, origin.model, origin.provider) == ("a red fox", "gpt-image-2.5-flare", "test")
    assert origin.request_id
    assert origin.cost == pytest.approx(ending.cost)
    assert "alice" not in repr(b.saved)


async def test_the_cost_is_shared_by_the_images(bench: Make, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, model="dall-e-2", n=2, response_format="b64_json")
    assert ending.cost == pytest.approx(0.032)
    assert [event.origin.cost for event in b.saved] == [pytest.approx(0.016)] * 2


async def test_a_revised_prompt_is_kept(bench: Make, provider: Provider) -> None:
    b = bench()
    await b.run(provider, model="dall-e-3", response_format="b64_json")
    assert b.saved[0].origin.revised_prompt


async def test_edits_and_variations_take_the_same_path(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    await b.run(provider, model="dall-e-2", response_format="b64_json")
    source = b.files[0]
    edit = await b.run(provider, "with a hat", operation="edit", images=(source,))
    assert isinstance(edit, Done), edit
    variation = await b.run(provider, "", model="dall-e-2", operation="variation", images=(source,))
    assert isinstance(variation, Done), variation.failure.summary
    made, *others = [event.origin.sources for event in b.saved]
    assert (made, others) == ((), [(hashlib.sha256(source.read_bytes()).hexdigest(),)] * 2)
    assert [re.sub(".*/images/", "", post.path) for post in sandbox.posts] == ["generations", "edits", "variations"]


async def test_an_image_to_edit_that_is_gone_is_told_before_anything_is_sent(
    bench: Make, sandbox: Sandbox, provider: Provider, tmp_path: Path
) -> None:
    b = bench()
    ending = await b.run(provider, operation="edit", images=(tmp_path / "gone.png",))
    assert "read an image" in ending.failure.message
    assert sandbox.posts == []
