"""A widget of lines that depend on its width, as high as they need."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Lined(Widget):
    """Its lines are content: texts stand in them as they are, never as markup."""

    DEFAULT_CSS = """
    Lined { height: auto; width: 1fr; }
    """

    @abstractmethod
    def lines(self, width: int) -> list[Content]:
        """What it says, in so many columns."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual's
        return len(self.lines(width))

    def render(self) -> RenderResult:
        return Content("\n").join(self.lines(self.content_size.width))
