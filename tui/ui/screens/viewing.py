"""The views of the Library's list: by day, as a contact sheet, and as a tree of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tui.core.paths import shown
from tui.ui.previewer import Previewer
from tui.ui.screens.browsing import Browsing
from tui.ui.selection import Selection
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.folder_tree import Folders, FolderTree
from tui.ui.widgets.image_list import ImageList

if TYPE_CHECKING:
    from tui.library.index import Index
    from tui.ui.widgets.tiles import Tiles

LIST, SHEET, TREE = "list", "sheet", "tree"
VIEWS = (LIST, SHEET, TREE)
EMPTY_LIST = "No images here yet.\nf5 makes some, ctrl+g opens\nanother folder."


class Viewing(Browsing):
    """`view` is the one of VIEWS that stands; all of them share a selection."""

    view = LIST

    def __init__(self, session: Session, previewer: Previewer) -> None:
        super().__init__(session, previewer)
        # What contact sheets drew.
        self._tiles: Tiles | None = None

    def make_view(self, selection: Selection) -> ImageList:
        """The list in the view of now."""
        heading = shown(self.session.shown_folder)
        if self.view == SHEET:
            from tui.ui.widgets.contact_sheet import ContactSheet

            sheet = ContactSheet(
                heading, self.previewer, empty=EMPTY_LIST, id="list", selection=selection, tiles=self._tiles
            )
            self._tiles = sheet.tiles
            return sheet
        if self.view == TREE:
            folder = self.session.shown_folder
            tree = FolderTree(
                heading, {b""}, root=folder.name or heading, empty=EMPTY_LIST, id="list", selection=selection
            )
            if (entry := selection.entry(selection.number)) is not None:
                tree.reveal(entry.path, folder)
            return tree
        return ImageList(heading, empty=EMPTY_LIST, id="list", selection=selection)

    async def action_next_view(self) -> None:
        """The same list in the next view, with the cursor where it is."""
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        old = self.images
        app, stood = shell(self), old.has_focus
        # What is typed meanwhile belongs to the view that comes.
        app.hold_keys()
        self._composed = False
        new = self.make_view(old.selection)
        new.set_class(old.has_class("-shown"), "-shown")
        for view in VIEWS:
            self.set_class(view == self.view, f"-as-{view}")
        try:
            with self.app.batch_update():
                await old.remove()
                await self.query_one("#panes").mount(new, before=0)
        finally:
            self._composed = True
        if stood:
            new.focus()
        self.call_after_refresh(self._stand, new)

    def _stand(self, new: ImageList) -> None:
        """The view is there and has its size."""
        new.show(None, new.selection.number)
        shell(self).refill()
        self.refresh_bindings()
        shell(self).release_keys()

    @on(FolderTree.Wanted)
    def _look_into(self, event: FolderTree.Wanted) -> None:
        """What is in the open folders is read."""
        session, opened = self.session, tuple(event.tree.opened)
        text, order, reverse, marked = session.query, session.order, session.reverse, frozenset(session.marks)

        def read(index: Index) -> Folders:
            from tui.library.query import parse

            query = parse(text)
            counts = index.folders(query, marked)
            there = {path for path, _ in counts}
            images = {
                path: index.listing(query.directly_in(path), order, reverse=reverse, marked=marked).ids
                for path in opened
                if path in there
            }
            return Folders(counts, images)

        def take(folders: Folders) -> None:
            if event.tree.is_attached:
                event.tree.take(folders)

        shell(self).ask(read, take, only_latest="folders")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A folder is opened as an image is. Letters that are typed are text."""
        if action == "open_image" and self._composed and self._on_folder:
            return self.images.has_focus
        return super().check_action(action, parameters)

    @property
    def _on_folder(self) -> bool:
        images = self.images
        return isinstance(images, FolderTree) and images.folder is not None

    def action_open_image(self) -> None:
        images = self.images
        if not (isinstance(images, FolderTree) and images.toggle()):
            super().action_open_image()
