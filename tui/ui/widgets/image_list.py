"""The images of a list, by day where it is sorted by date. Only those in sight, and a page around them, are known."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from tui.core.text import clean_line, shorten_middle
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.lists import Listing

# Entries that are kept: some screens in either direction.
KEPT = 3000
# Rows that are asked for around one that is not known.
PAGE = 60
STARS = ("", "★", "★★", "★★★", "★★★★", "★★★★★")


class ImageList(Lines):
    """`marks` are the numbers of the marked images, shared with whoever else shows them.

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

    def __init__(self, heading: str, *, empty: str, id: str, marks: set[int] | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self._empty = empty
        self._listing: Listing | None = None
        self._days: tuple[tuple[str, int], ...] = ()
        # For each day the row that it stands on.
        self._starts: list[int] = []
        self._entries: dict[int, Entry] = {}
        self._asked: set[int] = set()
        self._today = date.min
        self._range: int | None = None
        self._words = Content("")
        self.marks = marks if marks is not None else set()
        self.heading = heading
        self.border_title = heading

    # --- what stands where ---

    @property
    def loaded(self) -> bool:
        """Whether it was filled."""
        return self._listing is not None

    @property
    def listing(self) -> Listing | None:
        return self._listing

    @property
    def total(self) -> int:
        """How many images are listed."""
        return len(self._listing.ids) if self._listing else 0

    @property
    def count(self) -> int:
        return self.total + len(self._days)

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and self._place(row) is not None

    def _place(self, row: int) -> int | None:
        """The place of a row's image in the list; None for a day."""
        if not self._days:
            return row
        day = bisect_right(self._starts, row) - 1
        return None if self._starts[day] == row else row - day - 1

    def _row(self, place: int) -> int:
        """The row of an image, by its place in the list."""
        if not self._days:
            return place
        # Each day has a row of its own before its images.
        day = bisect_right([start - number for number, start in enumerate(self._starts)], place) - 1
        return place + day + 1

    def number_at(self, row: int) -> int | None:
        """The number of a row's image."""
        place = self._place(row) if 0 <= row < self.count else None
        return self._listing.ids[place] if self._listing and place is not None else None

    @property
    def number(self) -> int | None:
        """The number of the image under the cursor."""
        return self.number_at(self.cursor)

    @property
    def place(self) -> int | None:
        """The place in the list of the image under the cursor."""
        return self._place(self.cursor) if self.selectable(self.cursor) else None

    @property
    def file(self) -> Entry | None:
        """The image under the cursor, None also while nothing is known of it yet."""
        number = self.number
        return self._entries.get(number) if number is not None else None

    @property
    def files(self) -> list[Entry]:
        """All that is known, in order."""
        ids = self._listing.ids if self._listing else ()
        return [self._entries[number] for number in ids if number in self._entries]

    @property
    def neighbours(self) -> list[Entry]:
        """The images after and before the one under the cursor, as far as they are known."""
        place = self.place
        if place is None or self._listing is None:
            return []
        numbers = [self._listing.ids[at] for at in (place + 1, place - 1) if 0 <= at < self.total]
        return [self._entries[number] for number in numbers if number in self._entries]

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

        The cursor stays with its image, or with the first if it was there.
        """
        here, before = self.file, self.number
        at_top = before is None or (self.place == 0)
        self._listing, self._days, self._today = listing, listing.days, today
        self._starts = [0, *accumulate(count + 1 for _, count in listing.days)][:-1]
        self._range = None
        counts = f"{len(listing):,}" + (f" of {total:,}" if len(listing) != total else "")
        self.border_title = Content.assemble(self.heading, (f"  {counts}" if total else "", "$text-disabled"))
        self._entries = {**self._entries, **entries} if len(self._entries) < KEPT else dict(entries)
        self._asked.clear()
        kept = None if at_top else self._still(before, here, places)
        self.set_reactive(Lines.cursor, self._nearest(0) if kept is None else self._row(kept))
        self.recount()
        if self.number != before or self.file != here:
            self.watch_cursor()

    def _still(self, number: int | None, file: Entry | None, places: Mapping[Path, int]) -> int | None:
        """Where an image stands now, which may have another number."""
        if file is not None and file.path in places:
            return places[file.path]
        ids = self._listing.ids if self._listing else ()
        return ids.index(number) if number is not None and number in ids else None

    def learn(self, entries: Mapping[int, Entry]) -> None:
        """Take in what is known of images of the list."""
        before = self.file
        if len(self._entries) > KEPT:
            self._entries.clear()
            self._asked.clear()
        self._entries.update(entries)
        self._asked -= entries.keys()
        self.refresh()
        if self.file != before:
            self.screen.post_message(self.Moved(self))

    def point_at(self, path: Path, places: Mapping[Path, int] | None = None) -> bool:
        """Move the cursor to a file; False where it is not listed, or nothing is known of it."""
        place = (places or {}).get(path)
        if place is None:
            known = next((entry.number for entry in self._entries.values() if entry.path == path), None)
            ids = self._listing.ids if self._listing else ()
            place = ids.index(known) if known is not None and known in ids else None
        if place is not None:
            self.cursor = self._row(place)
        return place is not None

    def point_at_place(self, place: int) -> None:
        """Move the cursor to an image by its place in the list."""
        if 0 <= place < self.total:
            self.cursor = self._row(place)

    # --- marks ---

    @property
    def chosen(self) -> list[int]:
        """The numbers of the marked images, the newest first, or the one under the cursor."""
        if self.marks:
            return sorted(self.marks, reverse=True)
        return [self.number] if self.number is not None else []

    def toggle_mark(self) -> None:
        """Mark the image under the cursor, or no longer, and go to the next; within a range, all of it."""
        if self._range is not None:
            self.end_range()
        elif self.number is not None:
            self.marks ^= {self.number}
            self.action_move(1)
        self._marked()

    def mark_range(self) -> None:
        """Begin a range at the cursor, or mark what lies between its beginning and the cursor."""
        if self._range is None:
            self._range = self.place
        else:
            self.end_range()
        self._marked()

    def end_range(self) -> None:
        self.marks |= self._ranged()
        self._range = None

    def mark_all(self) -> None:
        """Mark all that is listed, or nothing where all is."""
        listed = set(self._listing.ids) if self._listing else set()
        if listed <= self.marks:
            self.marks -= listed
        else:
            self.marks |= listed
        self._marked()

    def clear_marks(self) -> bool:
        """Whether there was a mark, or the beginning of a range."""
        was = bool(self.marks) or self._range is not None
        self.marks.clear()
        self._range = None
        self._marked()
        return was

    def _marked(self) -> None:
        self._subtitle()
        self.refresh()

    def _ranged(self) -> set[int]:
        place = self.place
        if self._range is None or place is None or self._listing is None:
            return set()
        low, high = sorted((self._range, place))
        return set(self._listing.ids[low : high + 1])

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Words below the list, beside how many are marked."""
        self._words = Content.styled(words, "$error" if wrong else "$text-muted")
        self._subtitle()

    def _subtitle(self) -> None:
        count = f"{len(self.marks):,} marked" if self.marks else ""
        self.border_subtitle = Content("  ").join([part for part in (self._words, Content(count)) if part.plain])

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
            day = self._days[bisect_right(self._starts, row) - 1][0]
            return Text(day_name(day, self._today), self.tone("quiet"))
        marked = number in self.marks or (self._range is not None and number in self._ranged())
        line = Text("▌ " if marked else "  ", self.tone("moving"))
        entry = self._entries.get(number)
        if entry is None:
            self._ask(row)
            return line.append("…", self.tone("faint"))
        stars = STARS[entry.rating] + ("♥" if entry.favourite else "")
        when = self._when(entry)
        end = f" {stars}" if stars else ""
        room = max(width - len(when) - len(end) - 3, 8)
        # Names differ at their ends, prompts mostly at their beginnings.
        words = clean_line(entry.prompt, limit=300) if entry.prompt else ""
        label = Text(words or shorten_middle(entry.name, room), self.tone("plain"))
        label.truncate(room, overflow="ellipsis")
        line.append_text(label).append(" " * max(width - line.cell_len - len(when) - len(end), 1))
        return line.append(f"{end} ".lstrip() if stars else "", self.tone("moving")).append(when, self.tone("faint"))

    def _when(self, entry: Entry) -> str:
        """The hour beside a day, or else the day."""
        return time.strftime("%H:%M" if self._days else "%Y-%m-%d", time.localtime(entry.created))

    def _ask(self, row: int) -> None:
        """For what is not known around a row."""
        around = (self.number_at(each) for each in range(max(row - PAGE // 2, 0), min(row + PAGE, self.count)))
        wanted = [each for each in around if each is not None and each not in self._entries and each not in self._asked]
        if wanted:
            self._asked.update(wanted)
            self.post_message(self.Unknown(self, wanted))

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if event.chain == 2 and self.number is not None:
            self.call_later(self.screen.run_action, "open_image")

    def forget(self, numbers: Iterable[int]) -> None:
        """What is known of these is past."""
        for number in numbers:
            self._entries.pop(number, None)
        self.refresh()


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
