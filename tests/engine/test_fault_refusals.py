"""What a server refuses: tried again only where it says that it did nothing, waited for as it asks, told in words."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer
from tui.core.events import Cancelled, Done, Failed, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.engine.job import Settings
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]
MONEY = [
    "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached", "project_spend_limit_exceeded",
    "organization_spend_limit_exceeded", "project_usage_limit_exceeded", "organization_usage_limit_exceeded",
]  # fmt: skip


def refusal(status: int, message: str = "so it is", **error: object) -> Callable[..., bytes]:
    body = json.dumps({"error": {"message": message, "type": None, "param": None, "code": None, **error}}).encode()
    return lambda **headers: answer(body, status=f"{status} X", **{"x-request-id": "req_1", **headers})


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    with RawServer() as running:
        yield running


def at(server: RawServer) -> Provider:
    return Provider("x", f"{server.url}/v1", KEY)


# --- money: never tried again ---


@pytest.mark.parametrize("where", ["code", "type"])
@pytest.mark.parametrize("word", MONEY)
async def test_a_refusal_about_money_ends_whatever_the_server_says_of_waiting(
    bench: Make, server: RawServer, word: str, where: str
) -> None:
    hopeful = {"retry-after": "1", "retry-after-ms": "10", "x-should-retry": "true"}
    server.on("POST", refusal(429, "No more credit.", **{where: word})(**hopeful))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Failed)
    assert len(server.heard) == b.attempts == 1
    assert (ended.failure.kind, ended.failure.request_id) == (Kind.QUOTA, "req_1")
    assert ended.failure.summary == f"429 billing · {word} · No more credit."
    assert "billing settings" in ended.failure.advice
    assert b.waits == []
    assert b.kept == {}


# --- what the request itself is to blame for ---


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_refused_request_ends_with_code_parameter_and_request_id(
    bench: Make, server: RawServer, status: int
) -> None:
    error = refusal(status, "Not like this.", code="some_code", param="size", type="invalid_request_error")
    server.on("POST", error(**{"retry-after": "1", "x-should-retry": "true"}))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Failed)
    assert len(server.heard) == 1
    assert ended.failure.summary.startswith(f"{status} ")
    assert ended.failure.summary.endswith(" · some_code · param size · Not like this.")
    assert ended.failure.request_id == "req_1"
    assert not ended.failure.unknown and ended.failure.advice
    assert b.kept == {}


# --- what did nothing: tried again as often as the person lets it ---


@pytest.mark.parametrize("status", [409, 429, 500, 503, 529])
@pytest.mark.parametrize("retries", [0, 1, 3])
async def test_what_did_nothing_is_tried_again_as_often_as_is_set(
    bench: Make, server: RawServer, status: int, retries: int
) -> None:
    server.on("POST", refusal(status)(**{"x-should-retry": "false"}))
    b = bench(retries=retries)
    ended = await b.run(at(server))
    assert isinstance(ended, Failed)
    assert len(server.heard) == b.attempts == retries + 1
    assert [wait.attempt for wait in b.waits] == list(range(2, retries + 2))
    assert b.kept == {}, "no server was left with a request that nobody knows of"


def test_by_itself_that_is_twice(tmp_path: Path) -> None:
    assert Settings(tmp_path).retries == 2


# --- gateways: unknown ---


@pytest.mark.parametrize("status", [408, 502, 504, 520, 521, 522, 524, 598])
async def test_a_gateway_that_gives_up_leaves_it_unknown_and_its_page_is_kept(
    bench: Make, server: RawServer, status: int
) -> None:
    page = b"<html><head><title>Gave up</title></head></html>"
    headers = {"retry-after": "1", "x-should-retry": "true", "x-request-id": "req_1"}
    server.on("POST", answer(page, "text/html", f"{status} X", **headers))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Unknown)
    assert len(server.heard) == b.attempts == 1
    assert (ended.failure.kind, ended.failure.status, ended.failure.request_id) == (Kind.GATEWAY, status, "req_1")
    assert ended.failure.message == "a web page: Gave up"
    assert "look there before you send it again" in ended.failure.advice
    assert b.kept["response.part"] == page
    assert ended.received == len(page)


# --- redirects: told, never followed ---


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
async def test_a_redirect_even_to_itself_is_one_post(bench: Make, server: RawServer, status: int) -> None:
    server.on("POST", answer(b"", status=f"{status} X", Location="/v1/images/generations?sig=secret"))
    server.on("GET", answer(b"{}"))
    b = bench()
    ended = await b.run(at(server))
    assert isinstance(ended, Failed)
    assert [text.split(b" ")[0] for text in server.heard] == [b"POST"]
    assert ended.failure.kind is Kind.REDIRECT
    assert ended.failure.message == "the server points to /v1/images/generations"
    assert ended.failure.advice.startswith("Nothing was sent there.")
    assert "secret" not in repr(b.events)


# --- how long ---

DATES = {"a minute ago": -60, "in an hour": 3600}


def dated(headers: dict[str, str]) -> dict[str, str]:
    """Headers with dates for words: those of a test's name must not change."""
    now = time.time()
    return {
        name: formatdate(now + DATES[text], usegmt=True) if text in DATES else text for name, text in headers.items()
    }


WAITS = [
    ({"retry-after-ms": "1500"}, 1.5, 1.5),
    ({"retry-after": "7"}, 7, 7),
    ({"retry-after": "0.25"}, 0.25, 0.25),
    ({"retry-after": "120"}, 120, 120),
    ({"retry-after-ms": "250", "retry-after": "60"}, 0.25, 0.25),
    ({"retry-after": "0"}, 0.0007, 0.001),
    ({"retry-after": "a minute ago"}, 0.0007, 0.001),
    ({"retry-after": "-5"}, 0.0007, 0.001),
    ({"retry-after": "nan"}, 0.0007, 0.001),
    ({"retry-after": "soon"}, 0.0007, 0.001),
    ({}, 0.0007, 0.001),
]


@pytest.mark.parametrize(("headers", "low", "high"), WAITS, ids=str)
async def test_a_rate_limit_is_waited_for_as_the_server_asks_and_can_be_cancelled(
    bench: Make, server: RawServer, headers: dict[str, str], low: float, high: float
) -> None:
    server.on("POST", refusal(429, code="rate_limit_exceeded")(**dated(headers)))
    b = bench()
    job = b.submit(at(server))
    waiting = await b.until(Waiting)
    assert low <= waiting.seconds <= high
    assert (waiting.attempt, waiting.attempts, waiting.choices) == (2, 3, ())
    b.runner.cancel(job)
    ended = await b.end(job)
    assert isinstance(ended, Cancelled | Failed)
    if high >= 1:
        assert isinstance(ended, Cancelled) and not ended.sent
        assert len(server.heard) == 1
    assert b.kept == {}


@pytest.mark.parametrize("headers", [
    {"retry-after": "121"}, {"retry-after-ms": "120001"}, {"retry-after": "1e9"},
    {"retry-after": "in an hour"},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("choice", ["retry", "stop"])
async def test_more_than_two_minutes_are_asked_about(
    bench: Make, server: RawServer, headers: dict[str, str], choice: str
) -> None:
    server.on("POST", refusal(429)(**dated(headers)))
    b = bench(retries=1)
    job = b.submit(at(server))
    asked = await b.until(Waiting)
    assert (asked.seconds, asked.choices) == (None, ("retry", "stop"))
    assert "asks to wait" in asked.failure.advice
    b.runner.answer(job, choice)
    assert isinstance(await b.end(job), Failed)
    assert len(server.heard) == (2 if choice == "retry" else 1)


@pytest.mark.parametrize("skew", [-7200, 0, 7200], ids=["slow", "right", "fast"])
async def test_a_date_is_held_against_the_servers_own_clock(bench: Make, server: RawServer, skew: int) -> None:
    """A clock that is two hours wrong must neither wait for two hours nor not at all."""
    theirs = time.time() + skew
    headers = {"Date": formatdate(theirs, usegmt=True), "retry-after": formatdate(theirs + 20, usegmt=True)}
    server.on("POST", refusal(429)(**headers))
    b = bench()
    job = b.submit(at(server))
    assert 19 <= (await b.until(Waiting)).seconds <= 21
    b.runner.cancel(job)
    await b.end(job)


async def test_after_a_wait_the_image_comes_and_is_paid_for_once(
    bench: Make, sandbox: Sandbox, provider: Provider
) -> None:
    b = bench()
    ended = await b.run(provider, "fault:rate-limit*1 a fox")
    assert isinstance(ended, Done)
    assert len(sandbox.posts) == 2
    assert sum(sandbox.billed.values()) == 1
