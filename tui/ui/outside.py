"""Handing something to another program: the desktop's viewer, the person's editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from tui.core.children import environment
from tui.core.text import clean_line

EDITORS = ("nano", "vim", "vi")
_editing: subprocess.Popen[bytes] | None = None


class OutsideError(RuntimeError):
    """The other program can't be had; the message says what to do."""


def open_outside(path: Path, *, drop: Collection[str] = ()) -> None:
    """Open a file or folder with the desktop's program, and don't wait for it. Raises OutsideError.

    That program is told no secret of the environment, and no variable in `drop`.
    """
    if sys.platform == "win32":
        try:
            os.startfile(path)  # noqa: S606  # what Windows has for this
        except OSError as error:
            raise OutsideError(f"Windows can't open it: {error.strerror}") from error
        return
    _open(path, "open" if sys.platform == "darwin" else "xdg-open", environment(os.environ, drop=drop))


def _open(path: Path, opener: str, env: dict[str, str]) -> None:
    if shutil.which(opener) is None:
        raise OutsideError(f"{opener} is not installed; y f copies the path")
    if sys.platform != "darwin" and not (env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")):
        raise OutsideError("no desktop here to open it on; y f copies the path")
    quiet = subprocess.DEVNULL
    try:
        subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, env=env, start_new_session=True)
    except OSError as error:
        raise OutsideError(f"{opener} can't be started: {error.strerror}") from error


def editor(env: Mapping[str, str]) -> list[str]:
    """The person's editor as a command. Raises OutsideError where there is none."""
    for name in ("VISUAL", "EDITOR"):
        if env.get(name, "").strip():
            try:
                return shlex.split(env[name])
            except ValueError as error:
                raise OutsideError(f"{name} can't be read: {clean_line(error)}") from error
    found = next((name for name in EDITORS if shutil.which(name)), None)
    if found is None:
        raise OutsideError("set EDITOR to the editor that you want")
    return [found]


def edit(text: str, command: list[str], *, drop: Collection[str] = ()) -> str:
    """Let the person edit a text; the terminal must be free for the editor. Raises OutsideError.

    The editor is told no secret of the environment, and no variable in `drop`.
    """
    name = clean_line(command[0], limit=100)
    try:
        # An editor may have taken the folder away.
        with tempfile.TemporaryDirectory(prefix="safelight-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "prompt.txt"
            file.write_text(text, encoding="utf-8")
            status = _run([*command, str(file)], environment(os.environ, drop=drop))
            if status != 0:
                raise OutsideError(f"{name} ended with status {status}: the prompt stays as it was")
            return file.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    except UnicodeEncodeError as error:
        raise OutsideError("the prompt has letters that no file can hold") from error
    except OSError as error:
        raise OutsideError(f"{name} left no text: {error.strerror}") from error


def end_editor() -> None:
    """Tell the editor that is waited for to end: the program does, too. Fit for a signal's handler."""
    if _editing is not None:
        _editing.terminate()


def _run(command: list[str], env: dict[str, str]) -> int:
    global _editing
    try:
        with subprocess.Popen(command, env=env) as _editing:
            return _editing.wait()
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise OutsideError(f"{clean_line(command[0], limit=100)} can't be started: {said}") from error
    finally:
        _editing = None
