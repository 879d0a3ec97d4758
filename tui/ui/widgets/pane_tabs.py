"""On a small screen: the names of the panes, of which one stands at a time."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class PaneTabs(Widget):
    """One row of names. The screen shows it only where the panes don't fit beside one another."""

    DEFAULT_CSS = """
    PaneTabs { height: 1; padding: 0 1; background: $background; color: $text-muted; display: none; }
    """

    class Chosen(Message):
        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, panes: Sequence[tuple[str, str]], shown: str) -> None:
        super().__init__()
        self._panes = panes
        self.shown = shown

    def choose(self, pane: str) -> None:
        self.shown = pane
        self.refresh()

    def render(self) -> RenderResult:
        parts = [
            Content.styled(f" {name} ", "bold $foreground on $primary 35%" if pane == self.shown else "$text-muted")
            for pane, name in self._panes
        ]
        return Content.assemble(*parts, ("  f3 next", "$text-disabled"))

    def on_click(self, event: events.Click) -> None:
        column = self.gutter.left
        for pane, name in self._panes:
            column += len(name) + 2
            if event.x < column:
                self.post_message(self.Chosen(pane))
                return
