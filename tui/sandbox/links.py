"""Where an image is fetched from when the answer has a URL: signed links that live an hour, in Azure's form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from tui.sandbox.wire import Answer

if TYPE_CHECKING:
    from tui.sandbox.faults import Wanted

LIFE = 3600  # seconds before and after the answer
KEPT = 128 * 1024 * 1024  # bytes of images held for fetching; the oldest go first
STAMP = "%Y-%m-%dT%H:%M:%SZ"
VERSION = "2024-08-04"
OBJECT, TENANT = "8b33a531-2df9-46a3-bc02-d4b1430a422c", "a48cca56-e6da-484e-a814-9c849652bcb3"


@dataclass(frozen=True, slots=True)
class Held:
    """An image that waits to be fetched, and the fault that its link meets, if any."""

    content: bytes
    kind: str
    fault: Wanted | None = None


class Links:
    """Makes links and honours them. `clock` gives the time in seconds since the epoch."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, held: Held, base: str) -> str:
        """A URL under `base` at which the image can be had for an hour from now."""
        now = self._clock()
        path = f"/private/org-{_letters()}/user-{_letters()}/img-{_letters()}.{held.kind.partition('/')[2]}"
        start, end = (quote(_stamp(now + shift), safe="") for shift in (-LIFE, LIFE))
        day = (quote(_stamp(now + shift), safe="") for shift in (-LIFE * 12, LIFE * 12))
        query = (
            f"st={start}&se={end}&sp=r&sv={VERSION}&sr=b&rscd=inline&rsct={held.kind}"
            f"&skoid={OBJECT}&sktid={TENANT}&skt={next(day)}&ske={next(day)}&sks=b&skv={VERSION}"
        )
        with self._lock:
            self._held[path] = held
            size = sum(len(each.content) for each in self._held.values())
            while size > KEPT and len(self._held) > 1:
                size -= len(self._held.popitem(last=False)[1].content)
        return f"{base}{path}?{query}&sig={self._sign(f'{path}?{query}')}"

    def find(self, target: str) -> Held | Answer:
        """The image behind a path and query exactly as they were sent, or the answer that refuses it."""
        signed, _, signature = target.partition("&sig=")
        path, _, query = signed.partition("?")
        if not hmac.compare_digest(signature.encode(), self._sign(signed).encode()):
            return refused("Signature did not match.", self._clock())
        times = parse_qs(query)
        start, end = times["st"][0], times["se"][0]
        now = self._clock()
        if not start <= _stamp(now) <= end:
            return expired(start, end, now)
        with self._lock:
            return self._held.get(path) or missing(now)

    def _sign(self, text: str) -> str:
        return quote(base64.b64encode(hmac.digest(self._secret, text.encode(), hashlib.sha256)).decode(), safe="")


def expired(start: str, end: str, now: float) -> Answer:
    """What Azure says of a link outside its time."""
    return refused(
        f"Signature not valid in the specified time frame: Start [{_plain(start)}] - Expiry [{_plain(end)}] - "
        f"Current [{_plain(_stamp(now))}]",
        now,
    )


def refused(detail: str, now: float) -> Answer:
    """Azure's 403, with why."""
    text = "Server failed to authenticate the request. Make sure the value of Authorization header is formed "
    text += "correctly including the signature."
    return _xml(
        403, "AuthenticationFailed", text, now, f"<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>"
    )


def missing(now: float) -> Answer:
    """Azure's 404."""
    return _xml(404, "BlobNotFound", "The specified blob does not exist.", now)


def _xml(status: int, code: str, text: str, now: float, more: str = "") -> Answer:
    body = (
        f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{text}\n'
        f"RequestId:{secrets.token_hex(16)}\nTime:{_stamp(now)}</Message>{more}</Error>"
    )
    return Answer(status, body.encode(), "application/xml", {"x-ms-error-code": code})


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(STAMP)


def _plain(stamp: str) -> str:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def _letters() -> str:
    return secrets.token_hex(12)
