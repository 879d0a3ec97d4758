"""Where images stand in a list that has headings between them, as a list by day or a tree of folders has."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

H = TypeVar("H")


class Outline(Generic[H]):
    """Groups of `count` images, each below a heading, or below none where that is None. Rows and places count from 0.

    A row is a heading or an image; an image's place says how many images stand before it.
    """

    def __init__(self, groups: Sequence[tuple[H | None, int]] = ()) -> None:
        self._groups = groups
        sizes = [count + (heading is not None) for heading, count in groups]
        # For each group the row and the place that it begins at.
        self._rows = [0, *accumulate(sizes)]
        self._places = [0, *accumulate(count for _, count in groups)]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._rows[-1]

    @property
    def total(self) -> int:
        """How many images there are."""
        return self._places[-1]

    def group(self, row: int) -> int:
        """The number of the group that a row belongs to."""
        return bisect_right(self._rows, row) - 1

    def heading(self, row: int) -> H | None:
        """The heading that stands on a row."""
        group = self.group(row) if 0 <= row < self.count else -1
        return self._groups[group][0] if group >= 0 and self._rows[group] == row else None

    def place(self, row: int) -> int | None:
        """The place of the image that stands on a row."""
        if not 0 <= row < self.count:
            return None
        group = self.group(row)
        within = row - self._rows[group] - (self._groups[group][0] is not None)
        return None if within < 0 else self._places[group] + within

    def row(self, place: int) -> int:
        """The row of the image at a place. IndexError: there is none."""
        if not 0 <= place < self.total:
            raise IndexError(place)
        group = bisect_right(self._places, place) - 1
        return self._rows[group] + (self._groups[group][0] is not None) + place - self._places[group]

    @property
    def headings(self) -> Iterator[int]:
        """The rows of the headings."""
        return (row for row, group in zip(self._rows, self._groups, strict=False) if group[0] is not None)

    def row_of(self, heading: H) -> int | None:
        """The row of a heading."""
        return next((row for row, group in zip(self._rows, self._groups, strict=False) if group[0] == heading), None)
