"""A connection that is never made, or that breaks: what was sent, how often, and what is kept of the answer."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer, reset
from tests.engine.test_downloads import PNG
from tests.engine.test_sending import closed_port
from tui.core.events import Done, Failed, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.engine import client

Make = Callable[..., Bench]
BODY = json.dumps({"created": 1700000000, "data": [{"b64_json": base64.b64encode(PNG).decode()}]}).encode()
HEAD = (
    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\nx-request-id: req_1\r\n\r\n"
).encode()
# Of this machine and trusted by nobody: nothing secret.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg44q6kAt7xGF+WqMa
X47Uq6bHOr4NkYMWrdufHTycYE+hRANCAARhFCaL7pPWF5XsESYQc8EbOAIuDhNX
twujddRzj8ac+isTSQLFHTSxIEQehIUB25KoaHQ8lTg7kZXAtk1OKfO5
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUcA3uYpFod58FzSNSCaKafL3REYIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODE1NDgzMFoYDzIxMjYxMTA0
MTU0ODMwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARhFCaL7pPWF5XsESYQc8EbOAIuDhNXtwujddRzj8ac+isTSQLFHTSx
IEQehIUB25KoaHQ8lTg7kZXAtk1OKfO5o2QwYjAdBgNVHQ4EFgQUOxAMbK3FQ2ad
cTI5OcJlqtDMn6owHwYDVR0jBBgwFoAUOxAMbK3FQ2adcTI5OcJlqtDMn6owDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IBqm3YrQ1EBALI2B/aCV876nLk3ZTH+GjBhfy+yZHdAKAiEA2pijvayB9ZGR/rNd
W3jgp4dF2lbkqa87Pm9yFXLaWEY=
-----END CERTIFICATE-----
"""


def at(server: RawServer, scheme: str = "http") -> Provider:
    return Provider("x", f"{scheme}://127.0.0.1:{server.port}/v1", KEY)


# --- nothing was sent: tried again, with a countdown ---


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of a server that takes no connection: its line of those that wait is full."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        yield int(listener.getsockname()[1])


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[RawServer]:
    """A server that speaks TLS with a certificate of its own."""
    file = tmp_path / "certificate.pem"
    file.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with RawServer(context) as server:
        server.on("POST", answer(BODY))
        yield server


def check_unsent(b: Bench, ending: object, words: str, attempts: int = 3) -> None:
    assert isinstance(ending, Failed)
    assert ending.failure.kind is Kind.CONNECTION
    assert words in ending.failure.message
    assert ending.failure.advice.startswith("Nothing was sent.")
    assert not ending.failure.unknown
    assert b.attempts == attempts
    assert [wait.attempt for wait in b.waits] == list(range(2, attempts + 1))
    assert all(wait.seconds is not None for wait in b.waits)
    assert b.kept == {}


async def test_a_refused_connection(bench: Make) -> None:
    b = bench()
    check_unsent(
        b, await b.run(Provider("x", f"http://127.0.0.1:{closed_port()}/v1", KEY)), "the server refuses the connection"
    )


async def test_a_name_that_nobody_knows(bench: Make) -> None:
    b = bench()
    check_unsent(b, await b.run(Provider("x", "http://nobody.invalid/v1", KEY)), "the server's name is not known")


async def test_a_server_that_takes_no_connection(bench: Make, deaf: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.2)
    b = bench(retries=1)
    ending = await b.run(Provider("x", f"http://127.0.0.1:{deaf}/v1", KEY))
    check_unsent(b, ending, "the server does not answer", attempts=2)


async def test_a_certificate_that_is_not_trusted(bench: Make, untrusted: RawServer) -> None:
    b = bench()
    check_unsent(b, await b.run(at(untrusted, "https")), "the server's certificate is not trusted")
    assert untrusted.heard == []


async def test_a_server_without_tls_behind_an_https_address(bench: Make) -> None:
    with RawServer() as server:
        b = bench()
        ending = await b.run(at(server, "https"))
        assert server.heard == []
    check_unsent(b, ending, "")


async def test_tls_that_ends_in_its_greeting(bench: Make) -> None:
    with RawServer() as server:
        server.greet = reset
        b = bench()
        ending = await b.run(at(server, "https"))
        assert server.heard == []
    check_unsent(b, ending, "")


# --- the connection breaks after the request: unknown, and what came is kept ---

CUTS = {
    "before a byte": 0, "in the status": 9, "in a header": 40, "before the last header's end": len(HEAD) - 2,
    "before the body": len(HEAD), "after a byte of it": len(HEAD) + 1, "before the image": len(HEAD) + 40,
    "in the image": len(HEAD) + 70, "before its end": len(HEAD) + len(BODY) - 5,
}  # fmt: skip


@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize("where", CUTS)
async def test_a_connection_that_ends_early_is_unknown_and_what_came_is_kept(bench: Make, where: str, how: str) -> None:
    """By a reset, what is on its way is lost as well: so the server waits until the last byte has arrived."""
    sent = (HEAD + BODY)[: CUTS[where]]
    with RawServer() as server:

        def cut(connection: socket.socket) -> None:
            connection.sendall(sent)
            if how == "reset":
                if len(sent) > len(HEAD):
                    server.go_on.wait(30)
                reset(connection)

        server.on("POST", cut)
        b = bench()
        job = b.submit(at(server))
        if how == "reset" and len(sent) > len(HEAD):
            await b.until_kept("response.part")
            server.go_on.set()
        ending = await b.end(job)
        assert len(server.heard) == b.attempts == 1
    assert isinstance(ending, Unknown)
    assert ending.failure.kind is Kind.INTERRUPTED
    assert "look there before you send it again" in ending.failure.advice
    came = sent[len(HEAD) :]
    assert (b.kept.get("response.part", b""), ending.received) == (came, len(came))
    assert "request.json" in b.kept
    assert b.files == []
    if came:
        assert ending.kept and ending.kept.read_bytes() == came
        assert "What came is kept in" in ending.failure.advice
    if len(sent) >= len(HEAD):
        assert ending.failure.request_id == "req_1"


async def test_an_answer_that_lacks_only_its_last_bracket_gives_its_image(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", (HEAD + BODY)[:-1])
        b = bench()
        ending = await b.run(at(server))
        assert len(server.heard) == 1
    assert isinstance(ending, Done)
    assert [path.read_bytes() for path in b.files] == [PNG]


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "rest", [b"", b"28\r\nxx", b"nonsense\r\n", b"-1\r\n"], ids=["cut", "short", "bad", "negative"]
)
async def test_a_chunked_body_that_stops_or_goes_wrong_is_unknown(bench: Make, rest: bytes) -> None:
    with RawServer() as server:
        server.on("POST", CHUNKED + b"28\r\n" + BODY[:40] + b"\r\n" + rest)
        b = bench()
        ending = await b.run(at(server))
        assert len(server.heard) == 1
    assert isinstance(ending, Unknown)
    assert b.kept["response.part"].startswith(BODY[:40])
    assert ending.received == len(b.kept["response.part"])


async def test_a_body_without_a_length_that_ends_early_looks_whole_and_is_unknown_all_the_same(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY[:80])
        b = bench()
        ending = await b.run(at(server))
        assert len(server.heard) == 1
    assert isinstance(ending, Unknown)
    assert "cut off" in ending.failure.message
    assert b.kept["response"] == BODY[:80]


async def test_what_is_no_http_at_all_is_unknown(bench: Make) -> None:
    with RawServer() as server:
        server.on("POST", b"220 mail.example ESMTP\r\n")
        b = bench()
        ending = await b.run(at(server))
        assert len(server.heard) == 1
    assert isinstance(ending, Unknown)
    assert b.files == []


# --- time ---


def drip(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return script


@pytest.mark.parametrize("script", [
    b"", HEAD, b"HTTP/1.1 200 OK\r\n",
    drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"), drip(HEAD, b" "), drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
], ids=["silence", "after the head", "in the head", "drip of the head", "drip of the body", "continue"])  # fmt: skip
async def test_no_silence_and_no_drip_outlasts_the_deadline(
    bench: Make, script: bytes | Callable[[socket.socket], None]
) -> None:
    with RawServer() as server:
        server.on("POST", script, hang=True)
        b = bench(deadline=0.4)
        ending = await b.run(at(server))
        assert len(server.heard) == 1
    assert isinstance(ending, Unknown)
    assert ending.failure.kind is Kind.TIMEOUT
    assert "request.json" in b.kept


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0], ids=["forward", "back"])
async def test_a_clock_that_jumps_changes_no_wait_and_no_deadline(
    bench: Make, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    honest = time.time
    with RawServer() as server:
        server.on("POST", answer(b"{}", status="503 X"))
        b = bench(retries=1, deadline=0.5, backoff=0.2)
        job = b.submit(at(server))
        await b.until(Waiting)
        monkeypatch.setattr(time, "time", lambda: honest() + jump)
        server.on("POST", HEAD, hang=True)
        begun = time.monotonic()
        ending = await b.end(job)
        took = time.monotonic() - begun
    assert isinstance(ending, Unknown)
    assert ending.failure.kind is Kind.TIMEOUT
    assert took >= 0.5, "the wait and the deadline, both whole"
    assert b.attempts == 2
