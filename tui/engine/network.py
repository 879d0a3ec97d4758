"""What it means when an exchange breaks: whether anything was sent, and what the person is told."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import replace

from tui.core.failures import Failure, Kind
from tui.core.text import clean_line

LOST = Failure(
    kind=Kind.INTERRUPTED,
    message="the answer was lost",
    advice="The provider may have made the image and charged for it: look there before you send it again.",
    unknown=True,
)

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


def broken(error: BaseException, *, sent: bool, request_id: str | None) -> Failure:
    """The failure behind an exception of the SDK or of what it stands on."""
    import httpx2

    if not sent:
        return unsent(error)
    chain = _chain(error)
    if any(isinstance(link, httpx2.TimeoutException) for link in chain):
        return replace(LOST, kind=Kind.TIMEOUT, message="the server fell silent", request_id=request_id)
    return replace(LOST, message=_words(chain) or "the connection broke", request_id=request_id)


def unsent(error: BaseException) -> Failure:
    """The failure where no byte of the request went out: to be tried again unless it is the request's own fault."""
    import httpx2

    chain = _chain(error)
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
        message = f"can't read an image: {error.strerror}"
        return Failure(kind=Kind.BAD_REQUEST, message=message, advice="Nothing was sent.")
    if not any(isinstance(link, httpx2.NetworkError | httpx2.TimeoutException | OSError) for link in chain):
        message = f"the request can't be sent: {_words(chain) or type(error).__name__}"
        advice = "Nothing was sent. Check the base URL and the key."
        return Failure(kind=Kind.CONNECTION, message=message, advice=advice)
    advice = "Nothing was sent. Check the network and the base URL."
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        message = "the server's certificate is not trusted"
        advice = "Nothing was sent. Check the base URL and this machine's clock."
    elif any(isinstance(link, ssl.SSLError) for link in chain):
        message = "no secure connection"
        advice = "Nothing was sent. Does the server speak https at this address?"
    elif any(isinstance(link, httpx2.TimeoutException) for link in chain):
        message = "the server does not answer"
    else:
        message = _unconnected(chain) or _words(chain) or "no connection"
    return Failure(kind=Kind.CONNECTION, message=message, advice=advice, retryable=True)


def _unconnected(chain: list[BaseException]) -> str:
    """Why there is no connection, in better words than the system's."""
    if any(isinstance(link, socket.gaierror) for link in chain):
        return "the server's name is not known"
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return "the server refuses the connection"
    if any(isinstance(link, OSError) and link.errno in _UNREACHABLE for link in chain):
        return "the server is not within reach"
    return ""


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _words(chain: list[BaseException]) -> str:
    """The innermost thing said that holds no address."""
    for link in reversed(chain):
        text = link.strerror if isinstance(link, OSError) and link.strerror else str(link)
        if text and "://" not in text:
            return clean_line(text, limit=200)
    return ""
