"""When the engine ends: nothing more is sent, what is on its way may still come, and what came is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.engine.conftest import Bench
from tui.core.events import Cancelled, Done, Failed, Receiving, Sent, Unknown, Waiting
from tui.core.provider import Provider
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]


async def test_a_job_on_its_way_is_received_within_the_grace(bench: Make) -> None:
    with Sandbox(pace=0.2) as slow:
        b = bench()
        job = b.submit(Provider("test", slow.base_url, "key"))
        await b.until(Sent)
        await b.runner.close(30)
        assert isinstance(await b.end(job), Done)
        assert len(b.files) == 1
        assert not b.kept


async def test_after_the_grace_it_is_unknown_and_what_came_is_kept(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:drip")
    await b.until(Receiving, lambda event: event.received > 0)
    await b.runner.close(0.05)
    assert isinstance(await b.end(job), Unknown)
    assert b.kept["response.part"]


async def test_what_stands_in_line_is_never_sent(bench: Make, provider: Provider, sandbox: Sandbox) -> None:
    b = bench(parallel=1)
    first, second = b.submit(provider, "fault:timeout"), b.submit(provider, "a fox")
    await b.until(Sent)
    await b.runner.close(0.05)
    assert isinstance(await b.end(first), Unknown)
    assert (await b.end(second)).sent is False
    assert len(sandbox.posts) == 1


async def test_once_the_end_has_begun_a_job_that_ends_lets_no_other_begin(bench: Make) -> None:
    with Sandbox(pace=0.2) as slow:
        b = bench(parallel=1)
        provider = Provider("test", slow.base_url, "key")
        first, second = b.submit(provider), b.submit(provider, "a bear")
        await b.until(Sent)
        b.runner.stop_sending()
        assert isinstance(await b.end(first), Done)
        assert (await b.end(second)).sent is False
        assert len(slow.posts) == 1


async def test_a_job_that_was_not_sent_yet_is_not_sent_any_more(
    bench: Make, provider: Provider, sandbox: Sandbox
) -> None:
    b = bench()
    job = b.submit(provider)
    # One step of the loop: it is about to make its place in the spool.
    await asyncio.sleep(0)
    await b.runner.close(30)
    ending = await b.end(job)
    assert isinstance(ending, Cancelled) and not ending.sent
    assert not sandbox.posts and not b.kept


@pytest.mark.parametrize("fault", ["rate-limit", "rate-limit-long"])
async def test_what_waits_to_be_sent_again_is_not(
    fault: str, bench: Make, provider: Provider, sandbox: Sandbox
) -> None:
    b = bench()
    job = b.submit(provider, f"fault:{fault}*1 a fox")
    await b.until(Waiting)
    await b.runner.close(30)
    ending = await b.end(job)
    assert isinstance(ending, Cancelled) and not ending.sent
    assert len(sandbox.posts) == 1


async def test_a_refusal_that_comes_meanwhile_ends_the_job(bench: Make) -> None:
    with Sandbox(pace=0.2) as slow:
        b = bench()
        job = b.submit(Provider("test", slow.base_url, "key"), "fault:unavailable*1 a fox")
        await b.until(Sent)
        await b.runner.close(30)
        assert isinstance(await b.end(job), Failed | Cancelled)
        assert len(slow.posts) == 1
