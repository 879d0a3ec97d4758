"""The parts of a look that follow from the surroundings and are not colours or graphics: each a value and a reason."""

from __future__ import annotations

from tui.render.geometry import CELL_ASPECT, DEFAULT_STYLE, STYLES
from tui.render.look import Reason
from tui.render.terminal.surroundings import DUMB, Surroundings

# Bytes a picture over a network, where the person says nothing else. In full a photo takes about 110 kB on 80x40 cells
# and 280 on 160x50; in 64 kB either is nearer to the image, by SSIM, than half blocks are in full.
SSH_BUDGET = 64_000
# Mosh is for links that are slow or lossy. On 80x40 cells the same holds.
MOSH_BUDGET = 32_000
# In Unicode since 2024 only: who asks an older table how wide they are is told that they can't be printed.
_YOUNG = ("octant", "blocks+octant")


def offered(here: Surroundings) -> tuple[str, ...]:
    """The styles whose characters come through."""
    return tuple(style for style in STYLES if not (here.tty and here.nested and style in _YOUNG))


def style(here: Surroundings, depth: str) -> tuple[str, Reason]:
    if depth == "none":
        return "ascii", Reason("without colours only letters show anything")
    if not here.utf8:
        return "ascii", Reason(f"{here.charset}, which is not UTF-8")
    if here.term == "linux":
        return "half", Reason("TERM is linux: the console's fonts have half blocks and few other shapes")
    return DEFAULT_STYLE, Reason("every terminal's font has these shapes")


def instead(wish: str, here: Surroundings, depth: str) -> tuple[str, Reason] | None:
    """What takes the place of a style that was asked for and can't be had; None where it can."""
    if depth == "none" and wish != "ascii":
        return "ascii", Reason(f"{wish} was asked for, but without colours only letters show anything")
    if wish in offered(here):
        return None
    if wish not in STYLES:
        return DEFAULT_STYLE, Reason(f"there is no style {wish}")
    who = "tmux" if here.tmux else "GNU screen" if here.screen else "mosh"
    return DEFAULT_STYLE, Reason(f"{wish} was asked for, but {who} drops its characters")


def dither(depth: str) -> tuple[bool, Reason]:
    if depth in ("256", "16"):
        return True, Reason(f"of {depth} colours dots mix those between")
    return False, Reason(
        "every shade has a colour of its own" if depth == "truecolor" else "there are no colours to mix"
    )


def budget(here: Surroundings) -> tuple[int | None, Reason]:
    if not here.tty:
        return None, Reason("the output is no terminal")
    if here.mosh:
        return MOSH_BUDGET, Reason("over mosh, which is for slow and lossy links")
    if here.ssh:
        return SSH_BUDGET, Reason("over SSH: half a second at 1 Mbit/s")
    return None, Reason("the terminal is on this machine")


def animation(budget: int | None) -> tuple[bool, Reason]:
    if budget is not None:
        return False, Reason("each frame would cost as much as a picture may")
    return True, Reason("pictures may take as many bytes as they need")


def aspect(cell: tuple[int, int] | None) -> tuple[float, Reason]:
    """`cell` is width, height in pixels."""
    if cell is None:
        return CELL_ASPECT, Reason("the terminal does not say; most have 2")
    width, height = cell
    return min(max(round(height / width, 3), 0.5), 4.0), Reason(f"the terminal's cells are {width}x{height} pixels")


def erase(here: Surroundings) -> tuple[bool, Reason]:
    if not here.tty or here.term in DUMB:
        return False, Reason(f"TERM is {here.term}" if here.tty else "the output is no terminal")
    if here.screen:
        return False, Reason("GNU screen erases in the terminal's own colour")
    return True, Reason("what is erased takes the colour that is set")
