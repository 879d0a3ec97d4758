"""From an image file to the rows that the preview shows. Everything here runs in a worker thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.strip import Strip

from tui.library import thumbnails
from tui.render.decode import Decoder
from tui.render.geometry import STYLES, space
from tui.render.picture import Picture, Refused, Stale


@dataclass(frozen=True, slots=True)
class Rendered:
    """Finished rows, with what was learned of the image while decoding it."""

    strips: tuple[Strip, ...]
    width: int
    source: tuple[int, int]
    format: str
    frames: int


class Previewer:
    """Draws files with one warm decoder. `style`, `depth` and `aspect` may change at any time."""

    def __init__(self, *, style: str, depth: str, aspect: float) -> None:
        self.style = style
        self.depth = depth
        self.aspect = aspect
        self._decoder = Decoder()

    def warm(self) -> None:
        """Start the decoder and load what drawing needs, before the first picture is wanted."""
        self._decoder.warm()
        import tui.render.rows  # noqa: F401  # numpy is slow to load

    def draw(self, path: Path, columns: int, rows: int, stale: Callable[[], bool]) -> Rendered:
        """The picture in at most columns x rows cells.

        Raises tui.render.picture.Refused with a reason, and Stale once nobody wants it any longer.
        """
        from tui.render.cells import draw
        from tui.render.rows import rows as to_rows

        picture, source = self._picture(path, columns, rows, stale)
        drawn = to_rows(draw(picture, self.style), self.depth)
        strips = tuple(Strip(row.segments, len(row)) for row in drawn)
        return Rendered(strips, len(drawn[0]) if drawn else 0, source, picture.format, picture.frames)

    def _picture(
        self, path: Path, columns: int, rows: int, stale: Callable[[], bool]
    ) -> tuple[Picture, tuple[int, int]]:
        """From the thumbnail where there is one and it is large enough. Gives the original's size as well."""
        box = space(self.style, columns, rows, self.aspect)
        thumbnail = thumbnails.valid(path) if max(box.width, box.height) <= thumbnails.SIDE else None
        if thumbnail is not None:
            # A thumbnail can vanish or be broken by another program; the original is still there.
            with contextlib.suppress(Refused):
                picture = self._decoder.picture(thumbnail.path, *box, stale=stale)
                return picture, thumbnail.source
        picture = self._decoder.picture(path, *box, stale=stale)
        return picture, picture.source

    def keep_thumbnail(self, path: Path) -> None:
        """Put an image's thumbnail into the cache that file managers share; what has no picture gets none."""
        if thumbnails.wanted(path) and thumbnails.valid(path) is None:
            with contextlib.suppress(Refused, Stale, OSError):
                self._decoder.thumbnail(path, thumbnails.thumbnail_path(path), thumbnails.texts(path))

    def next_style(self) -> str:
        """Draw in the next style from now on; its name."""
        self.style = STYLES[(STYLES.index(self.style) + 1) % len(STYLES)]
        return self.style

    def close(self) -> None:
        self._decoder.close()
