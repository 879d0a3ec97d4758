"""Every fault, as it goes over the wire."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.heard import FLARE, LOST, SIZE, Heard, ask, exchange
from tests.sandbox.test_link_faults import LINKS
from tui.sandbox.damage import BOMB
from tui.sandbox.faults import FAULTS, UnknownFaultError, parse
from tui.sandbox.server import Sandbox

REFUSALS: dict[str, tuple[int, str | None]] = {
    "rate-limit": (429, "rate_limit_exceeded"),
    "rate-limit-seconds": (429, "rate_limit_exceeded"),
    "rate-limit-date": (429, "rate_limit_exceeded"),
    "rate-limit-long": (429, "rate_limit_exceeded"),
    "rate-limit-bare": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "billing-limit": (429, "billing_hard_limit_reached"),
    "spend-limit": (429, "project_spend_limit_exceeded"),
    "bad-value": (400, "invalid_value"),
    "moderation": (400, "moderation_blocked"),
    "content-policy": (400, "content_policy_violation"),
    "hostile-error": (400, "invalid_value"),
    "bad-key": (401, "invalid_api_key"),
    "unverified": (403, None),
    "no-model": (404, "model_not_found"),
    "request-timeout": (408, None),
    "conflict": (409, None),
    "unprocessable": (422, None),
    "server-error": (500, None),
    "unavailable": (503, None),
    "overloaded": (529, None),
    "error-200": (200, None),
}
PAGES = {"too-large": 413, "bad-gateway": 502, "gateway-timeout": 504, "proxy-timeout": 524, "html": 200}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_openai_s_body(name: str, sandbox: Sandbox) -> None:
    heard = ask(sandbox, name)
    assert (heard.status, heard.error["code"]) == REFUSALS[name]
    assert heard.error["message"] and "param" in heard.error and "type" in heard.error
    assert heard.headers["content-type"] == "application/json" and heard.headers["x-request-id"].startswith("req_")


def test_a_gateway_may_ask_for_the_retry_that_would_cost_twice(sandbox: Sandbox) -> None:
    assert ask(sandbox, "gateway-timeout").headers["x-should-retry"] == "true"


@pytest.mark.parametrize("name", PAGES)
def test_a_gateway_answers_with_a_web_page(name: str, sandbox: Sandbox) -> None:
    heard = ask(sandbox, name)
    assert heard.status == PAGES[name]
    assert heard.headers["content-type"].startswith("text/html") and b"<h1>" in heard.body


def test_a_rate_limit_says_when_to_come_back() -> None:
    with Sandbox(clock=lambda: 1_700_000_000.0) as sandbox:
        assert ask(sandbox, "rate-limit").headers["retry-after-ms"] == "1500"
        assert ask(sandbox, "rate-limit-seconds").headers["retry-after"] == "2"
        date = ask(sandbox, "rate-limit-date").headers["retry-after"]
        assert parsedate_to_datetime(date).timestamp() == 1_700_000_003
        assert int(ask(sandbox, "rate-limit-long").headers["retry-after"]) > 120
        assert not {"retry-after", "retry-after-ms"} & set(ask(sandbox, "rate-limit-bare").headers)


def test_moderation_tells_its_stage_and_categories(sandbox: Sandbox) -> None:
    error = ask(sandbox, "moderation").error
    assert error["type"] == "image_generation_user_error"
    assert error["moderation_details"] == {"moderation_stage": "output", "categories": ["violence", "sexual"]}


def test_a_bad_value_names_its_parameter(sandbox: Sandbox) -> None:
    assert ask(sandbox, "bad-value").error["param"] == "size"


def test_a_hostile_error_carries_what_must_not_reach_a_terminal(sandbox: Sandbox) -> None:
    message = ask(sandbox, "hostile-error").error["message"]
    assert "\x1b]52;" in message and "\x9b" in message and "\u202e" in message and "[@click=" in message


def test_an_error_can_be_a_plain_string(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "error-text")
    assert heard.status == 400 and isinstance(json.loads(heard.body)["error"], str)


def test_an_endpoint_that_is_gone_says_nothing_at_all(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "gone")
    assert (heard.status, heard.body) == (404, b"") and "content-type" not in heard.headers


def test_a_redirect_points_back_at_itself(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "redirect")
    assert (heard.status, heard.headers["location"]) == (307, "/v1/images/generations")


@pytest.mark.parametrize(("name", "body"), [("empty-object", b"{}"), ("null", b"null")])
def test_a_200_can_say_nothing(name: str, body: bytes, sandbox: Sandbox) -> None:
    heard = ask(sandbox, name)
    assert (heard.status, heard.body, heard.headers["content-type"]) == (200, body, "application/json")


def test_a_timeout_is_silence_until_the_client_leaves(sandbox: Sandbox) -> None:
    assert ask(sandbox, "timeout", patience=0.5).end == "silence"
    wait_for(lambda: not serving())


def test_a_timeout_ends_when_the_server_stops() -> None:
    with Sandbox() as sandbox:
        heard: list[Heard] = []
        asking = threading.Thread(target=lambda: heard.append(ask(sandbox, "timeout")))
        asking.start()
        wait_for(lambda: bool(sandbox.posts))
    asking.join(10)
    assert heard[0].status == 0 and heard[0].end != "silence"
    wait_for(lambda: not serving())


def test_a_client_that_sends_ahead_does_not_keep_the_server_from_stopping() -> None:
    body = json.dumps({"model": FLARE, "size": SIZE, "prompt": "fault:timeout"}).encode()
    head = f"POST /v1/images/generations HTTP/1.1\r\nAuthorization: Bearer k\r\nContent-Length: {len(body)}\r\n\r\n"
    with Sandbox() as sandbox:
        address = urlsplit(sandbox.base_url)
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=5) as line:
            line.sendall(head.encode() + body)
            wait_for(lambda: bool(sandbox.posts))
            line.sendall(b"GET /v1/mo")
            sandbox.stop()
            wait_for(lambda: not serving())


def serving() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]


def wait_for(happened: Callable[[], bool], patience: float = 10) -> None:
    until = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def test_a_drip_never_lets_a_read_time_out_and_never_ends(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.base_url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=5) as line:
        body = json.dumps({"model": FLARE, "size": SIZE, "prompt": "fault:drip"}).encode()
        head = "POST /v1/images/generations HTTP/1.1\r\nAuthorization: Bearer k\r\nContent-Length: "
        line.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        heard = b""
        while heard.count(b"1\r\n \r\n") < 4:
            heard += line.recv(4096)
    assert b"Transfer-Encoding: chunked" in heard and not heard.endswith(b"0\r\n\r\n")
    wait_for(lambda: not serving())


def test_a_reset_and_a_hang_up_come_before_the_answer(sandbox: Sandbox) -> None:
    assert ask(sandbox, "reset").end == "ConnectionResetError"
    assert ask(sandbox, "hang-up").end == "RemoteDisconnected"


def test_a_short_body_is_half_of_what_was_announced(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "short-body")
    assert heard.status == 200 and heard.end == LOST
    assert len(heard.body) == int(heard.headers["content-length"]) // 2


def test_cut_chunks_have_no_last_chunk(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "cut-chunks")
    assert (heard.status, heard.end) == (200, LOST) and heard.body.startswith(b"{")


def test_broken_json_ends_cleanly(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "broken-json")
    assert (heard.status, heard.end) == (200, "whole")
    with pytest.raises(json.JSONDecodeError):
        json.loads(heard.body)


def test_cut_base64_decodes_to_half_an_image(sandbox: Sandbox) -> None:
    text = json.loads(ask(sandbox, "cut-base64").body)["data"][0]["b64_json"]
    content = base64.b64decode(text, validate=True)
    assert content.startswith(b"\x89PNG") and not content.endswith(b"IEND\xaeB`\x82")


def test_what_is_no_image_is_still_base64(sandbox: Sandbox) -> None:
    text = json.loads(ask(sandbox, "not-an-image").body)["data"][0]["b64_json"]
    assert base64.b64decode(text, validate=True).startswith(b"This is not an image.")


def test_gzip_comes_though_identity_was_asked_for(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "gzip")
    assert heard.headers["content-encoding"] == "gzip"
    assert json.loads(zlib.decompress(heard.body, wbits=31))["data"][0]["b64_json"]


def test_a_gzip_bomb_is_small_until_it_is_inflated(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "gzip-bomb")
    assert len(heard.body) < 2_000_000
    inflater, inflated, rest = zlib.decompressobj(wbits=31), 0, heard.body
    while rest:
        inflated += len(inflater.decompress(rest, 1 << 20))
        rest = inflater.unconsumed_tail
    assert BOMB < inflated < BOMB + 1000


PARTIALS = ["image_generation.partial_image"] * 2
COMPLETED = "image_generation.completed"
STREAMS = {
    "stream-cut": (PARTIALS, "whole"),
    "stream-error": ([*PARTIALS, "error"], "whole"),
    "stream-unknown": (["image_generation.thinking", *PARTIALS, COMPLETED], "whole"),
    "stream-twice": ([*PARTIALS, COMPLETED, COMPLETED], "whole"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_spoilt_stream_has_these_events(name: str, sandbox: Sandbox) -> None:
    heard = ask(sandbox, name)
    assert heard.headers["content-type"].startswith("text/event-stream")
    assert ([event["type"] for event in heard.events], heard.end) == STREAMS[name]


def test_an_error_event_has_the_error_at_its_top(sandbox: Sandbox) -> None:
    assert ask(sandbox, "stream-error").events[-1]["error"]["code"] == "server_error"


def test_a_stream_can_be_reset_inside_its_last_event(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "stream-reset")
    assert heard.end != "whole" and heard.body.count(b"event: image_generation.partial_image") == 2


def test_a_server_can_ignore_that_a_stream_was_asked_for(sandbox: Sandbox) -> None:
    heard = ask(sandbox, "stream-ignored")
    assert heard.headers["content-type"] == "application/json" and json.loads(heard.body)["data"][0]["b64_json"]


def test_every_fault_has_a_test() -> None:
    alone = (
        "error-text gone redirect empty-object null timeout drip reset hang-up short-body cut-chunks broken-json "
        "cut-base64 not-an-image gzip gzip-bomb stream-reset stream-ignored "
        "link-reset link-short link-huge link-redirect link-private"
    )
    tested = {*REFUSALS, *PAGES, *STREAMS, *LINKS, *alone.split()}
    assert tested == set(FAULTS)


def test_every_fault_says_what_it_does_in_a_line() -> None:
    assert all(name == fault.name and 10 < len(fault.about) < 70 for name, fault in FAULTS.items())


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS.values() if fault.name not in ("drip", "timeout")])
def test_what_a_provider_would_charge_stands_in_the_books(name: str, sandbox: Sandbox) -> None:
    ask(sandbox, name)
    assert list(sandbox.billed.values()) == ([1] if FAULTS[name].charges else [])
    assert len(sandbox.sent) == (1 if FAULTS[name].delivers and FAULTS[name].needs != "url" else 0)


def test_a_fault_can_strike_a_number_of_times_and_then_let_through(sandbox: Sandbox) -> None:
    assert [ask(sandbox, "rate-limit*2").status for _ in range(3)] == [429, 429, 200]
    assert [ask(sandbox, "rate-limit*2").status for _ in range(3)] == [429, 429, 200]


def test_a_fault_of_the_server_strikes_whatever_it_fits() -> None:
    def send(fields: dict[str, Any]) -> Heard:
        body = json.dumps({"model": FLARE, "size": SIZE, **fields}).encode()
        return exchange(sandbox.base_url, "POST", "/v1/images/generations", body)

    with Sandbox(faults=["stream-cut", "server-error*1", "link-missing"]) as sandbox:
        assert [send({"prompt": "x"}).status for _ in range(2)] == [500, 200]
        assert send({"prompt": "y", "stream": True}).events == []
        small = {"prompt": "z", "model": "dall-e-2", "size": "256x256"}
        assert send(small).status == 500
        parts = urlsplit(json.loads(send(small).body)["data"][0]["url"])
        assert exchange(sandbox.base_url, "GET", f"{parts.path}?{parts.query}").status == 404


def test_an_unknown_fault_is_refused_with_the_names(sandbox: Sandbox) -> None:
    body = json.dumps({"model": FLARE, "prompt": "fault:nonsense"}).encode()
    heard = exchange(sandbox.base_url, "POST", "/v1/images/generations", body)
    assert heard.status == 400 and all(name in heard.error["message"] for name in FAULTS)
    with pytest.raises(UnknownFaultError, match="rate-limit"):
        Sandbox(faults=["nonsense"])
    for wrong in ("quota*", "quota*x", "*2"):
        with pytest.raises(UnknownFaultError):
            parse(wrong)


def test_a_fault_that_can_not_show_itself_says_what_it_needs(sandbox: Sandbox) -> None:
    body = json.dumps({"model": FLARE, "prompt": "fault:stream-cut"}).encode()
    heard = exchange(sandbox.base_url, "POST", "/v1/images/generations", body)
    assert heard.status == 400 and "stream" in heard.error["message"]


def test_clients_that_leave_are_not_worth_a_word(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("timeout", "short-body", "reset"):
        ask(sandbox, name, patience=0.2)
    address = urlsplit(sandbox.base_url)
    for start in (
        b"",
        b"POST /v1/images/generations HTTP/1.1\r\nContent-Le",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
    ):
        with socket.create_connection((str(address.hostname), address.port or 0)) as line:
            line.sendall(start)
    wait_for(lambda: not serving())
    assert capfd.readouterr().err == ""
