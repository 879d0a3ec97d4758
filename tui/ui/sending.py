"""The app's part that writes to the terminal: only what changed."""

from __future__ import annotations

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.ui.sent import Changes, Sent


class Sending(App[int]):
    """Holds every update against what the terminal shows; forgets that where somebody else may have written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = Sent()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, Changes(renderable, self._sent))
            if screen.outer_size != self.size:
                # It was made for the size before this one: what was beyond the edge stands on it now.
                self._sent.forget()
        else:
            super()._display(screen, renderable)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Resize):
            # A terminal of another size breaks its lines anew, or cuts them.
            self._sent.forget()
        await super().on_event(event)
        if isinstance(event, events.Resize) and event.size in [screen.outer_size for screen in self.screen_stack[-1:]]:
            # It was another in between, or the program stood still and the terminal was cleared.
            self.refresh()

    def on_mount(self) -> None:
        # Another program had the terminal.
        self.app_resume_signal.subscribe(self, lambda _: self._sent.forget())

    def action_redraw(self) -> None:
        """Send the whole screen again."""
        self._sent.forget()
        self.refresh(layout=True)
