"""The files that were decoded last, inside the decoding child: looked at again, they are not decoded again."""

from __future__ import annotations

from collections import OrderedDict

from tui.core.sniff import Facts
from tui.render.decoding import colour, frames, load, png
from tui.render.decoding.animation import Animation
from tui.render.decoding.raster import Raster, Shown, Wish
from tui.render.decoding.source import Identity, identity, read
from tui.render.decoding.svg import Drawing

# The largest image that is previewed takes 160 MB, and with a reduced copy of it 240; it is then the only one.
KEPT_BYTES = 192 << 20


class Store:
    """Decoded files by what they were when they were read, and the animation that plays."""

    def __init__(self) -> None:
        self._shown: OrderedDict[Identity, Shown] = OrderedDict()
        self._playing: tuple[Identity, Animation] | None = None

    def forget(self) -> None:
        """Gives all memory back."""
        self._shown.clear()
        self._playing = None

    @property
    def empty(self) -> bool:
        return not self._shown and self._playing is None

    def shown(self, path: str, wish: Wish) -> Shown:
        """The file, with the pixels that the wish needs. Raises Refused."""
        now = identity(path)
        kept = self._shown.get(now)
        if kept is not None and kept.enough(wish):
            self._shown.move_to_end(now)
            return kept
        # The coarser one is of no use any more, and its memory is.
        self._shown.pop(now, None)
        data, known = read(path)
        shown = _decoded(data, wish)
        if known is not None:
            self._shown[known] = shown
            while len(self._shown) > 1 and sum(each.cost for each in self._shown.values()) > KEPT_BYTES:
                self._shown.popitem(last=False)
        return shown

    def animation(self, path: str) -> Animation | None:
        """The file's animation, as it was left by the last request; None for a still. Raises Refused."""
        if self._playing is not None and self._playing[0] == identity(path):
            return self._playing[1]
        self._playing = None
        data, known = read(path)
        facts = load.facts_of(data)
        film = frames.film(data, facts.format)
        if film is None:
            return None
        animation = Animation(data, facts, film)
        if known is not None:
            self._playing = (known, animation)
        return animation


def _decoded(data: bytes, wish: Wish) -> Shown:
    facts = load.facts_of(data)
    if facts.format == "svg":
        return Drawing(data)
    # An APNG has a still of its own, for those who can't play it.
    if facts.format != "png" and (film := frames.film(data, facts.format)):
        return Animation(data, facts, film).show(0)[0]
    return _still(data, facts, wish)


def _still(data: bytes, facts: Facts, wish: Wish) -> Raster:
    loaded = load.load(png.still(data) if facts.format == "png" else data, wish)
    return Raster(
        colour.plain(loaded.image, bits=loaded.bits),
        loaded.size,
        format_name=facts.format,
        scale=loaded.scale,
        orientation=loaded.orientation,
        profile=loaded.profile,
        frames=frames.count(data, facts.format),
    )
