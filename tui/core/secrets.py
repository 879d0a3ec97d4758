"""Secrets: what must never be told, whatever text it got into."""

from __future__ import annotations

import re

HIDDEN = "[hidden]"
# What is shorter is no key, and hiding it would tear holes into everything that is said.
SHORTEST = 8
# Each keeps its first group, which says what was hidden.
_PATTERNS = (
    re.compile(r"(?i)\b(sk|sess|key)-[A-Za-z0-9_\-]{6,}"),
    re.compile(r"(?i)\b(bearer\s+)[^\s\"',;]{8,}"),
    re.compile(r"(?i)\b(basic\s+)[A-Za-z0-9+/]{16,}={0,2}"),
    # What stands behind an address is a signature as often as not.
    re.compile(r"(?i)\b(https?://[^\s?#\"'<>]{0,2000}[?#])[^\s\"'<>]+"),
    re.compile(
        r"(?i)([?&](?:[\w.-]{0,40}(?:sig|token|key|secret|passw|auth|credential)[\w.-]{0,40}|se|st|sk\w{1,3}|sp|sr|sv)=)"
        r"[^&\s\"'<>]+"
    ),
    re.compile(r"(?i)((?:api[_-]?key|authorization|password|secret|token)[\"']?\s{0,9}[:=]\s{0,9}[\"']?)[^\s\"',;}]+"),
    re.compile(r"(//)[^/\s@\"'<>]{1,300}(?=@)"),
)
_known: set[str] = set()


def hide(secret: str) -> None:
    """From now on `redact` knows this one, which may look like anything."""
    if len(secret) >= SHORTEST:
        _known.add(secret)


def redact(text: str) -> str:
    """`text` without keys, passwords and what stands behind addresses; what stood there is `[hidden]`."""
    # The longest first: one may be a part of another.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text
