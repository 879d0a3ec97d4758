"""What goes over the wire: an answer as it should be sent, and a line to the client that can also misbehave."""

from __future__ import annotations

import json
import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

STEP = 0.25  # seconds between two looks at whether the server has been stopped


class GoneError(Exception):
    """The client has left, or the server is being stopped: nobody waits for the rest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. A body that is not bytes is sent in chunks, each piece as soon as it is made."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    kind: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body, laid out as OpenAI lays it out."""
    return Answer(status, json.dumps(content, indent=2).encode(), headers=headers or {})


class Line:
    """The connection to one client. Every method raises GoneError once nobody listens any more."""

    def __init__(self, connection: socket.socket, stopped: threading.Event, common: Mapping[str, str]) -> None:
        self.connection = connection
        self.stopped = stopped
        self.common = common
        self.chunked = True
        self.body_wanted = True
        self.keep = True

    def send(self, answer: Answer) -> None:
        """Send a whole answer as it should be."""
        if isinstance(answer.body, bytes):
            self.head(answer, {"Content-Length": str(len(answer.body))}, answer.body)
            return
        self.begin(answer)
        for piece in answer.body:
            self.chunk(piece)
        self.end()

    def head(self, answer: Answer, framing: Mapping[str, str], body: bytes = b"") -> None:
        """Send the status line and headers, and with them a body that is already whole."""
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Error"
        kind = {} if answer.kind is None else {"Content-Type": answer.kind}
        headers = {"Date": formatdate(time.time(), usegmt=True), **self.common, **kind, **answer.headers, **framing}
        if not self.keep:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        self.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body if self.body_wanted else b""))

    def begin(self, answer: Answer) -> None:
        """Send the head of an answer whose length is not known yet."""
        if self.chunked:
            self.head(answer, {"Transfer-Encoding": "chunked"})
        else:
            self.keep = False
            self.head(answer, {})

    def chunk(self, piece: bytes) -> None:
        self.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self.chunked else piece)

    def end(self) -> None:
        if self.chunked:
            self.write(b"0\r\n\r\n")

    def write(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise GoneError from error

    def close(self) -> None:
        """Close the connection as if all had been said; raises GoneError."""
        self.keep = False
        raise GoneError

    def reset(self) -> None:
        """Drop the connection with a TCP reset; raises GoneError."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise GoneError

    def wait(self, seconds: float | None) -> None:
        """Let time pass, for ever when None; raises GoneError as soon as the client leaves or the server stops."""
        until = None if seconds is None else time.monotonic() + seconds
        listening = True
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            while until is None or time.monotonic() < until:
                step = STEP if until is None else max(0.0, min(STEP, until - time.monotonic()))
                if not listening:
                    self.stopped.wait(step)
                elif selector.select(step):
                    listening = self._still_there()
                if self.stopped.is_set():
                    raise GoneError

    def _still_there(self) -> bool:
        """Whether a readable line still tells whether the client is there; raises GoneError when it is not.

        A client that has already sent its next request hides its leaving behind those bytes.
        """
        try:
            if not self.connection.recv(1, socket.MSG_PEEK):
                raise GoneError
        except OSError as error:
            raise GoneError from error
        return False
