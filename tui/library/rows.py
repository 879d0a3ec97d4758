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
from tui.library.files import ImageFile, folder_of, made_at

if TYPE_CHECKING:
    import sqlite3

# What the newest job says of an image: fields of Origin, and columns of `images` in the order of _PUT_IMAGE.
_OF_JOB = ("created", "provider", "model", "operation", "prompt", "revised_prompt", "cost", "job", "request_id")
_PUT_IMAGE = """
INSERT OR REPLACE INTO images
    (sha256, written_ns, rating, favourite, notes, likeness,
     created, provider, model, operation, prompt, revised_prompt, cost, job, request_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# An id is a second times so much, and a number below it.
TICKS = 1 << 20
# The end of the year 9999.
_LAST_MADE = 253_402_300_799
_FACTS = """
UPDATE facts SET
    (model, provider, operation, rating, favourite, noted, cost) =
    (SELECT (SELECT id FROM names WHERE name = coalesce(images.model, nullif(recalled.model, ''))),
        (SELECT id FROM names WHERE name = images.provider), (SELECT id FROM names WHERE name = images.operation),
        coalesce(images.rating, 0), coalesce(images.favourite, 0), coalesce(images.notes, '') != '', images.cost
    FROM files LEFT JOIN images USING (sha256) LEFT JOIN recalled USING (sha256) WHERE files.id = facts.id)
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
    put_file(db, root, image, "", Facts("unknown"))


def put_file(db: sqlite3.Connection, root: Path, image: ImageFile, sha256: str, facts: Facts, number: int = 0) -> None:
    """A file as it is now, in place of what was known of its path; `number` is kept where it can be."""
    put_row(db, key(root, image.path), image.name, image.bytes, image.mtime_ns, sha256, facts, number)


def put_row(
    db: sqlite3.Connection,
    path: bytes,
    name: str,
    size: int,
    mtime_ns: int,
    sha256: str,
    facts: Facts,
    number: int = 0,
) -> None:
    """The same, by its place in the library."""
    told = db.execute("SELECT created FROM images WHERE sha256 = ? AND created IS NOT NULL", (sha256,)).fetchone()
    made = min(max(told[0], 0), _LAST_MADE) if told else made_at(path, mtime_ns / 1e9)
    known = db.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
    if known and known[0] // TICKS == made:
        number = known[0]
        db.execute("UPDATE files SET name = ?, mtime_ns = ?, sha256 = ? WHERE id = ?", (name, mtime_ns, sha256, number))
    else:
        if known:
            _drop(db, known[0])
        number = _free(db, made, number)
        row = (number, path, folder_of(path), name, mtime_ns, sha256)
        db.execute("INSERT INTO files (id, path, folder, name, mtime_ns, sha256) VALUES (?, ?, ?, ?, ?, ?)", row)
    _put_facts(db, number, size, facts)
    db.execute(f"{_WORDS} WHERE files.id = ?", (number,))


def _free(db: sqlite3.Connection, made: int, wish: int) -> int:
    """A number for an image of that second, which `wish` is where it is of that second and free."""
    if wish // TICKS == made and not db.execute("SELECT 1 FROM files WHERE id = ?", (wish,)).fetchone():
        return wish
    first = made * TICKS
    last = db.execute("SELECT max(id) FROM files WHERE id >= ? AND id < ?", (first, first + TICKS)).fetchone()[0]
    return first if last is None else int(last) + 1


def _put_facts(db: sqlite3.Connection, number: int, size: int, facts: Facts) -> None:
    _name(db, facts.format)
    db.execute(
        "INSERT OR REPLACE INTO facts (id, bytes, format, width, height)"
        " VALUES (?, ?, (SELECT id FROM names WHERE name = ?), ?, ?)",
        (number, size, facts.format, facts.width, facts.height),
    )
    db.execute(f"{_FACTS} WHERE id = ?", (number,))


def _name(db: sqlite3.Connection, *names: str | None) -> None:
    """Make sure that words have a number."""
    for name in names:
        if name:
            db.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", (name,))


def put_record(db: sqlite3.Connection, record: Record, written_ns: int) -> None:
    """A record as it is now: its newest job describes the image, all of them count as spent."""
    newest, sha256 = record.newest, record.sha256
    told = [getattr(newest, name, None) for name in _OF_JOB]
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
        _name(db, newest.model, newest.provider, newest.operation)
    _told(db, sha256)


def put_unreadable(db: sqlite3.Connection, sha256: str, written_ns: int) -> None:
    """Remembers a record that can't be read, so that it is not tried again before it changes."""
    drop_record(db, sha256)
    db.execute("INSERT INTO images (sha256, written_ns) VALUES (?, ?)", (sha256, written_ns))


def put_recalled(db: sqlite3.Connection, sha256: str, recalled: Recalled) -> None:
    """What another program wrote into these bytes; an empty one remembers that there is nothing."""
    words = (recalled.tool, recalled.prompt, recalled.negative, recalled.model, json.dumps(dict(recalled.parameters)))
    db.execute("INSERT OR REPLACE INTO recalled VALUES (?, ?, ?, ?, ?, ?, ?)", (sha256, *words, recalled.credentials))
    _name(db, recalled.model)
    _told(db, sha256)


def drop_file(db: sqlite3.Connection, path: bytes) -> None:
    """Forgets a file."""
    if known := db.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone():
        _drop(db, known[0])


def drop_record(db: sqlite3.Connection, sha256: str) -> None:
    """Forgets a record; the files of these bytes stay."""
    for table in ("origins", "tags", "sources", "images"):
        db.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,))
    _told(db, sha256)


def _drop(db: sqlite3.Connection, number: int) -> None:
    for table in ("files", "facts"):
        db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))
    db.execute("DELETE FROM words WHERE rowid = ?", (number,))


def _told(db: sqlite3.Connection, sha256: str) -> None:
    """Other things are told of these bytes now: their files may have been made at another time, too."""
    columns = "path, files.name, bytes, mtime_ns, names.name, width, height"
    joined = "files JOIN facts USING (id) LEFT JOIN names ON names.id = facts.format"
    found = db.execute(f"SELECT {columns} FROM {joined} WHERE sha256 = ?", (sha256,)).fetchall()
    for path, name, size, mtime_ns, kind, width, height in found:
        put_row(db, path, name, size, mtime_ns, sha256, Facts(kind or "unknown", width, height))


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
