"""What the terminal can show, and why it is thought so. Standard library only; nothing is sent to the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.core.text import clean_line

DEPTHS = ("truecolor", "256", "16", "none")

# TERM names of terminals that have had 24-bit colour in every release that uses the name.
_TRUECOLOUR_TERMS = (
    *("alacritty", "contour", "foot", "ghostty", "iterm2", "kitty", "konsole", "mintty", "ms-terminal", "rio"),
    *("vte", "wezterm", "xterm-direct", "xterm-ghostty", "xterm-kitty"),
)
# The same for TERM_PROGRAM, which SSH does not carry over. Apple_Terminal got it late and is not here.
_TRUECOLOUR_PROGRAMS = {"iterm.app", "wezterm", "vscode", "ghostty", "hyper", "mintty", "rio", "warpterminal", "tabby"}
_TEXTUAL = {"truecolor": "truecolor", "256": "256", "standard": "16"}
# What TEXTUAL_COLOR_SYSTEM calls each depth.
TEXTUAL_NAMES = {depth: name for name, depth in _TEXTUAL.items()}


@dataclass(frozen=True, slots=True)
class Terminal:
    """`depth` is one of DEPTHS; `reasons` are sentences for the person, the one that decided the depth first."""

    name: str
    depth: str
    reasons: tuple[str, ...]
    utf8: bool
    tmux: bool
    ssh: bool


def detect(env: Mapping[str, str], isatty: bool = True) -> Terminal:
    """The terminal that these environment variables describe; `isatty`: whether the output goes to one at all."""
    term = clean_line(env.get("TERM", ""), limit=60)
    program = clean_line(env.get("TERM_PROGRAM", ""), limit=60)
    depth, reason = _depth(env, term.lower(), program, isatty)
    utf8, utf8_reason = _utf8(env)
    tmux = bool(env.get("TMUX")) or term.startswith("tmux")
    ssh = any(env.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    reasons = [reason, utf8_reason]
    if tmux:
        reasons.append("inside tmux, which passes 24-bit colour on only if its terminal-features say so")
    if ssh:
        reasons.append("over SSH, which does not carry COLORTERM over by itself")
    return Terminal(program or term or "unknown", depth, tuple(reasons), utf8, tmux, ssh)


def _depth(env: Mapping[str, str], term: str, program: str, isatty: bool) -> tuple[str, str]:
    if env.get("NO_COLOR"):
        return "none", "NO_COLOR is set"
    if (wish := env.get("TEXTUAL_COLOR_SYSTEM", "").lower()) in _TEXTUAL:
        return _TEXTUAL[wish], f"TEXTUAL_COLOR_SYSTEM is {wish}"
    if not isatty:
        return "none", "the output is no terminal"
    if term in ("dumb", "unknown"):
        return "none", f"TERM is {term}"
    if (wish := env.get("COLORTERM", "").strip().lower()) in ("truecolor", "24bit"):
        return "truecolor", f"COLORTERM is {wish}"
    if any(term == name or term.startswith((f"{name}-", f"{name}+")) for name in _TRUECOLOUR_TERMS):
        return "truecolor", f"TERM is {term}, a terminal known to have 24-bit colour"
    if term.endswith("-direct"):
        return "truecolor", f"TERM is {term}, whose terminfo entry stands for direct colour"
    # Inside tmux or screen the variable may be left over from where they were started.
    if program.lower() in _TRUECOLOUR_PROGRAMS and not term.startswith(("tmux", "screen")):
        return "truecolor", f"TERM_PROGRAM is {program}, a terminal known to have 24-bit colour"
    if env.get("WT_SESSION"):
        return "truecolor", "WT_SESSION is set: Windows Terminal"
    if "256color" in term or program == "Apple_Terminal":
        return "256", f"TERM is {term}" if "256color" in term else "TERM_PROGRAM is Apple_Terminal"
    return ("16", f"TERM is {term}: nothing proves more than 16 colours") if term else ("16", "TERM is not set")


def _utf8(env: Mapping[str, str]) -> tuple[bool, str]:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := env.get(name):
            charset = value.partition(".")[2].partition("@")[0].lower().replace("-", "")
            return charset == "utf8", f"{name} is {clean_line(value, limit=60)}"
    return True, "no locale is set: UTF-8 is assumed"
