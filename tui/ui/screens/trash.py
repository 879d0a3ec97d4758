"""What lies in the trash: had back, or deleted for good."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size

from tui.core.paths import shown
from tui.core.text import human_bytes, image_count, shorten_middle
from tui.ui.screens.box import Box
from tui.ui.screens.question import Question
from tui.ui.shell import shell
from tui.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.library.tidy import Trashed


class TrashList(Lines):
    """What was thrown away last stands first. `marked` are places in the list."""

    def __init__(self, items: Sequence[Trashed]) -> None:
        super().__init__(id="trashed")
        self.items = items
        self.marked: set[int] = set()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual's
        return self.count

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def chosen(self) -> list[Trashed]:
        """The marked ones, or the one under the cursor."""
        places = sorted(self.marked) or ([self.cursor] if self.selectable(self.cursor) else [])
        return [self.items[place] for place in places]

    def fill(self, items: Sequence[Trashed]) -> None:
        self.items = items
        self.marked.clear()
        self.recount()
        self.refresh(layout=True)

    def draw(self, row: int, width: int) -> Text:
        item = self.items[row]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(item.at))
        end = f"{human_bytes(item.bytes):>7}  {when}"
        room = max(width - len(end) - 4, 8)
        name = shorten_middle(item.name, max(room * 3 // 5, 8))
        line = Text("▌ " if row in self.marked else "  ", self.tone("moving")).append(name, self.tone("plain"))
        folder = shorten_middle(shown(item.origin.parent), max(room - line.cell_len, 0))
        line.append(f"  {folder}", self.tone("faint"))
        line.truncate(width - len(end) - 1, overflow="ellipsis")
        return line.append(" " * max(width - line.cell_len - len(end), 1)).append(end, self.tone("quiet"))


class Trash(Box[None]):
    """Stays open while things are had back."""

    BINDINGS = [
        ("escape,q", "dismiss", "Back"),
        ("enter", "restore", "Restore"),
        ("space", "mark", "Mark"),
        ("a", "restore_all", "Restore all"),
        ("E", "empty", "Empty"),
    ]

    def __init__(self, items: Sequence[Trashed]) -> None:
        super().__init__()
        self._items = items

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_subtitle = "enter restore · space mark · a restore all · E empty · esc back"
            yield TrashList(self._items)

    def on_mount(self) -> None:
        super().on_mount()
        self._title()
        self.lines.focus()

    @property
    def lines(self) -> TrashList:
        return self.query_one(TrashList)

    def _title(self) -> None:
        items = self.lines.items
        words = f"  {_things(items)} · {_size(items)}" if items else "  empty"
        self.query_one("#box").border_title = Content.assemble("Trash", (words, "$text-muted"))

    def _reload(self) -> None:
        from tui.library.tidy import trashed

        def known(items: Sequence[Trashed]) -> None:
            if self.is_attached:
                self.lines.fill(items)
                self._title()

        shell(self).ask(lambda index: trashed(index.library), known, library=True)

    def action_mark(self) -> None:
        if self.lines.selectable(self.lines.cursor):
            self.lines.marked ^= {self.lines.cursor}
            self.lines.action_move(1)
            self.lines.refresh()

    def action_restore(self) -> None:
        self._restore(self.lines.chosen)

    def action_restore_all(self) -> None:
        self._restore(self.lines.items)

    def _restore(self, items: Sequence[Trashed]) -> None:
        from tui.library import tidy

        app = shell(self)
        if items:
            app.work_on(
                lambda progress, cancelled: tidy.restore(
                    app.shelf.index_of(app.session.library), items, progress, cancelled
                ),
                words="Out of the trash",
                then=self._reload,
            )

    def action_empty(self) -> None:
        from tui.library import tidy

        items = self.lines.items
        if not items:
            return

        def answered(word: str | None) -> None:
            if word is not None:
                shell(self).work_on(
                    lambda progress, cancelled: tidy.empty(items, progress, cancelled),
                    words="Emptying the trash",
                    then=self._reload,
                )

        text = f"{_things(items)}, {_size(items)}. They can't be had back; what they cost stays known."
        self.app.push_screen(Question("Empty the trash?", text, [("y", "delete for good")]), answered)


def _things(items: Sequence[Trashed]) -> str:
    return image_count(len(items))


def _size(items: Sequence[Trashed]) -> str:
    return human_bytes(sum(item.bytes for item in items))
