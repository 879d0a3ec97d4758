"""Files of the same bytes, and which of them go to the trash."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size

from tui.core.text import clean_line, human_bytes, image_count, shorten_middle
from tui.ui.screens.box import Box
from tui.ui.screens.question import Question
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.library.entry import Entry


class DuplicateList(Lines):
    """The groups, each below a heading. `goes` are the numbers of the files that are not to stay."""

    def __init__(self, groups: Sequence[Sequence[Entry]], root: Path) -> None:
        super().__init__(id="duplicates")
        self._groups = [sorted(group, key=lambda entry: (entry.mtime_ns, entry.path)) for group in groups]
        self._starts = [0, *accumulate(len(group) + 1 for group in self._groups)]
        self._root = root
        # The oldest is the one that others were copied from.
        self.goes = {entry.number for group in self._groups for entry in group[1:]}

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual's
        return self.count

    @property
    def count(self) -> int:
        return self._starts[-1]

    @property
    def going(self) -> list[Entry]:
        return [entry for group in self._groups for entry in group if entry.number in self.goes]

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and row not in self._starts

    def group_at(self, row: int) -> Sequence[Entry]:
        return self._groups[bisect_right(self._starts, row) - 1]

    def entry_at(self, row: int) -> Entry:
        group = bisect_right(self._starts, row) - 1
        return self._groups[group][row - self._starts[group] - 1]

    def toggle(self) -> bool:
        """Whether the file under the cursor goes or stays, the other way; False where nothing of it would stay."""
        number, group = self.entry_at(self.cursor).number, self.group_at(self.cursor)
        changed = self.goes ^ {number}
        if all(entry.number in changed for entry in group):
            return False
        self.goes = changed
        self.refresh()
        return True

    def draw(self, row: int, width: int) -> Text:
        if not self.selectable(row):
            group = self.group_at(row)
            return Text(f"{len(group)} files of the same {human_bytes(group[0].bytes)}", self.tone("quiet"))
        entry = self.entry_at(row)
        goes = entry.number in self.goes
        path = entry.path.relative_to(self._root) if entry.path.is_relative_to(self._root) else entry.path
        name = shorten_middle(clean_line(path, limit=4096), max(width - 11, 8))
        line = Text("  trash  " if goes else "  stays  ", self.tone("moving" if goes else "good"))
        return line.append(name, self.tone("faint" if goes else "plain"))


class Duplicates(Box["list[Entry] | None"]):
    """Gives back the files that are to go to the trash, or None."""

    BINDINGS = [
        ("escape,q", "dismiss(None)", "Back"),
        ("space", "keep", "Keep or not"),
        ("enter", "trash", "To the trash"),
    ]

    def __init__(self, groups: Sequence[Sequence[Entry]], root: Path) -> None:
        super().__init__()
        self._groups = groups
        self._root = root

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_subtitle = "space keep or not · enter to the trash · esc back"
            yield DuplicateList(self._groups, self._root)

    def on_mount(self) -> None:
        super().on_mount()
        self._title()
        self.lines.focus()

    @property
    def lines(self) -> DuplicateList:
        return self.query_one(DuplicateList)

    def _title(self) -> None:
        groups = image_count(len(self._groups))
        going = self.lines.going
        size = human_bytes(sum(entry.bytes for entry in going))
        words = f"  of {groups} · {_files(len(going))} would go, {size}"
        self.query_one("#box").border_title = Content.assemble("Duplicates", (words, "$text-muted"))

    def action_keep(self) -> None:
        if not self.lines.selectable(self.lines.cursor):
            return
        if self.lines.toggle():
            self._title()
        else:
            self.notify("One of each stays", timeout=2)

    def action_trash(self) -> None:
        going = self.lines.going
        if not going:
            self.dismiss(None)
            return

        def answered(word: str | None) -> None:
            if word is not None:
                self.dismiss(going)

        size = human_bytes(sum(entry.bytes for entry in going))
        text = f"{_files(len(going))}, {size}. Of each image one file stays; the trash gives them back."
        title = "Duplicates to the trash?"
        self.app.push_screen(Question(title, text, [("y", "to the trash")]), answered)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
