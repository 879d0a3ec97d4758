"""Every fault that the sandbox can serve, by name: what a provider, a proxy or a network does on a bad day.

A fault is asked for by `--fault NAME`, or by `fault:NAME` anywhere in a prompt. `NAME*2` strikes the first two
attempts of a request (for a link: the first two fetches of each image) and lets the third through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Protocol

from tui.sandbox import damage
from tui.sandbox.api import error_body
from tui.sandbox.links import missing
from tui.sandbox.wire import Answer, Line, json_answer

WORD = re.compile(r"(?<![\w-])fault:([\w-]+(?:\*\d{1,3})?)")


class Turn(Protocol):
    """One request on its way to an answer, as a fault sees it."""

    @property
    def line(self) -> Line:
        """The connection to the client."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def answer(self, stream: bool | None = None) -> Answer:
        """The answer as it should be; `stream` overrides what was asked for."""


Act = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table.

    `act` answers in place of the server. `needs` is what the request must ask for: "stream", "b64", "url" or nothing.
    `charges` says that a provider would have billed the images; `delivers`, that they arrive all the same.
    A link fault has no `act` of its own: the answer is whole, and `link` is what a fetch of its URL meets.
    """

    name: str
    about: str
    act: Act | None = None
    needs: str = ""
    charges: bool = False
    delivers: bool = False
    link: Act | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fault as it was asked for; `times` None means at every attempt."""

    fault: Fault
    times: int | None = None


class UnknownFaultError(ValueError):
    """A name that the table does not have; the message lists the names."""


def parse(text: str) -> Wanted:
    """`NAME` or `NAME*TIMES`; raises UnknownFaultError."""
    name, _, times = text.partition("*")
    if name not in FAULTS or (times and not times.isdecimal()) or (not times and "*" in text):
        raise UnknownFaultError(f"unknown fault {text!r}; the sandbox knows: {', '.join(FAULTS)}")
    return Wanted(FAULTS[name], int(times) if times else None)


def in_prompt(prompt: str) -> list[Wanted]:
    """The faults that a prompt asks for; raises UnknownFaultError."""
    return [parse(word) for word in WORD.findall(prompt)]


def _refusal(
    status: int,
    message: str,
    kind: str | None = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: Callable[[float], Mapping[str, str]] | None = None,
    more: Mapping[str, object] | None = None,
) -> Act:
    """A fault that answers with OpenAI's error body."""

    def act(turn: Turn) -> None:
        content = error_body(message, kind, param, code)
        content["error"].update(more or {})
        turn.line.send(json_answer(content, status, headers(turn.now()) if headers else None))

    return act


def _plain(
    status: int, body: str, kind: str | None = "text/html; charset=utf-8", headers: Mapping[str, str] | None = None
) -> Act:
    """A fault that answers with text which is not an API's."""
    return lambda turn: turn.line.send(Answer(status, body.encode(), kind, headers or {}))


def _page(status: int, title: str, headers: Mapping[str, str] | None = None) -> Act:
    """A gateway's error page."""
    html = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>"
    return _plain(status, f"{html}</center>\r\n</body>\r\n</html>\r\n", headers=headers)


def _limited(headers: Callable[[float], Mapping[str, str]]) -> Act:
    text = "Rate limit reached for images per minute: Limit 5, Used 5, Requested 1. Please try again later."
    return _refusal(429, text, "requests", "rate_limit_exceeded", headers=headers)


def _server(status: int, message: str) -> Act:
    return _refusal(status, message, "server_error")


def _blob(answer: Callable[[float], Answer]) -> Act:
    return lambda turn: turn.line.send(answer(turn.now()))


def _redirect(turn: Turn) -> None:
    turn.line.send(Answer(307, b"", None, {"Location": "/v1/images/generations"}))


# What the SDK obeys, and must not be obeyed here: the image may have been made, and charged.
_AGAIN = {"x-should-retry": "true"}
_MONEY = "Please check your plan and billing details."
_MODERATION = {"moderation_details": {"moderation_stage": "output", "categories": ["violence", "sexual"]}}
_HOSTILE = "\x1b]0;owned\x07\x1b[2J\x1b]52;c;b3duZWQ=\x07[@click=app.quit]free[/] 50% [/] off \u202etxet\u202c\x9b31m"

_REFUSALS = (
    Fault("rate-limit", "429, try again in 1.5 s (retry-after-ms)", _limited(lambda _: {"retry-after-ms": "1500"})),
    Fault("rate-limit-seconds", "429, try again in 2 s (retry-after)", _limited(lambda _: {"retry-after": "2"})),
    Fault(
        "rate-limit-date",
        "429, try again at a time 3 s ahead (retry-after with a date)",
        _limited(lambda now: {"retry-after": formatdate(now + 3, usegmt=True)}),
    ),
    Fault("rate-limit-long", "429, try again in ten minutes", _limited(lambda _: {"retry-after": "600"})),
    Fault("rate-limit-bare", "429 that names no time", _limited(lambda _: {})),
    Fault(
        "quota",
        "429 insufficient_quota: the credit is used up",
        _refusal(429, f"You exceeded your current quota. {_MONEY}", "insufficient_quota", "insufficient_quota"),
    ),
    Fault(
        "billing-limit",
        "429 billing_hard_limit_reached",
        _refusal(429, f"Billing hard limit has been reached. {_MONEY}", code="billing_hard_limit_reached"),
    ),
    Fault(
        "spend-limit",
        "429 project_spend_limit_exceeded",
        _refusal(429, f"The project's spend limit is exceeded. {_MONEY}", code="project_spend_limit_exceeded"),
    ),
    Fault(
        "bad-value",
        "400 invalid_value that names the parameter",
        _refusal(400, "Invalid value: 'size' is not supported here.", code="invalid_value", param="size"),
    ),
    Fault(
        "moderation",
        "400 moderation_blocked with stage and categories",
        _refusal(
            400,
            "Your request was rejected by the safety system. Contact us if you believe this is an error.",
            "image_generation_user_error",
            "moderation_blocked",
            more=_MODERATION,
        ),
    ),
    Fault(
        "content-policy",
        "400 content_policy_violation, as the DALL·E models refuse",
        _refusal(400, "Your request was rejected by our safety system.", code="content_policy_violation"),
    ),
    Fault(
        "error-text",
        "400 whose error is a plain string",
        lambda turn: turn.line.send(json_answer({"error": "the prompt was not understood"}, 400)),
    ),
    Fault(
        "hostile-error",
        "400 whose message carries escape sequences and markup",
        _refusal(400, _HOSTILE, code="invalid_value", param="prompt"),
    ),
    Fault(
        "bad-key",
        "401 invalid_api_key",
        _refusal(401, "Incorrect API key provided: sk-****. Find yours in your account.", code="invalid_api_key"),
    ),
    Fault(
        "unverified",
        "403: the organisation must be verified for this model",
        _refusal(403, "Your organization must be verified to use this model. Access can take up to 30 minutes."),
    ),
    Fault(
        "no-model",
        "404 model_not_found: retired, or not for this account",
        _refusal(404, "The model does not exist or you have no access to it.", code="model_not_found", param="model"),
    ),
    Fault("gone", "404 with nothing in it: an endpoint that was removed", _plain(404, "", None)),
    Fault(
        "request-timeout", "408: the request took too long to arrive", _server(408, "Request timed out."), charges=True
    ),
    Fault("conflict", "409: the resource is being changed", _refusal(409, "The resource was changed meanwhile.")),
    Fault("too-large", "413: the request is larger than the server takes", _page(413, "Request Entity Too Large")),
    Fault("unprocessable", "422: well formed, and not to be carried out", _refusal(422, "Unprocessable request.")),
    Fault("server-error", "500: the server had an error", _server(500, "The server had an error. Sorry about that!")),
    Fault("bad-gateway", "502 with a web page: a gateway gave up", _page(502, "Bad Gateway"), charges=True),
    Fault("unavailable", "503: the server is not ready", _server(503, "The engine is currently overloaded.")),
    Fault(
        "gateway-timeout",
        "504 with a web page: a gateway gave up",
        _page(504, "Gateway Time-out", _AGAIN),
        charges=True,
    ),
    Fault("proxy-timeout", "524 with a web page: a proxy gave up", _page(524, "A timeout occurred"), charges=True),
    Fault("overloaded", "529: too many requests for everybody", _server(529, "Overloaded. Please try again later.")),
    Fault("redirect", "307 that points back at itself", _redirect),
)

_DAMAGE = (
    Fault("drip", "the answer comes a byte at a time and never ends", damage.drip, charges=True),
    Fault("timeout", "no answer until the client leaves", lambda turn: turn.line.wait(None), charges=True),
    Fault("reset", "the connection is reset before the answer", lambda turn: turn.line.reset(), charges=True),
    Fault("hang-up", "the connection is closed before the answer", lambda turn: turn.line.close(), charges=True),
    Fault("short-body", "half of the body that Content-Length announces", damage.short_body, charges=True),
    Fault("cut-chunks", "a chunked body that stops in the middle", damage.cut_chunks, charges=True),
    Fault("html", "200 with a web page, as a captive portal has it", _plain(200, "<!doctype html><h1>Sign in</h1>\n")),
    Fault("empty-object", "200 with {}", _plain(200, "{}", "application/json"), charges=True),
    Fault("null", "200 with null", _plain(200, "null", "application/json"), charges=True),
    Fault("error-200", "200 with an error object", _refusal(200, "The server had an error.", "server_error")),
    Fault("broken-json", "200 whose JSON stops in the middle", damage.broken_json, charges=True),
    Fault("cut-base64", "an image whose base64 stops at a multiple of four", damage.cut_base64, "b64", charges=True),
    Fault("not-an-image", "base64 of something that is no image", damage.not_an_image, "b64", charges=True),
    Fault("gzip", "a compressed answer, though none was asked for", damage.gzipped, charges=True, delivers=True),
    Fault("gzip-bomb", "a small answer that inflates to 300 MB", damage.gzip_bomb, charges=True),
    Fault("stream-cut", "the event stream ends before the image does", damage.stream_cut, "stream", charges=True),
    Fault("stream-reset", "the event stream is reset in the middle", damage.stream_reset, "stream", charges=True),
    Fault("stream-error", "an error event in the event stream", damage.stream_error, "stream", charges=True),
    Fault(
        "stream-unknown",
        "an event of an unknown type before the image",
        damage.stream_unknown,
        "stream",
        charges=True,
        delivers=True,
    ),
    Fault("stream-twice", "the completed event twice", damage.stream_twice, "stream", charges=True, delivers=True),
    Fault(
        "stream-ignored",
        "plain JSON, though an event stream was asked for",
        lambda turn: turn.line.send(turn.answer(stream=False)),
        "stream",
        charges=True,
        delivers=True,
    ),
)


def _link(name: str, about: str, link: Act) -> Fault:
    return Fault(name, about, needs="url", charges=True, delivers=True, link=link)


_LINKS = (
    _link("link-expired", "the image's URL answers 403 AuthenticationFailed", _blob(damage.expired_link)),
    _link("link-missing", "the image's URL answers 404", _blob(missing)),
    _link("link-error", "the image's URL answers 500", _plain(500, "InternalError", "text/plain")),
    _link("link-reset", "fetching the image is reset half-way", damage.link_reset),
    _link("link-short", "the fetched image is shorter than announced", damage.short_body),
    _link("link-type", "the image's URL answers 200 with a web page", _plain(200, "<!doctype html><h1>Hello</h1>\n")),
    _link("link-empty", "the image's URL answers 200 with no bytes", _plain(200, "", "image/png")),
    _link("link-huge", "the image's URL announces and sends 65 MB", damage.link_huge),
    _link("link-redirect", "the image's URL redirects to a private address", damage.link_redirect),
    Fault("link-private", "the image's URL is plain http to a private address", needs="url", charges=True),
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in (*_REFUSALS, *_DAMAGE, *_LINKS)}


def help_lines(faults: Iterable[Fault] = FAULTS.values()) -> str:
    """The table for `--help`: a name and what it does, one a line."""
    return "\n".join(f"  {fault.name:<19} {fault.about}" for fault in faults)
