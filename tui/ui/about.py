"""What the library knows of an image beyond its entry: its record, what other programs wrote, its kin. In workers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.core.recalled import Recalled
    from tui.core.record import Record
    from tui.library.entry import Entry
    from tui.library.index import Index

logger = logging.getLogger(__name__)
# The kin of one sort that are looked up, where many are wanted and where a few are.
MANY, FEW = 200, 6
PARENT, SIBLING, CHILD = "made from", "made again", "made of it"


@dataclass(frozen=True, slots=True)
class Kin:
    """One relative. `entry` is a file of its bytes, None where there is none in this folder."""

    relation: str
    sha256: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class About:
    """`kin` are parents, then siblings, then children; `counts` are how many of each there are in all."""

    record: Record | None = None
    recalled: Recalled | None = None
    kin: tuple[Kin, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def about(index: Index, file: Entry, limit: int = FEW) -> About:
    """What is known of a file, with `limit` kin of each sort at most. Nothing where the index is out of order."""
    try:
        record = index.record_for(file.path)
        sha256 = record.sha256 if record else file.sha256
        if not sha256:
            return About(record)
        found = _kin(index, sha256)
        kin = tuple(each for sort in found for each in _looked_up(index, sort, found[sort][:limit]))
        return About(record, index.recalled(sha256), kin, {sort: len(found[sort]) for sort in found})
    except Exception:
        logger.exception("what is known of a file can't be read")
        return About()


def next_sibling(index: Index, file: Entry) -> Kin | None:
    """The one that was made before it, and after the first one the last one: they are gone through in a ring."""
    there = [each for each in _looked_up(index, SIBLING, index.siblings(file.sha256)[:MANY]) if each.entry]
    earlier = [each for each in there if each.entry and each.entry.number < file.number]
    return next(iter(earlier or there), None)


def _kin(index: Index, sha256: str) -> dict[str, list[str]]:
    return {PARENT: index.parents(sha256), SIBLING: index.siblings(sha256), CHILD: index.children(sha256)}


def _looked_up(index: Index, relation: str, hashes: list[str]) -> list[Kin]:
    return [Kin(relation, sha256, next(iter(index.files_of(sha256)), None)) for sha256 in hashes]
