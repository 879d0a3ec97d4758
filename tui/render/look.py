"""How previews look, and why: what was found out about the terminal, or set by somebody. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

# What decided: the surroundings, a variable made for it, the file, an option, or the person in the app.
DETECTED, ENVIRONMENT, CONFIG, COMMAND_LINE = "detected", "environment", "config", "command line"
DEFAULT, REMEMBERED, SESSION = "default", "last time", "session"
# What each part of a look is called in the configuration; what is not here can't be set.
SETTINGS = {
    "style": "preview.style",
    "depth": "preview.colors",
    "dither": "preview.dither",
    "budget": "preview.budget_kb",
    "ground": "preview.ground",
    "graphics": "preview.graphics",
    "animation": "preview.animation",
    "aspect": "preview.cell_aspect",
}

# What a person calls each part.
TITLES = {
    "style": "style",
    "depth": "colours",
    "dither": "dithering",
    "budget": "budget",
    "ground": "ground",
    "aspect": "cell aspect",
    "graphics": "graphics",
    "animation": "animation",
    "erase": "erase",
}


class Reason(NamedTuple):
    """Why a value is what it is: a sentence for the person, and one of the sources above."""

    words: str
    source: str = DETECTED


@dataclass(frozen=True, slots=True)
class Look:
    """What the renderer needs to know to draw a picture.

    `style` is one of geometry.STYLES, `depth` one of terminal.DEPTHS, `budget` bytes a picture or None for no limit,
    `ground` checker, theme or #rrggbb, `aspect` a cell's height over its width, `graphics` off, kitty, sixel or iterm2.
    `erase`: what the terminal erases takes the colour that is set. `reasons` has one for each of the other names.
    """

    style: str
    depth: str
    dither: bool
    budget: int | None
    ground: str
    aspect: float
    graphics: str
    animation: bool
    erase: bool
    reasons: Mapping[str, Reason] = field(default_factory=dict, compare=False, repr=False)


def shown(value: str | float | bool | None) -> str:
    """A part's value as a person reads it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "no limit"
    if isinstance(value, int):
        return f"{value / 1000:g} kB"
    return value if isinstance(value, str) else f"{value:g}"
