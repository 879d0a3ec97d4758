"""Which graphics protocols a terminal has: what to ask it, and what its answers mean. Standard library only.

The one who asks writes `queries` after the first frame, collects what comes until `Found.complete` or a time-out of its
own (a second is plenty), and passes it to `found`. Inside tmux answers come from tmux or not at all: there the Kitty
protocol is asked about by running TMUX_QUESTION and passing its output to `found_around_tmux`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tui.core.text import clean_line
from tui.render.graphics import PROTOCOLS

# The id in the question to Kitty, by which its answer is known.
_ASKED = 4207
_KITTY = f"\x1b_Gi={_ASKED},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
# XTVERSION, the terminal's name; the pixels of a cell; XTSMGRAPHICS, how many colours Sixel has.
_NAME, _CELL, _COLOURS = "\x1b[>q", "\x1b[16t", "\x1b[?1;1;0S"
# The primary device attributes, which every terminal answers: after that nothing more comes.
_LAST = "\x1b[c"

_KITTY_ANSWER = re.compile(rf"\x1b_G(?:[^;\x1b]*,)?i={_ASKED}(?:,[^;\x1b]*)?;OK\x1b\\")
_NAME_ANSWER = re.compile(r"\x1bP>\|([^\x1b]{1,200})\x1b\\")
_CELL_ANSWER = re.compile(r"\x1b\[6;(\d{1,3});(\d{1,3})t")
_COLOURS_ANSWER = re.compile(r"\x1b\[\?1;0;(\d{1,6})S")
_LAST_ANSWER = re.compile(r"\x1b\[\?(\d+(?:;\d*)*)c")
_NAMED = re.compile(r"([A-Za-z][\w.]*)(?:[ (](\d{1,9})(?:\.(\d{1,9}))?)?", re.ASCII)

# Since when a terminal has Unicode placeholders. Others say that they have the protocol, and print them as text.
_PLACEHOLDERS = {"kitty": (0, 28), "ghostty": (1, 0), "rio": (0, 5)}
# Since when a terminal has inline images, for which there is no question; WezTerm counts in dates.
_INLINE = {"iterm2": (2, 9), "wezterm": (20220319, 0), "mintty": (2, 8), "konsole": (22, 4), "rio": (0, 1)}
# What says the same of a terminal that has no answer to XTVERSION. SSH carries LC_TERMINAL over.
_INLINE_NAMES = {"TERM_PROGRAM": ("iTerm.app", "WezTerm", "mintty"), "LC_TERMINAL": ("iTerm2",)}

# A command whose output tells of the terminal around tmux; its environment has to have TMUX.
TMUX_QUESTION = (
    *("tmux", "display-message", "-p"),
    "#{client_termtype}\t#{client_termname}\t#{allow-passthrough}\t#{version}",
)


@dataclass(frozen=True, slots=True)
class Found:
    """`protocols` are those that work, the best first; `reasons` say why, in words for the person.

    `cell` is a cell's width and height in pixels, if it was told; `colours` how many Sixel has at once; `complete`
    whether there is nothing more to wait for.
    """

    protocols: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    name: str = ""
    cell: tuple[int, int] | None = None
    colours: int = 256
    complete: bool = False


def queries(protocols: Collection[str] = PROTOCOLS, *, tmux: bool = False) -> str:
    """What asks a terminal, or tmux, about these protocols; what does not understand a question passes it over."""
    asked = _NAME + _CELL
    if "kitty" in protocols and not tmux:
        asked += _KITTY
    if "sixel" in protocols:
        asked += _COLOURS
    return asked + _LAST


def found(answers: str, env: Mapping[str, str], *, tmux: bool = False) -> Found:
    """What the answers to `queries` tell, whatever else stands between them; `env` for what can't be asked."""
    matched = _NAME_ANSWER.search(answers)
    name = clean_line(matched[1], limit=60) if matched else ""
    last = _LAST_ANSWER.search(answers)
    verdicts = {}
    if not tmux:
        verdicts["kitty"] = _kitty(name) if _KITTY_ANSWER.search(answers) else (False, "it has no Kitty protocol")
        verdicts["iterm2"] = _inline(name, env)
    # The first number is the terminal's class.
    has_sixel = last is not None and "4" in last[1].split(";")[1:]
    verdicts["sixel"] = (has_sixel, "it says that it has Sixel" if has_sixel else "it does not say that it has Sixel")
    cell = _CELL_ANSWER.search(answers)
    size = (int(cell[2]), int(cell[1])) if cell else (0, 0)
    colours = _COLOURS_ANSWER.search(answers)
    return Found(
        tuple(protocol for protocol, (works, _) in verdicts.items() if works),
        tuple(f"{protocol}: {reason}" for protocol, (_, reason) in verdicts.items()),
        name,
        size if all(size) else None,
        min(max(int(colours[1]), 2), 256) if colours else 256,
        last is not None,
    )


def found_around_tmux(output: str) -> Found:
    """What the output of TMUX_QUESTION tells of the terminal around tmux: the Kitty protocol or nothing."""
    fields = [clean_line(field, limit=60) for field in output.rstrip("\n").split("\t")]
    if len(fields) != 4:
        return Found(reasons=("kitty: tmux does not answer",), complete=True)
    kind, term, passthrough, version = fields
    name = kind or term.removeprefix("xterm-")
    works, reason = _kitty(name)
    if works and not (passthrough in ("1", "on", "all") or (not passthrough and _older(version))):
        works, reason = False, "tmux holds it back: set -g allow-passthrough on"
    return Found(("kitty",) if works else (), (f"kitty: {reason}",), name, complete=True)


def _kitty(name: str) -> tuple[bool, str]:
    return _known(name, _PLACEHOLDERS, "Unicode placeholders")


def _inline(name: str, env: Mapping[str, str]) -> tuple[bool, str]:
    if not name:
        for variable, names in _INLINE_NAMES.items():
            if env.get(variable) in names:
                return True, f"{variable} is {env[variable]}, which has inline images"
    return _known(name, _INLINE, "inline images")


def _known(name: str, since: Mapping[str, tuple[int, int]], what: str) -> tuple[bool, str]:
    called, version = _parsed(name)
    if called not in since:
        return False, f"{name or 'the terminal, which does not tell its name,'} is not known to have {what}"
    if version is not None and version < since[called]:
        return False, f"{name} is too old for {what}"
    return True, f"{name} has {what}"


def _parsed(name: str) -> tuple[str, tuple[int, int] | None]:
    """A terminal's name in small letters and its version, as in kitty(0.31.0), ghostty 1.1.3 or WezTerm 20240203-…"""
    matched = _NAMED.match(name)
    if not matched:
        return "", None
    return matched[1].lower(), (int(matched[2]), int(matched[3] or 0)) if matched[2] else None


def _older(version: str) -> bool:
    """Whether tmux is from before the option, when everything was passed on."""
    numbers = re.findall(r"\d+", version)
    return [int(number) for number in numbers[:2]] < [3, 3]
