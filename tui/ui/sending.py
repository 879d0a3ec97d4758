"""The app's part that writes to the terminal: only what changed."""

from __future__ import annotations

from typing import Self

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.ui.sent import Changes, Sent


class Sending(App[int]):
    """Holds every update against what the terminal shows. A refresh of the whole app sends everything again."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = Sent()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, Changes(renderable, self._sent))
        else:
            super()._display(screen, renderable)

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if layout:
            # Another program had the terminal, or somebody asks for it.
            self._sent.forget()
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Resize):
            # A terminal of another size breaks its lines anew, or cuts them.
            self._sent.forget()
        await super().on_event(event)

    def action_redraw(self) -> None:
        """Send the whole screen again."""
        self.refresh(layout=True)
