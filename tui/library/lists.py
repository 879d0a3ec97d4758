"""Reading the index: which images, in which order, and what is known of those that are looked at."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tui.library.entry import Entry
from tui.library.query import Query

if TYPE_CHECKING:
    import sqlite3

# By what lists are sorted, each with the order that people mean by it.
ORDERS = {
    "date": "files.day DESC, files.made DESC, files.name",
    "rating": "coalesce(images.rating, 0) DESC, coalesce(images.favourite, 0) DESC, files.made DESC, files.name",
    "model": "images.model IS NULL, images.model COLLATE NOCASE, files.made DESC, files.name",
    "cost": "images.cost IS NULL, images.cost DESC, files.made DESC, files.name",
    "name": "files.name COLLATE NOCASE, files.path",
}
_REVERSED = {
    "date": "files.day, files.made, files.name",
    "rating": "coalesce(images.rating, 0), coalesce(images.favourite, 0), files.made DESC, files.name",
    "model": "images.model IS NULL, images.model COLLATE NOCASE DESC, files.made DESC, files.name",
    "cost": "images.cost IS NULL, images.cost, files.made DESC, files.name",
    "name": "files.name COLLATE NOCASE DESC, files.path",
}
_JOINED = "files LEFT JOIN images USING (sha256)"
_ENTRIES = """
SELECT files.path, files.name, files.bytes, files.mtime_ns, files.sha256, files.format, files.width, files.height,
    files.made, files.day, coalesce(images.rating, 0), coalesce(images.favourite, 0), coalesce(images.notes, ''),
    (SELECT group_concat(tag) FROM tags WHERE tags.sha256 = files.sha256), coalesce(recalled.tool, ''),
    images.provider, coalesce(images.model, nullif(recalled.model, '')),
    coalesce(images.prompt, nullif(recalled.prompt, '')),
    images.revised_prompt, images.job, images.cost, images.request_id
FROM files LEFT JOIN images USING (sha256) LEFT JOIN recalled USING (sha256)
"""
_NAMES = (*Entry.__dataclass_fields__,)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which images, in order: their numbers in the index, and sorted by date how many of them each day has.

    `problems` say which terms of the query were passed over and why; `words` are what was searched for.
    """

    ids: Sequence[int]
    days: tuple[tuple[str, int], ...] = ()
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


def listing(db: sqlite3.Connection, query: Query, order: str = "date", *, reverse: bool = False) -> Listing:
    """The images that a query fits. KeyError: no such order."""
    where, values = _where(query)
    by = (_REVERSED if reverse else ORDERS)[order]
    days: tuple[tuple[str, int], ...] = ()
    if order != "date":
        ids = _numbers(db.execute(f"SELECT files.id FROM {_JOINED}{where} ORDER BY {by}", values))
    elif query.everything:
        ids = _numbers(db.execute(f"SELECT id FROM files ORDER BY {by}"))
        per_day = f"SELECT day, count(*) FROM files GROUP BY day ORDER BY day{'' if reverse else ' DESC'}"
        days = tuple(db.execute(per_day))
    else:
        rows = db.execute(f"SELECT files.id, files.day FROM {_JOINED}{where} ORDER BY {by}", values).fetchall()
        ids = array("q", [number for number, _ in rows])
        days = tuple((day, sum(1 for _ in found)) for day, found in groupby(rows, key=lambda row: row[1]))
    return Listing(ids, days, query.words, query.problems)


def entries(db: sqlite3.Connection, root: Path, ids: Iterable[int]) -> list[Entry]:
    """What is known of these images, in this order; what is gone meanwhile is left out."""
    wanted = list(ids)
    rows = db.execute(
        _ENTRIES.replace("SELECT files.path", "SELECT files.id, files.path", 1)
        + " WHERE files.id IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    )
    found = {number: _entry(root, row) for number, *row in rows}
    return [found[number] for number in wanted if number in found]


def find(db: sqlite3.Connection, root: Path, query: Query, limit: int, offset: int) -> list[Entry]:
    """The images that a query fits, the newest first."""
    where, values = _where(query)
    order = f" ORDER BY {ORDERS['date']} LIMIT ? OFFSET ?"
    return [_entry(root, row) for row in db.execute(f"{_ENTRIES}{where}{order}", (*values, limit, offset))]


def of_bytes(db: sqlite3.Connection, root: Path, sha256: str) -> list[Entry]:
    """The files of these bytes."""
    return [_entry(root, row) for row in db.execute(f"{_ENTRIES} WHERE files.sha256 = ?", (sha256,))]


def folders(db: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """The folders that hold images, relative to the library, each with how many lie directly in it."""
    return list(db.execute("SELECT folder, count(*) FROM files GROUP BY folder ORDER BY folder"))


def tags(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every tag with how many images have it, the commonest first."""
    return list(db.execute("SELECT tag, count(*) AS uses FROM tags GROUP BY tag ORDER BY uses DESC, tag"))


def duplicates(db: sqlite3.Connection, root: Path) -> list[list[Entry]]:
    """Files of the same bytes, as groups of at least two."""
    same = "SELECT sha256 FROM files WHERE sha256 != '' GROUP BY sha256 HAVING count(*) > 1"
    rows = db.execute(f"{_ENTRIES} WHERE files.sha256 IN ({same}) ORDER BY files.sha256, files.path")
    return [list(group) for _, group in groupby((_entry(root, row) for row in rows), key=lambda entry: entry.sha256)]


def parents(db: sqlite3.Connection, sha256: str) -> list[str]:
    """The sha256 of what an image was made from."""
    return [row[0] for row in db.execute("SELECT source FROM sources WHERE sha256 = ?", (sha256,))]


def children(db: sqlite3.Connection, sha256: str) -> list[str]:
    """The sha256 of what was made from an image, the newest first."""
    made = "SELECT sha256 FROM sources LEFT JOIN images USING (sha256) WHERE source = ? ORDER BY created DESC"
    return [row[0] for row in db.execute(made, (sha256,))]


def siblings(db: sqlite3.Connection, sha256: str) -> list[str]:
    """The sha256 of the other images that the same request gave, the newest first."""
    alike = (
        "SELECT sha256 FROM images WHERE likeness = (SELECT likeness FROM images WHERE sha256 = ?) AND sha256 != ?"
        " ORDER BY created DESC"
    )
    return [row[0] for row in db.execute(alike, (sha256, sha256))]


def _where(query: Query) -> tuple[str, tuple[str | int | float, ...]]:
    sql = [f"({condition.sql})" for condition in query.conditions]
    values = [value for condition in query.conditions for value in condition.values]
    if query.match:
        sql.append("files.id IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.append(query.match)
    return (f" WHERE {' AND '.join(sql)}" if sql else ""), tuple(values)


def _numbers(rows: sqlite3.Cursor) -> array[int]:
    return array("q", chain.from_iterable(rows))


def _entry(root: Path, row: Sequence[object]) -> Entry:
    path, *rest = row
    told = dict(zip(_NAMES[1:], rest, strict=True))
    told["favourite"] = bool(told["favourite"])
    told["tags"] = tuple(str(told["tags"]).split(",")) if told["tags"] else ()
    assert isinstance(path, bytes)
    return Entry(path=root / os.fsdecode(path), **told)  # type: ignore[arg-type]  # a row has the columns of Entry, in its order
