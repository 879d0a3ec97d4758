"""A provider: where requests go, and with which key."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tui.core.text import clean_line

SANDBOX = "sandbox"
OPENAI = "openai"
OPENAI_BASE_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Provider:
    """`key` is secret and never shown; `key_source` says where it came from."""

    name: str
    base_url: str
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
        parts = urlsplit(self.base_url)
        return clean_line(f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}")

    @property
    def on_loopback(self) -> bool:
        host = (urlsplit(self.base_url).hostname or "").lower()
        return host in ("localhost", "::1") or host.startswith("127.")
