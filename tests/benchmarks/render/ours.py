"""The one place where the benchmark touches our renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

    from tui.render.cells.rows import Row


class Absent(Exception):  # noqa: N818 - nothing went wrong
    """What was asked for is not there: not installed, or not built."""


def styles() -> tuple[str, ...]:
    from tui.render.geometry import STYLES

    return STYLES


def ours(
    image: Image.Image,
    columns: int,
    rows: int,
    style: str,
    depth: str = "truecolor",
    *,
    dither: bool = False,
    budget: int | None = None,
) -> list[str]:
    """From decoded pixels to finished rows, stretched over the whole grid and scaled as the child does it.

    `budget` is in bytes. Raises Absent for what the renderer does not have.
    """
    return [row.ansi for row in _rows(image, columns, rows, style, depth, dither=dither, budget=budget)]


def app() -> type[App[int]]:
    """The base of an app that sends only what changed, as ours does."""
    from tui.ui.sending import Sending

    return Sending


def canvas() -> Widget:
    """The widget that shows finished rows."""
    from tui.ui.widgets.canvas import Canvas

    return Canvas()


def show(widget: Widget, image: Image.Image, style: str) -> None:
    """From decoded pixels to the widget's next frame, which they fill."""
    from tui.render.geometry import PIXELS
    from tui.render.view import Window
    from tui.ui.previewer import Rendered
    from tui.ui.widgets.canvas import Canvas

    assert isinstance(widget, Canvas)
    columns, rows = widget.size
    drawn = _rows(image, columns, rows, style, "truecolor")
    widget.paint(Rendered(tuple(drawn), columns, Window(image.size, columns, rows, PIXELS[style])))


def _rows(
    image: Image.Image,
    columns: int,
    rows: int,
    style: str,
    depth: str,
    *,
    dither: bool = False,
    budget: int | None = None,
) -> list[Row]:
    from tui.render.cells.draw import draw
    from tui.render.cells.rows import rows as to_rows
    from tui.render.decoding.raster import Raster, Wish
    from tui.render.geometry import PIXELS
    from tui.render.manner import Manner
    from tui.render.picture import Picture

    if style not in PIXELS:
        raise Absent(f"no style {style}")
    across, down = PIXELS[style]
    width, height = columns * across, rows * down
    # The shape of a pixel with which the image fills the grid.
    stretched = Wish(None, width, height, aspect=width * image.height / (height * image.width), averaged=True)
    small = Raster(image, image.size, format_name="png").look(stretched)
    picture = Picture(*small.size, small.tobytes(), image.size, "png")
    ink = draw(picture, Manner(style, depth, dither, budget, erase=True))
    return to_rows(ink, erase=True)
