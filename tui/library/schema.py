"""The index's file: where it lies, its tables, and how a broken one or one of another version is put aside."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from tui.core.paths import cache_folder
from tui.core.sniff import Facts
from tui.core.text import clean_line
from tui.library import rows

VERSION = 2
BUSY_SECONDS = 10.0

_log = logging.getLogger(__name__)

# Paths and folders are bytes, as the file system has them: a name need not be text. An id is when the image was made,
# in Unix seconds, times TICKS, and a number that tells those of one second apart: so every list by date, and whatever
# the full text search finds, is in order as it comes. `sha256` is empty until the file was read.
#
# `facts` is what lists are sorted and filtered by: a narrow row for each of `files`, of numbers only, so that a million
# are looked through in a tenth of a second; words that many share are numbers of `names`. `words` has a row for each
# of them, too.
_FILES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, folder BLOB NOT NULL, name TEXT NOT NULL COLLATE NOCASE,
    mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE INDEX files_by_folder ON files (folder);
CREATE INDEX files_by_name ON files (name);
CREATE TABLE facts (
    id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, format INTEGER, width INTEGER NOT NULL, height INTEGER NOT NULL,
    model INTEGER, provider INTEGER, operation INTEGER, rating INTEGER NOT NULL DEFAULT 0,
    favourite INTEGER NOT NULL DEFAULT 0, noted INTEGER NOT NULL DEFAULT 0, cost REAL
);
CREATE INDEX facts_by_rating ON facts (rating);
CREATE INDEX facts_by_model ON facts (model);
CREATE INDEX facts_by_cost ON facts (cost);
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE words USING fts5 (
    prompt, revised_prompt, tags, notes, model, name, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);
"""
# What is told of images by their records (`images`, `tags`, `origins`, `sources`) and by other programs in the bytes
# (`recalled`). `likeness` is the same for jobs that asked for the same.
_TOLD = """
CREATE TABLE images (
    sha256 TEXT PRIMARY KEY, written_ns INTEGER NOT NULL, created INTEGER, provider TEXT, model TEXT, operation TEXT,
    prompt TEXT, revised_prompt TEXT, cost REAL, job TEXT, request_id TEXT, likeness TEXT,
    rating INTEGER NOT NULL DEFAULT 0, favourite INTEGER NOT NULL DEFAULT 0, notes TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX images_by_likeness ON images (likeness);
CREATE TABLE tags (sha256 TEXT NOT NULL, tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (sha256, tag)) WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tag);
CREATE TABLE origins (
    job TEXT, number INTEGER, sha256 TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
    created INTEGER NOT NULL, cost REAL, estimate REAL, PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE INDEX origins_by_time ON origins (created);
CREATE INDEX origins_by_sha256 ON origins (sha256);
CREATE TABLE sources (sha256 TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (sha256, source)) WITHOUT ROWID;
CREATE INDEX sources_by_source ON sources (source);
CREATE TABLE recalled (
    sha256 TEXT PRIMARY KEY, tool TEXT NOT NULL, prompt TEXT NOT NULL, negative TEXT NOT NULL, model TEXT NOT NULL,
    parameters TEXT NOT NULL, credentials INTEGER NOT NULL
) WITHOUT ROWID;
"""
_NAMES = {"files", "facts", "names", "words", "images", "tags", "origins", "sources", "recalled"}


def index_path(root: Path, cache: Path | None = None) -> Path:
    """The index of a library; `cache` is the program's cache folder."""
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
    return (cache or cache_folder(os.environ)) / f"{name}.db"


def connect(path: Path) -> sqlite3.Connection:
    """An index with its tables. One that can't be used is put aside; where there is no place for it, it's in memory."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return _prepared(path)
    except (OSError, sqlite3.OperationalError) as error:
        _log.warning("the index can't be kept: %s", clean_line(error, limit=200))
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        _usable(connection)
        return connection


def put_aside(path: Path) -> None:
    """Renames a broken index, so that the next `connect` makes a new one."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with suppress(OSError):
        path.replace(path.with_suffix(".broken"))


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the file. Reads all of it."""
    return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")


def make_anew(connection: sqlite3.Connection) -> None:
    """Empty tables in place of those that are there; within a transaction."""
    for name in _NAMES & _names(connection):
        connection.execute(f"DROP TABLE {name}")
    _create(connection)


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether the file is damaged, not merely busy or out of reach."""
    # The upper bits of SQLite's codes only tell kinds apart.
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = _open(path)
    try:
        if _usable(connection):
            return connection
    except sqlite3.DatabaseError as error:
        if not is_corrupt(error):
            connection.close()
            raise
        _log.warning("the index is damaged and made anew")
    connection.close()
    put_aside(path)
    connection = _open(path)
    _usable(connection)
    return connection


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)


def _usable(connection: sqlite3.Connection) -> bool:
    """Makes the tables in an empty file, or brings those of an earlier version up to date; False for anything else."""
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    # Only what is marked at the moment, by this program.
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY)")
    connection.execute("BEGIN IMMEDIATE")
    try:
        names = _names(connection)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if not names and not version:
            _create(connection, _FILES + _TOLD)
            return True
        for number, migrate in MIGRATIONS.items():
            if version == number:
                migrate(connection)
                version = number + 1
                connection.execute(f"PRAGMA user_version = {version}")
        return bool(version == VERSION and _names(connection) >= _NAMES)
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def _names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _numbers_in_order_and_judgements(connection: sqlite3.Connection) -> None:
    """From 1 to 2. The files' hashes, which take longest to find, stay; what records tell is read from them anew."""
    for name in ("words", "images", "origins"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute("ALTER TABLE files RENAME TO earlier")
    connection.execute("DROP INDEX IF EXISTS files_by_sha256")
    _create(connection, _FILES + _TOLD)
    columns = "path, name, bytes, mtime_ns, sha256, format, width, height"
    for path, name, size, mtime_ns, sha256, *facts in connection.execute(f"SELECT {columns} FROM earlier").fetchall():
        rows.put_row(connection, path, name, size, mtime_ns, sha256, Facts(*facts))
    connection.execute("DROP TABLE earlier")


# By the version that each begins with.
MIGRATIONS = {1: _numbers_in_order_and_judgements}


def _create(connection: sqlite3.Connection, tables: str = _FILES + _TOLD) -> sqlite3.Connection:
    # `executescript` would end the transaction that keeps a second process out.
    for statement in tables.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switches to WAL, which takes no notice of the busy timeout when another process does the same."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
