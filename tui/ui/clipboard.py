"""The terminal's clipboard, also where tmux stands between."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tui.core.children import environment
from tui.ui.actions import Actions

# Seconds for something that takes milliseconds.
_PATIENCE = 3.0


class Clipboard(Actions):
    """The part of the app that copies.

    As tmux is set at first it drops what a program wants in the clipboard, but not what its own command does: that
    reaches the clipboard of the terminal around it, and its own buffers.
    """

    env: Mapping[str, str]

    def copy_to_clipboard(self, text: str) -> None:
        if not self.env.get("TMUX") or self.is_headless:
            super().copy_to_clipboard(text)
            return
        self._clipboard = text

        def run() -> None:
            if not tell_tmux(text, self.env):
                self.call_from_thread(self._write_around, text)

        self.run_worker(run, thread=True, group="clipboard", exit_on_error=False)

    def _write_around(self, text: str) -> None:
        """To tmux itself, and through it: whichever it lets pass."""
        if self._driver is not None:
            self._driver.write(sequence(text) + passed_through(sequence(text)))


def tell_tmux(text: str, env: Mapping[str, str]) -> bool:
    """Have the tmux that these variables name take a text, and hand it on. False where it can't."""
    import subprocess

    try:
        done = subprocess.run(
            ("tmux", "load-buffer", "-w", "-"),
            env=environment(env),
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def sequence(text: str) -> str:
    """What sets the clipboard: OSC 52."""
    return f"\x1b]52;c;{base64.b64encode(text.encode(errors='replace')).decode()}\x07"


def passed_through(sequence: str) -> str:
    """As tmux hands it on to the terminal around it, where it is allowed to."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
