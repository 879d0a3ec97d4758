"""What of an answer is saved when it breaks, when the disk refuses, and when another run must go on with it."""

from __future__ import annotations

import base64
import errno
import json
import os
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer
from tests.engine.test_downloads import PNG
from tui.core.events import Cancelled, Done, Event, Failed, Receiving, Sent, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine import steps
from tui.engine.finish import finish
from tui.engine.job import Job, Settings
from tui.engine.spool import SPOOL, Entry
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]
B64 = base64.b64encode(PNG).decode()


def images(count: int) -> bytes:
    """The body of an answer with this many images, each with a byte of its own."""
    data = [{"b64_json": base64.b64encode(PNG + bytes([n])).decode()} for n in range(count)]
    return json.dumps({"created": 1700000000, "data": data}).encode()


# --- answers that break, and what of them is saved ---


@pytest.mark.parametrize(("whole", "ending"), [(1, Unknown), (2, Done)])
async def test_images_that_are_whole_in_a_cut_answer_are_saved(bench: Make, whole: int, ending: type) -> None:
    body = images(2)
    at = body.index(b'"}', body.index(b"b64_json")) if whole == 1 else body.rindex(b'"}')
    with RawServer() as server:
        server.on("POST", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + body[: at + 1])
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY), n=2)
        assert len(server.heard) == 1
    assert type(ended) is ending
    assert [path.read_bytes() for path in b.files] == [PNG + bytes([n]) for n in range(whole)]
    assert bool(b.kept) is (ending is Unknown)


async def test_an_answer_that_ends_early_but_cleanly_is_unknown_too(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", answer(images(2)[:-40]))
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY), n=2)
    assert isinstance(ended, Unknown)
    assert "1 of 2 came" in ended.failure.message
    assert [path.read_bytes() for path in b.files] == [PNG + b"\0"]
    assert "response" in b.kept


async def test_a_stream_cut_after_its_image_is_done(bench: Make) -> None:
    event = json.dumps({"type": "image_generation.completed", "b64_json": B64, "created_at": 1700000000})
    stream = f"event: image_generation.completed\r\ndata: {event}\r\n\r\n".encode()
    with RawServer() as server:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        server.on("POST", head + f"{len(stream):x}\r\n".encode() + stream + b"\r\n")
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY), stream=True)
    assert isinstance(ended, Done)
    assert b.files[0].read_bytes() == PNG


async def test_fewer_images_than_asked_for_are_said(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", answer(images(1)))
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY), n=3)
    assert isinstance(ended, Done)
    assert ended.fewer == "1 of 3 came"


# --- the disk ---


async def test_an_unwritable_library_is_found_before_paying(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    b.out.write_text("a file where the folder should be")
    ended = await b.run(provider)
    assert isinstance(ended, Failed)
    assert ended.failure.kind is Kind.STORAGE
    assert sandbox.posts == []
    b.out.unlink()


async def test_a_folder_that_refuses_after_paying_is_asked_about_and_tried_again(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", answer(images(1)))
        b.out.mkdir()
        day = b.out / "2023-11-14"
        day.write_text("in the way")
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        asked = await b.until(Waiting)
        assert asked.failure.kind is Kind.STORAGE
        assert asked.choices == ("retry", "elsewhere", "stop")
        assert b.kept["response"] == images(1)
        day.unlink()
        b.runner.answer(job, "retry")
        assert isinstance(await b.end(job), Done)
        assert len(server.heard) == 1
    assert [path.read_bytes() for path in b.files] == [PNG + b"\0"]


async def test_another_folder_can_be_chosen_after_paying(bench: Make, tmp_path: Path) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", answer(images(1)))
        b.out.mkdir()
        (b.out / "2023-11-14").write_text("in the way")
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        await b.until(Waiting)
        b.runner.answer(job, "elsewhere")
        assert b.runner.running == (job,), "without a folder it is no answer"
        b.runner.answer(job, "elsewhere", folder=tmp_path / "elsewhere")
        assert isinstance(await b.end(job), Done)
    assert b.saved[0].path.is_relative_to(tmp_path / "elsewhere")
    assert b.records[0][0] == tmp_path / "elsewhere"
    assert b.kept == {}
    assert [path.name for path in (tmp_path / "elsewhere").rglob("*") if path.is_file()] == [b.saved[0].path.name]
    (b.out / "2023-11-14").unlink()


async def test_a_template_that_cannot_be_filled_in_loses_no_image(bench: Make, provider: Provider) -> None:
    b = bench(template="{nonsense}")
    assert isinstance(await b.run(provider), Done)
    assert len(b.files) == 1


def test_a_full_disk_takes_the_reserve_before_it_refuses(tmp_path: Path) -> None:
    entry = Entry.create(tmp_path, "job", Request("a fox", "m"), {"provider": "x"})
    reserve = entry.folder / "reserve"
    assert reserve.stat().st_size >= 4_000_000
    calls: list[bool] = []

    def write() -> str:
        calls.append(reserve.exists())
        if reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return "written"

    assert entry.with_room(write) == "written"
    assert calls == [True, False]

    def refuse() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        entry.with_room(refuse)
    entry.remove()
    assert not entry.folder.exists()


def spoiling(b: Bench, name: str, script: bytes) -> Callable[[socket.socket], None]:
    """Answers, after a folder has taken the name of a file of the journal."""

    def send(connection: socket.socket) -> None:
        for entry in (b.out / SPOOL).iterdir():
            (entry / name).mkdir(exist_ok=True)
            (entry / name / "in the way").touch()
        connection.sendall(script)

    return send


async def test_a_journal_that_cannot_be_swept_away_leaves_a_done_job_done(bench: Make) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", spoiling(b, "done.json", answer(images(1))))
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY))
    assert isinstance(ended, Done)
    entry = Entry.adopt(b.out, ended.job)
    assert entry is not None, "its lock is free"
    assert not (entry.folder / "reserve").exists()
    entry.release()


async def test_a_journal_that_cannot_be_written_leaves_a_failed_job_failed(bench: Make) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", spoiling(b, "attempts.jsonl", answer(b"<html>hello</html>", "text/html")))
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY))
    assert isinstance(ended, Failed)
    assert ended.failure.kind is Kind.UNEXPECTED
    assert b.kept["response"] == b"<html>hello</html>"
    entry = Entry.adopt(b.out, ended.job)
    assert entry is not None, "its lock is free"
    entry.release()


REFUSED = answer(b'{"error": {"message": "slow down"}}', status="429 Too Many Requests", **{"Retry-After": "300"})


async def test_a_refusal_that_cannot_be_noted_is_still_tried_again(bench: Make) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", spoiling(b, "attempts.jsonl", REFUSED))
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        await b.until(Waiting)
        obstacle = b.out / SPOOL / job / "attempts.jsonl"
        (obstacle / "in the way").unlink()
        obstacle.rmdir()
        server.on("POST", answer(images(1)))
        b.runner.answer(job, "retry")
        assert isinstance(await b.end(job), Done)
        assert len(server.heard) == 2


async def test_an_attempt_that_cannot_be_noted_is_not_sent(bench: Make) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", spoiling(b, "attempts.jsonl", REFUSED))
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        await b.until(Waiting)
        b.runner.answer(job, "retry")
        ended = await b.end(job)
        assert len(server.heard) == 1
    assert isinstance(ended, Failed)
    assert ended.failure.kind is Kind.STORAGE


# --- endings that another run finishes ---


def job_of(entry: Entry, events: list[Event]) -> Job:
    from tui.core import models, pricing

    request, facts = entry.request()
    model = models.catalogue().get(request.model)
    provider = Provider(facts["provider"], "http://127.0.0.1:1/v1")
    estimate = pricing.estimate(request, model)
    return Job(entry.job, 1, request, provider, model, estimate, events.append, lambda _: None)


async def test_an_answer_on_disk_is_finished_by_another_run_and_never_saved_twice(bench: Make) -> None:
    b = bench()
    with RawServer() as server:
        server.on("POST", answer(images(2)))
        b.out.mkdir()
        (b.out / "2023-11-14").write_text("in the way")
        job = b.submit(Provider("x", f"{server.url}/v1", KEY), n=2, user="alice")
        await b.until(Waiting)
        b.runner.answer(job, "stop")
        ended = await b.end(job)
    assert isinstance(ended, Failed)
    (b.out / "2023-11-14").unlink()
    settings = Settings(out=b.out)
    for _ in range(2):
        entry = Entry.adopt(b.out, job)
        assert entry is not None
        outcome = await finish(job_of(entry, []), entry, lambda: settings, lambda *_: None)
        assert (outcome.saved, outcome.whole, outcome.failure) == (2, True, None)
        assert [path.read_bytes() for path in b.files] == [PNG + b"\0", PNG + b"\1"]
        entry.release()
    entry = Entry.adopt(b.out, job)
    assert entry is not None
    entry.remove()
    assert b.kept == {}
    assert Entry.adopt(b.out, job) is None


async def test_closing_gives_running_jobs_their_time_and_leaves_the_rest_to_recovery(
    bench: Make, provider: Provider
) -> None:
    b = bench(parallel=2)
    hangs = b.submit(provider, "fault:timeout")
    ends = b.submit(provider)
    waits = b.submit(provider)
    await b.until(Sent, lambda event: event.job == hangs)
    # What is left to do for the other one takes a moment.
    await b.until(Receiving, lambda event: event.job == ends)
    await b.runner.close(grace=3)
    assert isinstance(await b.end(hangs), Unknown)
    assert isinstance(await b.end(ends), Done)
    assert isinstance(await b.end(waits), Cancelled)
    assert "request.json" in b.kept
    entry = Entry.adopt(b.out, hangs)
    assert entry is not None, "its lock is free"
    assert entry.notes()[-1]["what"] == "unknown"
    entry.release()


async def test_an_answer_is_saved_whose_head_can_not_be_kept(
    bench: Make, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = bench()

    def block(label: str) -> None:
        if label == "part begun":
            next((b.out / SPOOL).iterdir()).joinpath("head.json").mkdir()

    monkeypatch.setattr(steps, "reached", block)
    ended = await b.run(provider)
    assert isinstance(ended, Done) and len(b.files) == 1 and b.attempts == 1


async def test_an_answer_is_kept_where_the_system_refuses_its_file_once(
    bench: Make, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    b, taken = bench(), []

    def no_more(path: object, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("response.part") and not taken:
            taken.append(path)
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(path, flags, mode)  # type: ignore[arg-type]  # a path

    opened = os.open
    monkeypatch.setattr("tui.engine.spool.os.open", no_more)
    ended = await b.run(provider)
    assert taken and isinstance(ended, Done) and len(b.files) == 1 and b.attempts == 1


async def test_closing_while_an_image_is_asked_about_keeps_its_url(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:link-error", model="dall-e-2", response_format="url")
    await b.until(Waiting)
    await b.runner.close(grace=20)
    ended = await b.end(job)
    assert isinstance(ended, Failed)
    assert ended.failure.advice == f"What came is kept in {b.out / SPOOL / job / 'response'}"
    assert "response" in b.kept


async def test_an_entry_belongs_to_the_process_that_runs_its_job(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:timeout")
    await b.until(Sent)
    assert Entry.adopt(b.out, job) is None
    data = json.loads((b.out / SPOOL / job / "request.json").read_bytes())
    assert (data["job"], data["prompt"], data["host"]) == (job, "fault:timeout", provider.host)
    assert KEY not in json.dumps(data)
    assert (b.out / SPOOL / job).stat().st_mode & 0o077 == 0
    b.runner.cancel(job)
    await b.end(job)


async def test_a_refusal_is_noted_so_that_nobody_thinks_it_may_have_been_paid(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:rate-limit")
    await b.until(Waiting)
    notes = [json.loads(line) for line in b.kept["attempts.jsonl"].splitlines()]
    assert [note["what"] for note in notes] == ["refused"]
    b.runner.cancel(job)
    await b.end(job)


async def test_a_large_image_is_never_in_memory(bench: Make) -> None:
    piece = base64.b64encode(PNG.ljust(48, b"\0") * 16_384)
    count = 40

    def send(connection: socket.socket) -> None:
        head, tail = b'{"created": 1700000000, "data": [{"b64_json": "', b'"}]}'
        length = len(head) + count * len(piece) + len(tail)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() + head)
        for _ in range(count):
            connection.sendall(piece)
        connection.sendall(tail)

    with RawServer() as server:
        server.on("POST", send)
        b = bench()
        provider = Provider("x", f"{server.url}/v1", KEY)
        await b.run(provider)
        tracemalloc.start()
        try:
            ended = await b.run(provider)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert isinstance(ended, Done), ended.failure.summary
    assert b.saved[1].record.bytes == count * 48 * 16_384
    assert peak < 8_000_000, "the body is 42 MB"
