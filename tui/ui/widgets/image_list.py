"""The images of a folder by day, newest first."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.strip import Strip

from tui.core.text import clean_line, shorten_middle
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.library.files import ImageFile


class ImageList(Lines):
    """Days and their images. Newly listed files keep the cursor on the image where it stood."""

    DEFAULT_CSS = """
    ImageList { padding: 0 1; }
    """

    def __init__(self, heading: str, *, empty: str, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self._empty = empty
        self._rows: list[ImageFile | str] = []
        self._today = date.min
        self._prompts: Mapping[Path, str] = {}
        self.loaded = False
        self.heading = heading
        self.border_title = Content(heading)

    @property
    def count(self) -> int:
        return len(self._rows)

    def selectable(self, row: int) -> bool:
        return 0 <= row < len(self._rows) and not isinstance(self._rows[row], str)

    @property
    def files(self) -> list[ImageFile]:
        return [row for row in self._rows if not isinstance(row, str)]

    @property
    def file(self) -> ImageFile | None:
        """The image under the cursor."""
        row = self._rows[self.cursor] if self.selectable(self.cursor) else None
        return row if not isinstance(row, str) else None

    @property
    def neighbours(self) -> list[ImageFile]:
        """The images after and before the one under the cursor, as far as there are any."""
        found = []
        for step in (1, -1):
            row = self.cursor + step
            while 0 <= row < len(self._rows) and not self.selectable(row):
                row += step
            if self.selectable(row):
                found.append(self._rows[row])
        return [row for row in found if not isinstance(row, str)]

    def fill(self, files: list[ImageFile], prompts: Mapping[Path, str], *, today: date) -> None:
        """Show these files by day, with their prompts where those are known.

        The cursor stays with its image, or with the newest if it was there.
        """
        from tui.library.files import days

        here = self.file
        at_top = here is None or here == next(iter(self.files), None)
        self._today, self._prompts, self.loaded = today, prompts, True
        self._rows = []
        for day, images in days(files):
            self._rows += [day, *images]
        self.border_title = Content.assemble(self.heading, (f"  {len(files)}" if files else "", "$text-disabled"))
        kept = None if at_top or here is None else self._row_of(here.path)
        self.set_reactive(Lines.cursor, self._nearest(0) if kept is None else kept)
        self.recount()
        if self.file != here:
            self.watch_cursor()

    def point_at(self, path: Path) -> bool:
        """Move the cursor to a file; False where it is not listed."""
        row = self._row_of(path)
        if row is not None:
            self.cursor = row
        return row is not None

    def _row_of(self, path: Path) -> int | None:
        return next((i for i, row in enumerate(self._rows) if not isinstance(row, str) and row.path == path), None)

    def render_line(self, y: int) -> Strip:
        """The rows, or what will stand here."""
        if self._rows or not self.loaded:
            return super().render_line(y)
        lines = [line.plain.rstrip() for line in Content(self._empty).wrap(max(self.size.width, 1))]
        at = y - max(self.size.height // 2 - len(lines), 0)
        text = Text(lines[at].center(self.size.width) if 0 <= at < len(lines) else "", self.tone("quiet"), end="")
        return Strip(list(text.render(self.app.console))).adjust_cell_length(self.size.width).apply_style(self.ground)

    def draw(self, row: int, width: int) -> Text:
        item = self._rows[row]
        if not isinstance(item, str):
            when = time.strftime("%H:%M", time.localtime(item.mtime))
            room = max(width - len(when) - 3, 8)
            prompt = self._prompts.get(item.path)
            # Names differ at their ends, prompts mostly at their beginnings.
            label = Text(clean_line(prompt) if prompt else shorten_middle(item.name, room), self.tone("plain"))
            label.truncate(room, overflow="ellipsis")
            line = Text("  ").append_text(label)
            return line.append(" " * max(width - line.cell_len - len(when), 1)).append(when, self.tone("faint"))
        return Text(day_name(item, self._today), self.tone("quiet"))


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
