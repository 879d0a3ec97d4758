"""What a terminal is worth asking."""

from __future__ import annotations

from tui.render.terminal.answers import ATTRIBUTES, CELL_SIZE, KITTY_GRAPHICS, NAME, TEXT_AREA_SIZE, through_tmux
from tui.render.terminal.deciding import Terminal
from tui.render.terminal.surroundings import DUMB, Surroundings

# They answer nothing of interest, and some of them print what they do not know.
_SILENT = (*DUMB, "linux", "eterm", "cygwin", "sun", "vt")


def questions(terminal: Terminal, *, graphics: bool) -> tuple[str, ...]:
    """What to send to learn what is not known yet; `graphics`: whether pictures are wanted at all."""
    here = terminal.here
    if not here.tty or here.term.startswith(_SILENT) or here.mosh:
        return ()
    asked = [] if terminal.cell else [CELL_SIZE, TEXT_AREA_SIZE]
    # tmux answers with its own name, which says most where SSH has taken its variable away.
    if here.identity is None and not here.tmux:
        asked.append(NAME)
    if graphics and not here.screen:
        asked += [*_about_kitty(here), ATTRIBUTES]
    return tuple(asked)


def _about_kitty(here: Surroundings) -> list[str]:
    if here.tmux:
        return [through_tmux(KITTY_GRAPHICS), through_tmux(NAME)]
    # Where the terminal is known, the name says more: several answer to it that have no placeholders.
    return [] if here.identity else [KITTY_GRAPHICS]
