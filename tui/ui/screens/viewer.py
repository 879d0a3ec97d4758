"""One image on the whole screen, with the ones before and after a key away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content

from tui.core.record import Record
from tui.library.entry import Entry
from tui.ui.commands import bindings
from tui.ui.previewer import Previewer
from tui.ui.screens.box import Over
from tui.ui.screens.browsing import caption
from tui.ui.screens.judging import Judging
from tui.ui.screens.slideshow import Slideshow
from tui.ui.screens.tidying import Tidying
from tui.ui.shell import shell
from tui.ui.widgets.key_bar import KeyBar
from tui.ui.widgets.preview import Preview

# Images in either direction that are known before they are looked at.
AHEAD = 20


class Seen(NamedTuple):
    """The image that was looked at last: its number, its place in the list, and its file as far as that is known."""

    number: int
    place: int
    path: Path | None


class Viewer(Judging, Tidying, Slideshow, Over[Seen | None]):
    """Images of a list, by their numbers, one at a time; gives back the one that was looked at last."""

    CSS_PATH = "../styles/viewer.tcss"
    BINDINGS = [*bindings("viewer"), *bindings("judge"), *bindings("preview")]

    def __init__(
        self, numbers: Sequence[int], at: int, file: Entry, previewer: Previewer, *, library: bool = False
    ) -> None:
        super().__init__()
        self._numbers = numbers
        self._at = at
        self._library = library
        self._known = {numbers[at]: file}
        # Those that went to the trash meanwhile, each with its place.
        self._left: list[tuple[int, int]] = []
        self._taking_back = False
        self._previewer = previewer

    def compose(self) -> ComposeResult:
        yield Preview(self._previewer, empty="No image", id="view")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    @property
    def file(self) -> Entry | None:
        return self._known.get(self._numbers[self._at])

    @property
    def chosen(self) -> Sequence[int]:
        """The one that is looked at, whatever is marked."""
        return [self._numbers[self._at]]

    @property
    def in_library(self) -> bool:
        return self._library

    def relisted(self) -> None:
        shell(self).fetch([*self._known, *(number for _, number in self._left)], self._learn, library=self._library)

    def left_behind(self) -> None:
        """On to the next one, or to the one before the last."""
        self._left.append((self._at, self._numbers[self._at]))
        self._known.pop(self._numbers[self._at], None)
        self._numbers = [*self._numbers[: self._at], *self._numbers[self._at + 1 :]]
        if not self._numbers:
            self.dismiss(None)
            return
        self._at = min(self._at, len(self._numbers) - 1)
        self._show()

    async def action_undo(self) -> None:
        self._taking_back = True
        await self.app.run_action("undo")

    def _have_back(self, entries: Mapping[int, Entry]) -> None:
        """The image that left last, of those that are there again, stands where it stood."""
        back = next((left for left in reversed(self._left) if left[1] in entries), None)
        if self._taking_back and back is not None:
            self._taking_back = False
            self._left.remove(back)
            self._at, number = back
            self._numbers = [*self._numbers[: self._at], number, *self._numbers[self._at :]]

    def _show(self) -> None:
        """The image, and what is next to it as soon as that is known."""
        around = range(max(self._at - AHEAD, 0), min(self._at + AHEAD + 1, len(self._numbers)))
        missing = [self._numbers[at] for at in around if self._numbers[at] not in self._known]
        if missing and (self.file is None or any(self._numbers[at] in missing for at in self._beside)):
            shell(self).fetch(missing, self._learn, library=self._library)
        file = self.file
        if file is None:
            return
        self.retitle()
        near = [known.path for at in self._beside if (known := self._known.get(self._numbers[at]))]
        version = (file.mtime_ns, file.bytes)
        self.preview.show(file.path, caption(file, None), version=version, near=near)
        shell(self).look_up(file, self._describe, only_latest="viewer")

    def retitle(self) -> None:
        if self.file is not None:
            place = f"  {self._at + 1:,} of {len(self._numbers):,}"
            self.preview.title = Content.assemble(
                self.file.name, (place, "$text-disabled"), (self.pace_words, "$warning")
            )

    @property
    def _beside(self) -> list[int]:
        return [at for at in (self._at + 1, self._at - 1) if 0 <= at < len(self._numbers)]

    def _learn(self, entries: Mapping[int, Entry]) -> None:
        self._have_back(entries)
        left = {number for _, number in self._left}
        self._known.update({number: entry for number, entry in entries.items() if number not in left})
        if self.is_attached:
            self._show()

    def _describe(self, file: Entry, record: Record | None) -> None:
        # What was asked before it was left is answered afterwards.
        for preview in self.query(Preview) if file == self.file else ():
            preview.show(file.path, caption(file, record))

    def action_previous(self) -> None:
        self.end_slideshow()
        self._step(-1)

    def action_next(self) -> None:
        self.end_slideshow()
        self._step(1)

    def turn(self) -> None:
        self._at = (self._at + 1) % len(self._numbers)
        self._show()

    def _step(self, delta: int) -> None:
        at = self._at + delta
        if 0 <= at < len(self._numbers):
            self._at = at
            self._show()

    def action_details(self) -> None:
        self.query_one("#caption").toggle_class("-hidden")

    def action_close(self) -> None:
        self.dismiss(Seen(self._numbers[self._at], self._at, self.file.path if self.file else None))
