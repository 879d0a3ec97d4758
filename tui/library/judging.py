"""What the person thinks of images: ratings, favourites, tags and notes, kept in their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.core.record import Record
from tui.library import files, records
from tui.library.entry import Entry
from tui.library.undo import Cancelled, Deed, Progress, each

if TYPE_CHECKING:
    from tui.library.index import Index

Change = Callable[[Record], Record]


def rate(index: Index, images: Sequence[Entry], rating: int, **how: Progress | Cancelled | None) -> Deed:
    """A rating of 0 (none) to 5."""
    words = f"rated {rating}" if rating else "rating taken off"
    return _judge(index, images, lambda known: replace(known, rating=rating), words, **how)


def favour(index: Index, images: Sequence[Entry], on: bool, **how: Progress | Cancelled | None) -> Deed:
    """A favourite, or no longer."""
    words = "favourite" if on else "no favourite any longer"
    return _judge(index, images, lambda known: replace(known, favourite=on), words, **how)


def tag(
    index: Index,
    images: Sequence[Entry],
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    **how: Progress | Cancelled | None,
) -> Deed:
    """More tags, or fewer."""
    more, fewer = tuple(add), {each.casefold() for each in remove}

    def change(known: Record) -> Record:
        return replace(known, tags=(*(tag for tag in known.tags if tag.casefold() not in fewer), *more))

    return _judge(index, images, change, "tagged" if more else "tags taken off", **how)


def note(index: Index, images: Sequence[Entry], text: str, **how: Progress | Cancelled | None) -> Deed:
    """Notes, in place of those before."""
    return _judge(index, images, lambda known: replace(known, notes=text), "noted", **how)


def _judge(
    index: Index, images: Sequence[Entry], change: Change, words: str, **how: Progress | Cancelled | None
) -> Deed:
    """Each image once, however many files it has."""
    once = list({image.sha256 or image.path: image for image in images}.values())

    def act(image: Entry) -> Callable[[], object] | None:
        before, after = _changed(index, _fresh(image), change)
        if before == after:
            return None
        judgement = (before.rating, before.favourite, before.tags, before.notes)
        back = partial(_back, judgement=judgement)
        return lambda: _changed(index, after, back)

    return each(once, act, words=words, path=lambda image: image.path, undone=f"{words}: undone", **how)  # type: ignore[arg-type]  # each of the two by its name


def _fresh(image: Entry) -> Record:
    """The record of an image that may have none. Raises OSError where it has not been read and can't be."""
    if image.sha256:
        facts = (image.sha256, image.bytes, image.format, image.width, image.height)
    else:
        sha256, found = files.read(image.path)
        facts = (sha256, image.path.stat().st_size, found.format, found.width, found.height)
    sha256, size, kind, width, height = facts
    return Record(sha256=sha256, bytes=size, format=kind, width=width, height=height)


def _changed(index: Index, record: Record, change: Change) -> tuple[Record, Record]:
    """What was known before, and what is known now; the index knows it, too."""
    seen: list[Record] = []

    def watched(known: Record) -> Record:
        seen.append(known)
        return change(known)

    after = records.change(index.library, record, watched)
    index.change(after)
    return seen[0], after


def _back(known: Record, *, judgement: tuple[int, bool, tuple[str, ...], str]) -> Record:
    rating, favourite, tags, notes = judgement
    return replace(known, rating=rating, favourite=favourite, tags=tags, notes=notes)
