"""A provider: where requests go, and with which key."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from tui.core.text import clean_line

SANDBOX = "sandbox"
OPENAI = "openai"
OPENAI_BASE_URL = "https://api.openai.com/v1"


def address(base_url: str) -> tuple[str, int | None] | None:
    """The host, in lower case, and the port of an http or https URL; None where it is none."""
    try:
        parts = urlsplit(base_url)
        return (parts.hostname, parts.port) if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Provider:
    """`key` is secret and never shown, nor is a password in `base_url`; `key_source` says where the key came from."""

    name: str
    base_url: str = field(repr=False)
    key: str = field(default="", repr=False)
    key_source: str = ""
    organization: str | None = None
    project: str | None = None

    @property
    def is_sandbox(self) -> bool:
        return self.name == SANDBOX

    @property
    def host(self) -> str:
        """The host and port, as shown; never a user name or a password of the URL."""
        host, port = address(self.base_url) or ("", None)
        return clean_line(f"{host}:{port}" if port else host)

    @property
    def on_loopback(self) -> bool:
        host, _ = address(self.base_url) or ("", None)
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False
