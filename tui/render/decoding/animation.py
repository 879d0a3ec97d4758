"""An animation that is played: its frames laid on one another, one after the other. Inside the decoding child."""

from __future__ import annotations

from PIL import Image

from tui.core.sniff import Facts
from tui.render.decoding import colour, frames
from tui.render.decoding.frame import Film, Frame
from tui.render.decoding.load import Loaded, check_size, load
from tui.render.decoding.raster import Raster
from tui.render.picture import Refused

_TRANSPARENT = (0, 0, 0, 0)


class Animation:
    """A file's frames. `total` is how many it holds; where a damaged one is met, how many came before it."""

    def __init__(self, data: bytes, facts: Facts, film: Film) -> None:
        self._data, self._facts, self.loops = data, facts, film.loops
        self.total = frames.count(data, facts.format)
        self._canvas: Image.Image | None = None
        self._shown: Raster | None = None
        self._first: Loaded | None = None
        # The canvas as the next frame finds it.
        self._below: Image.Image | None = None
        self._rewind(film)

    @property
    def cost(self) -> int:
        """The bytes that keeping it takes: the file, and the canvas as it is, as it was, and as it is shown."""
        return len(self._data) + (self._canvas.width * self._canvas.height * 4 * 3 if self._canvas else 0)

    def show(self, number: int) -> tuple[Raster, int]:
        """A frame and its delay in milliseconds.

        The one asked for last and those after it are at hand, others are played from the start. Raises IndexError
        where the animation ends before it, and Refused where its first frame is broken.
        """
        if number < self._number and (film := frames.film(self._data, self._facts.format)):
            self._rewind(film)
        while self._number < number:
            if self._number + 1 >= self.total:
                raise IndexError(number)
            self._step()
        if self._shown is None:
            self._shown = self._raster()
        return self._shown, frames.shown_for(self._delay)

    def _rewind(self, film: Film) -> None:
        self._size, self._frames = film.size, film.frames
        self._number, self._delay = -1, 0
        self._canvas = self._shown = self._first = self._below = None

    def _step(self) -> None:
        try:
            frame = next(self._frames, None)
            if frame is None:
                raise Refused("the file is damaged or cut short")
            self._lay(frame, load(frame.still))
        except MemoryError:
            raise
        except Exception:
            if self._number < 0:
                raise
            # What was shown before stays, and is the last one.
            self.total = self._number + 1

    def _lay(self, frame: Frame, loaded: Loaded) -> None:
        image = colour.straight(loaded.image, bits=loaded.bits)
        if self._first is None:
            self._first = loaded
            size = self._size if all(self._size) else image.size
            check_size(*size)
            canvas = Image.new("RGBA", size, _TRANSPARENT)
        else:
            assert self._below is not None
            canvas = self._below
        before = canvas.copy() if frame.clear == "previous" else None
        if frame.over and image.mode == "RGBA":
            canvas.alpha_composite(image, frame.place)
        else:
            canvas.paste(image.convert("RGBA"), frame.place)
        self._canvas, self._shown = canvas, None
        self._number, self._delay = self._number + 1, frame.delay
        if before is not None:
            self._below = before
        elif frame.clear == "background":
            self._below = canvas.copy()
            left, top = frame.place
            self._below.paste(_TRANSPARENT, (left, top, left + image.width, top + image.height))
        else:
            self._below = canvas

    def _raster(self) -> Raster:
        assert self._canvas is not None and self._first is not None
        return Raster(
            colour.plain(self._canvas),
            self._canvas.size,
            format_name=self._facts.format,
            orientation=self._first.orientation,
            profile=self._first.profile,
            frames=self.total,
        )
