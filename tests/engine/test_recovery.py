"""A job that was cut short at any moment is finished by the next run: everything once, nothing sent, nothing left."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.engine.raw import RawServer, answer
from tests.engine.recovering import Watch, copied, cut_short, job_of, left_by, moments, run
from tests.engine.test_saving import images
from tui.core.events import Done, Downloading, Failed, Queued, Sent, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.engine import steps
from tui.engine.leftovers import State, leftovers, sweep
from tui.engine.spool import SPOOL
from tui.sandbox.server import Sandbox

__all__ = ["moments"]

UNBEGUN = ("folder made", "probed", "reserved", "request written")
UNKNOWN = ("request named", "sent", "part begun", "head written")
ANSWERED = (
    "part synced",
    "response named",
    "image written",
    "image synced",
    "image named",
    "image linked",
    "record written",
)
OVER = ("entry done", "response removed", "folder removed")
URL = {"model": "dall-e-2", "response_format": "url"}


# --- every step ---


@pytest.mark.parametrize("label", UNBEGUN)
async def test_what_was_never_begun_leaves_nothing(
    tmp_path: Path, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    assert leftovers(library) == []
    sweep(library)
    async with run(library) as b:
        assert (b.files, b.rests, b.known) == ([], [], [])
    assert list((library / SPOOL).iterdir()) == []


@pytest.mark.parametrize("label", UNKNOWN)
async def test_what_was_sent_and_not_answered_stays_unknown_and_is_never_sent_again(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    (left,) = leftovers(library)
    assert (left.state, left.received, left.finishable) == (State.UNKNOWN, 0, False)
    async with run(library) as b:
        for _ in range(2):
            ended = await b.recover(left.job)
            assert isinstance(ended, Unknown)
            assert ended.failure.message == "the program ended before the answer came"
        assert b.of(Sent) == []
        assert b.files == []
    assert len(sandbox.posts) == 1
    assert [each.state for each in leftovers(library)] == [State.UNKNOWN]


@pytest.mark.parametrize("label", ANSWERED)
@pytest.mark.parametrize("more", [{"n": 3}, {**URL, "n": 2}], ids=["base64", "urls"])
async def test_what_came_is_saved_once_whatever_was_done_of_it(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch, label: str, more: dict[str, object]
) -> None:
    made = await cut_short(tmp_path, provider, moments, **more)
    for library in {made.at[label], made.last[label], made.last["part grown"]}:
        (left,) = leftovers(library)
        assert left.finishable
        async with run(library) as b:
            ended = await b.recover(left.job)
            assert isinstance(ended, Done), ended.failure.summary
            assert ended.saved == more["n"]
            assert b.of(Queued)[0].recovered
            assert b.of(Sent) == []
            assert b.sums == sorted(set(sandbox.sent))
            assert b.paths == b.files
            assert b.rests == []
            assert sorted(event.path for event in b.saved) == b.files
        assert leftovers(library) == []
    assert len(sandbox.posts) == 1


@pytest.mark.parametrize("label", OVER)
async def test_what_was_over_is_swept_and_not_done_again(
    tmp_path: Path, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    assert leftovers(library) == []
    sweep(library)
    async with run(library) as b:
        assert len(b.files) == 1
        assert b.paths == b.files
        assert b.rests == []
    assert list((library / SPOOL).iterdir()) == []


async def test_every_step_of_a_job_is_one_of_those_that_are_tried(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    made = await cut_short(tmp_path, provider, moments)
    assert set(made.at) == {*UNBEGUN, *UNKNOWN, "part grown", *ANSWERED, *OVER}
    assert set(steps.STEPS) - set(made.at) == {"attempt noted", "image copied", "name claimed", "adopted"}


async def test_a_recovery_that_is_cut_short_at_any_step_is_finished_by_the_next(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch
) -> None:
    first = await cut_short(tmp_path, provider, moments, n=2)
    for number, label in enumerate(("part synced", "response named", "image linked", "record written")):
        library = copied(first.at[label], tmp_path / f"again{number}")
        async with run(library) as b:
            second = moments(library, f"second{number}")
            assert isinstance(await b.recover(job_of(library)), Done)
        steps.reached = lambda _: None
        assert {"adopted", "image linked", "record written", "entry done"} <= set(second.at)
        for again in {*second.at.values(), *second.last.values()}:
            sweep(again)
            async with run(again) as b:
                for left in leftovers(again):
                    assert isinstance(await b.recover(left.job), Done)
                assert b.sums == sorted(sandbox.sent)
                assert b.paths == b.files
                assert b.rests == []
    assert len(sandbox.posts) == 1


# --- what the person did meanwhile ---


async def test_an_image_that_was_renamed_before_its_record_was_written_is_found(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["image linked"]
    async with run(library) as b:
        (image,) = b.files
        moved = library / "foxes" / "the best.png"
        moved.parent.mkdir()
        image.rename(moved)
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == b.paths == [moved]
        assert b.saved[0].path == moved


async def test_an_image_that_was_renamed_after_its_record_was_written_is_found_and_its_record_follows(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["record written"]
    async with run(library) as b:
        (image,) = b.files
        image.rename(library / "fox.png")
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == b.paths == [library / "fox.png"]
        assert len(b.known[0].origins) == 1


async def test_an_image_that_was_deleted_after_its_record_was_written_does_not_come_back(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["record written"]
    async with run(library) as b:
        b.files[0].unlink()
        ended = await b.recover(job_of(library))
        assert isinstance(ended, Done)
        assert ended.saved == 1
        assert (b.files, b.saved, b.rests) == ([], [], [])


async def test_a_name_that_became_free_meanwhile_makes_no_second_file(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    async with run(tmp_path / "library", template="fox") as b:
        assert isinstance(await b.run(provider), Done)
        made = moments(b.out)
        assert isinstance(await b.run(provider, "another fox"), Done)
    steps.reached = lambda _: None
    library = made.at["image linked"]
    async with run(library, template="another {index}") as b:
        first, second = sorted(b.files, key=lambda path: path.name, reverse=True)
        assert (first.name, second.name) == ("fox.png", "fox-2.png")
        first.unlink()
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == [second]


async def test_images_are_named_as_their_own_run_would_have(tmp_path: Path, provider: Provider, moments: Watch) -> None:
    async with run(tmp_path / "library", template="fox {index}") as b:
        made = moments(b.out)
        assert isinstance(await b.run(provider), Done)
    steps.reached = lambda _: None
    async with run(made.at["response named"], template="other") as b:
        assert isinstance(await b.recover(job_of(b.out)), Done)
        assert [path.name for path in b.files] == ["fox 0.png"]


async def test_an_edit_that_is_finished_later_still_knows_what_it_was_made_from(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    async with run(tmp_path / "library") as b:
        assert isinstance(await b.run(provider), Done)
        (source,) = b.files
        sha256, made = hashlib.sha256(source.read_bytes()).hexdigest(), moments(b.out)
        assert isinstance(await b.run(provider, "with a hat", operation="edit", images=(source,)), Done)
    steps.reached = lambda _: None
    # What lies at the path by then is of no account.
    (made.at["response named"] / source.relative_to(tmp_path / "library")).write_bytes(b"another")
    async with run(made.at["response named"]) as b:
        assert isinstance(await b.recover(job_of(b.out)), Done)
        assert {origin.sources for record in b.known for origin in record.origins} == {(), (sha256,)}


# --- answers that are odd ---


async def test_a_part_of_an_answer_gives_what_is_whole_in_it(tmp_path: Path) -> None:
    body = images(2)
    part = body[: body.index(b'"}', body.index(b"b64_json")) + 2]
    entry = left_by(tmp_path, part, total=len(body))
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Unknown)
        assert len(b.files) == 1
        (left,) = leftovers(tmp_path)
        assert (left.state, left.received, left.finishable) == (State.UNKNOWN, len(part), False)
        assert left.failure
        assert isinstance(await b.recover(entry.job), Unknown)
        assert len(b.files) == 1


async def test_an_answer_whose_end_was_not_announced_is_done_where_all_its_images_are_whole(tmp_path: Path) -> None:
    entry = left_by(tmp_path, images(2), total=None)
    async with run(tmp_path) as b:
        assert isinstance(await b.recover(entry.job), Done)
        assert len(b.files) == 2
        assert b.rests == []


async def test_an_answer_that_came_to_its_last_byte_is_whole_whatever_it_lacks(tmp_path: Path) -> None:
    body = images(1)
    entry = left_by(tmp_path, body, total=len(body))
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Done)
        assert ended.fewer == "1 of 2 came"
        assert b.rests == []


async def test_an_answer_without_an_image_is_told_once_and_its_bytes_stay(tmp_path: Path) -> None:
    entry = left_by(tmp_path, b"<html>hello</html>", whole=True)
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Failed)
        assert ended.failure.kind is Kind.UNEXPECTED
    (left,) = leftovers(tmp_path)
    assert not left.finishable
    assert entry.response.read_bytes() == b"<html>hello</html>"


async def test_images_are_saved_though_nobody_can_read_what_was_asked(tmp_path: Path) -> None:
    entry = left_by(tmp_path, images(1), whole=True)
    (entry.folder / "request.json").write_text("{")
    (entry.folder / "head.json").unlink()
    async with run(tmp_path) as b:
        assert isinstance(await b.recover(entry.job), Done)
        assert len(b.files) == 1


async def test_a_job_that_the_server_refused_is_not_sent_and_not_called_unknown(tmp_path: Path) -> None:
    entry = left_by(tmp_path, b"")
    entry.note("refused", failure="429 slow down", kind="rate limited")
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Failed)
        assert ended.failure.message == "the server did nothing"
    assert [left.state for left in leftovers(tmp_path)] == [State.REFUSED]


# --- downloads ---


async def test_downloads_are_resumed_with_the_rules_of_the_host_that_the_job_went_to(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments, n=2, **URL)).at["image linked"]
    async with run(library) as b:
        assert isinstance(await b.recover(job_of(library)), Done)
        assert {event.index for event in b.of(Downloading)} == {1}, "the first was there"
        assert b.sums == sorted(set(sandbox.sent))


async def test_a_private_address_is_not_asked_for_a_job_of_a_public_host(tmp_path: Path) -> None:
    with RawServer() as server:
        entry = left_by(tmp_path, json.dumps({"data": [{"url": f"http://127.0.0.1:{server.port}/a.png"}]}).encode())
        data = json.loads((entry.folder / "request.json").read_text())
        (entry.folder / "request.json").write_text(json.dumps({**data, "host": "images.example.com"}))
        async with run(tmp_path) as b:
            job = b.runner.recover(entry.job)
            asked = await b.until(Waiting)
            assert asked.failure.kind is Kind.DOWNLOAD
            b.runner.answer(job, "skip")
            await b.end(job)
        assert server.connections == 0


async def test_a_url_that_has_ended_is_tried_once_and_not_asked_about(tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", answer(b"<Error>AuthenticationFailed</Error>", status="403 Forbidden"))
        url = f"{server.url}/a.png?se=2020-01-01T00:00:00Z"
        entry = left_by(tmp_path, json.dumps({"data": [{"url": url}]}).encode(), whole=True)
        async with run(tmp_path) as b:
            ended = await b.recover(entry.job)
            assert isinstance(ended, Failed)
            assert "expired" in ended.failure.message
            assert b.waits == []
        assert len(server.heard) == 1
    assert [left.finishable for left in leftovers(tmp_path)] == [False]
