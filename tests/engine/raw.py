"""A server that says exactly what it is told, for what an HTTP library can't produce."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Self

Script = bytes | Callable[[socket.socket], None]


def answer(body: bytes, kind: str = "application/json", status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer."""
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def reset(connection: socket.socket) -> None:
    """End a connection so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class RawServer:
    """One thread a connection; `on` says what a method is answered, then the connection ends.

    With `tls` it speaks through that; `greet` is called with a connection as soon as there is one.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.greet: Callable[[socket.socket], None] | None = None
        self.heard: list[bytes] = []
        self.connections = 0
        self._scripts: dict[str, tuple[Script, bool]] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self.go_on = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, method: str, script: Script, *, hang: bool = False) -> None:
        """Bytes to send, or a function of the connection; `hang` keeps the connection open after them."""
        self._scripts[method] = (script, hang)

    def wait_for(self, method: str) -> None:
        """Until a request with this method was heard."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(text.startswith(method.encode()) for text in self.heard), 30)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._serve(connection))

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            ends.enter_context(connection)
            if self.greet is not None:
                self.greet(connection)
                return
            if self._tls is not None:
                connection = ends.enter_context(self._tls.wrap_socket(connection, server_side=True))
            text = self._request(connection)
            if not text:
                return
            with self._changed:
                self.heard.append(text)
                self._changed.notify_all()
            script, hang = self._scripts.get(text.split(b" ")[0].decode("ascii", "replace"), (b"", False))
            if callable(script):
                script(connection)
            else:
                connection.sendall(script)
            if hang:
                self._ended.wait(30)

    def _request(self, connection: socket.socket) -> bytes:
        text = b""
        while b"\r\n\r\n" not in text:
            if not (piece := connection.recv(65536)):
                return b""
            text += piece
            # A TLS greeting is no request, and is hung up on.
            if text[:1] == b"\x16":
                return b""
        head, _, body = text.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                while len(body) < int(value):
                    body += connection.recv(65536)
        return head + b"\r\n\r\n" + body
