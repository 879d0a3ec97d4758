"""How many frames a file holds, and what they are, read in its own blocks: what its header claims is not believed."""

from __future__ import annotations

from itertools import islice

from tui.render.decoding import gif, png, webp
from tui.render.decoding.frame import Film

LIMIT = 1000
# Browsers show what is meant to last 10 ms or less for this long.
_AT_LEAST, _INSTEAD = 10, 100


def count(data: bytes, format_name: str) -> int:
    """At least 1 and at most LIMIT; nothing is decoded."""
    match format_name:
        case "gif":
            found = sum(1 for _ in islice((1 for start, _ in gif.blocks(data) if data[start] == 0x2C), LIMIT))
        case "png":
            found = png.frame_count(data, LIMIT)
        case "webp":
            found = webp.frame_count(data, LIMIT)
        case _:
            found = 1
    return max(found, 1)


def film(data: bytes, format_name: str) -> Film | None:
    """The animation that a file is, or None for a still; a GIF is always one, if only of one frame."""
    reader = {"gif": gif.film, "png": png.film, "webp": webp.film}.get(format_name)
    try:
        return reader(data) if reader else None
    except ValueError:
        return None


def shown_for(delay: int) -> int:
    """The milliseconds that a frame is shown, from what its file says."""
    return delay if delay > _AT_LEAST else _INSTEAD
