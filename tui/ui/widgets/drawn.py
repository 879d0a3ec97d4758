"""The base of widgets that draw their own rows."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget


class Drawn(Widget):
    """Keeps its style between rows: working it out anew for each is a good part of drawing a frame."""

    _ground: Style | None = None
    _behind: Color | None = None

    @property
    def ground(self) -> Style:
        """The colours of the widget where nothing else is drawn."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def notify_style_update(self) -> None:
        self._ground = self._behind = None
        super().notify_style_update()

    def filtered(self, strip: Strip) -> Strip:
        """A strip as Textual would send it, for those who hand out their lines themselves."""
        if self._behind is None:
            self._behind = self.background_colors[1]
        for line_filter in self.app.get_line_filters():
            if line_filter.enabled:
                strip = strip.apply_filter(line_filter, self._behind)
        return strip
