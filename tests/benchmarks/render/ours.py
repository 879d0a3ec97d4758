"""The one place where the benchmark touches our renderer."""

from __future__ import annotations

from PIL import Image


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
    from tui.render import images
    from tui.render.cells import draw
    from tui.render.geometry import PIXELS
    from tui.render.picture import Picture
    from tui.render.rows import rows as to_rows

    if style not in PIXELS:
        raise Absent(f"no style {style}")
    if dither or budget is not None:
        raise Absent("no dithering" if dither else "no budget")
    across, down = PIXELS[style]
    small = images._scaled(image, (columns * across, rows * down))
    picture = Picture(*small.size, small.tobytes(), image.size, "png")
    try:
        cells = draw(picture, style)
    except KeyError as error:
        raise Absent(f"no style {style}") from error
    return [row.ansi for row in to_rows(cells, depth)]
