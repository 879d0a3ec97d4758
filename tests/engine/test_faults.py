"""Every bad day of a provider: how often it is asked, how the job ends, what is said, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.conftest import KEY, Bench
from tui.core.events import Cancelled, Done, Failed, Partial, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.sandbox.faults import FAULTS
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]


@dataclass(frozen=True)
class Row:
    """A fault, the POSTs with one retry allowed, the ending, its kind, words of its message, and names kept."""

    fault: str
    posts: int
    ending: type
    kind: Kind
    words: str = ""
    kept: frozenset[str] = frozenset()


RESPONSE, PART = frozenset({"response"}), frozenset({"response.part"})
ROWS = [
    Row("rate-limit", 2, Failed, Kind.RATE_LIMIT, "Rate limit reached"),
    Row("rate-limit-bare", 2, Failed, Kind.RATE_LIMIT),
    Row("quota", 1, Failed, Kind.QUOTA, "quota"),
    Row("billing-limit", 1, Failed, Kind.QUOTA),
    Row("spend-limit", 1, Failed, Kind.QUOTA),
    Row("bad-value", 1, Failed, Kind.BAD_REQUEST, "size"),
    Row("moderation", 1, Failed, Kind.MODERATION, "safety system"),
    Row("content-policy", 1, Failed, Kind.MODERATION),
    Row("error-text", 1, Failed, Kind.BAD_REQUEST, "the prompt was not understood"),
    Row("hostile-error", 1, Failed, Kind.BAD_REQUEST),
    Row("bad-key", 1, Failed, Kind.AUTHENTICATION),
    Row("unverified", 1, Failed, Kind.PERMISSION, "verified"),
    Row("no-model", 1, Failed, Kind.NOT_FOUND),
    Row("gone", 1, Failed, Kind.NOT_FOUND, "nothing at this address"),
    Row("too-large", 1, Failed, Kind.BAD_REQUEST, "Request Entity Too Large"),
    Row("unprocessable", 1, Failed, Kind.BAD_REQUEST),
    Row("conflict", 2, Failed, Kind.CONFLICT),
    Row("server-error", 2, Failed, Kind.SERVER),
    Row("unavailable", 2, Failed, Kind.SERVER, "overloaded"),
    Row("overloaded", 2, Failed, Kind.SERVER),
    Row("redirect", 1, Failed, Kind.REDIRECT, "/v1/images/generations"),
    Row("request-timeout", 1, Unknown, Kind.GATEWAY, kept=PART),
    Row("bad-gateway", 1, Unknown, Kind.GATEWAY, "Bad Gateway", PART),
    Row("gateway-timeout", 1, Unknown, Kind.GATEWAY, kept=PART),
    Row("proxy-timeout", 1, Unknown, Kind.GATEWAY, kept=PART),
    Row("reset", 1, Unknown, Kind.INTERRUPTED),
    Row("hang-up", 1, Unknown, Kind.INTERRUPTED),
    Row("short-body", 1, Unknown, Kind.INTERRUPTED, kept=PART),
    Row("cut-chunks", 1, Unknown, Kind.INTERRUPTED, kept=PART),
    Row("html", 1, Failed, Kind.UNEXPECTED, "web page", RESPONSE),
    Row("empty-object", 1, Failed, Kind.UNEXPECTED, "without an image", RESPONSE),
    Row("null", 1, Failed, Kind.UNEXPECTED, "null", RESPONSE),
    Row("error-200", 1, Failed, Kind.UNEXPECTED, "The server had an error", RESPONSE),
    Row("broken-json", 1, Unknown, Kind.UNEXPECTED, "cut off", RESPONSE),
    Row("not-an-image", 1, Failed, Kind.UNEXPECTED, "no image", RESPONSE),
    Row("gzip-bomb", 1, Failed, Kind.UNEXPECTED, "compressed", RESPONSE),
]
STREAM_ROWS = [
    Row("stream-cut", 1, Unknown, Kind.UNEXPECTED, "without an image", RESPONSE),
    Row("stream-reset", 1, Unknown, Kind.INTERRUPTED, kept=PART),
    Row("stream-error", 1, Unknown, Kind.UNEXPECTED, "could not be completed", RESPONSE),
]


async def check(b: Bench, sandbox: Sandbox, row: Row, ending: object) -> None:
    assert isinstance(ending, Failed | Unknown), ending
    assert type(ending) is row.ending
    failure = ending.failure
    assert len(sandbox.posts) == b.attempts == row.posts
    assert failure.kind is row.kind
    assert row.words in failure.message
    assert failure.unknown is (row.ending is Unknown)
    assert failure.advice
    assert row.kept <= set(b.kept)
    if row.ending is Failed and not row.kept:
        assert b.kept == {}
    if row.ending is Unknown:
        assert "request.json" in b.kept
        assert ending.received == len(b.kept.get("response.part", b.kept.get("response", b"")))
    assert sum(sandbox.billed.values()) <= 1
    assert b.files == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
async def test_fault(bench: Make, sandbox: Sandbox, provider: Provider, row: Row) -> None:
    b = bench(retries=1)
    await check(b, sandbox, row, await b.run(provider, f"fault:{row.fault} a fox"))


@pytest.mark.parametrize("row", STREAM_ROWS, ids=lambda row: row.fault)
async def test_stream_fault(bench: Make, sandbox: Sandbox, provider: Provider, row: Row) -> None:
    b = bench(retries=1)
    await check(b, sandbox, row, await b.run(provider, f"fault:{row.fault} a fox", stream=True, partial_images=2))
    assert len(b.of(Partial)) == 2
    assert {"partial-0-0.png", "partial-0-1.png"} <= set(b.kept), "partials are kept when the final never comes"


def test_every_fault_of_the_sandbox_is_tried_here() -> None:
    tried = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in FAULTS if f'"{name}"' not in tried and f"fault:{name}" not in tried] == []


@pytest.mark.parametrize("fault", ["drip", "timeout"])
async def test_the_deadline_holds_against_silence_and_against_a_slow_drip(
    bench: Make, sandbox: Sandbox, provider: Provider, fault: str
) -> None:
    b = bench(deadline=0.6)
    ending = await b.run(provider, f"fault:{fault} a fox")
    assert isinstance(ending, Unknown)
    assert ending.failure.kind is Kind.TIMEOUT
    assert len(sandbox.posts) == 1
    assert (ending.received > 0) is (fault == "drip")


async def test_an_image_cut_short_is_saved_and_said(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench()
    ending = await b.run(provider, "fault:cut-base64 a fox")
    assert isinstance(ending, Done)
    assert ending.fewer == "image 1 ends early"
    assert len(b.files) == 1


async def test_moderation_tells_stage_and_categories(bench: Make, provider: Provider) -> None:
    ending = await bench().run(provider, "fault:moderation a fox")
    assert (ending.failure.stage, ending.failure.categories) == ("output", ("violence", "sexual"))
    assert ending.failure.request_id


async def test_hostile_text_arrives_clean(bench: Make, provider: Provider) -> None:
    ending = await bench().run(provider, "fault:hostile-error a fox")
    assert not any(ord(letter) < 32 or letter in "\x9b\u202e" for letter in ending.failure.message)


@pytest.mark.parametrize(("fault", "low", "high"), [
    ("rate-limit", 1.5, 1.5), ("rate-limit-seconds", 2, 2), ("rate-limit-date", 1, 3), ("unavailable", 0.0007, 0.001),
])  # fmt: skip
async def test_a_wait_is_told_before_it_begins_and_can_be_cancelled(
    bench: Make, sandbox: Sandbox, provider: Provider, fault: str, low: float, high: float
) -> None:
    b = bench(retries=2)
    job = b.submit(provider, f"fault:{fault} a fox")
    waiting = await b.until(Waiting)
    assert low <= waiting.seconds <= high
    assert (waiting.attempt, waiting.attempts) == (2, 3)
    if low >= 1:
        b.runner.cancel(job)
        ending = await b.end(job)
        assert isinstance(ending, Cancelled)
        assert not ending.sent, "the server had refused"
        assert len(sandbox.posts) == 1
        assert b.kept == {}


async def test_a_refusal_that_passes_ends_well(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench(retries=2)
    ending = await b.run(provider, "fault:unavailable*2 a fox")
    assert isinstance(ending, Done)
    assert len(sandbox.posts) == 3
    assert [wait.attempt for wait in b.waits] == [2, 3]
    assert sum(sandbox.billed.values()) == 1


async def test_no_retries_means_none(bench: Make, sandbox: Sandbox, provider: Provider) -> None:
    b = bench(retries=0)
    assert isinstance(await b.run(provider, "fault:unavailable a fox"), Failed)
    assert len(sandbox.posts) == 1


@pytest.mark.parametrize(("choice", "posts"), [("retry", 2), ("stop", 1)])
async def test_a_long_wait_is_the_persons_to_decide(
    bench: Make, sandbox: Sandbox, provider: Provider, choice: str, posts: int
) -> None:
    b = bench(retries=1)
    job = b.submit(provider, "fault:rate-limit-long a fox")
    asked = await b.until(Waiting)
    assert asked.seconds is None
    assert asked.choices == ("retry", "stop")
    assert asked.failure.retry_after == 600
    b.runner.answer(job, "something else")
    b.runner.answer(job, choice)
    assert isinstance(await b.end(job), Failed)
    assert len(sandbox.posts) == posts


async def test_no_event_and_no_log_line_holds_a_secret(
    bench: Make, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "safelight")
    b = bench(retries=1)
    for prompt in ("a fox", "fault:bad-key", "fault:reset", "fault:html", "fault:redirect"):
        await b.run(provider, prompt)
    job = b.submit(provider, "fault:link-expired", model="dall-e-2", response_format="url")
    asked = await b.until(Waiting, lambda event: event.url)
    b.runner.answer(job, "skip")
    await b.end(job)
    said = repr(b.events) + caplog.text
    assert KEY not in said
    assert "sig=" in asked.url
    assert "sig=" not in said
    assert KEY.encode() not in b"".join(b.kept.values())
