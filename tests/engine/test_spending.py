"""No job goes over the person's limits without being asked about, and none is asked about that does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import Bench
from tui.core.events import Cancelled, Done, Failed, Queued, Sent, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.limits import Limits
from tui.core.provider import SANDBOX, Provider
from tui.core.request import Request
from tui.core.spending import midnight
from tui.engine.spending import Ledger
from tui.engine.spool import Entry
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]
# What dall-e-2 costs at 256x256.
PRICE = 0.016
IMAGE = {"model": "dall-e-2", "response_format": "b64_json"}


def asked(b: Bench) -> list[Waiting]:
    return [wait for wait in b.waits if wait.failure.kind is Kind.LIMIT]


async def test_a_job_over_the_limit_asks_before_anything_is_sent(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench(limits=Limits(per_day=0.01))
    job = b.submit(provider, **IMAGE)
    question = await b.until(Waiting)
    assert question.seconds is None
    assert question.choices == ("send", "stop")
    assert question.failure.message == "it may cost $0.0160, and $0.00 of today's $0.0100 is spent"
    assert (sandbox.posts, b.kept) == ([], {})
    b.runner.answer(job, "stop")
    ending = await b.end(job)
    assert isinstance(ending, Failed)
    assert ending.failure.kind is Kind.LIMIT
    assert ending.failure.advice == "Nothing was sent."
    assert (sandbox.posts, b.kept, b.attempts) == ([], {}, 0)


async def test_a_job_is_sent_on_the_persons_word(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench(limits=Limits(per_session=0.01))
    job = b.submit(provider, **IMAGE)
    await b.until(Waiting)
    b.runner.answer(job, "send")
    assert isinstance(await b.end(job), Done)
    assert len(sandbox.posts) == 1


async def test_a_job_that_asks_can_be_cancelled_and_keeps_no_other_from_running(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench(limits=Limits(per_day=0.02), parallel=1)
    dear = b.submit(provider, n=2, **IMAGE)
    cheap = b.submit(provider, **IMAGE)
    assert isinstance(await b.end(cheap), Done)
    b.runner.cancel(dear)
    ending = await b.end(dear)
    assert isinstance(ending, Cancelled)
    assert not ending.sent
    assert len(sandbox.posts) == 1


async def test_jobs_that_start_together_count_each_other(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench(limits=Limits(per_session=3 * PRICE), parallel=5)
    jobs = [b.submit(provider, f"fox {number}", **IMAGE) for number in range(5)]
    await b.until(Waiting, lambda _: len(asked(b)) == 2)
    for question in asked(b):
        b.runner.answer(question.job, "stop")
    endings = [await b.end(job) for job in jobs]
    assert sum(isinstance(ending, Done) for ending in endings) == len(sandbox.posts) == 3


async def test_what_a_run_has_spent_is_what_it_cost_and_not_what_it_might_have(bench: Make, provider: Provider) -> None:
    """The estimate of a quality that the server chooses is far above the cost."""
    b = bench(limits=Limits(per_session=0.3))
    for number in range(3):
        ending = await b.run(provider, f"fox {number}", quality="auto")
        assert isinstance(ending, Done)
    assert b.of(Queued)[0].estimate.high > 0.2
    assert asked(b) == []


@pytest.mark.parametrize("fault", ["gateway-timeout", "short-body", "reset"])
async def test_an_unknown_job_counts_as_spent_also_for_the_next_run(
    bench: Make, sandbox: Sandbox, provider: Provider, fault: str, tmp_path: Path
) -> None:
    first = bench(out=tmp_path, limits=Limits(per_day=PRICE))
    assert isinstance(await first.run(provider, f"fault:{fault}", **IMAGE), Unknown)
    for b in (first, bench(out=tmp_path, limits=Limits(per_day=PRICE))):
        job = b.submit(provider, "one more", **IMAGE)
        await b.until(Waiting)
        assert "$0.0160 of today's $0.0160 is spent" in asked(b)[-1].failure.message
        b.runner.cancel(job)
        await b.end(job)
    assert len(sandbox.posts) == 1


@pytest.mark.parametrize("fault", ["quota", "bad-key", "unavailable", "moderation"])
async def test_a_job_that_the_server_refused_has_cost_nothing(bench: Make, provider: Provider, fault: str) -> None:
    b = bench(limits=Limits(per_session=PRICE, per_day=PRICE), retries=0)
    assert isinstance(await b.run(provider, f"fault:{fault}", **IMAGE), Failed)
    assert isinstance(await b.run(provider, **IMAGE), Done)


async def test_a_job_cancelled_after_it_was_sent_counts(bench: Make, provider: Provider) -> None:
    b = bench(limits=Limits(per_session=PRICE))
    job = b.submit(provider, "fault:timeout", **IMAGE)
    await b.until(Sent)
    b.runner.cancel(job)
    ending = await b.end(job)
    assert ending.sent
    other = b.submit(provider, **IMAGE)
    await b.until(Waiting)
    b.runner.cancel(other)
    await b.end(other)


async def test_what_the_library_knows_of_today_counts(bench: Make, provider: Provider, tmp_path: Path) -> None:
    since: list[float] = []

    def costs(begins: float) -> Mapping[str, float]:
        since.append(begins)
        return {"earlier": 0.99, "another": 0.005}

    b = bench(out=tmp_path, limits=Limits(per_day=1.0), ledger=Ledger(tmp_path, costs))
    job = b.submit(provider, **IMAGE)
    question = await b.until(Waiting)
    assert "$0.995 of today's $1.00" in question.failure.message
    assert since == [midnight()]
    b.runner.cancel(job)
    await b.end(job)


async def test_a_price_that_cannot_be_known_asks_only_where_there_is_a_limit(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    free = bench()
    assert isinstance(await free.run(provider, size="auto"), Done)
    assert free.of(Queued)[0].estimate.why == "the server chooses the size", "told before it is sent"
    b = bench(limits=Limits(per_day=100))
    job = b.submit(provider, size="auto")
    question = await b.until(Waiting)
    assert question.failure.message.startswith("its price can't be known: the server chooses the size")
    b.runner.answer(job, "send")
    assert isinstance(await b.end(job), Done)


async def test_where_nobody_can_say_what_was_spent_it_asks(bench: Make, provider: Provider, tmp_path: Path) -> None:
    def broken(_: float) -> Mapping[str, float]:
        raise OSError("no index")

    b = bench(out=tmp_path, limits=Limits(per_day=100), ledger=Ledger(tmp_path, broken))
    job = b.submit(provider, **IMAGE)
    question = await b.until(Waiting)
    assert "can't be read" in question.failure.message
    b.runner.answer(job, "send")
    assert isinstance(await b.end(job), Done)


async def test_the_sandbox_charges_nothing_and_is_never_asked_about(bench: Make, sandbox: Sandbox) -> None:
    b = bench(limits=Limits(per_day=0.001, per_session=0.001))
    assert isinstance(await b.run(Provider(SANDBOX, sandbox.base_url), **IMAGE), Done)
    assert b.waits == []


async def test_a_limit_that_is_raised_meanwhile_counts_for_the_next_job(bench: Make, provider: Provider) -> None:
    b = bench(limits=Limits(per_day=0.001))
    job = b.submit(provider, **IMAGE)
    await b.until(Waiting)
    b.runner.answer(job, "stop")
    await b.end(job)
    b.runner.configure(type(b.runner.settings)(out=b.out, limits=Limits(per_day=1)))
    assert isinstance(await b.run(provider, **IMAGE), Done)


# --- what lies in the spool ---


def entry(library: Path, job: str, **facts: Any) -> Entry:
    known = {"provider": "openai", "estimate": 0.25, **facts}
    return Entry.create(library, job, Request("a fox", "dall-e-2"), known)


def today(library: Path, costs: Mapping[str, float] | None = None) -> float:
    return Ledger(library, (lambda _: costs) if costs else None).budget(Limits()).today


def test_jobs_of_other_processes_and_of_earlier_runs_count_with_their_estimates(tmp_path: Path) -> None:
    running = entry(tmp_path, "held")
    left = entry(tmp_path, "left")
    left.release()
    assert today(tmp_path) == pytest.approx(0.5)
    running.release()


def test_a_job_that_is_saved_in_part_counts_once_with_the_larger_figure(tmp_path: Path) -> None:
    entry(tmp_path, "one").release()
    assert today(tmp_path, {"one": 0.1, "two": 1.0}) == pytest.approx(1.25)


def test_what_is_of_yesterday_of_the_sandbox_refused_or_unreadable_does_not_count(tmp_path: Path) -> None:
    yesterday = entry(tmp_path, "yesterday")
    data = json.loads((yesterday.folder / "request.json").read_text())
    (yesterday.folder / "request.json").write_text(json.dumps({**data, "at": midnight() - 1}))
    entry(tmp_path, "pretend", provider=SANDBOX)
    refused = entry(tmp_path, "refused")
    refused.note("refused")
    entry(tmp_path, "priceless", estimate=None)
    broken = entry(tmp_path, "broken")
    (broken.folder / "request.json").write_text("{")
    odd = entry(tmp_path, "odd")
    (odd.folder / "request.json").write_text(json.dumps({**data, "at": "soon", "estimate": []}))
    (tmp_path / ".safelight/spool/no entry").write_text("")
    assert today(tmp_path) == 0
    refused.note("kept")
    assert today(tmp_path) == 0
    refused.note("sent", attempt=2)
    assert today(tmp_path) == pytest.approx(0.25), "it was sent again"


async def test_on_the_next_day_only_the_run_still_counts(bench: Make, provider: Provider, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    await bench(out=tmp_path, ledger=ledger).run(provider, **IMAGE)
    today, tomorrow = (ledger.budget(Limits(), time.time() + days * 86_400) for days in (0, 1))
    assert (today.today, today.session) == (pytest.approx(PRICE), pytest.approx(PRICE))
    assert (tomorrow.today, tomorrow.session) == (0, pytest.approx(PRICE))
