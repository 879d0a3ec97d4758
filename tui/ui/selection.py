"""What lists of images share: which are listed and where, what is known of them, which one is looked at or marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.lists import Listing

# Entries that are kept: some screens in either direction.
KEPT = 3000


class Selection:
    """`marks` are the numbers of the marked images, shared with whoever else shows them.

    `number` is the image that the cursor stood on last, `begin` the one that a range begins with; `total` is how many
    images there are of which the listed ones are some.
    """

    def __init__(self, marks: set[int] | None = None) -> None:
        self.marks = marks if marks is not None else set()
        self.listing: Listing | None = None
        self.total = 0
        self.today = date.min
        self.number: int | None = None
        self.begin: int | None = None
        self._entries: dict[int, Entry] = {}
        self._asked: set[int] = set()

    @property
    def ids(self) -> Sequence[int]:
        """The numbers of all that is listed, in order."""
        return self.listing.ids if self.listing else ()

    @property
    def complete(self) -> bool:
        """Whether all that is to be listed is."""
        return self.listing is None or self.listing.complete

    def fill(self, listing: Listing, entries: Mapping[int, Entry], *, total: int, today: date) -> None:
        """A list, and what is known of some of it."""
        self.listing, self.total, self.today, self.begin = listing, total, today, None
        self._entries = {**self._entries, **entries} if len(self._entries) < KEPT else dict(entries)
        self._asked.clear()

    def learn(self, entries: Mapping[int, Entry]) -> None:
        """Take in what is known of images."""
        if len(self._entries) > KEPT:
            self._entries.clear()
            self._asked.clear()
        self._entries.update(entries)
        self._asked -= entries.keys()

    def forget(self, numbers: Iterable[int]) -> None:
        """What is known of these is past."""
        for number in numbers:
            self._entries.pop(number, None)

    def entry(self, number: int | None) -> Entry | None:
        """What is known of an image."""
        return self._entries.get(number) if number is not None else None

    def number_of(self, path: Path) -> int | None:
        """The number of a file, if anything is known of it."""
        return next((entry.number for entry in self._entries.values() if entry.path == path), None)

    def unknown(self, numbers: Iterable[int | None]) -> list[int]:
        """Those of them that nothing is known of and nobody has asked for; they count as asked for from now on."""
        known = (self._entries, self._asked)
        wanted = [each for each in numbers if each is not None and not any(each in those for those in known)]
        self._asked.update(wanted)
        return wanted


def place_of(number: int, among: Sequence[int], *, by_date: bool = False) -> int | None:
    """Where a number stands among others, which rise or fall with `by_date`: a million are not looked through then."""
    if by_date:
        place = _edge(number, among)
        return place if place < len(among) and among[place] == number else None
    try:
        return among.index(number)
    except ValueError:
        return None


def next_one(before: Sequence[int], place: int, after: Sequence[int], *, by_date: bool = False) -> int | None:
    """Of what stood before, the one nearest to a place that still is there: what came behind it first.

    With `by_date` both rise or fall.
    """
    if by_date:
        return after[min(_edge(before[place], after), len(after) - 1)] if after else None
    there = set(after)
    nearest = chain(before[place + 1 :], reversed(before[:place]))
    return next((number for number in nearest if number in there), None)


def _edge(number: int, among: Sequence[int]) -> int:
    """Where a number stands, or would, among others that rise or fall."""
    if len(among) > 1 and among[0] > among[-1]:
        return bisect_left(among, -number, key=lambda each: -each)
    return bisect_left(among, number)
