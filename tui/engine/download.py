"""An image from its URL, as careful as with any stranger's link: no key, no private address, no endless body."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from tui.core.failures import Failure, Kind
from tui.core.provider import Provider
from tui.core.sniff import sniff
from tui.core.text import clean_line, human_bytes
from tui.engine.job import BrokenError
from tui.engine.save import Stored, store

LIMIT = 64_000_000
# A piece is waited for until it is whole: on a slow line, larger ones would show no progress.
PIECE = 16_384
REDIRECTS = 3
TIMEOUTS = (10.0, 60.0)
# IPv6 networks reach IPv4 through it: RFC 6052.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_AGAIN = "Retry, skip it, or copy the URL and fetch it yourself."

logging.getLogger("urllib3").setLevel(logging.WARNING)


class Download:
    """One image on its way from `url` to `path`. `run` blocks; `stop` ends it from another thread."""

    def __init__(
        self, url: str, path: Path, provider: Provider, *, seconds: float, progress: Callable[[int, int | None], None]
    ) -> None:
        self._url, self._path, self._provider = url, path, provider
        self._progress = progress
        self._ends = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._stopped = False
        self._private = False

    def run(self) -> Stored:
        """The image, stored. Raises BrokenError, whose failure names no more of the URL than its host, and OSError."""
        # A drip of bytes outlasts every timeout of a single read.
        late = threading.Timer(max(self._ends - time.monotonic(), 0), self.stop)
        late.daemon = True
        late.start()
        try:
            self._private = _is_private(self._provider)
            return store(self._pieces(), self._path)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            self._check_stopped()
            raise BrokenError(_broken(error)) from None
        finally:
            late.cancel()
            for handle in self._sockets:
                handle.close()

    def stop(self) -> None:
        """Make `run` end soon, wherever it waits."""
        self._stopped = True
        for handle in self._sockets:
            with contextlib.suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def _check_stopped(self) -> None:
        if time.monotonic() >= self._ends:
            raise BrokenError(_failure("it took too long"))
        if self._stopped:
            raise BrokenError(_failure("stopped"))

    def _pieces(self) -> Iterator[bytes]:
        url = self._url
        for _ in range(REDIRECTS + 1):
            with _Session() as session:
                response = self._get(session, url)
                with response:
                    if response.status_code not in _REDIRECT:
                        yield from self._body(response)
                        return
                    url = _joined(url, response.headers.get("location", ""))
        raise BrokenError(_failure("the URL leads from one place to the next"))

    def _get(self, session: requests.Session, url: str) -> requests.Response:
        parts = self._checked(url)
        # The environment's netrc would add credentials.
        session.trust_env = False
        target = parts.path or "/"
        target += f"?{parts.query}" if parts.query else ""
        adapter = _Adapter(target, self._check_peer)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        request = session.prepare_request(
            requests.Request("GET", f"{parts.scheme}://{parts.netloc}/", headers={"Accept-Encoding": "identity"})
        )
        origin = request.url or ""
        proxies = requests.utils.get_environ_proxies(origin, no_proxy=None) if parts.scheme == "https" else {}
        adapter.proxied = bool(requests.utils.select_proxy(origin, proxies))
        return session.send(request, stream=True, timeout=TIMEOUTS, allow_redirects=False, proxies=proxies)

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            named, _ = parts.hostname, parts.port
        except ValueError:
            raise BrokenError(_failure("the URL is no URL")) from None
        secure = parts.scheme == "https" or (parts.scheme == "http" and self._provider.on_loopback)
        if not secure:
            raise BrokenError(
                _failure(f"only https is fetched, and this is {clean_line(parts.scheme, limit=20) or 'not'}")
            )
        if not named or parts.username is not None:
            raise BrokenError(_failure("the URL has no host that may be asked"))
        with contextlib.suppress(ValueError):
            self._check_address(ipaddress.ip_address(named))
        return parts

    def _check_peer(self, handle: socket.socket, proxied: bool) -> None:
        """Before a byte is sent: the address that the name led to, which no second lookup can change."""
        # TLS takes the handle over; a second one stays good for ending the connection.
        self._sockets.append(handle.dup())
        self._check_stopped()
        if not proxied:
            self._check_address(ipaddress.ip_address(handle.getpeername()[0].split("%")[0]))

    def _check_address(self, given: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        address = _held(given)
        near = address.is_loopback and self._provider.on_loopback
        own = address.is_loopback or address.is_link_local or address.is_unspecified
        inside = self._private and address.is_private and not own
        if not (near or inside or _is_global(given)):
            raise BrokenError(_failure("the URL leads to a private address"))

    def _body(self, response: requests.Response) -> Iterator[bytes]:
        if response.status_code != 200:
            raise BrokenError(_refused(response))
        length = response.headers.get("content-length", "")
        total = int(length) if length.isascii() and length.isdigit() else None
        if total is not None and total > LIMIT:
            raise BrokenError(_too_large())
        received = 0
        for piece in response.raw.stream(PIECE, decode_content=True):
            if not received:
                _check_type(piece, response.headers.get("content-type", ""))
            received += len(piece)
            if received > LIMIT:
                raise BrokenError(_too_large())
            self._check_stopped()
            self._progress(received, total)
            yield piece
        # Where nothing says how long the body is, its end and the connection's look the same.
        self._check_stopped()
        if not received:
            raise BrokenError(_failure("the file is empty"))


class _Session(requests.Session):
    """Leaves redirects to its caller: they are looked at first, and of their bodies nothing is read."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  # the signature of requests
        return None


class _Adapter(HTTPAdapter):
    """Sends a target byte for byte, and has each connection checked when it stands."""

    def __init__(self, target: str, check: Callable[[socket.socket, bool], None]) -> None:
        self.proxied = False
        self._target, self._check = target, check
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        target, check, adapter = self._target, self._check, self
        base: Any = pool.ConnectionCls

        class Connection(base):  # type: ignore[misc]  # the class is known only when the pool is
            def _new_conn(self) -> socket.socket:
                handle: socket.socket = super()._new_conn()
                try:
                    check(handle, adapter.proxied)
                except BaseException:
                    handle.close()
                    raise
                return handle

            def putrequest(self, method: str, _url: str, *args: Any, **kwargs: Any) -> None:
                # Escapes would be written anew on the way here, and a signature holds for the bytes as given.
                super().putrequest(method, target, *args, **kwargs)

        pool.ConnectionCls = Connection
        return pool


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise BrokenError(_failure("the URL leads to what is no URL")) from None


def _held(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address itself, or the one that a gateway, or this machine, would go on to from it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_global(given: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is anybody's to reach."""
    address = _held(given)
    local = isinstance(address, ipaddress.IPv6Address) and (address.is_reserved or address.is_site_local)
    return address.is_global and not (address.is_multicast or local)


def _is_private(provider: Provider) -> bool:
    """Whether the provider itself is in a private network, on another machine."""
    if provider.on_loopback:
        return False
    try:
        parts = urlsplit(provider.base_url)
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    return all(not _is_global(ipaddress.ip_address(str(row[4][0]).split("%")[0])) for row in found)


def _check_type(first: bytes, content_type: str) -> None:
    """Pages and messages are no images, whatever their status; bytes of an unknown kind may be."""
    if sniff(first).format != "unknown":
        return
    named = content_type.split(";")[0].strip().lower()
    if first.lstrip()[:1] in (b"<", b"{") or not (named.startswith("image/") or named == "application/octet-stream"):
        raise BrokenError(_failure(f"there is no image but {clean_line(named, limit=60) or 'something else'}"))


def _refused(response: requests.Response) -> Failure:
    status = response.status_code
    start = response.raw.read(4096, decode_content=False)
    if status == 403 and b"AuthenticationFailed" in start:
        return _failure("the URL has expired or its signature does not count", status, "It can't be fetched any more.")
    if status == 404:
        return _failure("the image is not there any more", status)
    return _failure(f"the server answers {status} {clean_line(response.reason or '', limit=60)}".strip(), status)


def _too_large() -> Failure:
    return _failure(f"the file is larger than {human_bytes(LIMIT)}")


def _failure(message: str, status: int | None = None, advice: str = _AGAIN) -> Failure:
    return Failure(kind=Kind.DOWNLOAD, message=message, status=status, advice=advice)


def _broken(error: Exception) -> Failure:
    """In our own words: the libraries' messages hold the URL."""
    names = {type(link).__name__ for link in _chain(error)}
    if names & {"NameResolutionError", "gaierror"}:
        return _failure("the host's name is not known")
    if names & {"SSLError", "SSLCertVerificationError"}:
        return _failure("no secure connection to the host")
    if names & {"ReadTimeout", "ReadTimeoutError", "ConnectTimeout", "ConnectTimeoutError"}:
        return _failure("the host does not answer")
    if names & {"IncompleteRead", "ProtocolError", "ConnectionResetError", "ChunkedEncodingError"}:
        return _failure("the connection broke before the end")
    if names & {"ConnectionError", "NewConnectionError", "ConnectionRefusedError"}:
        return _failure("no connection to the host")
    return _failure("it can't be fetched")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 12:
        yield error
        seen += 1
        reason = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        error = error.__cause__ or error.__context__ or (reason if isinstance(reason, BaseException) else None)
