"""From an image file to the rows that the preview shows. Drawing runs in workers and loads what it needs there."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.render.geometry import PIXELS
from tui.render.look import Look
from tui.render.manner import Ground, ground_of, manner_of
from tui.render.view import View, Window
from tui.ui.kept import Kept

if TYPE_CHECKING:
    from tui.library.thumbnails import Thumbnail
    from tui.render.cells.rows import Row
    from tui.render.decoding.decoder import Decoder
    from tui.render.graphics.placement import Colour, Graphics, Placement
    from tui.render.picture import Frames, Picture

    Stale = Callable[[], bool]

# Frames of an animation that are fetched at once.
_BATCH = 8
# Longer ones are decoded again each time around.
_FRAMES_KEPT = 60


class Sight(NamedTuple):
    """What is to be seen: a file, in columns x rows cells, near or far, in a look, on a ground (RGB, or checker).

    With `graphics` as pixels, too, if it stands still; `around` is the colour beside those.
    """

    path: Path
    columns: int
    rows: int
    view: View
    look: Look
    ground: Ground
    graphics: Graphics | None = None
    around: Colour | None = None


class Rendered(NamedTuple):
    """Finished rows, all of one width in cells, and where there is a `placement` the same as pixels.

    `window` is what `Sight.view` looks through, and `moves`: the file is an animation.
    """

    rows: tuple[Row, ...]
    width: int
    window: Window
    moves: bool = False
    placement: Placement | None = None


class Previewer:
    """Draws files with one warm decoder, for any thread. `look` is how, and `graphics` makes pixels of it."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.graphics: Graphics | None = None
        self._decoder: Decoder | None = None
        self._thumbnails: ThreadPoolExecutor | None = None
        self._starting = threading.Lock()
        self._kept = Kept()

    def take(self, look: Look, graphics: Graphics | None = None) -> None:
        """Draw in this look from now on."""
        self.look = look
        self.graphics = graphics
        self._kept.restrict(graphics)

    @property
    def placements(self) -> Collection[Placement]:
        """Those that are kept, likely to be shown again."""
        return self._kept.placements

    def forget_pixels(self) -> None:
        """Keep nothing that was made of pixels: it is made again where it is wanted."""
        if self.graphics is not None:
            self._kept.clear()

    def warm(self) -> None:
        """Start the decoder and load what drawing needs, before the first picture is wanted."""
        self.decoder.warm()
        import tui.render.cells.changes
        import tui.render.cells.draw  # noqa: F401  # numpy is slow to load

        # It stays, and need not be looked through for garbage, which would hold up the screen.
        gc.freeze()

    @property
    def decoder(self) -> Decoder:
        from tui.render.decoding.decoder import Decoder

        with self._starting:
            if self._decoder is None:
                self._decoder = Decoder()
            return self._decoder

    def sight(self, path: Path, columns: int, rows: int, view: View, theme: tuple[int, int, int]) -> Sight:
        """What is to be seen in the look of now; `theme` is the colour around the picture."""
        ground = ground_of(self.look.ground, theme)
        return Sight(path, columns, rows, view, self.look, ground, self.graphics, theme if self.graphics else None)

    def known(self, sight: Sight) -> Rendered | None:
        """What was drawn before, at once; the file may have changed since."""
        return self._kept.known(sight)

    def draw(self, sight: Sight, stale: Stale, early: Callable[[Rendered], None] | None = None) -> Rendered:
        """The picture as it is to be seen. Where that takes a while, `early` gets a coarse one first.

        Raises tui.render.picture.Refused with a reason, and Stale once nobody wants it any longer.
        """
        state = _state(sight.path)
        with self._kept.turn(sight):
            found = self._kept.valid(sight, state)
            return found or self._kept.put(sight, state, self._draw(sight, stale, early, _thumbnail(sight)))

    def tile(self, sight: Sight, stale: Stale) -> Rendered:
        """The same for one of many small pictures, which are not kept here; its thumbnail is made where it has none."""
        from tui.library import thumbnails

        thumbnail = _thumbnail(sight)
        rendered = self._draw(sight, stale, None, thumbnail)
        if thumbnail is None or not thumbnails.all_there(sight.path):
            self.keep_thumbnail(sight.path)
        return rendered

    def prepare(self, sights: Sequence[Sight], stale: Stale) -> None:
        """Draw what is likely to be looked at next. Why it can't be drawn is told when it is asked for."""
        from tui.render.picture import Refused

        for sight in sights:
            with contextlib.suppress(Refused, OSError):
                self.draw(sight, stale)

    def sharpen(self, sight: Sight, stale: Stale) -> Rendered | None:
        """The same as pixels, too; None where they are not wanted, or it moves, or there is no picture.

        That takes many times as long. Raises Stale as `draw` does.
        """
        from tui.render.picture import Refused

        graphics = sight.graphics
        if graphics is None:
            return None
        state = _state(sight.path)
        try:
            rendered = self.draw(sight, stale)
            with self._kept.turn((sight, graphics)):
                # In the meantime it may have been done.
                rendered = self._kept.valid(sight, state) or rendered
                if rendered.placement or self._moves(sight, rendered, stale):
                    return rendered if rendered.placement else None
                placement = self._placement(sight, graphics, rendered, stale)
                return self._kept.put(sight, state, rendered._replace(placement=placement))
        except (Refused, OSError):
            return None

    def _moves(self, sight: Sight, rendered: Rendered, stale: Stale) -> bool:
        if not (rendered.moves and sight.look.animation):
            return False
        return self.decoder.frames(sight.path, 1, 1, count=1, stale=stale).total > 1

    def _placement(self, sight: Sight, graphics: Graphics, rendered: Rendered, stale: Stale) -> Placement:
        """The picture over the same cells."""
        from tui.render.graphics.encodings import filled

        columns, rows, window = rendered.width, len(rendered.rows), rendered.window
        width, height = columns * graphics.cell[0], rows * graphics.cell[1]
        aspect = window.cell_aspect * graphics.cell[0] / graphics.cell[1]
        part = None if sight.view.scale is None else sight.view.part(window)
        picture = self.decoder.picture(sight.path, width, height, aspect, part=part, ground=sight.ground, stale=stale)
        return graphics.place(filled(picture, width, height), columns, rows, sight.around)

    def _draw(
        self, sight: Sight, stale: Stale, early: Callable[[Rendered], None] | None, thumbnail: Thumbnail | None
    ) -> Rendered:
        from tui.library import thumbnails
        from tui.render.picture import Refused

        window = _window(sight, (1, 1))
        whole = sight.view.scale is None
        enough = whole and max(window.width, window.height) <= thumbnails.SIDE
        if thumbnail and (enough or (whole and early)) and all(thumbnail.source):
            # It can vanish or be broken by another program; the original is still there.
            with contextlib.suppress(Refused):
                picture = self.decoder.picture(
                    thumbnail.path, window.width, window.height, window.aspect,
                    averaged=True, ground=sight.ground, stale=stale,
                )  # fmt: skip
                picture = replace(picture, source=thumbnail.source, format=thumbnail.format)
                rendered = self._rendered(sight, picture)
                if enough or max(thumbnail.source) <= thumbnails.SIDE:
                    return rendered
                if early:
                    early(rendered)
        part = None
        if not whole:
            window = _window(sight, self._source(sight, stale))
            part = sight.view.part(window)
            width, height = sight.view.box(window)
        else:
            width, height = window.width, window.height
        picture = self.decoder.picture(
            sight.path, width, height, window.aspect, part=part, averaged=True, ground=sight.ground, stale=stale
        )
        return self._rendered(sight, picture)

    def _source(self, sight: Sight, stale: Stale) -> tuple[int, int]:
        """The image's size. The child keeps what it decoded for that."""
        return self.decoder.picture(sight.path, 1, 1, averaged=True, stale=stale).source

    def _rendered(self, sight: Sight, picture: Picture) -> Rendered:
        from tui.render.cells.draw import draw
        from tui.render.cells.rows import rows

        manner = manner_of(sight.look)
        finished = tuple(rows(draw(picture, manner), erase=manner.erase))
        moves = picture.frames > 1 or picture.format == "gif"
        return Rendered(finished, len(finished[0]) if finished else 0, _window(sight, picture.source), moves)

    def play(self, sight: Sight, stale: Stale) -> Iterator[tuple[Rendered, float]]:
        """The frames of an animation, each with the seconds that it is shown, as often as the file says.

        A still gives nothing. Raises as `draw` does.
        """
        kept: list[tuple[Rendered, float]] = []
        done, loops, total = 0, 1, 0
        while not loops or done < loops:
            if total and len(kept) == total:
                yield from kept
            else:
                kept, total = [], 0
                for film, frames in self._films(sight, stale):
                    if film.total < 2:
                        return
                    loops, total = film.loops, total + len(frames)
                    kept += frames if total <= _FRAMES_KEPT else ()
                    yield from frames
                if total < 2:
                    return
            done += 1

    def _films(self, sight: Sight, stale: Stale) -> Iterator[tuple[Frames, list[tuple[Rendered, float]]]]:
        """Once through an animation, some frames at a time."""
        window = _window(sight, self._source(sight, stale))
        part = None if sight.view.scale is None else sight.view.part(window)
        box = (window.width, window.height) if part is None else sight.view.box(window)
        start = 0
        while True:
            film = self.decoder.frames(
                sight.path, *box, window.aspect, start=start, count=_BATCH, part=part, ground=sight.ground, stale=stale
            )
            pairs = zip(film.pictures, film.delays, strict=True)
            yield film, [(self._rendered(sight, picture), delay / 1000) for picture, delay in pairs]
            start += len(film.pictures)
            if film.end or not film.pictures:
                return

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

        with contextlib.suppress(Stale, OSError):
            known = thumbnails.texts(path)
            for side in thumbnails.due(path):
                # A small one is made of the large one where that says what the image is.
                large = thumbnails.valid(path)
                source, more = (large.path, thumbnails.more_texts(large)) if large and all(large.source) else (path, {})
                target = thumbnails.thumbnail_path(path, side=side)
                try:
                    self.decoder.thumbnail(source, target, {**known, **more}, side=side)
                except Refused as refused:
                    if not refused.transient and source == path:
                        thumbnails.keep_failure(path, known)
                    break

    def close(self) -> None:
        """End the decoder; nothing is drawn afterwards."""
        with self._starting:
            if self._thumbnails is not None:
                self._thumbnails.shutdown(wait=False, cancel_futures=True)
            if self._decoder is not None:
                self._decoder.close()


def _thumbnail(sight: Sight) -> Thumbnail | None:
    """The smallest one that will do, or the largest there is."""
    from tui.library import thumbnails

    window = _window(sight, (1, 1))
    little = sight.view.scale is None and max(window.width, window.height) <= thumbnails.SMALL
    small = thumbnails.valid(sight.path, side=thumbnails.SMALL) if little else None
    return small or thumbnails.valid(sight.path)


def _window(sight: Sight, source: tuple[int, int]) -> Window:
    sampling = PIXELS[manner_of(sight.look).style]
    cell = sight.graphics.cell if sight.graphics else None
    return Window(source, sight.columns, sight.rows, sampling, sight.look.aspect, cell)


def _state(path: Path) -> object:
    """Differs where a file's content does."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
