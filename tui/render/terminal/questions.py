"""What a terminal is worth asking."""

from __future__ import annotations

from tui.render.terminal.answers import ATTRIBUTES, CELL_SIZE, KITTY_GRAPHICS, NAME, SIXEL_COLOURS, TEXT_AREA_SIZE
from tui.render.terminal.deciding import Terminal
from tui.render.terminal.surroundings import DUMB

# They answer nothing of interest, and some of them print what they do not know.
_SILENT = (*DUMB, "linux", "eterm", "cygwin", "sun", "vt")


def questions(terminal: Terminal, *, graphics: bool) -> tuple[str, ...]:
    """What to send to learn what is not known yet; `graphics`: whether a protocol for pictures is to be found.

    Of the terminal around it tmux is asked otherwise (see `tmux`).
    """
    here = terminal.here
    if not here.tty or here.term.startswith(_SILENT) or here.mosh:
        return ()
    asked = [] if terminal.cell else [CELL_SIZE, TEXT_AREA_SIZE]
    # tmux answers with its own name, which says most where SSH has taken its variable away.
    if not here.tmux and (here.identity is None or (graphics and here.identity.emulator.since)):
        asked.append(NAME)
    if graphics and not here.screen:
        # Where the terminal is known, the name says more: several answer to it that have no placeholders.
        if not here.tmux and here.identity is None:
            asked.append(KITTY_GRAPHICS)
        asked.append(ATTRIBUTES)
    if terminal.look.graphics == "sixel":
        asked.append(SIXEL_COLOURS)
    return tuple(asked)


def asks_tmux(terminal: Terminal, *, graphics: bool) -> bool:
    """Whether tmux is worth asking what stands around it."""
    return graphics and terminal.here.tmux and terminal.here.tty
