"""The folders of a list as a tree: each opens and closes, and has its images below it."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.message import Message

from tui.core.text import clean_line, shorten_middle
from tui.ui.selection import Selection
from tui.ui.widgets.image_list import ImageList
from tui.ui.widgets.outline import Outline

if TYPE_CHECKING:
    from tui.library.entry import Entry

INDENT = 2


@dataclass(frozen=True, slots=True)
class Folders:
    """How many images lie directly in each folder, relative to the root, and of some folders which, in order."""

    counts: Sequence[tuple[bytes, int]] = ()
    images: Mapping[bytes, Sequence[int]] = field(default_factory=dict)


class Folder(NamedTuple):
    """A row of the tree; `total` is of all the images in it and below it."""

    path: bytes
    name: str
    depth: int
    total: int
    open: bool


class FolderTree(ImageList):
    """`opened` are the folders that are open, by their paths relative to the root, which is b""."""

    BINDINGS = [
        Binding("left,h", "fold", show=False),
        Binding("right,l", "unfold", show=False),
    ]

    class Wanted(Message):
        """What lies in the open folders is to be found out; see `take`."""

        def __init__(self, tree: FolderTree) -> None:
            super().__init__()
            self.tree = tree

        @property
        def control(self) -> FolderTree:
            return self.tree

    def __init__(
        self,
        heading: str,
        opened: set[bytes],
        *,
        root: str,
        empty: str,
        id: str,  # noqa: A002  # Textual's own name
        selection: Selection | None = None,
    ) -> None:
        self.opened = opened
        self.root = root
        self._folders = Folders()
        self._depths: list[int] = []
        super().__init__(heading, empty=empty, id=id, selection=selection)

    def lay_out(self) -> None:
        groups: list[tuple[Folder | None, int]] = []
        numbers = array("q")
        self._depths = []
        for folder, images, depth in self._walk():
            numbers.extend(images)
            groups.append((folder, len(images)))
            self._depths.append(depth)
        self.numbers = numbers
        self.outline = Outline(groups)

    def _walk(self) -> Iterator[tuple[Folder | None, Sequence[int], int]]:
        """What stands in the tree from top to bottom: folders, and the images of open ones below theirs."""
        below: dict[bytes, list[bytes]] = {}
        counts = dict.fromkeys([b""], 0)
        for path, count in self._folders.counts:
            for each in (path, *above(path)):
                if each not in counts:
                    below.setdefault(parent(each), []).append(each)
                counts[each] = counts.get(each, 0) + count

        def walk(path: bytes, depth: int) -> Iterator[tuple[Folder | None, Sequence[int], int]]:
            name = os.fsdecode(path.rpartition(b"/")[2]) if path else self.root
            yield Folder(path, clean_line(name), depth, counts[path], path in self.opened), (), depth
            if path in self.opened:
                for each in sorted(below.get(path, ())):
                    yield from walk(each, depth + 1)
                if images := self._folders.images.get(path):
                    yield None, images, depth + 1

        return walk(b"", 0) if self._folders.counts else iter(())

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count

    def row_of_heading(self, heading: Any) -> int | None:
        """The row of a folder, which may be open or closed now and hold more or fewer images."""
        return next((row for row, folder in self._rows() if folder.path == heading.path), None)

    def _rows(self) -> Iterator[tuple[int, Folder]]:
        """The folders, each with its row."""
        return ((row, folder) for row in self.outline.headings if (folder := self.outline.heading(row)))

    @property
    def by_date(self) -> bool:
        return False

    @property
    def at_top(self) -> bool:
        return False

    @property
    def folder(self) -> Folder | None:
        """The folder under the cursor."""
        return self.outline.heading(self.cursor)

    # --- filling ---

    def fill(self, *given: Any, **named: Any) -> None:
        super().fill(*given, **named)
        self.post_message(self.Wanted(self))

    def take(self, folders: Folders) -> None:
        """Show what lies in the folders."""
        self._folders = folders
        self.show(self.file, self.number if self.number is not None else self.selection.number)

    # --- opening and closing ---

    def reveal(self, path: Path, root: Path) -> None:
        """Open the folders that a file lies in."""
        if path.is_relative_to(root):
            folder = os.fsencode(path.relative_to(root).parent)
            self.opened.update(b"" if each == b"." else each for each in (folder, *above(folder)))

    def toggle(self) -> bool:
        """Open or close the folder under the cursor; False where there is none."""
        folder = self.folder
        if folder is None:
            return False
        self.opened.symmetric_difference_update({folder.path})
        self.show(self.file)
        if folder.path in self.opened:
            self.post_message(self.Wanted(self))
        return True

    def action_fold(self) -> None:
        """Close the folder, or go to the one that this lies in."""
        folder = self.folder
        if folder is not None and folder.open:
            self.toggle()
        elif self.cursor >= 0:
            depth = self._depths[self.outline.group(self.cursor)]
            above_it = [row for row, each in self._rows() if row < self.cursor and each.depth < depth]
            self.cursor = above_it[-1] if above_it else self.cursor

    def action_unfold(self) -> None:
        """Open the folder, or go to what is in it."""
        folder = self.folder
        if folder is not None and folder.open:
            self.action_move(1)
        elif folder is not None:
            self.toggle()

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        event.prevent_default()
        if self.folder is not None and self.outline.heading(event.y + self.scroll_offset.y) == self.folder:
            self.toggle()

    # --- drawing ---

    def draw(self, row: int, width: int) -> Text:
        folder = self.outline.heading(row)
        if folder is None:
            indent = " " * INDENT * self._depths[self.outline.group(row)]
            image = super().draw(row, width - len(indent))
            # The mark stays at the edge, where it is looked for.
            return Text.assemble(image[:2], indent, image[2:])
        head = f"{' ' * INDENT * folder.depth}{'▾' if folder.open else '▸'} "
        count = f" {folder.total:,}"
        line = Text(head, self.tone("quiet")).append(
            shorten_middle(folder.name, max(width - len(head) - len(count), 8)), self.tone("plain")
        )
        line.append(" " * max(width - line.cell_len - len(count), 0))
        return line.append(count, self.tone("faint"))

    def when(self, entry: Entry) -> str:  # noqa: ARG002  # of any image
        """Not beside a name that is indented: it needs the room."""
        return ""


def parent(path: bytes) -> bytes:
    """The folder that one lies in."""
    return path.rpartition(b"/")[0]


def above(path: bytes) -> Iterator[bytes]:
    """All folders that one lies in, the nearest first."""
    while path:
        yield (path := parent(path))
