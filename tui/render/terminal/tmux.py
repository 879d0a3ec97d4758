"""What tmux tells of the terminal around it. It is asked by a command: an answer to what it hands on would come back
as keys, of which one may be bound in tmux. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tui.core.children import environment
from tui.core.text import clean_line

QUESTION = (
    *("tmux", "display-message", "-p"),
    "#{client_termtype}\t#{client_termname}\t#{allow-passthrough}\t#{version}",
)
# Seconds for something that takes milliseconds.
_PATIENCE = 2.0
# The release that brought allow-passthrough; before it everything was handed on.
_SELECTIVE = [3, 3]


class Around(NamedTuple):
    """`name` is what the terminal calls itself, `term` its TERM; `passes`: whether tmux hands pictures on to it."""

    name: str = ""
    term: str = ""
    passes: bool = False


def ask(env: Mapping[str, str]) -> Around:
    """The terminal around the tmux that these variables name. Not for the UI thread."""
    import subprocess

    try:
        answer = subprocess.run(
            QUESTION,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        ).stdout
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return Around()
    return around(answer.decode(errors="replace"))


def around(output: str) -> Around:
    """What the output of QUESTION says."""
    fields = [clean_line(field, limit=60) for field in output.rstrip("\n").split("\t")]
    if len(fields) != len(QUESTION[-1].split("\t")):
        return Around()
    name, term, option, version = fields
    old = [int(number) for number in re.findall(r"\d{1,9}", version)[:2]] < _SELECTIVE
    return Around(name, term, option in ("1", "on", "all") or (not option and old))
