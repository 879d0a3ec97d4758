"""A row of parts that can be clicked: the base of the header and the key bar."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget


class Bar(Widget):
    """One row of text. A part made by `part` runs its command when it is clicked."""

    DEFAULT_CSS = """
    Bar { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._clickable: list[tuple[int, int, str]] = []

    def line(self, parts: list[tuple[str, Content]]) -> Content:
        """Join parts, each with the id of its command or an empty one, and note where each stands."""
        self._clickable.clear()
        column = 0
        for identity, content in parts:
            end = column + content.cell_length
            if identity:
                self._clickable.append((column, end, identity))
            column = end
        return Content.assemble(*(content for _, content in parts))

    async def on_click(self, event: events.Click) -> None:
        column = event.x - self.gutter.left
        for start, end, identity in self._clickable:
            if start <= column < end:
                event.stop()
                await self.app.run_action(f"run_command('{identity}')")
