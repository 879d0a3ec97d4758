"""What may be told of an image's URL, which is secret itself."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from tui.core.text import clean_line


def expires(url: str) -> float | None:
    """When a signed URL ends (its `se`), in Unix seconds."""
    try:
        text = parse_qs(urlsplit(url).query)["se"][0]
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, KeyError, OverflowError):
        return None


def has_ended(expires: float | None) -> bool:
    """Whether a URL is past its time, where that is known."""
    return expires is not None and expires < time.time()


def host(url: str) -> str:
    """What may be shown of a URL."""
    with contextlib.suppress(ValueError):
        return clean_line(urlsplit(url).hostname or "", limit=200)
    return ""
