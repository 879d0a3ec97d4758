"""One image on the whole screen, with the ones before and after a key away."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content

from tui.core.record import Record
from tui.library.files import ImageFile
from tui.ui.commands import bindings
from tui.ui.previewer import Previewer
from tui.ui.screens.box import Over
from tui.ui.screens.browsing import caption
from tui.ui.screens.looking import Looking
from tui.ui.shell import shell
from tui.ui.widgets.key_bar import KeyBar
from tui.ui.widgets.preview import Preview


class Viewer(Looking, Over[Path]):
    """Gives back the path of the image that was looked at last."""

    CSS_PATH = "../styles/viewer.tcss"
    BINDINGS = [*bindings("viewer"), *bindings("preview")]

    def __init__(self, files: list[ImageFile], at: int, previewer: Previewer) -> None:
        super().__init__()
        self._files = files
        self._at = at
        self._previewer = previewer

    def compose(self) -> ComposeResult:
        yield Preview(self._previewer, empty="No image", id="view")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    @property
    def file(self) -> ImageFile:
        return self._files[self._at]

    def _show(self) -> None:
        place = f"  {self._at + 1} of {len(self._files)}"
        self.preview.title = Content.assemble(self.file.name, (place, "$text-disabled"))
        near = [self._files[at].path for at in (self._at + 1, self._at - 1) if 0 <= at < len(self._files)]
        self.preview.show(self.file.path, caption(self.file, None), version=self.file, near=near)
        shell(self).look_up(self.file, self._describe, only_latest="viewer")

    def _describe(self, file: ImageFile, record: Record | None) -> None:
        if file == self.file:
            self.preview.show(file.path, caption(file, record))

    def action_previous(self) -> None:
        self._step(-1)

    def action_next(self) -> None:
        self._step(1)

    def _step(self, delta: int) -> None:
        at = self._at + delta
        if 0 <= at < len(self._files):
            self._at = at
            self._show()

    def action_details(self) -> None:
        self.query_one("#caption").toggle_class("-hidden")

    def action_close(self) -> None:
        self.dismiss(self.file.path)
