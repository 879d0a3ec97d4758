"""How many colours a terminal shows, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping

from tui.render.look import ENVIRONMENT, Reason
from tui.render.terminal.emulators import APPLE, Identity
from tui.render.terminal.surroundings import DUMB, Surroundings

_TEXTUAL = {"truecolor": "truecolor", "256": "256", "standard": "16"}
# What TEXTUAL_COLOR_SYSTEM calls each depth.
TEXTUAL_NAMES = {depth: name for name, depth in _TEXTUAL.items()}
_MONOCHROME = ("vt52", "vt100", "vt102", "vt220", "vt320", "vt420")
# The release of VTE that brought 24-bit colour, 0.36, as its variable has it.
_COLOURFUL_VTE = 3600

Depth = tuple[str, Reason]


def depth(here: Surroundings, env: Mapping[str, str]) -> Depth:
    """One of DEPTHS. A variable that was set to choose it goes before everything else."""
    if env.get("NO_COLOR"):
        return "none", Reason("NO_COLOR is set", ENVIRONMENT)
    if (wish := env.get("TEXTUAL_COLOR_SYSTEM", "").lower()) in _TEXTUAL:
        return _TEXTUAL[wish], Reason(f"TEXTUAL_COLOR_SYSTEM is {wish}", ENVIRONMENT)
    if not here.tty:
        return "none", Reason("the output is no terminal")
    return _limit(here) or _between(here, env) or _proven(here, env) or _at_least(here)


def _limit(here: Surroundings) -> Depth | None:
    """Terminals that show no more, whatever else is set."""
    if here.term in DUMB or here.term.startswith(_MONOCHROME):
        return "none", Reason(f"TERM is {here.term}, which has no colours")
    if here.term == "linux":
        return "16", Reason("TERM is linux: the console shows 16 colours")
    return None


def _between(here: Surroundings, env: Mapping[str, str]) -> Depth | None:
    """What tmux, screen and mosh make of colours counts, and not the terminal behind them."""
    if here.screen:
        name = f"TERM is {here.term}" if here.term.startswith("screen") else "STY is set"
        return "256", Reason(f"{name}: GNU screen hands on 256 colours at most, unless it was told otherwise")
    if _told(env) or here.term.endswith("-direct"):
        return None
    if here.tmux:
        name = f"TERM is {here.term}" if "tmux" in here.term or not env.get("TMUX") else "TMUX is set"
        return "256", Reason(f"{name}: tmux takes 256 colours, and no COLORTERM says more")
    if here.mosh:
        return "256", Reason(
            "mosh hands on 24-bit colour since its version 1.4, and no COLORTERM says that it does here"
        )
    return None


def _proven(here: Surroundings, env: Mapping[str, str]) -> Depth | None:
    """24-bit colour, where something proves it."""
    if told := _told(env):
        return "truecolor", Reason(told)
    if here.term.endswith("-direct"):
        return "truecolor", Reason(f"TERM is {here.term}, whose terminfo entry stands for 24-bit colour")
    known = here.identity
    if known is None or known.emulator.depth != "truecolor" or _too_old(known, env):
        return None
    return "truecolor", Reason(f"{known.evidence}: {known.emulator.name} has 24-bit colour")


def _at_least(here: Surroundings) -> Depth:
    if "256color" in here.term:
        return "256", Reason(f"TERM is {here.term}, and nothing proves more")
    if here.identity is not None and here.identity.emulator is APPLE:
        return "256", Reason(here.identity.evidence)
    return "16", Reason(f"TERM is {here.term}, and nothing proves more" if here.term else "TERM is not set")


def _told(env: Mapping[str, str]) -> str:
    told = env.get("COLORTERM", "").strip().lower()
    return f"COLORTERM is {told}" if told in ("truecolor", "24bit") else ""


def _too_old(known: Identity, env: Mapping[str, str]) -> bool:
    version = env.get("VTE_VERSION", "")
    return known.evidence.startswith("VTE_VERSION") and version.isdecimal() and int(version) < _COLOURFUL_VTE
