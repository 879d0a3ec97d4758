"""Jobs in their queue: several at once, cancelled at any stage, in the order that the person wants."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.engine.conftest import ENDINGS, KEY, Bench
from tests.engine.raw import RawServer, answer
from tests.engine.test_saving import images
from tui.core.events import Cancelled, Done, Event, Receiving, Sent
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.job import Settings
from tui.engine.thread import EngineThread
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]


async def test_a_queued_job_is_cancelled_before_anything_goes_out(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench(parallel=1, deadline=2)
    first = b.submit(provider, "fault:timeout")
    second = b.submit(provider)
    b.runner.cancel(second)
    b.runner.cancel(second)
    ending = await b.end(second)
    assert isinstance(ending, Cancelled)
    assert not ending.sent
    b.runner.cancel(first)
    await b.end(first)
    assert len(sandbox.posts) <= 1
    b.runner.cancel("no such job")


async def test_cancelling_after_the_request_went_out_says_that_it_may_cost(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench()
    job = b.submit(provider, "fault:timeout")
    await b.until(Sent)
    while not sandbox.posts:  # noqa: ASYNC110  the server has no event to wait for
        await asyncio.sleep(0.005)
    b.runner.cancel(job)
    ending = await b.end(job)
    assert isinstance(ending, Cancelled)
    assert ending.sent
    assert b.kept == {}, "nothing came that could be kept"


async def test_cancelling_while_the_answer_comes_keeps_what_came(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + images(1)[:40], hang=True)
        b = bench()
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        await b.until_kept("response.part")
        b.runner.cancel(job)
        ending = await b.end(job)
    assert isinstance(ending, Cancelled)
    assert ending.sent
    assert b.kept["response.part"] == images(1)[:40]


async def test_no_more_jobs_run_at_once_than_the_person_allows(bench: Make) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def slow(connection: socket.socket) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.03)
        with lock:
            now -= 1
        connection.sendall(answer(images(1)))

    with RawServer() as server:
        server.on("POST", slow)
        b = bench(parallel=3)
        jobs = [b.submit(Provider("x", f"{server.url}/v1", KEY)) for _ in range(9)]
        assert len(b.runner.running) == 3
        assert len(b.runner.queued) == 6
        for job in jobs:
            assert isinstance(await b.end(job), Done)
    assert most == 3
    assert b.runner.running == b.runner.queued == ()
    assert len({path.name for path in b.files}) == 9


async def test_the_queue_can_be_put_in_another_order_and_widened(bench: Make, provider: Provider) -> None:
    b = bench(parallel=1)
    _, *line = (b.submit(provider, f"number {n}") for n in range(4))
    b.runner.move(line[2], -9)
    assert b.runner.queued == (line[2], line[0], line[1])
    b.runner.move(line[2], 1)
    assert b.runner.queued == (line[0], line[2], line[1])
    b.runner.configure(replace(b.runner.settings, parallel=4))
    assert b.runner.queued == ()
    for job in line:
        await b.end(job)


async def test_progress_is_told_at_most_ten_times_a_second(bench: Make, provider: Provider) -> None:
    b = bench()
    await b.run(provider, n=6, size="1536x1024")
    between = [event for event in b.of(Receiving) if event.received > 0]
    seconds = between[-1].at - between[0].at
    assert len(between) <= seconds * 10 + 3


def test_the_engine_runs_in_a_thread_of_its_own(tmp_path: Path, sandbox: Sandbox) -> None:
    events: list[Event] = []
    ended = threading.Event()

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, ENDINGS):
            ended.set()

    engine = EngineThread(Settings(out=tmp_path / "library"), emit=hear, record=lambda *_: None)
    engine.start()
    engine.warm()
    job = engine.submit(Request("a fox", "dall-e-2", parameters={"size": "256x256"}), Provider("x", sandbox.base_url))
    assert ended.wait(30)
    assert {event.job for event in events} == {job}
    assert isinstance(events[-1], Done)
    ended.clear()
    job = engine.submit(Request("fault:timeout", "dall-e-2"), Provider("x", sandbox.base_url))
    engine.cancel(job)
    assert ended.wait(30)
    assert isinstance(events[-1], Cancelled)
    engine.close()
    engine.close()
    engine.cancel(job)
