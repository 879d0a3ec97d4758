"""The place where one picture is shown as cells, or words in its stead."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region, Size
from textual.messages import Update
from textual.strip import Strip

from tui.ui.previewer import Rendered
from tui.ui.widgets.drawn import Drawn
from tui.ui.widgets.strips import GraphicsStrip, JoinedStrip, PictureStrip


class Canvas(Drawn, can_focus=True):
    """The rows of one picture, in the middle. `say` puts words there instead.

    A picture's rows are finished text, and go past the styles and filters that Textual puts on what a widget draws:
    they have the colours of the look that they were drawn in. Borders and padding belong on a parent.
    """

    # There is no text in it that somebody would want.
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Canvas { height: 1fr; width: 1fr; background: #161616; color: #9a9a9a; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id)
        self._rendered: Rendered | None = None
        self._strips: list[PictureStrip] = []
        self._width = 0
        self._made_for = Size()
        self._words = ""

    def paint(self, rendered: Rendered) -> None:
        """Show a picture."""
        if rendered is self._rendered and self.size == self._made_for:
            return
        self._rendered = rendered
        self._words = ""
        placement = rendered.placement
        self._strips = [GraphicsStrip(placement, row) if placement else PictureStrip(row) for row in rendered.rows]
        self._width = rendered.width
        self._made_for = self.size
        self.refresh()
        # At once, not when this widget comes to rest: a screen that draws in between sends the picture a frame later.
        self.screen.post_message(Update(self))

    def say(self, words: str) -> None:
        """Show words, and no picture."""
        self._rendered = None
        self._strips = []
        self._words = words
        self.refresh()

    @property
    def painted(self) -> bool:
        """Whether a picture is shown."""
        return bool(self._strips)

    @property
    def words(self) -> str:
        """What is said in a picture's stead."""
        return self._words

    @property
    def ground_colour(self) -> tuple[int, int, int]:
        """The colour around the picture."""
        return self.background_colors[1].rgb

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._strips:
            return super().render_lines(crop)
        lines = [self._picture_line(y) for y in range(crop.y, crop.bottom)]
        if crop.x == 0 and crop.width == self.size.width:
            return lines
        return [line.crop(crop.x, crop.right) for line in lines]

    def render_line(self, y: int) -> Strip:
        return self._picture_line(y) if self._strips else self._words_line(y)

    def _picture_line(self, y: int) -> Strip:
        width, height = self.size
        top = max((height - len(self._strips)) // 2, 0)
        if not top <= y < min(top + len(self._strips), height):
            return self._blank(width)
        left = max((width - self._width) // 2, 0)
        strip: Strip = self._strips[y - top]
        if isinstance(strip, GraphicsStrip) and not strip.placement.cuttable and self.size != self._made_for:
            # All of it would be sent again, and the one of the new size a moment later.
            strip = PictureStrip(strip.row)
        if not self._strips[y - top].row.coloured:
            # Letters in the terminal's own colours would stand in a frame of other ones.
            strip = self.filtered(Strip([Segment(strip.text, self.ground)], self._width))
        parts = [self._blank(left), strip, self._blank(width - left - self._width)]
        return JoinedStrip(parts).crop(0, width)

    def _blank(self, width: int) -> Strip:
        if width <= 0:
            return Strip([], 0)
        return self.filtered(Strip.blank(width, self.ground))

    def _words_line(self, y: int) -> Strip:
        width, height = self.size
        lines = Content(self._words).wrap(max(min(width - 4, 60), 1)) if self._words else []
        at = y - max((height - len(lines)) // 2, 0)
        if not 0 <= at < len(lines):
            return Strip.blank(width, self.ground)
        text = lines[at].plain.rstrip().center(width)
        return Strip([Segment(text, self.ground)], len(text)).adjust_cell_length(width, self.ground)
