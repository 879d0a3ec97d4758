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
from tui.core.text import clean_line

VERSION = 1
BUSY_SECONDS = 10.0

_log = logging.getLogger(__name__)

# Paths are bytes, as the file system has them: a name need not be text. `words` has a row for each row of `files`.
_TABLES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, name TEXT NOT NULL, bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
    format TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL
);
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE TABLE images (
    sha256 TEXT PRIMARY KEY, written_ns INTEGER NOT NULL, created INTEGER, provider TEXT, model TEXT, prompt TEXT,
    revised_prompt TEXT, cost REAL, job TEXT, request_id TEXT
) WITHOUT ROWID;
CREATE TABLE origins (
    job TEXT, number INTEGER, sha256 TEXT NOT NULL, provider TEXT NOT NULL, created INTEGER NOT NULL, cost REAL,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE INDEX origins_by_time ON origins (created);
CREATE VIRTUAL TABLE words USING fts5 (
    prompt, revised_prompt, model, name, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
"""
_NAMES = {"files", "images", "origins", "words"}


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
        return _create(sqlite3.connect(":memory:", check_same_thread=False))


def put_aside(path: Path) -> None:
    """Renames a broken index, so that the next `connect` makes a new one."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with suppress(OSError):
        path.replace(path.with_suffix(".broken"))


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
    """Makes the tables in an empty file; False for a file of another version."""
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if not names and not version:
            _create(connection)
            return True
        return bool(version == VERSION and names >= _NAMES)
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> sqlite3.Connection:
    # `executescript` would end the transaction that keeps a second process out.
    for statement in _TABLES.split(";\n"):
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
