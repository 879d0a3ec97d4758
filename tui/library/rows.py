"""The index's rows: writing those of files and records, and reading entries. Callers hold the transaction."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from tui.core.record import Record
from tui.core.sniff import Facts
from tui.library.entry import Entry
from tui.library.files import ImageFile
from tui.library.search import Search

_ENTRIES = """
SELECT files.path, files.name, files.bytes, files.mtime_ns, files.sha256, files.format, files.width, files.height,
    coalesce(images.created, files.mtime_ns / 1000000000) AS made, images.provider, images.model, images.prompt,
    images.revised_prompt, images.job, images.cost, images.request_id
FROM files LEFT JOIN images USING (sha256)
"""
# What the newest job says of an image: fields of Origin, and columns of `images` in the order of _PUT_IMAGE.
_TOLD = ("created", "provider", "model", "prompt", "revised_prompt", "cost", "job", "request_id")
_PUT_IMAGE = """
INSERT OR REPLACE INTO images
    (sha256, written_ns, created, provider, model, prompt, revised_prompt, cost, job, request_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_WORDS = """
INSERT OR REPLACE INTO words (rowid, prompt, revised_prompt, model, name)
SELECT files.id, images.prompt, images.revised_prompt, images.model, files.name
FROM files LEFT JOIN images USING (sha256) WHERE files.sha256 = ?
"""


def put_file(db: sqlite3.Connection, root: Path, image: ImageFile, sha256: str, facts: Facts) -> None:
    """A file as it is now, in place of what was known of its path."""
    db.execute(
        "INSERT INTO files (path, name, bytes, mtime_ns, sha256, format, width, height) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET name = excluded.name, bytes = excluded.bytes, mtime_ns = excluded.mtime_ns,"
        " sha256 = excluded.sha256, format = excluded.format, width = excluded.width, height = excluded.height",
        (key(root, image.path), image.name, image.bytes, image.mtime_ns, sha256, *_facts(facts)),
    )
    db.execute(_WORDS, (sha256,))


def put_record(db: sqlite3.Connection, record: Record, written_ns: int) -> None:
    """A record as it is now: its newest job describes the image, all of them count as spent."""
    told = [getattr(record.newest, name, None) for name in _TOLD]
    db.execute(_PUT_IMAGE, (record.sha256, written_ns, *told))
    db.execute("DELETE FROM origins WHERE sha256 = ?", (record.sha256,))
    db.executemany(
        "INSERT OR REPLACE INTO origins (job, number, sha256, provider, created, cost) VALUES (?, ?, ?, ?, ?, ?)",
        [(one.job, one.index, record.sha256, one.provider, one.created, one.cost) for one in record.origins],
    )
    db.execute(_WORDS, (record.sha256,))


def put_unreadable(db: sqlite3.Connection, sha256: str, written_ns: int) -> None:
    """Remembers a record that can't be read, so that it is not tried again before it changes."""
    drop_record(db, sha256)
    db.execute("INSERT INTO images (sha256, written_ns) VALUES (?, ?)", (sha256, written_ns))


def drop_file(db: sqlite3.Connection, path: bytes) -> None:
    """Forgets a file."""
    db.execute("DELETE FROM words WHERE rowid = (SELECT id FROM files WHERE path = ?)", (path,))
    db.execute("DELETE FROM files WHERE path = ?", (path,))


def drop_record(db: sqlite3.Connection, sha256: str) -> None:
    """Forgets a record; the files of these bytes stay."""
    db.execute("DELETE FROM origins WHERE sha256 = ?", (sha256,))
    db.execute("DELETE FROM images WHERE sha256 = ?", (sha256,))
    db.execute(_WORDS, (sha256,))


def find(db: sqlite3.Connection, root: Path, search: Search, limit: int, offset: int) -> list[Entry]:
    """The files that a search fits, the newest first."""
    conditions = ["images.model LIKE ? ESCAPE '\\'"] * len(search.models)
    values: list[str | int] = [*search.models]
    if search.match:
        conditions.append("files.id IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.append(search.match)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = " ORDER BY made DESC, files.name LIMIT ? OFFSET ?"
    return [_entry(root, row) for row in db.execute(_ENTRIES + where + order, (*values, limit, offset))]


def key(root: Path, path: Path) -> bytes:
    """A file's place in the library as the index keeps it. Raises ValueError for one outside."""
    return os.fsencode(path.relative_to(root))


def _facts(facts: Facts) -> tuple[str, int, int]:
    return facts.format, facts.width, facts.height


def _entry(root: Path, row: tuple[bytes, str, int, int, str, str, int, int, int, *tuple[str | None, ...]]) -> Entry:
    names = (*Entry.__dataclass_fields__,)
    path, *rest = row
    return Entry(path=root / os.fsdecode(path), **dict(zip(names[1:], rest, strict=True)))  # type: ignore[arg-type]  # a row has the columns of Entry, in its order
