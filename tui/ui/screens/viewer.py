"""One image on the whole screen, with the ones before and after a key away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.content import Content

from tui.core.record import Record
from tui.library.entry import Entry
from tui.ui.commands import bindings
from tui.ui.previewer import Previewer
from tui.ui.screens.box import Over
from tui.ui.screens.browsing import caption
from tui.ui.screens.looking import Looking
from tui.ui.shell import shell
from tui.ui.widgets.key_bar import KeyBar
from tui.ui.widgets.preview import Preview

# Images in either direction that are known before they are looked at.
AHEAD = 20


class Viewer(Looking, Over[int]):
    """Images of a list, by their numbers, one at a time; gives back the place of the one that was looked at last."""

    CSS_PATH = "../styles/viewer.tcss"
    BINDINGS = [*bindings("viewer"), *bindings("preview")]

    def __init__(
        self, numbers: Sequence[int], at: int, file: Entry, previewer: Previewer, *, library: bool = False
    ) -> None:
        super().__init__()
        self._numbers = numbers
        self._at = at
        self._library = library
        self._known = {numbers[at]: file}
        self._previewer = previewer

    def compose(self) -> ComposeResult:
        yield Preview(self._previewer, empty="No image", id="view")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    @property
    def file(self) -> Entry | None:
        return self._known.get(self._numbers[self._at])

    def _show(self) -> None:
        """The image, and what is next to it as soon as that is known."""
        around = range(max(self._at - AHEAD, 0), min(self._at + AHEAD + 1, len(self._numbers)))
        missing = [self._numbers[at] for at in around if self._numbers[at] not in self._known]
        if missing and (self.file is None or any(self._numbers[at] in missing for at in self._beside)):
            shell(self).fetch(missing, self._learn, library=self._library)
        file = self.file
        if file is None:
            return
        place = f"  {self._at + 1:,} of {len(self._numbers):,}"
        self.preview.title = Content.assemble(file.name, (place, "$text-disabled"))
        near = [known.path for at in self._beside if (known := self._known.get(self._numbers[at]))]
        version = (file.mtime_ns, file.bytes)
        self.preview.show(file.path, caption(file, None), version=version, near=near)
        shell(self).look_up(file, self._describe, only_latest="viewer")

    @property
    def _beside(self) -> list[int]:
        return [at for at in (self._at + 1, self._at - 1) if 0 <= at < len(self._numbers)]

    def _learn(self, entries: Mapping[int, Entry]) -> None:
        self._known.update(entries)
        if self.is_attached:
            self._show()

    def _describe(self, file: Entry, record: Record | None) -> None:
        if file == self.file:
            self.preview.show(file.path, caption(file, record))

    def action_previous(self) -> None:
        self._step(-1)

    def action_next(self) -> None:
        self._step(1)

    def _step(self, delta: int) -> None:
        at = self._at + delta
        if 0 <= at < len(self._numbers):
            self._at = at
            self._show()

    def action_details(self) -> None:
        self.query_one("#caption").toggle_class("-hidden")

    def action_close(self) -> None:
        self.dismiss(self._at)
