"""The server: listening, serving in threads, and stopping."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tui.sandbox.books import Books, Post
from tui.sandbox.handler import Handler
from tui.sandbox.wire import GoneError

HOST = "127.0.0.1"


class Sandbox:
    """The provider, listening on loopback from the moment it is made; as a context it serves in a thread.

    `faults` are names of `tui.sandbox.faults`, which strike every request that they fit; `pace` is how many seconds
    an image takes to develop; `clock` gives the time in seconds since the epoch.
    Raises UnknownFaultError for a name that the table does not have, OSError for a port that is taken.
    """

    def __init__(
        self, port: int = 0, faults: Sequence[str] = (), pace: float = 0.0, clock: Callable[[], float] = time.time
    ) -> None:
        self._books = Books(faults, pace, clock)
        self._http = _Server(port, self._books)
        self._books.base = f"http://{HOST}:{self._http.server_address[1]}"
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"{self._books.base}/v1"

    @property
    def posts(self) -> list[Post]:
        """Every POST received, in order."""
        return self._books.posts

    @property
    def billed(self) -> Mapping[str, int]:
        """How many images a provider would have charged, by request id."""
        return self._books.billed

    @property
    def made(self) -> Mapping[str, Sequence[str]]:
        """The sha256 of each image that was painted to the end, in order, by request id."""
        return self._books.made

    @property
    def sent(self) -> list[str]:
        """The sha256 of every image answered whole; an image behind a URL counts when it is fetched."""
        return self._books.sent

    def serve(self) -> None:
        """Answer until stopped."""
        while not self._books.stopped.is_set():
            self._http.handle_request()

    def stop(self) -> None:
        """Stop listening and leave every client."""
        if self._books.stopped.is_set():
            return
        self._books.stopped.set()
        if self._thread is not None:
            with contextlib.suppress(OSError):  # wakes the thread, which waits for a connection
                socket.create_connection((HOST, self._http.server_address[1]), timeout=1).close()
            self._thread.join()
        self._http.server_close()
        self._http.leave()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, books: Books) -> None:
        self.books = books
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, port), partial(Handler, books=books))

    def server_bind(self) -> None:
        # The parent's looks its own name up in the DNS, which can take seconds.
        socketserver.TCPServer.server_bind(self)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002  the parent's signature
        return not self.books.stopped.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._clients.discard(request)
        super().shutdown_request(request)

    def leave(self) -> None:
        """Hang up on every client; the threads that serve them end by themselves."""
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that leave: they do it all the time."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | GoneError):
            super().handle_error(request, client_address)
