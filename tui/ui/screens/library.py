"""Library: the images of a folder, the preview and the details."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.core.paths import shown
from tui.library.entry import Entry
from tui.ui.about import About
from tui.ui.commands import bindings
from tui.ui.screens.viewing import Viewing
from tui.ui.selection import Selection
from tui.ui.shelf import Shown
from tui.ui.shell import shell
from tui.ui.widgets.details import Details
from tui.ui.widgets.preview import Preview
from tui.ui.widgets.search import Search

EMPTY_PREVIEW = "The image under the cursor is shown here."


class LibraryScreen(Viewing):
    """`query` is what is searched for, empty for the whole folder."""

    PLACE = "library"
    CSS_PATH = "../styles/library.tcss"
    PANES: ClassVar = (("list", "Images"), ("preview", "Preview"), ("details", "Details"))
    AUTO_FOCUS = "#list"
    BINDINGS = [("escape", "leave_search"), *bindings("library")]

    def panes(self) -> Iterable[Widget]:
        yield self.make_view(Selection(self.session.marks))
        yield Preview(self.previewer, empty=EMPTY_PREVIEW, id="preview")
        yield Details(id="details")

    def on_mount(self) -> None:
        self.mount(Search(), before="#panes")

    def fill(self, found: Shown) -> None:
        if not self.stands:
            return
        session = self.session
        self.images.heading = f"/ {session.query}" if session.query else shown(session.shown_folder)
        super().fill(found)
        self.query_one(Details).mark(found.listing.words)
        problems = found.listing.problems
        reading = session.reading
        words = f"reading {reading[0]:,} of {reading[1]:,}" if reading else ""
        if session.order != "date" or session.reverse:
            words = words or f"by {session.order}{', reversed' if session.reverse else ''}"
        self.images.say(problems[0] if problems else words, wrong=bool(problems))
        if not len(found.listing):
            self.preview.show(None)
            self.query_one(Details).show(None)

    @property
    def image_panes(self) -> list[Widget]:
        return [self.preview, self.query_one(Details)]

    def describe(self, file: Entry, about: About) -> None:
        super().describe(file, about)
        if self.stands and file == self.images.file:
            self.query_one(Details).show(file, about)

    def action_details(self) -> None:
        self.show_pane("list" if self.pane == "details" else "details")

    def action_search(self) -> None:
        self.query_one(Search).open(self.session.query)

    def action_leave_search(self) -> None:
        if self.images.clear_marks():
            self._marked()
        elif self.session.query:
            self._search("")
        self.set_focus(self.images)

    @on(Search.Changed)
    def _typed(self, event: Search.Changed) -> None:
        event.stop()
        self._search(event.value)

    @on(Search.Submitted)
    def _submitted(self, event: Search.Submitted) -> None:
        event.stop()
        self.query_one(Search).close()
        self.set_focus(self.images)

    def show_all(self) -> None:
        self.session.query = ""

    def _search(self, query: str) -> None:
        self.session.query = query.strip()
        shell(self).list_images(rescan=False)
