"""What an answer that is no image means, whether to ask again, and when.

Codes: OpenAI's error codes page and the SDK's docstrings, read November 2026.
"""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from tui.core.failures import Failure, Kind
from tui.core.secrets import redact
from tui.core.text import clean, clean_line

# The server answered that it did nothing.
DID_NOTHING = frozenset({409, 429, 500, 503, 529})
# The server can't do this at all: nothing was begun.
CANNOT = frozenset({501, 505})
MODERATION = frozenset({"moderation_blocked", "content_policy_violation"})
MONEY = re.compile(r"insufficient_quota|credit_balance_exhausted|billing_\w+|\w+_(spend|usage)_limit_exceeded")
# A longer wait is the person's to decide; the SDK draws the line at the same place.
LONGEST_WAIT = 120.0
LONGEST_PAUSE = 8.0

_KINDS = {
    400: Kind.BAD_REQUEST,
    401: Kind.AUTHENTICATION,
    402: Kind.QUOTA,
    403: Kind.PERMISSION,
    404: Kind.NOT_FOUND,
    408: Kind.GATEWAY,
    409: Kind.CONFLICT,
    429: Kind.RATE_LIMIT,
}


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """The failure that an answer with an error status stands for. `headers` have lower-case names."""
    error, text = _error_of(body)
    failure = describe(error if error is not None else text, status)
    request_id = redact(clean_line(headers.get("x-request-id", ""), limit=200)) or None
    failure = replace(failure, request_id=request_id)
    if 300 <= status < 400:
        return _redirect(failure, headers.get("location", ""))
    retryable = status in DID_NOTHING and failure.kind not in (Kind.QUOTA, Kind.MODERATION)
    unknown = status == 408 or (status >= 500 and status not in DID_NOTHING | CANNOT)
    return replace(
        failure,
        retryable=retryable,
        unknown=unknown,
        retry_after=retry_after(headers) if retryable else None,
        message=failure.message or _unsaid(status, bool(body)),
    )


def describe(error: object, status: int | None = None) -> Failure:
    """An error object, or a text in its place, as a failure with advice; nothing is decided about repeating it."""
    facts: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    message = facts.get("message") if facts else error
    code, kind_name, param = (_word(facts.get(name)) for name in ("code", "type", "param"))
    details = facts.get("moderation_details")
    details = details if isinstance(details, Mapping) else {}
    kind = Kind.MODERATION if details else _kind(status, code, kind_name)
    # Some servers tell the key that they were sent.
    said = redact(clean(message, limit=2000)).strip() if isinstance(message, str) else ""
    return Failure(
        kind=kind,
        message=said,
        advice=_advice(kind, said, param, code),
        status=status,
        type=kind_name,
        code=code,
        param=param,
        stage=_word(details.get("moderation_stage")),
        categories=_categories(details.get("categories")),
    )


def _error_of(body: bytes) -> tuple[Mapping[str, Any] | None, str]:
    text = body[:65_536].decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None, _page(text)
    if isinstance(value, Mapping):
        inner = value.get("error", value)
        if isinstance(inner, Mapping):
            return inner, ""
        value = inner if isinstance(inner, str) else value.get("message", value.get("detail", ""))
    return None, redact(clean(value, limit=2000)) if isinstance(value, str) else ""


def _page(text: str) -> str:
    """What a page says, without its markup."""
    if "<" not in text[:200]:
        return redact(clean(text, limit=500))
    title = re.search(r"<title[^>]*>(.{1,300}?)</title", text, re.IGNORECASE | re.DOTALL)
    named = redact(clean_line(title[1], limit=100)) if title else ""
    return f"a web page: {named}" if named else "a web page instead of an answer"


def _word(value: object) -> str | None:
    return (redact(clean_line(value, limit=100)) or None) if isinstance(value, str | int) else None


def _categories(value: object) -> tuple[str, ...]:
    """A list of names, or an object with true beside those that apply."""
    if isinstance(value, Mapping):
        value = [name for name, applies in value.items() if applies]
    return tuple(word for entry in value[:20] if (word := _word(entry))) if isinstance(value, list) else ()


def _kind(status: int | None, code: str | None, type_: str | None) -> Kind:
    names = {code or "", type_ or ""}
    if names & MODERATION:
        return Kind.MODERATION
    if status in (None, 200, 402, 403, 429) and any(MONEY.fullmatch(name) for name in names):
        return Kind.QUOTA
    if status is None or status < 300:
        return Kind.UNEXPECTED
    if status < 400:
        return Kind.REDIRECT
    if status >= 500:
        return Kind.SERVER if status in DID_NOTHING | CANNOT else Kind.GATEWAY
    return _KINDS.get(status, Kind.BAD_REQUEST)


def _advice(kind: Kind, message: str, param: str | None, code: str | None) -> str:
    match kind:
        case Kind.MODERATION:
            return "The prompt is kept: change it and try again."
        case Kind.QUOTA:
            return "Add credit or raise the limit in the provider's billing settings."
        case Kind.AUTHENTICATION:
            return "Check the key and where it came from: safelight doctor says where."
        case Kind.PERMISSION if "verif" in message.lower():
            return "Verify the organisation in the provider's settings; it can take half an hour to count."
        case Kind.PERMISSION:
            return "The key, its project or the country may not do this."
        case Kind.NOT_FOUND if code == "model_not_found" or "model" in message.lower():
            return "The model is retired, or this account does not have it: choose another."
        case Kind.NOT_FOUND:
            return "This server does not know the operation or the address: check the base URL."
        case Kind.BAD_REQUEST if param:
            return f"Change {param} and try again."
        case Kind.BAD_REQUEST:
            return "Change the request and try again."
        case Kind.RATE_LIMIT:
            return "Fewer jobs at a time keep under the limit."
        case Kind.CONFLICT | Kind.SERVER:
            return "The server did nothing; later may go better."
        case Kind.GATEWAY:
            return "The provider may have gone on and charged: look there before you send it again."
    return ""


def _unsaid(status: int, said_something: bool) -> str:
    if status == 404 and not said_something:
        return "the server has nothing at this address"
    return "the server gave no reason"


def _redirect(failure: Failure, location: str) -> Failure:
    """Where a redirect pointed, without a query that may hold secrets."""
    try:
        parts = urlsplit(location)
        target = clean_line(f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.netloc else parts.path)
    except ValueError:
        target = ""
    return replace(
        failure,
        message=f"the server points to {redact(target) or 'nowhere'}",
        advice="Nothing was sent there. If that is the right address, set it as the base URL.",
    )


# --- waiting ---


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """The seconds that a server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.

    A date is held against the server's own clock, where its answer has one.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    if (seconds := _number(text)) is not None:
        return seconds
    when, theirs = _date(text), _date(headers.get("date", ""))
    if when is None:
        return None
    begins = time.time() if theirs is None else theirs
    return max(when - (begins if now is None else now), 0.0)


def _date(text: str) -> float | None:
    """Unix seconds of a date as HTTP writes it."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def pause(failure: Failure, failed: int, base: float) -> float:
    """Seconds before the next attempt after `failed` of them: what the server asked, or ever longer, never in step."""
    if failure.retry_after:
        return failure.retry_after
    return min(base * 2.0 ** (failed - 1), LONGEST_PAUSE) * random.uniform(0.75, 1.0)  # noqa: S311  # no secret
