"""What goes out, what is told when it doesn't, and what every status means."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import KEY, Bench
from tests.engine.raw import RawServer, answer, reset
from tui.core.events import Failed, Unknown
from tui.core.failures import Kind
from tui.core.provider import OPENAI_BASE_URL, Provider
from tui.sandbox.server import Sandbox

Make = Callable[..., Bench]


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:{closed}/v1", "http://nobody.invalid/v1", "https://127.0.0.1:{plain}/v1",
])  # fmt: skip
async def test_where_nothing_was_sent_it_is_tried_again_with_a_countdown(bench: Make, url: str) -> None:
    with RawServer() as server:
        b = bench(retries=2)
        ending = await b.run(Provider("x", url.format(closed=closed_port(), plain=server.port), KEY))
        assert server.heard == []
    assert isinstance(ending, Failed)
    assert ending.failure.kind is Kind.CONNECTION
    assert not ending.failure.unknown
    assert b.attempts == 3
    assert [wait.attempt for wait in b.waits] == [2, 3]
    assert all(wait.seconds is not None for wait in b.waits)
    assert b.kept == {}


async def test_no_connection_is_used_twice(bench: Make) -> None:
    """A kept connection may die under a request without a word, and nobody would know whether it was sent."""
    with RawServer() as server:
        server.on("POST", answer(b"{}"), hang=True)
        b = bench(parallel=1, deadline=5)
        for _ in range(3):
            await b.run(Provider("x", f"{server.url}/v1", KEY))
        assert server.connections == 3


async def test_what_goes_out_is_the_request_and_nothing_of_the_environment(
    bench: Make, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-another")
    b = bench()
    await b.run(Provider("x", sandbox.base_url, f"{KEY}\n"), "a fox", user="u")
    post = sandbox.posts[0]
    assert post.headers["authorization"] == f"Bearer {KEY}"
    assert not {"openai-organization", "openai-project", "idempotency-key"} & set(post.headers)
    assert post.headers["accept-encoding"] == "identity"
    assert post.body == {
        "model": "gpt-image-2.5-flare", "prompt": "a fox", "size": "1024x1024", "quality": "low", "user": "u",
    }  # fmt: skip


async def test_a_proxy_of_the_environment_is_not_asked_for_a_server_of_this_machine(
    bench: Make, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    ended = await bench().run(Provider("sandbox", sandbox.base_url), model="dall-e-2", response_format="url")
    assert ended.saved == 1


async def test_organisation_and_project_of_the_provider_go_out(bench: Make, sandbox: Sandbox) -> None:
    b = bench()
    await b.run(Provider("x", sandbox.base_url, KEY, organization="org-1", project="proj-1"))
    headers = sandbox.posts[0].headers
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "proj-1")


@pytest.mark.parametrize("key", ["", "sk-schlüssel", "a b"])
async def test_without_a_usable_key_nothing_is_sent(bench: Make, key: str) -> None:
    b = bench()
    ending = await b.run(Provider("openai", OPENAI_BASE_URL, key))
    assert ending.failure.kind is Kind.KEY
    assert b.attempts == 0
    assert key == "" or key not in repr(b.events)


async def test_a_server_of_ones_own_needs_no_key(bench: Make, sandbox: Sandbox) -> None:
    b = bench()
    ending = await b.run(Provider("sandbox", sandbox.base_url))
    assert ending.saved == 1


def test_an_sdk_that_is_too_old_is_refused_with_the_line_that_upgrades_it(tmp_path: Path) -> None:
    (tmp_path / "openai").mkdir()
    (tmp_path / "openai" / "__init__.py").write_text('__version__ = "3.53.9"\n')
    code = "from tui.engine.client import *\ntry: check_version()\nexcept RefusedError as e: print(e.failure.message)"
    path = f"{tmp_path}:{Path(__file__).parents[2]}"
    said = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "openai 3.53.9 is too old: pip install -U 'openai>=3.54,<4'"


def test_the_engine_is_imported_without_what_it_needs_later() -> None:
    code = (
        "import sys, tui.engine.thread\n"
        "print([n for n in ('openai','httpx2','requests','PIL','numpy','textual') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


STATUSES = [
    (400, Kind.BAD_REQUEST, Failed), (401, Kind.AUTHENTICATION, Failed), (402, Kind.QUOTA, Failed),
    (403, Kind.PERMISSION, Failed), (404, Kind.NOT_FOUND, Failed), (408, Kind.GATEWAY, Unknown),
    (409, Kind.CONFLICT, Failed), (413, Kind.BAD_REQUEST, Failed), (418, Kind.BAD_REQUEST, Failed),
    (422, Kind.BAD_REQUEST, Failed), (429, Kind.RATE_LIMIT, Failed), (500, Kind.SERVER, Failed),
    (501, Kind.SERVER, Failed), (502, Kind.GATEWAY, Unknown), (503, Kind.SERVER, Failed),
    (504, Kind.GATEWAY, Unknown), (520, Kind.GATEWAY, Unknown), (524, Kind.GATEWAY, Unknown),
    (529, Kind.SERVER, Failed), (301, Kind.REDIRECT, Failed), (307, Kind.REDIRECT, Failed),
]  # fmt: skip
RETRIED = {409, 429, 500, 503, 529}


@pytest.mark.parametrize(("status", "kind", "ending"), STATUSES, ids=lambda value: str(value))
async def test_status(bench: Make, status: int, kind: Kind, ending: type) -> None:
    error = {"error": {"message": "so it is", "type": "t", "code": "c", "param": "p"}}
    with RawServer() as server:
        body = json.dumps(error).encode()
        headers = {"x-request-id": "req_1", "x-should-retry": "true", "Location": "/x"}
        server.on("POST", answer(body, status=f"{status} X", **headers))
        b = bench(retries=1)
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY))
        assert len(server.heard) == (2 if status in RETRIED else 1), "x-should-retry is not asked"
    assert type(ended) is ending
    failure = ended.failure
    assert (failure.status, failure.kind, failure.request_id, failure.code) == (status, kind, "req_1", "c")
    assert failure.param == "p"
    if status >= 400:
        assert failure.message == "so it is"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"text"', b'{"error": null}', b'{"error": {"message": 5}}', b"<", b"\xff\xfe"]
)
async def test_an_error_of_any_form_ends_clearly(bench: Make, body: bytes) -> None:
    with RawServer() as server:
        server.on("POST", answer(body, status="400 Bad Request"))
        ended = await bench().run(Provider("x", f"{server.url}/v1", KEY))
    assert ended.failure.kind is Kind.BAD_REQUEST
    assert ended.failure.message


async def test_an_endless_error_is_cut(bench: Make) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with RawServer() as server:
        server.on("POST", endless)
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY))
    assert isinstance(ended, Unknown)
    assert 0 < ended.received < 1_000_000


@pytest.mark.parametrize("location", ["https://evil.example/v1?sig=secret", "javascript:alert(1)", "http://[", ""])
async def test_a_redirect_is_told_and_never_followed(bench: Make, location: str) -> None:
    with RawServer() as server:
        server.on("POST", answer(b"", status="308 Permanent Redirect", Location=location))
        b = bench()
        ended = await b.run(Provider("x", f"{server.url}/v1", KEY))
        assert len(server.heard) == 1
    assert ended.failure.kind is Kind.REDIRECT
    assert "secret" not in repr(b.events)


async def test_a_reset_in_the_middle_of_an_answer_keeps_what_came(bench: Make) -> None:
    with RawServer() as server:

        def cut(connection: socket.socket) -> None:
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"created": 1')
            server.go_on.wait(30)
            reset(connection)

        server.on("POST", cut)
        b = bench()
        job = b.submit(Provider("x", f"{server.url}/v1", KEY))
        await b.until_kept("response.part")
        server.go_on.set()
        ended = await b.end(job)
    assert isinstance(ended, Unknown)
    assert ended.kept is not None
    assert ended.kept.read_bytes() == b'{"created": 1'
    assert ended.received == 13
