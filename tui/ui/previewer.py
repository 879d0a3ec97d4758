"""From an image file to the rows that the preview shows. Drawing runs in workers and loads what it needs there."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.strip import Strip

if TYPE_CHECKING:
    from tui.render.decode import Decoder
    from tui.render.geometry import Space
    from tui.render.look import Look
    from tui.render.picture import Picture

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Finished rows, all of one width in cells."""

    strips: tuple[Strip, ...]
    width: int


class Previewer:
    """Draws files with one warm decoder, for any thread.

    `style` is one of tui.render.geometry.STYLES. `depth` is a colour depth or auto, which asks the environment.
    `aspect` is a terminal cell's height over its width.
    """

    def __init__(self, env: Mapping[str, str], *, style: str, depth: str, aspect: float) -> None:
        self.style = style
        self.aspect = aspect
        self._env = env
        self._depth = depth
        self._decoder: Decoder | None = None
        self._thumbnails: ThreadPoolExecutor | None = None
        self._starting = threading.Lock()

    def take(self, look: Look) -> None:
        """Draw in this look from now on."""
        self.style, self._depth, self.aspect = look.style, look.depth, look.aspect

    def warm(self) -> None:
        """Start the decoder and load what drawing needs, before the first picture is wanted."""
        self.decoder.warm()
        import tui.render.rows  # noqa: F401  # numpy is slow to load

        # It stays, and need not be looked through for garbage, which would hold up the screen.
        gc.freeze()

    @property
    def decoder(self) -> Decoder:
        from tui.render.decode import Decoder

        with self._starting:
            if self._decoder is None:
                self._decoder = Decoder()
            return self._decoder

    @property
    def depth(self) -> str:
        """The colour depth that is drawn in."""
        if self._depth == AUTO:
            from tui.render.terminal import detect

            self._depth = detect(self._env).depth
        return self._depth

    def draw(self, path: Path, columns: int, rows: int, stale: Callable[[], bool]) -> Rendered:
        """The picture in at most columns x rows cells.

        Raises tui.render.picture.Refused with a reason, and Stale once nobody wants it any longer.
        """
        from tui.render.draw import draw
        from tui.render.geometry import space, usable
        from tui.render.manner import Manner
        from tui.render.rows import rows as to_rows

        style = usable(self.style, self.depth)
        picture = self._picture(path, space(style, columns, rows, self.aspect), stale)
        strips = tuple(Strip(row.segments, len(row)) for row in to_rows(draw(picture, Manner(style, self.depth))))
        return Rendered(strips, strips[0].cell_length if strips else 0)

    def _picture(self, path: Path, box: Space, stale: Callable[[], bool]) -> Picture:
        """From the thumbnail where there is one and it is large enough."""
        from tui.library import thumbnails
        from tui.render.picture import Refused

        thumbnail = thumbnails.valid(path) if max(box.width, box.height) <= thumbnails.SIDE else None
        if thumbnail is not None:
            # A thumbnail can vanish or be broken by another program; the original is still there.
            with contextlib.suppress(Refused):
                return self.decoder.picture(thumbnail.path, *box, stale=stale)
        return self.decoder.picture(path, *box, stale=stale)

    def keep_thumbnail(self, path: Path) -> None:
        """Put an image's thumbnail into the cache that file managers share, when its turn comes; returns at once."""
        with self._starting:
            if self._thumbnails is None:
                self._thumbnails = ThreadPoolExecutor(1, "safelight thumbnails")
        # After `close` nothing is taken in any more.
        with contextlib.suppress(RuntimeError):
            self._thumbnails.submit(self._keep_thumbnail, path)

    def _keep_thumbnail(self, path: Path) -> None:
        from tui.library import thumbnails
        from tui.render.picture import Refused, Stale

        if thumbnails.wanted(path) and thumbnails.valid(path) is None:
            with contextlib.suppress(Refused, Stale, OSError):
                self.decoder.thumbnail(path, thumbnails.thumbnail_path(path), thumbnails.texts(path))

    def close(self) -> None:
        """End the decoder; nothing is drawn afterwards."""
        with self._starting:
            if self._thumbnails is not None:
                self._thumbnails.shutdown(wait=False, cancel_futures=True)
            if self._decoder is not None:
                self._decoder.close()
