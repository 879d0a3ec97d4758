"""One image of the library as lists and scripts see it: the file, and what its record says of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.core.record import Origin, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`path` is exact, `name` cleaned for showing. Without a job the fields from `provider` on are None.

    `number` is the image's in the index. `created` is Unix seconds, of the job where it is known and else of the file;
    `day` is YYYY-MM-DD, `cost` US$. `sha256` is empty while the file has not been read. Where no job is known, prompt
    and model are what another program wrote into the file.
    """

    path: Path
    name: str
    bytes: int
    mtime_ns: int
    sha256: str
    format: str
    width: int
    height: int
    created: int
    number: int = 0
    day: str = ""
    rating: int = 0
    favourite: bool = False
    notes: str = ""
    tags: tuple[str, ...] = ()
    tool: str = ""
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None
    revised_prompt: str | None = None
    job: str | None = None
    cost: float | None = None
    request_id: str | None = None

    @property
    def mtime(self) -> float:
        """When the file was written, in Unix seconds."""
        return self.mtime_ns / 1e9


def entry_of(path: Path, record: Record, origin: Origin) -> Entry:
    """The entry of an image that a job has just given; `path` is where it lies."""
    return Entry(
        path=path,
        name=path.name,
        bytes=record.bytes,
        mtime_ns=origin.created * 1_000_000_000,
        sha256=record.sha256,
        format=record.format,
        width=record.width,
        height=record.height,
        created=origin.created,
        rating=record.rating,
        favourite=record.favourite,
        notes=record.notes,
        tags=record.tags,
        provider=origin.provider,
        model=origin.model,
        prompt=origin.prompt,
        revised_prompt=origin.revised_prompt,
        job=origin.job,
        cost=origin.cost,
        request_id=origin.request_id,
    )


def as_json(entry: Entry) -> dict[str, Any]:
    """The object that `ls --json` and `generate --json` print. A path that is no text has `\\udcXX` for its bytes."""
    return {
        "path": os.fspath(entry.path),
        "sha256": entry.sha256,
        "bytes": entry.bytes,
        "width": entry.width,
        "height": entry.height,
        "format": entry.format,
        "model": entry.model,
        "prompt": entry.prompt,
        "revised_prompt": entry.revised_prompt,
        "created": entry.created,
        "job": entry.job,
        "cost": entry.cost,
        "request_id": entry.request_id,
        "provider": entry.provider,
        "rating": entry.rating,
        "favourite": entry.favourite,
        "tags": list(entry.tags),
        "notes": entry.notes,
    }
