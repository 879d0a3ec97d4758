"""The sandbox as a child process: started for the app that has no key, and gone when that app goes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tui.core.children import environment

GREETING = "listening on "
PATIENCE = 2.0  # seconds that a child has to end by itself


class SandboxError(RuntimeError):
    """The sandbox did not start; the message has its last words."""


class SandboxProcess:
    """A running sandbox. It ends with `stop`, and when the process that started it ends."""

    def __init__(self, child: subprocess.Popen[bytes], base_url: str) -> None:
        self._child = child
        self.base_url = base_url

    @property
    def pid(self) -> int:
        return self._child.pid

    def stop(self) -> None:
        """End the process; it is gone when this returns."""
        _end(self._child)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    *, faults: Sequence[str] = (), pace: float = 0.0, timeout: float = 10, drop: Collection[str] = ()
) -> SandboxProcess:
    """Start a sandbox and wait until it listens, at most `timeout` seconds; raises SandboxError.

    It does not know the variables in `drop`, nor any that look like a secret.
    """
    # -P: a folder named tui where the person happens to work must not be taken for this package.
    command = [sys.executable, "-P", "-m", "tui.sandbox", "--until-eof", "--pace", str(pace)]
    command += [part for name in faults for part in ("--fault", name)]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(drop),
        # Ctrl+C in the terminal is the program's alone: the sandbox goes when its input ends.
        start_new_session=True,
    )
    lines: list[str] = []
    reader = threading.Thread(target=_greeting, args=(child, lines), daemon=True)
    reader.start()
    reader.join(timeout)
    if not lines or not lines[-1].startswith(GREETING):
        _end(child)
        reader.join(PATIENCE)
        raise SandboxError(lines[-1] if lines else f"the sandbox did not answer within {timeout:g} s")
    return SandboxProcess(child, lines[-1].removeprefix(GREETING))


def _greeting(child: subprocess.Popen[bytes], lines: list[str]) -> None:
    """Read until the sandbox says where it listens, or says no more."""
    assert child.stdout is not None
    with child.stdout:
        for raw in child.stdout:
            lines.append(raw.decode("utf-8", "replace").strip())
            if lines[-1].startswith(GREETING):
                return


def _end(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError):
        child.stdin.close()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _environment(drop: Collection[str] = ()) -> dict[str, str]:
    """This process's environment without anything that looks like a secret, and with the way to this package."""
    root = str(Path(__file__).resolve().parents[2])
    kept = environment(os.environ, drop=drop)
    # One thread paints one image; a pool of threads an image would only cost memory.
    return {**kept, "PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
