"""Where the program runs: which terminal, through what, in which character set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tui.core.text import clean_line
from tui.render.terminal.answers import NOTHING, Answers
from tui.render.terminal.emulators import Identity, identify, is_or_begins, named
from tui.render.terminal.tmux import Around

# TERM of what shows lines of text and nothing else.
DUMB = ("dumb", "unknown")
_SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
# Its server sets none; these are set by wrappers of it. MOSH_KEY and the like are there for the client only.
_MOSH = ("MOSH_CONNECTION", "MOSH_IP")


class Surroundings(NamedTuple):
    """`term` is TERM, cleaned and in small letters. Each of `notes` is a sentence about something found.

    `identity` is the terminal itself, where it is known; inside tmux and screen it is a guess, made from variables of
    the shell that they were started in.
    """

    term: str
    identity: Identity | None
    tmux: bool
    screen: bool
    mosh: bool
    ssh: bool
    utf8: bool
    charset: str
    tty: bool
    notes: tuple[str, ...]

    @property
    def nested(self) -> bool:
        """Whether something between here and the terminal draws the screen anew."""
        return self.tmux or self.screen or self.mosh

    @property
    def remote(self) -> bool:
        return self.ssh or self.mosh

    @property
    def name(self) -> str:
        if self.identity is not None:
            return " ".join(filter(None, (self.identity.emulator.name, self.identity.version)))
        return self.term or "unknown"


def surroundings(
    env: Mapping[str, str],
    tty: bool = True,
    *,
    above: Collection[str] = (),
    answers: Answers = NOTHING,
    around: Around | None = None,
) -> Surroundings:
    """What environment, the names of the processes `above` this one, the terminal's own answers and tmux tell."""
    term = clean_line(env.get("TERM", ""), limit=60).lower()
    program = env.get("TERM_PROGRAM", "").lower()
    answered_as = clean_line(answers.name, limit=60)
    is_tmux = answered_as.lower().startswith("tmux")
    tmux = bool(env.get("TMUX")) or is_or_begins(term, "tmux") or program == "tmux" or is_tmux
    # Both are left in the environment by the outer one where one runs inside the other.
    screen = bool(env.get("STY")) or (term.startswith("screen") and not tmux)
    sshd = any(name.startswith("sshd") for name in above)
    by_ssh = next((name for name in _SSH if env.get(name)), "")
    by_mosh = next((name for name in _MOSH if env.get(name)), "")
    mosh = bool(by_mosh) or "mosh-server" in above
    ssh = bool(by_ssh) or sshd
    utf8, charset = _charset(env)
    notes = []
    if tmux:
        notes.append("tmux draws the screen anew, without characters new to it")
    if screen:
        notes.append("GNU screen draws the screen anew, in 256 colours at most")
    if mosh:
        notes.append(f"over mosh: {by_mosh} is set" if by_mosh else "over mosh: mosh-server is above this process")
    elif ssh:
        notes.append(f"over SSH: {by_ssh} is set" if by_ssh else "over SSH: sshd is above this process")
    # What tmux was started in may have been another terminal.
    said = named(answered_as) or (named(around.name) if around else None)
    identity = said or identify({"TERM": around.term} if around else env)
    return Surroundings(term, identity, tmux, screen, mosh, ssh, utf8, charset, tty, tuple(notes))


def _charset(env: Mapping[str, str]) -> tuple[bool, str]:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := env.get(name):
            charset = value.partition(".")[2].partition("@")[0].lower().replace("-", "")
            return charset == "utf8", f"{name} is {clean_line(value, limit=60)}"
    return True, "no locale is set, and UTF-8 is assumed"
