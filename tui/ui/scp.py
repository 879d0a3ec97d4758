"""The line that fetches files over SSH, to be run on the machine that the person sits at."""

from __future__ import annotations

import getpass
import ipaddress
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.core.text import clean

SSH_PORT = 22
# What no shell and no pattern makes anything else of.
_SAFE = frozenset("_./,:=@%+-")


def scp_line(paths: Sequence[Path], env: Mapping[str, str]) -> str | None:
    """`scp 'me@host:/a file.png' .` for all of them; None where this was not reached over SSH.

    Where this machine is comes from SSH_CONNECTION.
    """
    fields = env.get("SSH_CONNECTION", "").split()
    try:
        address = ipaddress.ip_address(fields[2].partition("%")[0])
        port = int(fields[3])
        user = env.get("USER") or getpass.getuser()
    except (IndexError, ValueError, OSError, KeyError):
        return None
    host = f"[{address}]" if address.version == 6 else str(address)
    way = [] if port == SSH_PORT else ["-P", str(port)]
    return " ".join(["scp", *way, *(_quoted(f"{user}@{host}:{_remote(path)}") for path in paths), "."])


def _remote(path: Path) -> str:
    """As the far side wants it: it takes the path for a pattern, and an older one for a shell's word."""
    return "".join(map(_as_pattern, str(path)))


def _as_pattern(letter: str) -> str:
    return f"\\{letter}" if letter.isascii() and not (letter.isalnum() or letter in _SAFE) else letter


def _quoted(word: str) -> str:
    """As a shell's word, with nothing in it that a terminal would act on or that is no text."""
    if word.isprintable() and clean(word) == word:
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    if letter.isprintable() and clean(letter) == letter:
        return letter
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(letter))
