"""One connection: which request goes where, and what is checked before anything is painted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

from tui.core.models import Model, catalogue
from tui.sandbox import faults
from tui.sandbox.api import OPERATIONS, Order, RefusedError, accept
from tui.sandbox.books import Books, Post
from tui.sandbox.faults import UnknownFaultError, Wanted
from tui.sandbox.forms import BadFormError, Form, read
from tui.sandbox.turns import Fetch, Making
from tui.sandbox.wire import Answer, GoneError, Line, json_answer

MAX_BODY = 256 * 1024 * 1024
FIXED_HEADERS = {
    "openai-version": "2020-10-01",
    "openai-organization": "sandbox",
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-limit-tokens": "250000",
    "x-ratelimit-remaining-tokens": "249000",
    "x-ratelimit-reset-tokens": "1s",
}
NO_KEY = "You didn't provide an API key. The sandbox takes any, in an Authorization header: Bearer YOUR_KEY."
BAD_KEY = "Incorrect API key provided: invalid. The sandbox takes any other."


class Handler(BaseHTTPRequestHandler):
    """Reads requests from one client, one after the other, and has them answered."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, *args: Any, books: Books) -> None:
        self.books = books
        super().__init__(*args)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the parent's name for it
        """Nothing: standard error belongs to whoever started the sandbox."""

    def do_GET(self) -> None:
        self._serve(self._get, f"req_{secrets.token_hex(16)}")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self._serve(self._post, f"req_{secrets.token_hex(16)}")

    def _serve(self, respond: Callable[[Line, str], None], request_id: str) -> None:
        own = self.path.startswith("/private/")
        line = Line(self.connection, self.books.stopped, {"x-request-id": request_id, **({} if own else FIXED_HEADERS)})
        line.chunked = self.request_version != "HTTP/1.0"
        line.body_wanted = self.command != "HEAD"
        line.keep = not self.close_connection
        try:
            respond(line, request_id)
        except RefusedError as refusal:
            line.send(json_answer(refusal.body, refusal.status))
        except GoneError:
            line.keep = False
        self.close_connection = not line.keep

    def _get(self, line: Line, request_id: str) -> None:  # noqa: ARG002  the shape of a responder
        path = unquote(self.path.partition("?")[0])
        if path.startswith("/private/"):
            found = self.books.links.find(self.path)
            if isinstance(found, Answer):
                line.send(found)
            else:
                Fetch(self.books, line, self.path, found).run()
            return
        self._check_key()
        if path == "/v1/models":
            data = [_card(catalogue().get(name)) for name in catalogue().names]
            line.send(json_answer({"object": "list", "data": data}))
        elif path.startswith("/v1/models/"):
            model = catalogue().get(path.removeprefix("/v1/models/"))
            if not model.known:
                text = f"The model '{model.name}' does not exist or you do not have access to it."
                raise RefusedError(text, status=404, param="model", code="model_not_found")
            line.send(json_answer(_card(model)))
        else:
            raise self._no_such_place()

    def _post(self, line: Line, request_id: str) -> None:
        content = self._body(line)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            form: Form | None = read(content, headers.get("content-type", ""))
            problem = ""
        except BadFormError as error:
            form, problem = None, str(error)
        body = content if form is None else {**form.fields, **_summaries(form)}
        self.books.received(Post(self.path, headers, body, request_id))
        self._check_key()
        operation = OPERATIONS.get(self.path.partition("?")[0])
        if operation is None:
            raise self._no_such_place()
        if form is None:
            raise RefusedError(problem, code="invalid_body")
        order = accept(operation, form)
        struck = self._struck(order)
        fault = next((wanted for wanted in struck if wanted.fault.act), None)
        link = next((wanted for wanted in struck if not wanted.fault.act), None)
        Making(self.books, line, order, request_id, fault, link).run()

    def _struck(self, order: Order) -> list[Wanted]:
        """The faults that strike this attempt: those of the prompt, then the server's own that fit the request."""
        try:
            asked = faults.in_prompt(order.prompt)
        except UnknownFaultError as error:
            raise RefusedError(f"{error}.", param="prompt", code="invalid_value") from error
        for wanted in asked:
            if not _fits(wanted, order):
                text = f"fault:{wanted.fault.name} shows itself only with {NEEDS[wanted.fault.needs]}."
                raise RefusedError(text, param="prompt", code="invalid_value")
        own = [wanted for wanted in self.books.wanted if _fits(wanted, order)]
        # How often a link's fault strikes is counted where the link is fetched.
        return [each for each in (*asked, *own) if not each.fault.act or self.books.strikes(each, order.prompt)]

    def _body(self, line: Line) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            line.keep = False
            raise RefusedError("A Content-Length is required.", status=411)
        if int(length) > MAX_BODY:
            line.keep = False
            raise RefusedError("The request is larger than 256 MB.", status=413)
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            raise GoneError
        return content

    def _check_key(self) -> None:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise RefusedError(NO_KEY, status=401, code="invalid_api_key")
        if key.strip() == "invalid":
            raise RefusedError(BAD_KEY, status=401, code="invalid_api_key")

    def _no_such_place(self) -> RefusedError:
        return RefusedError(
            f"Invalid URL ({self.command} {self.path.partition('?')[0]})", status=404, code="unknown_url"
        )


NEEDS = {
    "stream": "stream switched on",
    "b64": "an image in the answer itself: no url, no stream",
    "url": "the response format url, which the DALL·E models have",
}


def _fits(wanted: Wanted, order: Order) -> bool:
    """Whether a request asks for what the fault spoils."""
    match wanted.fault.needs:
        case "stream":
            return order.stream
        case "b64":
            return order.answer == "b64_json" and not order.stream
        case "url":
            return order.answer == "url" and not order.stream
    return True


def _summaries(form: Form) -> dict[str, Any]:
    names = dict.fromkeys(upload.where for upload in form.uploads)
    return {name: [each.summary() for each in form.uploads if each.where == name] for name in names}


def _card(model: Model) -> dict[str, Any]:
    """A model as `/v1/models` lists it."""
    card = {"id": model.name, "object": "model", "created": 0, "owned_by": "sandbox"}
    return card | ({"shutdown_date": model.shutdown.isoformat()} if model.shutdown else {})
