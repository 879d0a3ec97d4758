"""Whether files, records and the index still agree: every file is read again, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.library import files, records
from tui.library.query import Query
from tui.library.undo import reason

if TYPE_CHECKING:
    import sqlite3

    from tui.library.index import Index

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: `what` in words, and `where`."""

    what: str
    where: Path


@dataclass(frozen=True, slots=True)
class Stats:
    """What a library holds. Bytes are those of the files; `by` counts images by model, format and rating."""

    images: int
    bytes: int
    first: str
    last: str
    by: dict[str, dict[str, int]]


def check(index: Index, progress: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
    """What is wrong, as it is found, in an index that is up to date. Raises nothing that a file could cause."""
    if (said := index.ask(_integrity)) != "ok":
        yield Finding(f"the index is damaged ({said}): library rebuild makes it again", index.path)
    for sha256, _ in records.listed(index.library):
        if records.read(index.library, sha256) is None:
            yield Finding("the record can't be read", records.path_of(index.library, sha256))
    numbers = index.listing(Query()).ids
    for start in range(0, len(numbers), _PAGE):
        for entry in index.entries(numbers[start : start + _PAGE]):
            try:
                sha256, facts = files.read(entry.path)
            except OSError as error:
                yield Finding(f"the file can't be read: {reason(error)}", entry.path)
                continue
            if sha256 != entry.sha256:
                # Its size and time are as they were: nobody wrote it on purpose.
                yield Finding("the file's bytes have changed since it was taken in", entry.path)
            elif facts.format == "unknown":
                yield Finding("the file is no image", entry.path)
        if progress:
            progress(min(start + _PAGE, len(numbers)), len(numbers))


def stats(index: Index) -> Stats:
    """What the index knows of the library."""
    images, size = index.ask(lambda db: db.execute("SELECT count(*), total(bytes) FROM facts").fetchone())
    found = index.listing(Query())
    by = {
        "model": _counts(index, "coalesce((SELECT name FROM names WHERE names.id = facts.model), 'unknown')"),
        "format": _counts(index, "coalesce((SELECT name FROM names WHERE names.id = facts.format), 'unknown')"),
        "rating": _counts(index, "rating"),
    }
    first, last = (found.days[-1][0], found.days[0][0]) if found.days else ("", "")
    return Stats(images, int(size), first, last, by)


def _counts(index: Index, column: str) -> dict[str, int]:
    query = f"SELECT {column} AS value, count(*) AS images FROM facts GROUP BY value ORDER BY images DESC, value"
    return index.ask(lambda db: {str(value): count for value, count in db.execute(query)})


def _integrity(db: sqlite3.Connection) -> str:
    return str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
