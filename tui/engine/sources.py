"""The images that a request goes out with, by their bytes: what an edit was made from."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress

from tui.core.request import Request

_SHA256 = re.compile(r"[0-9a-f]{64}")


def of(request: Request) -> tuple[str, ...]:
    """The sha256 of a request's images, each once. Reads the files; what can't be read is told when it is sent."""
    found: dict[str, None] = {}
    for path in request.images:
        with suppress(OSError), path.open("rb") as file:
            found[hashlib.file_digest(file, "sha256").hexdigest()] = None
    return tuple(found)


def known(noted: object) -> tuple[str, ...]:
    """The same as an entry of the spool has it, whatever stands there."""
    listed = noted if isinstance(noted, list) else []
    return tuple(each for each in listed if isinstance(each, str) and _SHA256.fullmatch(each))
