"""A home in which everything that can hold a text of somebody else's does, and a provider that answers with it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from tests.engine.raw import RawServer, answer
from tests.naughty import one_line

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\3\1\1\0"
    b"\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)


class Hostile(RawServer):
    """Answers each POST with what `say` was given last; counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.posts = 0
        self._next = b""
        self.on("POST", self._answer)

    def say(self, response: bytes) -> None:
        self._next = response

    def _answer(self, connection: socket.socket) -> None:
        self.posts += 1
        connection.sendall(self._next)


def error(text: str, status: str = "400 Bad Request") -> bytes:
    """A refusal whose every part is the text."""
    facts = dict.fromkeys(("message", "code", "type", "param"), text)
    details = {"moderation_stage": text, "categories": [text]}
    body = json.dumps({"error": {**facts, "moderation_details": details}}).encode()
    return with_header(answer(body, status=status), "x-request-id", text)


def with_header(response: bytes, name: str, value: str) -> bytes:
    """One header more, its value as near to the text as a header can be."""
    # Without the ends of lines that make it no header.
    raw = one_line(value).replace("\v", "").replace("\f", "").encode("utf-8", "surrogatepass").strip()
    return response.replace(b"\r\n\r\n", b"\r\n" + name.encode() + b": " + raw + b"\r\n\r\n", 1)


def image(revised: str) -> bytes:
    """An image with a revised prompt."""
    item = {"b64_json": base64.b64encode(PNG).decode(), "revised_prompt": revised}
    return with_header(answer(json.dumps({"created": 1_790_000_000, "data": [item]}).encode()), "x-request-id", revised)


def file_names(folder: Path, texts: Iterable[str]) -> list[Path]:
    """Image files named by the texts, as far as a file can be; and some whose names are no text."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    names = [one_line(text).replace("/", "∕").encode("utf-8", "surrogatepass") for text in texts]
    for number, name in enumerate([*names, b"\xff\xfe", b"\x80\x9b31m", b"a\nb\rc\td"]):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/%02d " % number + name[:180] + b".png"))
        # Other bytes each, so that each can have a record of its own.
        path.write_bytes(PNG + bytes([number]))
        os.utime(path, (2e9 - number, 2e9 - number))
        made.append(path)
    return made


def recorded(library: Path, file: Path, text: str) -> None:
    """A record of the file that somebody else wrote: whatever can be a text is this one."""
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    origin = {
        **dict.fromkeys(("job", "provider", "model", "operation", "prompt", "revised_prompt", "request_id"), text),
        "path": text,
        "index": 0,
        "created": 1_790_000_000,
        "parameters": {text: text, "size": text, "n": 1},
        "cost": 0.04,
        text: text,
    }
    record = {"version": 1, "sha256": sha256, "bytes": len(content), "format": text, "width": 1, "height": 1}
    target = library / ".safelight" / "records" / sha256[:2] / f"{sha256}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({**record, "origins": [origin], text: text}))
