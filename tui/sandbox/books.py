"""What the sandbox remembers: what it was asked, what it would have charged, what it sent, which faults it owes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.sandbox.faults import Wanted, parse
from tui.sandbox.links import Links


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as it was received. Header names are lower case; the files of a form appear as their summaries."""

    path: str
    headers: Mapping[str, str]
    body: Any
    request_id: str


class Books:
    """The state that all connections share; safe to use from several threads.

    `billed` counts, by request id, the images that a provider would have charged; `made` has the sha256 of each in
    order, however they are fetched; `sent` is the sha256 of every image answered whole.
    Raises UnknownFaultError for a fault that the table does not have.
    """

    def __init__(self, faults: Sequence[str], pace: float, clock: Callable[[], float]) -> None:
        self.base = ""  # the address, without a path, once the server has it
        self.wanted = tuple(parse(name) for name in faults)
        self.pace = pace
        self.clock = clock
        self.links = Links(clock)
        self.stopped = threading.Event()
        self.posts: list[Post] = []
        self.billed: dict[str, int] = {}
        self.made: dict[str, list[str]] = {}
        self.sent: list[str] = []
        self._attempts: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def received(self, post: Post) -> None:
        with self._lock:
            self.posts.append(post)

    def charge(self, request_id: str, images: int) -> None:
        with self._lock:
            self.billed[request_id] = images

    def finished(self, request_id: str, image: bytes) -> None:
        digest = hashlib.sha256(image).hexdigest()
        with self._lock:
            self.made.setdefault(request_id, []).append(digest)

    def answered(self, image: bytes) -> None:
        digest = hashlib.sha256(image).hexdigest()
        with self._lock:
            self.sent.append(digest)

    def strikes(self, wanted: Wanted, what: str) -> bool:
        """Whether a fault strikes this attempt at `what`; once it has let one through, it starts again."""
        if wanted.times is None:
            return True
        key = (wanted.fault.name, what)
        with self._lock:
            struck = self._attempts.pop(key, 0)
            if struck >= wanted.times:
                return False
            self._attempts[key] = struck + 1
            return True
