"""How a picture is drawn. Standard library only: it is chosen before anything that draws is loaded."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tui.render.geometry import DEFAULT_STYLE, usable
from tui.render.look import Look

Ground = tuple[int, int, int] | Literal["checker"]


class Manner(NamedTuple):
    """`style` is one of geometry.STYLES, `depth` one of terminal.DEPTHS; `dither` concerns the depths 256 and 16.

    With a `budget`, in bytes, a picture is as good as it can be in so many; it wins over `dither`. `erase`: the
    terminal erases in the colour that is set, which makes long blanks short.
    """

    style: str = DEFAULT_STYLE
    depth: str = "truecolor"
    dither: bool = False
    budget: int | None = None
    erase: bool = False


def manner_of(look: Look) -> Manner:
    """What of a look concerns drawing. Without colours only *ascii* shows anything, and nothing is erased."""
    style = usable(look.style, look.depth)
    return Manner(style, look.depth, look.dither, look.budget, look.erase and look.depth != "none")


def ground_of(name: str, theme: tuple[int, int, int]) -> Ground:
    """What a look's ground stands for; `theme` is the colour around the picture."""
    if name == "checker":
        return "checker"
    return theme if name == "theme" else (int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16))
