"""Handing something to another program: the desktop's viewer, the person's editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

EDITORS = ("nano", "vim", "vi")


class OutsideError(RuntimeError):
    """The other program can't be had; the message says what to do."""


def open_outside(path: Path) -> None:
    """Open a file or folder with the desktop's program, and don't wait for it. Raises OutsideError."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606  # what Windows has for this
        return
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    if shutil.which(opener) is None:
        raise OutsideError(f"{opener} is not installed; y f copies the path")
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise OutsideError("no desktop here to open it on; y f copies the path")
    quiet = subprocess.DEVNULL
    subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def editor(env: Mapping[str, str]) -> list[str]:
    """The person's editor as a command. Raises OutsideError where there is none."""
    for name in ("VISUAL", "EDITOR"):
        if env.get(name, "").strip():
            return shlex.split(env[name])
    found = next((name for name in EDITORS if shutil.which(name)), None)
    if found is None:
        raise OutsideError("set EDITOR to the editor that you want")
    return [found]


def edit(text: str, command: list[str]) -> str:
    """Let the person edit a text; the terminal must be free for the editor. Raises OutsideError."""
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
        file = Path(folder) / "prompt.txt"
        file.write_text(text, encoding="utf-8")
        try:
            status = subprocess.run([*command, str(file)], check=False).returncode
        except OSError as error:
            raise OutsideError(f"{command[0]} can't be started: {error.strerror}") from error
        if status != 0:
            raise OutsideError(f"{command[0]} ended with status {status}: the prompt stays as it was")
        try:
            return file.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
        except OSError as error:
            raise OutsideError(f"{command[0]} left no text: {error.strerror}") from error
