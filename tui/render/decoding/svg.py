"""SVG to pixels, inside the decoding child: nothing outside the file is read, and the size is ours."""

from __future__ import annotations

import base64
import io
import re

import resvg_py
from PIL import Image

from tui.core.sniff import HEAD, Facts, sniff
from tui.render.decoding import colour
from tui.render.decoding.raster import Wish
from tui.render.picture import Part, Refused, fit

MAX_BYTES = 8 << 20
# A part is drawn in its result's size, at most this many pixels a side.
MAX_SIDE = 4096
# What an image that does not tell its size is taken for: its longer side, in pixels.
_UNKNOWN = 512
# Enough to see whether the size that an image tells is the one that it is drawn in.
_PROBE = 64

_MARKUP = re.compile(r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|@import|<script\b|<foreignObject\b", re.IGNORECASE)
_REFERENCE = re.compile(r"""\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_URL = re.compile(r"\burl\s*\(\s*[\"']?\s*([^)\"']{0,80})", re.IGNORECASE)
_INSIDE = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|jpg|gif|webp)[;,]|$)", re.IGNORECASE)


class Drawing:
    """A drawing that is kept as its markup and drawn for each look at it, as fine as the look needs. Raises Refused."""

    def __init__(self, data: bytes) -> None:
        self._text = checked(data)
        told = sniff(data[:HEAD])
        size = (told.width, told.height)
        # Drawn once as a whole: a part of what can't be read would be empty, and no error.
        probe = _PROBE if min(size) else _UNKNOWN
        shape = self._drawn(self._text, probe, probe).size
        self.facts = Facts("svg", *(size if _alike(size, shape) else shape))
        self.frames = 1

    @property
    def cost(self) -> int:
        return len(self._text)

    def enough(self, wish: Wish) -> bool:  # noqa: ARG002 - it is drawn anew for each
        return True

    def look(self, wish: Wish) -> Image.Image:
        source = (self.facts.width, self.facts.height)
        part, size = wish.on(source)
        # In square pixels, fine enough for either direction; the shape is made on scaling.
        box = (min(max(wish.width, 1), MAX_SIDE), min(max(round(wish.height * wish.aspect), 1), MAX_SIDE))
        if wish.part is None:
            drawn = self._drawn(self._text, *box)
        else:
            drawn = self._drawn(self._cut(part, source), *fit((part.width, part.height), *box))
        if drawn.size == size:
            return drawn
        kernel = Image.Resampling.BOX if wish.averaged else Image.Resampling.LANCZOS
        return colour.finished(colour.plain(drawn).resize(size, kernel), None)

    def _cut(self, part: Part, source: tuple[int, int]) -> str:
        """A drawing of the part alone, which holds the whole one as an image of its full size."""
        whole = base64.b64encode(self._text.encode()).decode("ascii")
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" '
            f'viewBox="{part.left:.6f} {part.top:.6f} {part.width:.6f} {part.height:.6f}">'
            f'<image width="{source[0]}" height="{source[1]}" preserveAspectRatio="none" '
            f'href="data:image/svg+xml;base64,{whole}"/></svg>'
        )

    def _drawn(self, text: str, width: int, height: int) -> Image.Image:
        """At most width x height pixels that keep the drawing's shape, as RGBA."""
        fonts = "<text" in self._text or ":text" in self._text
        try:
            content = resvg_py.svg_to_bytes(svg_string=text, width=width, height=height, skip_system_fonts=not fonts)
        # A panic of the rasteriser is no Exception.
        except BaseException as error:
            raise Refused(f"it can't be drawn: {error or type(error).__name__}") from error
        return Image.open(io.BytesIO(content), formats=("PNG",)).convert("RGBA")


def checked(data: bytes) -> str:
    """The markup, if it is self-contained; raises Refused where it would reach outside or grow on reading."""
    if len(data) > MAX_BYTES:
        raise Refused(f"an SVG of more than {MAX_BYTES >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("an SVG that is not UTF-8") from error
    if found := _MARKUP.search(text):
        raise Refused(f"an SVG with {found[0].lstrip('<')}, which is not drawn")
    references = [first or second for first, second in _REFERENCE.findall(text)] + _URL.findall(text)
    if not all(_INSIDE.match(reference) for reference in references):
        raise Refused("an SVG that refers to other files, which are not read")
    return text


def _alike(told: tuple[int, int], shape: tuple[int, int]) -> bool:
    """Whether a size that the markup tells has the shape that was drawn, but for rounding to pixels."""
    return min(told) > 0 and all(abs(a - b) <= 1 + 0.02 * b for a, b in zip(fit(told, *shape), shape, strict=True))
