"""The images of a list, by day where it is sorted by date. Only those in sight, and a page around them, are known."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from tui.core.text import clean_line, shorten_middle
from tui.ui.selection import Selection, next_one, place_of
from tui.ui.widgets.lines import Lines
from tui.ui.widgets.outline import Outline

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.lists import Listing

# Rows that are asked for around one that is not known.
PAGE = 60
STARS = ("", "★", "★★", "★★★", "★★★★", "★★★★★")


class ImageList(Lines):
    """The base of the views of a list, which share a `selection`: another view goes on where this one stood.

    A list that is filled anew keeps the cursor on the image where it stood.
    """

    DEFAULT_CSS = """
    ImageList { padding: 0 1; }
    """

    class Unknown(Message):
        """Images that are in sight, by their numbers, of which nothing is known here yet; see `learn`."""

        def __init__(self, images: ImageList, numbers: list[int]) -> None:
            super().__init__()
            self.images = images
            self.numbers = numbers

        @property
        def control(self) -> ImageList:
            return self.images

    def __init__(self, heading: str, *, empty: str, id: str, selection: Selection | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self.selection = selection or Selection()
        self._empty = empty
        self._words = Content("")
        self.heading = heading
        # What stands here: the numbers of the images from top to bottom, and the rows that they take.
        self.numbers: Sequence[int] = ()
        self.outline: Outline[Any] = Outline()
        self.lay_out()
        row = self.row_of(self.selection.number)
        self.set_reactive(Lines.cursor, -1 if row is None else row)

    def lay_out(self) -> None:
        """Work out `numbers` and `outline` of what is listed."""
        listing = self.selection.listing
        self.numbers = self.selection.ids
        self.outline = Outline((listing.days if listing else ()) or [(None, len(self.numbers))])

    # --- what stands where ---

    @property
    def loaded(self) -> bool:
        """Whether it was filled."""
        return self.selection.listing is not None

    @property
    def listing(self) -> Listing | None:
        """Everything that is listed, of which a view may show a part."""
        return self.selection.listing

    @property
    def marks(self) -> set[int]:
        return self.selection.marks

    @property
    def total(self) -> int:
        """How many images stand here."""
        return len(self.numbers)

    @property
    def count(self) -> int:
        return self.outline.count

    def selectable(self, row: int) -> bool:
        return self.outline.place(row) is not None

    def number_at(self, row: int) -> int | None:
        """The number of a row's image."""
        place = self.outline.place(row)
        return self.numbers[place] if place is not None else None

    @property
    def number(self) -> int | None:
        """The number of the image under the cursor."""
        return self.number_at(self.cursor)

    @property
    def place(self) -> int | None:
        """The place among `numbers` of the image under the cursor."""
        return self.outline.place(self.cursor)

    @property
    def file(self) -> Entry | None:
        """The image under the cursor, None also while nothing is known of it yet."""
        return self.selection.entry(self.number)

    @property
    def files(self) -> list[Entry]:
        """All that is known, in order."""
        return [entry for number in self.numbers if (entry := self.selection.entry(number))]

    @property
    def neighbours(self) -> list[Entry]:
        """The images after and before the one under the cursor, as far as they are known."""
        place = self.place
        if place is None:
            return []
        beside = [self.numbers[at] for at in (place + 1, place - 1) if 0 <= at < self.total]
        return [entry for number in beside if (entry := self.selection.entry(number))]

    # --- filling ---

    def fill(
        self,
        listing: Listing,
        entries: Mapping[int, Entry],
        places: Mapping[Path, int],
        *,
        total: int,
        today: date,
    ) -> None:
        """Show a list, of `total` images. `entries` are known of some of it, `places` are where some files stand in it.

        The cursor stays with its image, or with the first if it was there; where its image is gone it goes to the next.
        """
        here = self.file
        self.selection.fill(listing, entries, total=total, today=today)
        # A file may have another number now.
        place = places.get(here.path) if here is not None else None
        now = self.number if self.cursor >= 0 else self.selection.number
        still = now if place is None else listing.ids[place]
        self.show(here, None if self.at_top else still, place)

    def show(self, before: Entry | None = None, number: int | None = None, place: int | None = None) -> None:
        """Arrange the rows anew, with the cursor on an image, or on the first; `before` is what it was on.

        `place` is where the image is likely to stand: looking through a long list takes a while.
        """
        was, heading = self.number, self.outline.heading(self.cursor)
        past, stood = self.numbers, self.place
        self.lay_out()
        self._subtitle()
        row = self.row_of(number, place) if heading is None else self.row_of_heading(heading)
        if row is None and stood is not None and past[stood] == number:
            row = self.row_of(next_one(past, stood, self.numbers, by_date=self.by_date))
        self.set_reactive(Lines.cursor, self._nearest(0) if row is None else row)
        self.recount()
        if self.number != was or self.file != before:
            self.watch_cursor()

    @property
    def by_date(self) -> bool:
        """Whether the numbers that stand here rise or fall, as they do by date."""
        return self.listing is not None and bool(self.listing.days)

    @property
    def at_top(self) -> bool:
        """Whether the cursor is to stay at the top, whatever comes to stand there."""
        return self.place == 0

    def row_of_heading(self, heading: Any) -> int | None:
        """The row of a heading."""
        return self.outline.row_of(heading)

    def row_of(self, number: int | None, place: int | None = None) -> int | None:
        """The row of an image, which is likely to stand at a place."""
        if number is None:
            return None
        if place is None or place >= self.total or self.numbers[place] != number:
            place = place_of(number, self.numbers, by_date=self.by_date)
        return self.outline.row(place) if place is not None else None

    def learn(self, entries: Mapping[int, Entry]) -> None:
        """Take in what is known of images of the list."""
        before = self.file
        self.selection.learn(entries)
        self.refresh()
        if self.file != before:
            self.screen.post_message(self.Moved(self))

    def point_at(self, path: Path, places: Mapping[Path, int] | None = None) -> bool:
        """Move the cursor to a file; False where it is not listed, or nothing is known of it."""
        place = (places or {}).get(path)
        number = self.selection.number_of(path) if place is None else self.selection.ids[place]
        return self.point_at_number(number, place)

    def point_at_number(self, number: int | None, place: int | None = None) -> bool:
        """The same for an image by its number; `place` is where it is likely to stand."""
        row = self.row_of(number, place)
        if row is not None:
            self.cursor = row
        return row is not None

    def watch_cursor(self) -> None:
        self.selection.number = self.number if self.number is not None else self.selection.number
        super().watch_cursor()

    # --- marks ---

    @property
    def chosen(self) -> list[int]:
        """The numbers of the marked images in the order of the list, or the one under the cursor."""
        if not self.marks:
            return [self.number] if self.number is not None else []
        listed = [number for number in self.selection.ids if number in self.marks]
        return [*listed, *sorted(self.marks.difference(listed), reverse=True)]

    def toggle_mark(self) -> None:
        """Mark the image under the cursor, or no longer, and go to the next; within a range, all of it."""
        if self.selection.begin is not None:
            self.end_range()
        elif self.number is not None:
            self.marks.symmetric_difference_update({self.number})
            self.advance()
        self._marked()

    def advance(self) -> None:
        """To the next image."""
        self.action_move(1)

    def mark_range(self) -> None:
        """Begin a range at the cursor, or mark what lies between its beginning and the cursor."""
        if self.selection.begin is None:
            self.selection.begin = self.number
        else:
            self.end_range()
        self._marked()

    def end_range(self) -> None:
        self.marks.update(self._ranged())
        self.selection.begin = None

    def mark_all(self) -> None:
        """Mark all that is listed, or nothing where all is."""
        if not self.selection.complete:
            self.notify("Not all of it is listed yet", severity="warning", timeout=2)
            return
        listed = set(self.selection.ids)
        if listed <= self.marks:
            self.marks.difference_update(listed)
        else:
            self.marks.update(listed)
        self._marked()

    def clear_marks(self) -> bool:
        """Whether there was a mark, or the beginning of a range."""
        was = bool(self.marks) or self.selection.begin is not None
        self.marks.clear()
        self.selection.begin = None
        self._marked()
        return was

    def _marked(self) -> None:
        self._subtitle()
        self.refresh()

    def _ranged(self) -> Sequence[int]:
        """What lies between the beginning of a range and the cursor."""
        begin, place = self.selection.begin, self.place
        if begin is None or place is None or begin not in self.numbers:
            return ()
        low, high = sorted((self.numbers.index(begin), place))
        return self.numbers[low : high + 1]

    def is_marked(self, number: int) -> bool:
        """Whether an image is, or would be if the range ended here."""
        return number in self.marks or (self.selection.begin is not None and number in self._ranged())

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Words beside the heading."""
        self._words = Content.styled(words, "$error" if wrong else "$text-muted")
        self._subtitle()

    def _subtitle(self) -> None:
        """The heading, and behind it how many are listed and marked."""
        listed, total = len(self.selection.ids), self.selection.total
        shown = f"{listed:,}" if self.selection.complete else "…"
        counts = shown + (f" of {total:,}" if listed != total else "") if total else ""
        marked = f"{len(self.marks):,} marked" if self.marks else ""
        parts = [
            Content(self.heading),
            Content.styled(counts, "$text-disabled"),
            Content.styled(marked, "$warning"),
            self._words,
        ]
        self.border_title = Content("  ").join([part for part in parts if part.plain])

    # --- drawing ---

    def render_line(self, y: int) -> Strip:
        """The rows, or what will stand here."""
        if self.count or not self.loaded:
            return super().render_line(y)
        lines = [line.plain.rstrip() for line in Content(self._empty).wrap(max(self.size.width, 1))]
        at = y - max(self.size.height // 2 - len(lines), 0)
        text = Text(lines[at].center(self.size.width) if 0 <= at < len(lines) else "", self.tone("quiet"), end="")
        return Strip(list(text.render(self.app.console))).adjust_cell_length(self.size.width).apply_style(self.ground)

    def draw(self, row: int, width: int) -> Text:
        number = self.number_at(row)
        if number is None:
            return self.draw_heading(self.outline.heading(row))
        return self.draw_image(number, row, width)

    def draw_heading(self, heading: Any) -> Text:
        """What stands above a group: its day."""
        return Text(day_name(heading, self.selection.today), self.tone("quiet"))

    def draw_image(self, number: int, row: int, width: int) -> Text:
        line = Text("▌ " if self.is_marked(number) else "  ", self.tone("moving"))
        entry = self.selection.entry(number)
        if entry is None:
            self.ask(range(row - PAGE // 2, row + PAGE))
            return line.append("…", self.tone("faint"))
        stars = stars_of(entry)
        when = self.when(entry)
        end = f" {stars}" if stars else ""
        room = max(width - len(when) - len(end) - 3, 8)
        # Names differ at their ends, prompts mostly at their beginnings.
        words = clean_line(entry.prompt, limit=300) if entry.prompt else ""
        label = Text(words or shorten_middle(entry.name, room), self.tone("plain"))
        label.truncate(room, overflow="ellipsis")
        line.append_text(label).append(" " * max(width - line.cell_len - len(when) - len(end), 1))
        return line.append(f"{end} ".lstrip() if stars else "", self.tone("moving")).append(when, self.tone("faint"))

    def when(self, entry: Entry) -> str:
        """The hour beside a day, or else the day."""
        by_day = self.selection.listing is not None and self.selection.listing.days
        return time.strftime("%H:%M" if by_day else "%Y-%m-%d", time.localtime(entry.created))

    def ask(self, rows: Iterable[int]) -> None:
        """For what is not known of these rows."""
        if wanted := self.selection.unknown(self.number_at(each) for each in rows):
            self.post_message(self.Unknown(self, wanted))

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if event.chain == 2 and self.number is not None:
            self.call_later(self.screen.run_action, "open_image")

    def forget(self, numbers: Iterable[int]) -> None:
        """What is known of these is past."""
        self.selection.forget(numbers)
        self.refresh()


def stars_of(entry: Entry) -> str:
    """How an image was judged."""
    return STARS[entry.rating] + ("♥" if entry.favourite else "")


def day_name(day: str, today: date) -> str:
    """A day as people say it; what is no date stays as it is."""
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return day
    if when == today:
        return "Today"
    if when == today - timedelta(days=1):
        return "Yesterday"
    return f"{when.day} {when:%b}" if when.year == today.year else f"{when.day} {when:%b %Y}"
