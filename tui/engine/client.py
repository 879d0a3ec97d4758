"""The one module that talks to the SDK: one POST for a request, its answer as raw bytes, its errors as failures.

`openai` is imported when a client is made, so that importing this module costs nothing.
"""

from __future__ import annotations

import contextvars
import inspect
import logging
import ssl
import warnings
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tui.core.failures import Failure, Kind
from tui.core.provider import OPENAI_BASE_URL, Provider
from tui.core.request import Request, body
from tui.core.secrets import redact
from tui.core.text import clean_line
from tui.engine import retry
from tui.engine.job import BrokenError
from tui.engine.network import LOST, broken, unsent
from tui.engine.spool import Head

if TYPE_CHECKING:
    import httpx2
    import openai

OLDEST = (3, 54)
CONNECT_SECONDS = 10.0
# The longest error body that is read; longer ones are cut.
ERROR_LIMIT = 262_144
PATHS = {"generate": "images/generations", "edit": "images/edits", "variation": "images/variations"}
_METHODS = {"generate": "generate", "edit": "edit", "variation": "create_variation"}
_OPENAI_HOST = OPENAI_BASE_URL.split("/")[2]


class RefusedError(BrokenError):
    """There is no answer with images; `failure` says why, `head` and `body` are what came, if anything."""

    def __init__(self, failure: Failure, head: Head | None = None, body: bytes = b"") -> None:
        super().__init__(failure)
        self.head, self.body = head, body


@dataclass
class _Exchange:
    """What is known of one POST while it runs."""

    sent: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore tells each step; a proxy's CONNECT is not yet the request."""
        if event.endswith(".send_request_headers.started"):
            self.sent = self.sent or getattr(info.get("request"), "method", b"") != b"CONNECT"


_exchange: contextvars.ContextVar[_Exchange] = contextvars.ContextVar("exchange")


async def _on_request(request: httpx2.Request) -> None:
    request.extensions["trace"] = _exchange.get().trace


async def _on_response(response: httpx2.Response) -> None:
    """Keep the headers, and take from the SDK what it would act upon: redirects, compression, endless errors."""
    _exchange.get().headers = {name.lower(): value for name, value in response.headers.items()}
    response.headers.pop("location", None)
    if response.status_code >= 300:
        response.headers.pop("content-encoding", None)
        response.stream = _bounded(response.stream)


def _bounded(stream: Any) -> Any:
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = ERROR_LIMIT
            async for chunk in stream:
                yield chunk[:left]
                left -= len(chunk)
                if left <= 0:
                    return

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()


@dataclass(frozen=True)
class Reply:
    """An answer that begins: its head, and its bytes as they come off the wire."""

    head: Head
    chunks: AsyncIterator[bytes]


def check_version() -> str:
    """The SDK's version. Raises RefusedError where it is too old."""
    import openai

    version = openai.__version__
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        message = f"openai {version} is too old: pip install -U 'openai>=3.54,<4'"
        raise RefusedError(Failure(kind=Kind.UNEXPECTED, message=message, advice="Nothing was sent."))
    return version


class Client:
    """The SDK for one provider. Raises RefusedError where no request could go out to it."""

    def __init__(self, provider: Provider, *, silence: float) -> None:
        """`silence` is the longest time without a byte, in seconds."""
        check_version()
        import httpx2
        import openai

        for name in ("httpx2", "httpcore2", "openai"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.provider = provider
        key = _key(provider)
        try:
            # A kept connection may be closed under a request without a word: each POST has its own.
            http = openai.DefaultAsyncHttpxClient(
                follow_redirects=False,
                # A proxy can't reach this machine's own servers.
                trust_env=not provider.on_loopback,
                verify=_trust(provider),
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
                timeout=httpx2.Timeout(silence, connect=CONNECT_SECONDS, pool=None),
                event_hooks={"request": [_on_request], "response": [_on_response]},
            )
            self._sdk = openai.AsyncOpenAI(
                api_key=key, base_url=provider.base_url, max_retries=0, http_client=http, timeout=http.timeout
            )
        except Exception as error:
            raise RefusedError(unsent(error)) from error
        # The environment's are another provider's.
        self._sdk.organization = provider.organization
        self._sdk.project = provider.project

    async def close(self) -> None:
        await self._sdk.close()

    @asynccontextmanager
    async def post(self, request: Request) -> AsyncIterator[Reply]:
        """Send the request once. Entering it and its chunks raise RefusedError, which tells if it may be sent again."""
        exchange = _Exchange()
        _exchange.set(exchange)
        with _as_refused(exchange):
            call = self._call(request)
            raw = (await call.__aenter__()).http_response
        try:
            yield Reply(_head(raw.status_code, exchange.headers), _chunks(raw, exchange))
        finally:
            await call.__aexit__(None, None, None)

    def _call(self, request: Request) -> Any:
        with warnings.catch_warnings():
            # OpenAI has no variations any more; compatible servers do.
            warnings.simplefilter("ignore", DeprecationWarning)
            return self._prepared(request)

    def _prepared(self, request: Request) -> Any:
        method = getattr(self._sdk.images.with_streaming_response, _METHODS[request.operation])
        known = inspect.signature(method).parameters
        given = body(request)
        if request.operation == "variation":
            given.pop("prompt", None)
            given["image"] = request.images[0]
        elif request.operation == "edit":
            given["image"] = list(request.images) if len(request.images) != 1 else request.images[0]
            if request.mask:
                given["mask"] = request.mask
        named = {name: value for name, value in given.items() if name in known}
        others = {name: value for name, value in given.items() if name not in known}
        return method(**named, extra_body=others or None, extra_headers={"Accept-Encoding": "identity"})


def _trust(provider: Provider) -> ssl.SSLContext | bool:
    """Whom to trust: for a server of this machine's own that speaks without TLS nobody, as loading whom takes 40 ms."""
    plain = provider.on_loopback and provider.base_url.lower().startswith("http:")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True


async def _chunks(raw: httpx2.Response, exchange: _Exchange) -> AsyncIterator[bytes]:
    # A chunk size would hold back what came before a break.
    with _as_refused(exchange):
        async for chunk in raw.aiter_raw():
            yield chunk


@contextmanager
def _as_refused(exchange: _Exchange) -> Iterator[None]:
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _refused(error, exchange) from None
    except openai.APIResponseValidationError as error:
        failure = replace(LOST, kind=Kind.UNEXPECTED, message="the answer does not fit its form")
        raise RefusedError(failure) from error
    except Exception as error:
        raise RefusedError(broken(error, sent=exchange.sent, request_id=_request_id(exchange.headers))) from error


def _key(provider: Provider) -> str:
    key = provider.key.strip()
    if not key and provider.host == _OPENAI_HOST:
        advice = "Set OPENAI_API_KEY, or name a key file in the configuration."
        raise RefusedError(Failure(kind=Kind.KEY, message=f"there is no key for {provider.name}", advice=advice))
    if not key.isascii() or not key.isprintable() or " " in key:
        message = f"the key from {provider.key_source or 'its source'} has letters that no key has"
        raise RefusedError(
            Failure(kind=Kind.KEY, message=message, advice="Copy the key again, all of it and nothing else.")
        )
    # Servers without keys want the header all the same.
    return key or "none"


def _head(status: int, headers: Mapping[str, str]) -> Head:
    length = headers.get("content-length", "")
    return Head(
        status=status,
        content_type=clean_line(headers.get("content-type", ""), limit=100),
        encoding=clean_line(headers.get("content-encoding", ""), limit=50).lower(),
        request_id=_request_id(headers),
        total=int(length) if length.isascii() and length.isdigit() else None,
    )


def _request_id(headers: Mapping[str, str]) -> str | None:
    return redact(clean_line(headers.get("x-request-id", ""), limit=200)) or None


def _refused(error: openai.APIStatusError, exchange: _Exchange) -> RefusedError:
    content = error.response.content
    if exchange.headers.get("content-encoding", "") in ("gzip", "deflate"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, ERROR_LIMIT)
        except zlib.error:
            content = b""
    failure = retry.refusal(error.status_code, exchange.headers, content)
    return RefusedError(failure, _head(error.status_code, exchange.headers), content)
