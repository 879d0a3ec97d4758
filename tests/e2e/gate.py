"""A provider whose answers stop half-way until they are let through."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from PIL import Image


class Gate:
    """`posts` are the prompts that came."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        self._open = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def open(self) -> None:
        """Let everything through."""
        self._open.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gate.posts.append(asked["prompt"])
                body = _answer(len(gate.posts))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-request-id", f"req_gate_{len(gate.posts)}")
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                gate._open.wait()
                # Some clients have left.
                with contextlib.suppress(OSError):
                    self.wfile.write(body[len(body) // 2 :])

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # the parent's name
                pass

        return Handler


def _answer(number: int) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((64, 48), 40 + number).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return json.dumps({"created": int(time.time()), "data": [{"b64_json": data}]}).encode()
