"""What happened to a job, one JSON object a line: nothing that was written is ever changed."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from tui.engine import disk


def add(path: Path, what: str, *, sync: bool = False, **facts: Any) -> None:
    """One more line, with `sync` for good when this returns. Raises OSError."""
    line = json.dumps({"at": time.time(), "what": what, **facts})
    handle = os.open(path, disk.APPEND, disk.OURS)
    try:
        disk.write_all(handle, line.encode() + b"\n")
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> list[dict[str, Any]]:
    """The lines; one that a crash cut is passed over. Raises nothing."""
    found = []
    with contextlib.suppress(OSError):
        for line in path.read_bytes().splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                note = json.loads(line)
                found += [note] if isinstance(note, dict) else []
    return found
