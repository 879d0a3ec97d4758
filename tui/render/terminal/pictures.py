"""Which graphics protocol a terminal has, as far as its name and its answers tell."""

from __future__ import annotations

from tui.render.look import Reason
from tui.render.terminal.answers import Answers
from tui.render.terminal.emulators import Identity
from tui.render.terminal.surroundings import DUMB, Surroundings
from tui.render.terminal.tmux import Around

# Besides the protocols: what is known to have none, and what may have one.
NONE, UNKNOWN = "none", "not known"

Protocol = tuple[str, Reason]


def protocol(here: Surroundings, answers: Answers, around: Around | None = None) -> Protocol:
    """kitty, sixel, iterm2, NONE or UNKNOWN: what the terminal probably has."""
    if not here.tty or here.term in DUMB:
        return NONE, Reason(f"TERM is {here.term}" if here.tty else "the output is no terminal")
    if here.mosh or here.screen:
        return NONE, Reason(f"{'mosh' if here.mosh else 'GNU screen'} does not hand pictures on")
    known = here.identity
    if here.tmux:
        return _through_tmux(known, answers, around)
    if known and known.too_old:
        return NONE, Reason(f"{known.evidence}, which is too old for pictures")
    has = [each for each in known.emulator.graphics if _not_denied(each, answers)] if known else []
    if known and has:
        note = f" {known.emulator.note}" if known.emulator.note else ""
        return has[0], Reason(f"{known.evidence}: {known.emulator.name} has {TITLES[has[0]]}{note}")
    if answers.sixel:
        return "sixel", Reason("the terminal answers that it draws Sixel")
    if known:
        return NONE, Reason(f"{known.evidence}: {known.emulator.name} is not known to show pictures")
    if answers.sixel is False:
        return UNKNOWN, Reason("the terminal answers that it has no Sixel, and does not say its name")
    return UNKNOWN, Reason("nothing says which terminal this is")


TITLES = {"kitty": "Kitty's graphics", "sixel": "Sixel", "iterm2": "iTerm2's inline images"}


def _not_denied(protocol: str, answers: Answers) -> bool:
    return {"sixel": answers.sixel, "kitty": answers.kitty}.get(protocol) is not False


def _through_tmux(known: Identity | None, answers: Answers, around: Around | None) -> Protocol:
    """Kitty's placeholders are text to tmux, and the pictures go past it. Sixel it draws where it was built to."""
    if known and "kitty" in known.emulator.graphics and not known.too_old:
        if around is not None and not around.passes:
            return NONE, Reason("tmux holds pictures back: set -g allow-passthrough on")
        passes = "hands them on" if around else "hands them on with its allow-passthrough"
        return "kitty", Reason(f"{known.evidence}: {known.emulator.name} has {TITLES['kitty']}, and tmux {passes}")
    if answers.sixel:
        return "sixel", Reason("tmux answers that it draws Sixel")
    if around is not None:
        name = around.name or around.term or "a terminal that it does not know"
        return NONE, Reason(f"around tmux is {name}, which is not known to have placeholders for pictures")
    return UNKNOWN, Reason("tmux hands pictures on only with its allow-passthrough")
