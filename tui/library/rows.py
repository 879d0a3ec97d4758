"""Writing the rows of the index: of files, of records, of what other programs told. Callers hold the transaction."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.recalled import Recalled
from tui.core.record import Origin, Record
from tui.core.sniff import Facts
from tui.library.files import ImageFile, folder_of

if TYPE_CHECKING:
    import sqlite3

# What the newest job says of an image: fields of Origin, and columns of `images` in the order of _PUT_IMAGE.
_TOLD = ("created", "provider", "model", "operation", "prompt", "revised_prompt", "cost", "job", "request_id")
_PUT_IMAGE = """
INSERT OR REPLACE INTO images
    (sha256, written_ns, rating, favourite, notes, likeness,
     created, provider, model, operation, prompt, revised_prompt, cost, job, request_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_PUT_FILE = """
INSERT INTO files (path, folder, name, bytes, mtime_ns, sha256, format, width, height, made, day)
VALUES (:path, :folder, :name, :bytes, :mtime_ns, :sha256, :format, :width, :height, :made, day_of(:path, :made))
ON CONFLICT (path) DO UPDATE SET
    name = excluded.name, bytes = excluded.bytes, mtime_ns = excluded.mtime_ns, sha256 = excluded.sha256,
    format = excluded.format, width = excluded.width, height = excluded.height,
    made = excluded.made, day = excluded.day
"""
_WORDS = """
INSERT OR REPLACE INTO words (rowid, prompt, revised_prompt, tags, notes, model, name)
SELECT files.id, coalesce(images.prompt, recalled.prompt), images.revised_prompt,
    (SELECT group_concat(tag, ' · ') FROM tags WHERE tags.sha256 = files.sha256), images.notes,
    coalesce(images.model, recalled.model), files.name
FROM files LEFT JOIN images USING (sha256) LEFT JOIN recalled USING (sha256)
"""


def put_seen(db: sqlite3.Connection, root: Path, image: ImageFile) -> None:
    """A file that was seen and not read yet, in place of what was known of its path."""
    _put_file(db, root, image, "", Facts("unknown"), image.mtime_ns // 1_000_000_000)


def put_file(db: sqlite3.Connection, root: Path, image: ImageFile, sha256: str, facts: Facts) -> None:
    """A file as it is now, in place of what was known of its path."""
    told = db.execute("SELECT created FROM images WHERE sha256 = ? AND created IS NOT NULL", (sha256,)).fetchone()
    _put_file(db, root, image, sha256, facts, told[0] if told else image.mtime_ns // 1_000_000_000)


def _put_file(db: sqlite3.Connection, root: Path, image: ImageFile, sha256: str, facts: Facts, made: int) -> None:
    path = key(root, image.path)
    db.execute(
        _PUT_FILE,
        {
            "path": path,
            "folder": folder_of(path),
            "name": image.name,
            "bytes": image.bytes,
            "mtime_ns": image.mtime_ns,
            "sha256": sha256,
            "format": facts.format,
            "width": facts.width,
            "height": facts.height,
            "made": made,
        },
    )
    db.execute(f"{_WORDS} WHERE files.path = ?", (path,))


def put_record(db: sqlite3.Connection, record: Record, written_ns: int) -> None:
    """A record as it is now: its newest job describes the image, all of them count as spent."""
    newest, sha256 = record.newest, record.sha256
    told = [getattr(newest, name, None) for name in _TOLD]
    likeness = likeness_of(newest) if newest else None
    judgement = (record.rating, record.favourite, record.notes)
    db.execute(_PUT_IMAGE, (sha256, written_ns, *judgement, likeness, *told))
    for table in ("origins", "tags", "sources"):
        db.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,))
    db.executemany(
        "INSERT OR REPLACE INTO origins (job, number, sha256, provider, model, created, cost, estimate)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (one.job, one.index, sha256, one.provider, one.model, one.created, one.cost, one.estimate)
            for one in record.origins
        ],
    )
    db.executemany("INSERT OR IGNORE INTO tags (sha256, tag) VALUES (?, ?)", [(sha256, tag) for tag in record.tags])
    sources = {source for one in record.origins for source in one.sources}
    db.executemany("INSERT INTO sources (sha256, source) VALUES (?, ?)", [(sha256, source) for source in sources])
    if newest:
        made = (newest.created, newest.created, sha256)
        db.execute("UPDATE files SET made = ?, day = day_of(path, ?) WHERE sha256 = ?", made)
    db.execute(f"{_WORDS} WHERE files.sha256 = ?", (sha256,))


def put_unreadable(db: sqlite3.Connection, sha256: str, written_ns: int) -> None:
    """Remembers a record that can't be read, so that it is not tried again before it changes."""
    drop_record(db, sha256)
    db.execute("INSERT INTO images (sha256, written_ns) VALUES (?, ?)", (sha256, written_ns))


def put_recalled(db: sqlite3.Connection, sha256: str, recalled: Recalled) -> None:
    """What another program wrote into these bytes; an empty one remembers that there is nothing."""
    words = (recalled.tool, recalled.prompt, recalled.negative, recalled.model, json.dumps(dict(recalled.parameters)))
    db.execute("INSERT OR REPLACE INTO recalled VALUES (?, ?, ?, ?, ?, ?, ?)", (sha256, *words, recalled.credentials))
    db.execute(f"{_WORDS} WHERE files.sha256 = ?", (sha256,))


def drop_file(db: sqlite3.Connection, path: bytes) -> None:
    """Forgets a file."""
    db.execute("DELETE FROM words WHERE rowid = (SELECT id FROM files WHERE path = ?)", (path,))
    db.execute("DELETE FROM files WHERE path = ?", (path,))


def drop_record(db: sqlite3.Connection, sha256: str) -> None:
    """Forgets a record; the files of these bytes stay."""
    for table in ("origins", "tags", "sources", "images"):
        db.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,))
    db.execute(f"{_WORDS} WHERE files.sha256 = ?", (sha256,))


def likeness_of(origin: Origin) -> str:
    """The same for jobs that asked the same model for the same, however many images of it."""
    asked = {name: value for name, value in origin.parameters.items() if name not in ("n", "stream", "partial_images")}
    text = json.dumps([origin.operation, origin.model, origin.prompt, asked, sorted(origin.sources)], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def key(root: Path, path: Path) -> bytes:
    """A file's place in the library as the index keeps it. Raises ValueError for one outside."""
    return os.fsencode(path.relative_to(root))


def path_of(key: bytes) -> Path:
    """What `key` was made of, relative to the library."""
    return Path(os.fsdecode(key))
