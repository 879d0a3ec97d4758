"""What the decoding child does with image files: pictures, frames and thumbnails of them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageChops

from tui.core.paths import PRIVATE_FILE, PRIVATE_FOLDER
from tui.render.decoding import png
from tui.render.decoding.ground import over, square
from tui.render.decoding.raster import Shown, Wish
from tui.render.decoding.store import Store
from tui.render.picture import Frames, Ground, Picture, Refused

# An answer of frames is short enough to be waited for, and fits the pipe's message.
FRAMES_BYTES = 16 << 20
FRAMES_SECONDS = 0.2


class Images:
    """One child's work; what it has decoded is kept for the next request. Everything raises Refused with a reason."""

    def __init__(self) -> None:
        self.store = Store()

    def picture(self, path: str, wish: Wish, ground: Ground) -> Picture:
        """A part of the file's first picture over the ground."""
        return _picture(self.store.shown(path, wish), wish, ground)

    def frames(self, path: str, wish: Wish, ground: Ground, start: int, count: int) -> Frames:
        """At most `count` frames from `start` on: fewer when they take long, at least one where there is one."""
        animation = self.store.animation(path)
        if animation is None:
            still = (self.picture(path, wish, ground),) if start == 0 else ()
            return Frames(start, still, (0,) * len(still), 1, 1, end=True)
        pictures: list[Picture] = []
        delays: list[int] = []
        began, size = time.monotonic(), 0
        for number in range(start, start + max(count, 1)):
            try:
                shown, delay = animation.show(number)
            except IndexError:
                break
            pictures.append(_picture(shown, wish, ground))
            delays.append(delay)
            size += len(pictures[-1].rgb)
            if size + len(pictures[-1].rgb) > FRAMES_BYTES or time.monotonic() - began > FRAMES_SECONDS:
                break
        end = start + len(pictures) >= animation.total
        return Frames(start, tuple(pictures), tuple(delays), animation.loops, animation.total, end)

    def thumbnail(self, path: str, target: str, side: int, texts: Mapping[str, str]) -> None:
        """A PNG of at most side x side pixels in place of `target`, mode 0600, its folders 0700, with `texts` in it.

        What they do not say of the image's size and format is added.
        """
        shown = self.store.shown(path, Wish(None, side, side, 1.0))
        facts = shown.facts
        # An image is not magnified; a drawing has no size of its own.
        largest = side if facts.format == "svg" else min(side, max(facts.width, facts.height))
        image = shown.look(Wish(None, largest, largest, 1.0))
        known = {
            "Thumb::Image::Width": str(facts.width),
            "Thumb::Image::Height": str(facts.height),
            "Thumb::Mimetype": "image/svg+xml" if facts.format == "svg" else f"image/{facts.format}",
        }
        try:
            _write(Path(target), _encoded(image, {**known, **texts}))
        except OSError as error:
            raise Refused(f"its thumbnail can't be written: {error.strerror or error}", transient=True) from error

    def converted(self, path: str, kind: str, side: int, quality: int) -> bytes:
        """The first picture upright in sRGB as a file of a format, or of its own where that is "".

        Its longer side has at most `side` pixels, or all that it has where that is 0.
        """
        from tui.render.export.convert import FORMATS, encoded

        facts = self.store.shown(path, Wish(None, 1, 1, 1.0)).facts
        drawing = facts.format == "svg"
        most = side or max(facts.width, facts.height)
        largest = most if drawing else min(most, max(facts.width, facts.height))
        image = self.store.shown(path, wish := Wish(None, largest, largest, 1.0)).look(wish)
        return encoded(image, kind or (facts.format if facts.format in FORMATS else "png"), quality)

    def sheet(self, paths: Sequence[str], labels: Sequence[str], columns: int, side: int) -> bytes:
        """Many pictures on one sheet, as a PNG; what can't be shown leaves its place empty."""
        from tui.render.export.convert import encoded, sheet

        wish = Wish(None, side, side, 1.0)
        shown: list[Image.Image | None] = []
        for path in paths:
            try:
                shown.append(self.store.shown(path, wish).look(wish))
            except Refused:
                shown.append(None)
        return encoded(sheet(shown, labels, columns, side), "png", 0)


def _picture(shown: Shown, wish: Wish, ground: Ground) -> Picture:
    flat = over(shown.look(wish), ground, square(wish.width, wish.height, wish.aspect))
    facts = shown.facts
    return Picture(*flat.size, flat.tobytes(), (facts.width, facts.height), facts.format, shown.frames)


def _encoded(image: Image.Image, texts: Mapping[str, str]) -> bytes:
    lower = Image.new(image.mode, image.size)
    lower.paste(image, (0, 1))
    above = ImageChops.subtract_modulo(image, lower)
    return png.encode(image.size, image.mode == "RGBA", image.tobytes(), above.tobytes(), texts)


def _write(target: Path, content: bytes) -> None:
    for folder in (*reversed(target.parent.parents), target.parent):
        if not folder.is_dir():
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, PRIVATE_FILE), "wb") as file:
            file.write(content)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
