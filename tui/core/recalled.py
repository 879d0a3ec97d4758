"""What another program wrote into an image about how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """All text is cleaned. `tool` is who wrote it, "" where nothing was found; `parameters` are words by name.

    `credentials`: the file carries content credentials (C2PA), whether they hold or not.
    """

    tool: str = ""
    prompt: str = ""
    negative: str = ""
    model: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    credentials: bool = False
