"""What an image's URL may lead to: which addresses, by which ways, with what sent along and how much let in."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import KEY
from tests.engine.raw import RawServer, answer
from tests.naughty import UNWANTED
from tui.core.provider import Provider
from tui.engine import download
from tui.engine.download import Download
from tui.engine.job import BrokenError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (16).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0" + b"\0\0\0\0IEND\xaeB`\x82"
PUBLIC = Provider("openai", "https://93.184.215.14/v1", KEY)
NEAR = Provider("near", "http://127.0.0.1:1/v1", KEY)


def fetch(url: str, path: Path, provider: Provider) -> None:
    Download(url, path, provider, seconds=20, progress=lambda *_: None).run()


def refused(url: str, path: Path, provider: Provider = PUBLIC) -> str:
    with pytest.raises(BrokenError) as caught:
        fetch(url, path, provider)
    assert not path.exists()
    assert not set(caught.value.failure.summary) & UNWANTED
    return caught.value.failure.message


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1",
    "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001::1",
])  # fmt: skip
def test_an_address_that_is_not_everybodys_is_refused(address: str, tmp_path: Path) -> None:
    host = f"[{address}]" if ":" in address else address
    assert "private address" in refused(f"https://{host}/a.png?sig=x", tmp_path / "image")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_an_address_that_is_everybodys_is_not(address: str) -> None:
    assert download._is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST."])
def test_however_this_machine_is_written_it_is_not_asked(written: str, tmp_path: Path) -> None:
    with RawServer() as server:
        assert refused(f"https://{written}:{server.port}/a.png", tmp_path / "image")
        assert server.heard == []


class Rebinding:
    """Looks names up so that the first answer is public and every later one is this machine, as an attacker's would."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, 0

    def __call__(self, host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
        self.asked += 1
        address = "93.184.215.14" if self.asked == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, self.port))]


def test_the_address_that_is_checked_is_the_one_that_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer() as server:
        # A public name that leads here once it is connected to; nobody else's name server can be had in a test.
        looked_up = Rebinding(server.port)
        looked_up.asked = 1
        monkeypatch.setattr(socket, "getaddrinfo", looked_up)
        assert "private address" in refused(f"https://rebound.example:{server.port}/a.png", tmp_path / "image")
        assert looked_up.asked > 1
        assert server.heard == []


def test_a_provider_in_a_private_network_may_name_its_own_kind_but_not_this_machine(tmp_path: Path) -> None:
    inside = Provider("inside", "https://10.0.0.5/v1", KEY)
    made = Download("https://10.0.0.6/a", tmp_path / "image", inside, seconds=1, progress=lambda *_: None)
    made._private = download._is_private(inside)
    made._check_address(ipaddress.ip_address("10.0.0.6"))
    for address in (
        "127.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "::1",
        "::",
        "fe80::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
    ):
        with pytest.raises(BrokenError, match="private"):
            made._check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("target", [
    "https://10.0.0.1/a", "file:///etc/passwd", "ftp://example.com/a", "gopher://x/",
    "https://user:word@example.com/a", "//169.254.169.254/latest", "https://[::1/",
])  # fmt: skip
def test_where_a_redirect_leads_is_looked_at_as_well(target: str, tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
        assert refused(f"{server.url}/a", tmp_path / "image", NEAR)
        assert len(server.heard) == 1


def test_of_what_comes_with_a_redirect_nothing_is_read(tmp_path: Path) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://10.0.0.1/a\r\nContent-Length: 10000000000\r\n\r\n"
    sent = 0

    def endless_redirect(connection: socket.socket) -> None:
        nonlocal sent
        with suppress(OSError):
            connection.sendall(head)
            while sent < 100 << 20:
                sent += connection.send(bytes(1 << 20))

    with RawServer() as server:
        server.on("GET", endless_redirect)
        assert "private address" in refused(f"{server.url}/a", tmp_path / "image", NEAR)
    assert sent < 100 << 20


@pytest.mark.parametrize("url", ["http://example.com/a.png", "HTTP://93.184.215.14/a.png", "ws://example.com/a"])
def test_only_https_is_fetched_for_a_provider_elsewhere(url: str, tmp_path: Path) -> None:
    assert "only https" in refused(url, tmp_path / "image")


def test_nothing_of_the_person_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password hush-hush\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with RawServer() as server:
        turns = iter([
            b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=hush-hush\r\nContent-Length: 0\r\n\r\n",
            answer(PNG, "image/png"),
        ])  # fmt: skip
        server.on("GET", lambda connection: connection.sendall(next(turns)))
        near = Provider("near", f"{server.url}/v1", KEY, organization="org-hush-hush")
        fetch(f"{server.url}/a?sig=1", tmp_path / "image", near)
        heard = b"".join(server.heard).lower()
    assert (tmp_path / "image").read_bytes() == PNG
    for never in (
        b"authorization",
        b"cookie",
        b"hush-hush",
        KEY.lower().encode(),
        b"openai",
        b"referer",
        b"c29tZWJvZHk",
    ):
        assert never not in heard, never
    assert len(server.heard) == 2


def endless(connection: socket.socket, head: bytes, piece: bytes) -> None:
    with suppress(OSError):
        connection.sendall(head + PNG)
        while True:
            connection.sendall(piece)


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 10000000000\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: lies\r\n\r\n",
])  # fmt: skip
def test_more_than_64_mb_are_not_let_in_whatever_was_said(head: bytes, tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", lambda connection: endless(connection, head, bytes(1 << 20)))
        message = refused(f"{server.url}/a", tmp_path / "image", Provider("near", f"{server.url}/v1"))
    assert "larger than" in message or "broke" in message


def test_what_says_that_it_is_too_large_is_not_waited_for(tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + PNG, hang=True)
        assert "larger than" in refused(f"{server.url}/a", tmp_path / "image", Provider("near", f"{server.url}/v1"))


def test_what_grows_when_it_is_unpacked_is_not_let_in(tmp_path: Path) -> None:
    bomb = gzip.compress(PNG + bytes(200 << 20))
    with RawServer() as server:
        server.on("GET", answer(bomb, "image/png", **{"Content-Encoding": "gzip"}))
        assert "larger than" in refused(f"{server.url}/a", tmp_path / "image", Provider("near", f"{server.url}/v1"))


@pytest.mark.parametrize(("content", "kind"), [
    (b"<html>log in</html>", "image/png"), (b'{"error": 1}', "image/png"), (b"plain words", "text/plain"),
    (b"\x7fELF" + bytes(99), "application/x-executable"), (b"#!/bin/sh\n", "text/x-sh\x1b]0;owned\x07"),
])  # fmt: skip
def test_what_is_no_image_is_not_kept(content: bytes, kind: str, tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", answer(content, kind))
        assert "no image" in refused(f"{server.url}/a", tmp_path / "image", Provider("near", f"{server.url}/v1"))


def test_a_drip_is_ended_when_its_time_is_over(tmp_path: Path) -> None:
    go_on = threading.Event()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PNG)
            while not go_on.wait(0.05):
                connection.sendall(b"x")

    with RawServer() as server:
        server.on("GET", drip)
        provider = Provider("near", f"{server.url}/v1")
        made = Download(f"{server.url}/a", tmp_path / "image", provider, seconds=0.5, progress=lambda *_: None)
        ended = _in_thread(made.run)
        assert ended.wait(20), "it goes on for ever"
        go_on.set()
    assert not (tmp_path / "image").exists()


def _in_thread(work: Callable[[], object]) -> threading.Event:
    ended = threading.Event()

    def run() -> None:
        with suppress(BrokenError):
            work()
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    return ended
