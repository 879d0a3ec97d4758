"""The terminals that are known by name: how each makes itself known, and what it can show.

Depths and graphics are those that the terminals' own documentation states; graphics are listed best first, and Kitty's
only where its Unicode placeholders are understood, without which a picture can't be scrolled, cut or covered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tui.core.text import clean_line


class Emulator(NamedTuple):
    """One terminal.

    `terms` are names that its TERM is or begins with, up to a - or +. `programs` are its values of TERM_PROGRAM.
    `variables` are set by it, NAME=value where only that value counts. `depth` is empty where not all of its releases
    have 24-bit colour, and `graphics` where it has none. `note` is what its graphics depend on, `since` the release
    that brought them, where earlier ones are still about.
    """

    name: str
    terms: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    depth: str = "truecolor"
    graphics: tuple[str, ...] = ()
    note: str = ""
    since: tuple[int, ...] = ()


class Identity(NamedTuple):
    """An emulator and what gave it away, such as `TERM is foot`."""

    emulator: Emulator
    evidence: str
    version: str = ""

    @property
    def too_old(self) -> bool:
        """Whether this release is known to have no graphics, while later ones have."""
        numbers = tuple(int(number) for number in re.findall(r"\d{1,9}", self.version)[: len(self.emulator.since)])
        return bool(numbers) and numbers < self.emulator.since


APPLE = Emulator("Apple Terminal", programs=("Apple_Terminal",), depth="")
EMULATORS = (
    Emulator("kitty", ("kitty", "xterm-kitty"), ("kitty",), ("KITTY_WINDOW_ID",), graphics=("kitty",), since=(0, 28)),
    Emulator("Ghostty", ("ghostty", "xterm-ghostty"), ("ghostty",), ("GHOSTTY_RESOURCES_DIR",), graphics=("kitty",)),
    Emulator("foot", ("foot",), graphics=("sixel",)),
    Emulator("iTerm2", ("iterm2",), ("iTerm.app",), ("LC_TERMINAL=iTerm2", "ITERM_SESSION_ID"),
             graphics=("iterm2", "sixel")),
    Emulator("WezTerm", ("wezterm",), ("WezTerm",), ("WEZTERM_PANE",), graphics=("iterm2", "sixel"),
             since=(20220319,)),
    Emulator("Alacritty", ("alacritty",), (), ("ALACRITTY_WINDOW_ID",)),
    Emulator("Konsole", ("konsole",), (), ("KONSOLE_VERSION",), graphics=("sixel",), note="since its release 22.04"),
    Emulator("Contour", ("contour",), ("contour",), graphics=("sixel",)),
    Emulator("Rio", ("rio", "xterm-rio"), ("rio",), graphics=("sixel", "iterm2")),
    Emulator("mintty", ("mintty",), ("mintty",), graphics=("sixel", "iterm2")),
    Emulator("mlterm", ("mlterm",), (), ("MLTERM",), depth="", graphics=("sixel",)),
    Emulator("Black Box", (), ("BlackBox",), graphics=("sixel",)),
    Emulator("VS Code", (), ("vscode",), ("VSCODE_INJECTION",), graphics=("iterm2", "sixel"),
             note="where its terminal.integrated.enableImages is on"),
    Emulator("Windows Terminal", ("ms-terminal",), (), ("WT_SESSION",), graphics=("sixel",),
             note="since its release 1.22"),
    Emulator("Hyper", (), ("Hyper",)),
    Emulator("Tabby", (), ("Tabby",)),
    Emulator("Warp", (), ("WarpTerminal",)),
    Emulator("Zed", (), ("zed",)),
    Emulator("JetBrains", (), (), ("TERMINAL_EMULATOR=JetBrains-JediTerm",)),
    Emulator("st", ("st",)),
    # Before its release 0.36 without 24-bit colour; the variable says which it is.
    Emulator("VTE", ("vte",), (), ("VTE_VERSION",)),
    # Takes 24-bit colour or pictures only as it was built or started.
    Emulator("xterm", (), (), ("XTERM_VERSION",), depth=""),
    Emulator("Linux console", ("linux",), depth=""),
    APPLE,
)  # fmt: skip


def identify(env: Mapping[str, str]) -> Identity | None:
    """The terminal that these variables name. TERM goes first: the others may be left from where it was started."""
    term = clean_line(env.get("TERM", ""), limit=60)
    program = clean_line(env.get("TERM_PROGRAM", ""), limit=60)
    for emulator in EMULATORS:
        if any(is_or_begins(term.lower(), name) for name in emulator.terms):
            return Identity(emulator, f"TERM is {term}")
    for emulator in EMULATORS:
        if program.lower() in map(str.lower, emulator.programs):
            version = clean_line(env.get("TERM_PROGRAM_VERSION", ""), limit=40)
            return Identity(emulator, f"TERM_PROGRAM is {program}", version)
    for emulator in EMULATORS:
        for variable in emulator.variables:
            name, _, wanted = variable.partition("=")
            if (value := env.get(name)) and wanted in ("", value):
                version = clean_line(env.get("LC_TERMINAL_VERSION", ""), limit=40) if name == "LC_TERMINAL" else ""
                return Identity(emulator, f"{name} is {wanted}" if wanted else f"{name} is set", version)
    return None


def named(answer: str) -> Identity | None:
    """The terminal that calls itself so when asked, such as `WezTerm 20240203` or `foot(1.16.2)`."""
    words = answer.replace("(", " ").replace(")", " ").split()
    for emulator in EMULATORS:
        if words and words[0].lower() == emulator.name.lower():
            return Identity(emulator, f"it calls itself {answer}", " ".join(words[1:]))
    return None


def is_or_begins(term: str, name: str) -> bool:
    """Whether a TERM is a terminal's name or one of its variants: foot and foot-extra, not footloose."""
    return term == name or term.startswith((f"{name}-", f"{name}+"))
