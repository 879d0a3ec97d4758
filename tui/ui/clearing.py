"""The app's part in what lies in the trash and what lies about more than once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.ui.acting import Acting

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.tidy import Trashed


class Clearing(Acting):
    """The boxes of the palette that tidy up. What they show is read before they open."""

    def action_show_trash(self) -> None:
        from tui.library.tidy import trashed
        from tui.ui.screens.trash import Trash

        def known(items: Sequence[Trashed]) -> None:
            if items:
                self.push_screen(Trash(items))
            else:
                self.release_keys()
                self.notify("The trash is empty; d moves images there", timeout=3)

        self.hold_keys()
        self.ask(lambda index: trashed(index.library), known, library=True)

    def action_show_duplicates(self) -> None:
        from tui.library import tidy
        from tui.ui.screens.duplicates import Duplicates

        folder = self.session.shown_folder

        def known(groups: Sequence[Sequence[Entry]]) -> None:
            if groups:
                self.push_screen(Duplicates(groups, folder), chosen)
            else:
                self.release_keys()
                self.notify("No two files here have the same bytes", timeout=3)

        def chosen(entries: Sequence[Entry] | None) -> None:
            if entries:
                self.work_on(
                    lambda progress, cancelled: tidy.trash(self.shelf.index_of(folder), entries, progress, cancelled),
                    words="Into the trash",
                )

        self.hold_keys()
        self.ask(lambda index: index.duplicates(), known)
