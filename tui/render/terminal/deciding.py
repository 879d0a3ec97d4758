"""From the environment, the terminal's answers and the person's wishes to a look, each part of it with its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

from tui.core.config import AUTO, COMMAND_LINE, DEFAULT, Value
from tui.core.text import clean_line
from tui.render import look
from tui.render.look import Look, Reason
from tui.render.terminal import choices, colours
from tui.render.terminal.answers import NOTHING, Answers
from tui.render.terminal.pictures import TITLES, protocol
from tui.render.terminal.surroundings import Surroundings, surroundings
from tui.render.terminal.tmux import Around

T = TypeVar("T")
Decided = tuple[T, Reason]

OFF = "off"
# Pixels across a cell whose size is not known, for pictures that the terminal scales to their cells by itself.
_WIDTH = 10
# What Sixel has at once, unless the terminal says less: more than its pictures use is of no use.
_COLOURS = 256
_OWN_WORDS = {
    look.SESSION: "chosen in this session",
    look.REMEMBERED: "chosen last time",
    COMMAND_LINE: "asked for in the command",
}


class Pixels(NamedTuple):
    """How pictures are shown as pixels, as tui.render.graphics.placement.Graphics takes it."""

    protocol: str
    cell: tuple[int, int]
    depth: str
    tmux: bool
    colours: int


class Terminal(NamedTuple):
    """What is thought of a terminal. `cell` is a cell's width, height in pixels, `styles` those that come through.

    `graphics` is the protocol that it probably has, pictures.NONE or pictures.UNKNOWN, whatever the look says.
    """

    here: Surroundings
    look: Look
    graphics: str
    graphics_reason: Reason
    styles: tuple[str, ...]
    cell: tuple[int, int] | None
    colours: int = _COLOURS

    @property
    def name(self) -> str:
        return self.here.name

    @property
    def depth(self) -> str:
        return self.look.depth

    @property
    def pixels(self) -> Pixels | None:
        """What the look's `graphics` need; None where there are none, or can't be any."""
        if self.look.graphics == OFF or _obstacle(self.look.graphics, self.here, self.depth, self.cell):
            return None
        cell = self.cell or (_WIDTH, round(_WIDTH * self.look.aspect))
        return Pixels(self.look.graphics, cell, self.look.depth, self.here.tmux, self.colours)


def detect(
    env: Mapping[str, str],
    isatty: bool = True,
    *,
    cell: tuple[int, int] | None = None,
    above: Collection[str] = (),
    answers: Answers = NOTHING,
    around: Around | None = None,
    wishes: Mapping[str, Value] | None = None,
) -> Terminal:
    """The terminal that these environment variables describe; `isatty`: whether the output goes to one at all.

    `cell` is a cell's size in pixels where it is known, `above` the names of the processes above this one, `answers`
    what the terminal said itself, `around` what tmux said of it. `wishes` are settings by their names in the
    configuration. Pure.
    """
    here = surroundings(env, isatty, above=above, answers=answers, around=around)
    wished = Wishes(wishes or {})
    has = protocol(here, answers, around)
    depth, depth_reason = wished.text("depth") or colours.depth(here, env)
    style, style_reason = wished.text("style") or choices.style(here, depth)
    style, style_reason = choices.instead(style, here, depth) or (style, style_reason)
    dither, dither_reason = wished.switch("dither") or choices.dither(depth)
    budget, budget_reason = wished.budget() or choices.budget(here)
    ground, ground_reason = wished.text("ground") or ("checker", Reason("unless another is set", look.DEFAULT))
    aspect, aspect_reason = wished.aspect() or choices.aspect(cell)
    graphics, graphics_reason = _graphics(wished.text("graphics"), has)
    if obstacle := _obstacle(graphics, here, depth, cell):
        graphics_reason = graphics_reason._replace(words=f"{graphics_reason.words}; but {obstacle}")
    animation, animation_reason = wished.switch("animation") or choices.animation(budget)
    erase, erase_reason = choices.erase(here)
    reasons = {
        "style": style_reason,
        "depth": depth_reason,
        "dither": dither_reason,
        "budget": budget_reason,
        "ground": ground_reason,
        "aspect": aspect_reason,
        "graphics": graphics_reason,
        "animation": animation_reason,
        "erase": erase_reason,
    }
    found = Look(style, depth, dither, budget, ground, aspect, graphics, animation, erase, reasons)
    registers = min(max(answers.colours or _COLOURS, 2), _COLOURS)
    return Terminal(here, found, *has, choices.offered(here), cell, registers)


def _graphics(wish: Decided[str] | None, has: Decided[str]) -> Decided[str]:
    """What is drawn with; `wish` is auto, off or a protocol. Without one it is off: characters go everywhere."""
    protocol, why = has
    can = protocol in TITLES
    if wish is None:
        probably = f"; the terminal probably has {TITLES[protocol]}" if can else ""
        return OFF, Reason(f"characters unless pixels are asked for{probably}", look.DEFAULT)
    if wish[0] != AUTO:
        return wish
    return protocol if can else OFF, why


def _obstacle(graphics: str, here: Surroundings, depth: str, cell: tuple[int, int] | None) -> str:
    """What keeps pictures from being shown in this way, empty for nothing."""
    if graphics == OFF:
        return ""
    if depth == "none":
        return "without colours there are letters only"
    if here.mosh or here.screen:
        return f"{'mosh' if here.mosh else 'GNU screen'} does not hand pictures on"
    if graphics == "iterm2" and here.tmux:
        return "tmux does not hand it on"
    if graphics == "sixel" and cell is None:
        return "it needs the size of a cell, which the terminal does not tell"
    return ""


class Wishes:
    """What somebody has set in the configuration, its overrides or the app. A default is no wish, nor is `auto`."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def text(self, part: str) -> Decided[str] | None:
        name = look.SETTINGS[part]
        given = self._values.get(name)
        # For graphics `auto` is not what holds by itself.
        if given is None or given.source == DEFAULT or (given.value == AUTO and part != "graphics"):
            return None
        value = f"{given.value:g}" if isinstance(given.value, float) else clean_line(given.value, limit=40)
        if given.source in _OWN_WORDS:
            return value, Reason(_OWN_WORDS[given.source], given.source)
        return value, Reason(f"{name} is {value} in {clean_line(given.source, limit=60)}", look.CONFIG)

    def switch(self, part: str) -> Decided[bool] | None:
        given = self.text(part)
        return (given[0] == "on", given[1]) if given else None

    def budget(self) -> Decided[int | None] | None:
        given = self._number("budget")
        return (round(given[0] * 1000) or None, given[1]) if given and given[0] >= 0 else None

    def aspect(self) -> Decided[float] | None:
        given = self._number("aspect")
        return given if given and given[0] > 0 else None

    def _number(self, part: str) -> Decided[float] | None:
        given = self.text(part)
        return (float(given[0]), given[1]) if given else None
