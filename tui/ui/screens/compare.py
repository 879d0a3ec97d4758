"""Two to four images side by side, or one in the place of the other, and below them what differs in their making."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from tui.render.view import View, Window
from tui.ui.commands import bindings
from tui.ui.previewer import Previewer
from tui.ui.screens.box import Over
from tui.ui.screens.browsing import caption
from tui.ui.screens.judging import Judging
from tui.ui.screens.looking import Looking
from tui.ui.shell import shell
from tui.ui.widgets.difference import Difference
from tui.ui.widgets.key_bar import KeyBar
from tui.ui.widgets.preview import Preview

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.ui.about import About

    Pair = tuple[Entry, About]

MOST = 4
# Columns that an image needs to stand beside others.
ROOM = 28
LETTERS = "ABCD"


class Compare(Judging, Looking, Over[None]):
    """`numbers` are the images; judged is the one that is chosen, or the one that is seen while they are flipped."""

    CSS_PATH = "../styles/compare.tcss"
    AUTO_FOCUS = "#difference"
    BINDINGS = [
        *bindings("compare"),
        *bindings("judge"),
        *bindings("preview"),
        Binding("j", "scroll(1)"),
        Binding("k", "scroll(-1)"),
    ]

    def __init__(self, numbers: Sequence[int], previewer: Previewer, *, library: bool = False) -> None:
        super().__init__()
        self._numbers = numbers
        self._previewer = previewer
        self._library = library
        self._pairs: list[Pair] = []
        self._at = 0
        self._flipped: bool | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="images"):
            for letter in LETTERS[: len(self._numbers)]:
                yield Preview(self._previewer, empty="", id=f"image-{letter}")
        with VerticalScroll(id="difference", classes="pane", can_focus=True) as below:
            below.border_title = "What differs"
            yield Difference()
        yield KeyBar()

    def on_mount(self) -> None:
        self._arrange()
        self.relisted()

    def relisted(self) -> None:
        """Everything that is known of them, now or once more."""
        numbers = self._numbers

        def ask(index: Index) -> list[Pair]:
            from tui.ui.about import about

            return [(entry, about(index, entry, 0)) for entry in index.entries(numbers)]

        shell(self).ask(ask, self._fill, library=self._library, only_latest="compare")

    def _fill(self, pairs: list[Pair]) -> None:
        if not self.is_attached:
            return
        if len(pairs) < len(self._numbers):
            self.notify("An image is gone", severity="warning", timeout=3)
            self.dismiss(None)
            return
        changed = [pair[1] for pair in pairs] != [pair[1] for pair in self._pairs]
        self._pairs = pairs
        for preview, (entry, about) in zip(self.previews, pairs, strict=True):
            near = [other.path for other, _ in pairs if other is not entry]
            version = (entry.mtime_ns, entry.bytes)
            preview.show(entry.path, caption(entry, about.record), version=version, near=near)
        self._entitle()
        if changed:
            self.query_one(Difference).compare(pairs)

    # --- which is seen ---

    @property
    def previews(self) -> list[Preview]:
        return list(self.query(Preview))

    @property
    def preview(self) -> Preview:
        """The one that is chosen."""
        return self.previews[self._at]

    @property
    def chosen(self) -> Sequence[int]:
        return [self._numbers[self._at]]

    @property
    def in_library(self) -> bool:
        return self._library

    @property
    def flipped(self) -> bool:
        """Whether one stands in the place of the others: where there is no room for all, unless it was asked for."""
        narrow = self.app.size.width < ROOM * len(self._numbers)
        return narrow if self._flipped is None else self._flipped

    def action_flip(self) -> None:
        if self.flipped:
            self._at = (self._at + 1) % len(self._numbers)
        self._flipped = True
        self._arrange()

    def action_side_by_side(self) -> None:
        if self.app.size.width < ROOM * len(self._numbers):
            self.notify("There is no room for all of them beside each other: x flips", timeout=3)
        else:
            self._flipped = False
            self._arrange()

    def action_choose(self, delta: int) -> None:
        self._at = min(max(self._at + delta, 0), len(self._numbers) - 1)
        self._arrange()

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        for at, preview in enumerate(self.previews):
            preview.display = at == self._at or not self.flipped
            # All of the same size, to a cell, so that what is the same is drawn as the same.
            preview.styles.width = "1fr" if self.flipped else self.app.size.width // len(self._numbers)
        self._entitle()

    def _entitle(self) -> None:
        for at, preview in enumerate(self.previews):
            name = self._pairs[at][0].name if self._pairs else ""
            style = "bold $warning" if at == self._at else "bold"
            of = f"  {at + 1} of {len(self._numbers)}" if self.flipped else ""
            preview.title = Content.assemble((LETTERS[at], style), "  ", name, (of, "$text-disabled"))

    # --- nearer, further, aside: all of them at once ---

    def look(self, how: Callable[[View, Window], View]) -> None:
        """What is done to the chosen one is done to all."""
        lead = self.preview
        if (window := lead.window) is None:
            return
        lead.zoom(how)
        view, lead_window = lead.view, window
        for preview in self.previews:
            if preview is not lead:
                preview.zoom(lambda _, theirs: view.carried(lead_window, theirs))

    def action_scroll(self, rows: int) -> None:
        self.query_one("#difference").scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        self.dismiss(None)


def compared(numbers: Sequence[int], place: int | None, marks: Collection[int]) -> list[int]:
    """What is compared where these are listed and marked, in the order of the list.

    One that is marked goes with the one under the cursor, and that alone with the one after it, or else before.
    """
    if len(marks) > 1:
        listed = [number for number in numbers if number in marks]
        return listed if len(listed) == len(marks) else sorted(marks, reverse=True)
    if place is None:
        return list(marks)
    here = numbers[place]
    if other := [number for number in marks if number != here]:
        return [*other, here]
    return list(numbers[place : place + 2] if place + 1 < len(numbers) else numbers[max(place - 1, 0) : place + 1])
