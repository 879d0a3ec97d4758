"""What the places have in common: the header, the panes side by side or one at a time, the log, the keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from tui.core.pricing import describe, estimate
from tui.core.request import Request
from tui.core.text import clean_line
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.header import Header
from tui.ui.widgets.key_bar import KeyBar
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.pane_tabs import PaneTabs


class Place(Screen[None]):
    """One of the places. `PANES` are the ids and names of its panes, from left to right."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-tall")]
    PLACE: ClassVar[str] = ""
    PANES: ClassVar[Sequence[tuple[str, str]]] = ()

    def __init__(self, session: Session) -> None:
        super().__init__(id=self.PLACE)
        self.session = session
        self._composed = False

    def compose(self) -> ComposeResult:
        # The classes that the first resize would bring: without them the first frame is laid out and drawn twice.
        self.add_class(_class_at(self.app.size.width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(_class_at(self.app.size.height, self.VERTICAL_BREAKPOINTS))
        yield Header(self.session, self.PLACE)
        yield PaneTabs(self.PANES, self.PANES[0][0])
        with Horizontal(id="panes"):
            for pane in self.panes():
                pane.set_class(pane.id == self.PANES[0][0], "-shown")
                yield pane
        yield LogPane(self.session.log)
        yield KeyBar()

    def _compositor_refresh(self) -> None:
        """Textual starts within a batch, in which it draws the first frame and drops it: a seventh of the start."""
        if not self.app._batch_count:
            super()._compositor_refresh()

    @abstractmethod
    def panes(self) -> Iterable[Widget]:
        """The panes, their ids as in `PANES`."""

    def on_mount(self) -> None:
        # Every part of every part is there by now, which `is_mounted` does not say.
        self._composed = True
        self.show_log(self.session.log_open)

    def on_screen_resume(self) -> None:
        """Another place may have changed what is shared."""
        self.show_log(self.session.log_open)
        self.follow()

    @property
    def stands(self) -> bool:
        """Whether its parts are there: not before it was shown, and not while the app is taken down."""
        return self._composed and bool(self.query(KeyBar))

    def follow(self) -> None:
        """Something of the session changed."""
        if self.stands:
            self.query_one(Header).refresh()
            if self.session.log_open:
                self.query_one(LogPane).follow()

    def show_log(self, shown: bool) -> None:
        log = self.query_one(LogPane)
        if not shown and log.has_focus:
            self.focus_next()
        log.display = shown
        if shown:
            log.follow()

    def send_again(self, request: Request) -> None:
        """Send an earlier request once more, after a question wherever it costs something."""
        from tui.ui.screens.question import Question

        provider = self.session.provider
        if provider is None or provider.is_sandbox:
            shell(self).submit(request)
            return

        def answered(word: str | None) -> None:
            if word is not None:
                shell(self).submit(request)

        price = describe(estimate(request, self.session.catalogue.get(request.model)))
        size = request.parameters.get("size", "")
        text = f"{request.model} {size} ×{request.count} · {price}\n\n{clean_line(request.prompt, limit=300)}"
        self.app.push_screen(Question("The same again?", text, [("y", f"send it to {provider.name}")]), answered)

    # --- panes ----------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> str:
        """The pane that stands on a small screen."""
        return self.query_one(PaneTabs).shown

    def show_pane(self, pane: str, *, focus: bool = True) -> None:
        """Bring a pane into sight, and the focus into it."""
        self.query_one(PaneTabs).choose(pane)
        for identity, _ in self.PANES:
            self.query_one(f"#{identity}").set_class(identity == pane, "-shown")
        if focus:
            # What is typed meanwhile belongs there.
            shell(self).hold_keys()
            self.call_after_refresh(self._focus_in, pane)

    def _focus_in(self, pane: str) -> None:
        widget = self.query_one(f"#{pane}")
        target = widget if widget.focusable else next((each for each in widget.query("*") if each.focusable), None)
        if target is not None:
            self.set_focus(target)
        shell(self).release_keys()

    def next_pane(self) -> None:
        names = [identity for identity, _ in self.PANES]
        here = self.pane
        if self.focused is not None and not self.has_class("-narrow"):
            inside = [name for name in names if self.query_one(f"#{name}") in self.focused.ancestors_with_self]
            here = inside[0] if inside else here
        self.show_pane(names[(names.index(here) + 1) % len(names)])

    @on(PaneTabs.Chosen)
    def _chosen(self, event: PaneTabs.Chosen) -> None:
        self.show_pane(event.pane)

    def on_descendant_focus(self, event: object) -> None:  # noqa: ARG002  # Textual's signature
        """The focus never stands in a pane that is out of sight."""
        if not self._composed:
            # A pane is being taken out for another one, and the focus goes elsewhere for a moment.
            return
        focused: Widget | None = self.focused
        for identity, _ in self.PANES:
            if focused is not None and self.query_one(f"#{identity}") in focused.ancestors_with_self:
                if self.pane != identity:
                    self.show_pane(identity, focus=False)
                return


def _class_at(length: int, breakpoints: Sequence[tuple[int, str]]) -> str:
    return max((start, name) for start, name in breakpoints if length >= start)[1]
