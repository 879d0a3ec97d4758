"""Reading the index: which images, in which order, and what is known of those that are looked at."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.recalled import Recalled
from tui.library.entry import Entry
from tui.library.files import DAY, day_of
from tui.library.query import Query
from tui.library.rows import TICKS, path_of

if TYPE_CHECKING:
    import sqlite3

# By what lists are sorted, and whether what is largest or latest comes first unless it is reversed. What is alike in it
# is sorted by date.
ORDERS = {"date": True, "rating": True, "model": False, "cost": True, "name": False}
# Numbers that are read between two looks at whether anybody still wants them: some milliseconds.
CHUNK = 20_000
_ENTRIES = """
SELECT files.id, files.path, files.name, facts.bytes, files.mtime_ns, files.sha256, coalesce(names.name, 'unknown'),
    facts.width, facts.height, facts.rating, facts.favourite, coalesce(images.notes, ''),
    (SELECT group_concat(tag) FROM tags WHERE tags.sha256 = files.sha256), coalesce(recalled.tool, ''),
    images.provider, coalesce(images.model, nullif(recalled.model, '')),
    coalesce(images.prompt, nullif(recalled.prompt, '')),
    images.revised_prompt, images.job, images.cost, images.request_id
FROM files JOIN facts USING (id) LEFT JOIN names ON names.id = facts.format
    LEFT JOIN images USING (sha256) LEFT JOIN recalled USING (sha256)
"""
_TOLD = (
    *("name", "bytes", "mtime_ns", "sha256", "format", "width", "height", "rating", "favourite", "notes", "tags"),
    *("tool", "provider", "model", "prompt", "revised_prompt", "job", "cost", "request_id"),
)


Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which images, in order: their numbers in the index, and sorted by date how many of them each day has.

    `problems` say which terms of the query were passed over and why; `words` are what was searched for. Where it is
    not `complete` it is the beginning of the list.
    """

    ids: Sequence[int]
    days: tuple[tuple[str, int], ...] = ()
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    complete: bool = True

    def __len__(self) -> int:
        return len(self.ids)


def listing(
    db: sqlite3.Connection,
    query: Query,
    order: str = "date",
    *,
    reverse: bool = False,
    most: int | None = None,
    cancelled: Cancelled = lambda: False,
) -> Listing:
    """The images that a query fits, or the first `most` of them. KeyError: no such order."""
    selection, values = _ordered(query, order, falling=ORDERS[order] != reverse)
    if most is None:
        ids, complete = _numbers(db.execute(selection, values), cancelled)
    else:
        ids, _ = _numbers(db.execute(f"{selection} LIMIT ?", (*values, most)))
        complete = len(ids) < most
    return Listing(ids, days(ids) if order == "date" else (), query.words, query.problems, complete)


def _ordered(query: Query, order: str, *, falling: bool) -> tuple[str, tuple[str | int | float | bytes, ...]]:
    """A selection of numbers in an order, and the values for its question marks."""
    chosen, values = _chosen(query)
    way = "DESC" if falling else "ASC"
    if order == "date":
        return f"{chosen} ORDER BY 1 {way}", values
    among = "" if query.everything else f" WHERE {{id}} IN ({chosen})"
    match order:
        case "name":
            return f"SELECT id FROM files{among.format(id='id')} ORDER BY name {way}, id DESC", values
        case "model":
            joined = f"facts LEFT JOIN names ON names.id = facts.model{among.format(id='facts.id')}"
            by = f"names.name IS NULL, names.name COLLATE NOCASE {way}"
            return f"SELECT facts.id FROM {joined} ORDER BY {by}, facts.id DESC", values
        case "cost":
            # What is not known stands last, which falling it does by itself, and in the order of its index.
            by = "cost DESC" if falling else "cost IS NULL, cost"
        case _:
            by = f"rating {way}, favourite {way}"
    return f"SELECT id FROM facts{among.format(id='id')} ORDER BY {by}, id DESC", values


def _chosen(query: Query) -> tuple[str, tuple[str | int | float | bytes, ...]]:
    """A selection of numbers, and the values for its question marks."""
    sql = [f"({condition.sql})" for condition in query.conditions]
    values = tuple(value for condition in query.conditions for value in condition.values)
    if not query.match:
        return f"SELECT facts.id FROM facts{' WHERE ' if sql else ''}{' AND '.join(sql)}", values
    joined = "words JOIN facts ON facts.id = words.rowid" if sql else "words"
    return f"SELECT words.rowid FROM {joined} WHERE {' AND '.join(['words MATCH ?', *sql])}", (query.match, *values)


def days(ids: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """How many of these images each day has, in the order of the list, which is by date in either direction."""
    found = []
    rising = len(ids) < 2 or ids[0] <= ids[-1]
    at = 0
    while at < len(ids):
        day = ids[at] // TICKS // DAY
        # Where the next one begins: a look at each image would take as long as to list them.
        edge = (day + 1) * DAY * TICKS if rising else day * DAY * TICKS
        end = bisect_left(ids, edge, at) if rising else bisect_right(ids, -edge, at, key=lambda number: -number)
        found.append((day_of(day * DAY), end - at))
        at = end
    return tuple(found)


def entries(db: sqlite3.Connection, root: Path, ids: Iterable[int]) -> list[Entry]:
    """What is known of these images, in this order; what is gone meanwhile is left out."""
    wanted = list(ids)
    rows = db.execute(f"{_ENTRIES} WHERE files.id IN (SELECT value FROM json_each(?))", (json.dumps(wanted),))
    found = {row[0]: _entry(root, row) for row in rows}
    return [found[number] for number in wanted if number in found]


def find(db: sqlite3.Connection, root: Path, query: Query, limit: int, offset: int) -> list[Entry]:
    """The images that a query fits, the newest first."""
    chosen, values = _chosen(query)
    found, _ = _numbers(db.execute(f"{chosen} ORDER BY 1 DESC LIMIT ? OFFSET ?", (*values, limit, offset)))
    return entries(db, root, found)


def of_bytes(db: sqlite3.Connection, root: Path, sha256: str) -> list[Entry]:
    """The files of these bytes."""
    return [_entry(root, row) for row in db.execute(f"{_ENTRIES} WHERE files.sha256 = ?", (sha256,))]


def folders(db: sqlite3.Connection, query: Query) -> list[tuple[bytes, int]]:
    """The folders of the images that a query fits, relative to the library, each with how many lie directly in it."""
    chosen, values = _chosen(query)
    among = "" if query.everything else f" WHERE id IN ({chosen})"
    return list(db.execute(f"SELECT folder, count(*) FROM files{among} GROUP BY folder ORDER BY folder", values))


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


def recalled(db: sqlite3.Connection, sha256: str) -> Recalled | None:
    """What another program wrote into these bytes; None where nothing was found, or nothing was looked for yet."""
    columns = "tool, prompt, negative, model, parameters, credentials"
    row = db.execute(f"SELECT {columns} FROM recalled WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        return None
    *words, parameters, credentials = row
    told = Recalled(
        **dict(zip(("tool", "prompt", "negative", "model"), words, strict=True)),
        parameters=json.loads(parameters),
        credentials=bool(credentials),
    )
    return told if told != Recalled() else None


def _numbers(rows: sqlite3.Cursor, cancelled: Cancelled = lambda: False) -> tuple[array[int], bool]:
    """A selection's numbers, and whether they are all of them: a long one can be given up."""
    numbers = array("q")
    while not cancelled():
        before = len(numbers)
        numbers.extend(chain.from_iterable(islice(rows, CHUNK)))
        if len(numbers) < before + CHUNK:
            return numbers, True
    return numbers, False


def _entry(root: Path, row: Sequence[object]) -> Entry:
    number, path, *rest = row
    told = dict(zip(_TOLD, rest, strict=True))
    told["favourite"] = bool(told["favourite"])
    told["tags"] = tuple(str(told["tags"]).split(",")) if told["tags"] else ()
    assert isinstance(number, int) and isinstance(path, bytes)
    made = number // TICKS
    return Entry(path=root / path_of(path), number=number, created=made, day=day_of(made), **told)  # type: ignore[arg-type]  # as _TOLD
