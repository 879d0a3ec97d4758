"""Jobs that an earlier run left in the library's spool."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path

from PIL import Image

from tui.core.request import Request
from tui.engine.spool import Entry, Head

PROMPT = "a harbour at dawn, in the style of an old postcard"


def leave(
    library: Path,
    number: int = 1,
    *,
    prompt: str = PROMPT,
    provider: str = "openai",
    host: str = "127.0.0.1:1",
    body: bytes = b"",
    whole: bool = False,
    refused: str = "",
    at: float | None = None,
) -> str:
    """A job as a run that was killed leaves it: with no answer, a part of one, or a whole one; its id."""
    job = f"20261121-0915{number:02d}-{number:08x}"
    request = Request(prompt, "dall-e-2", parameters={"size": "256x256"})
    facts = {"provider": provider, "host": host, "template": "{model}-{index}", "estimate": 0.016}
    entry = Entry.create(library, job, request, facts)
    entry.note_sent(1)
    if refused:
        entry.note("refused", failure=refused, kind="server trouble", request_id="req_5c1d")
    if body:
        entry.begin(Head(status=200, content_type="application/json", request_id=f"req_{number:04d}"))
        entry.append(body)
    if whole:
        entry.commit()
    entry.release()
    if at is not None:
        file = entry.folder / "request.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "at": at}))
    return job


def answer(folder: Path, colour: str = "#457b9d") -> bytes:
    """A whole answer with one image."""
    file = folder / "answer.png"
    Image.new("RGB", (64, 48), colour).save(file)
    data = base64.b64encode(file.read_bytes()).decode()
    os.unlink(file)
    return json.dumps({"created": int(time.time()), "data": [{"b64_json": data}]}).encode()
