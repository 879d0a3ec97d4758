"""The program as a test has it: started, stopped in its midst, killed, and asked how it ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.kill.launcher import Directions

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Run:
    """One run of the command line. `code` is its exit code once it has ended, negative for the signal that did it."""

    def __init__(self, directions: Directions, teller: socket.socket) -> None:
        self.directions = directions
        self.code: int | None = None
        self._teller = teller
        self._unread = b""
        self.pid = int(self._word("pid"))

    def __repr__(self) -> str:
        how = [f"{name}={value}" for name in ("at", "broken", "failing") if (value := getattr(self.directions, name))]
        return f"<{' '.join(self.directions.words[:2])} {' '.join(how)} → {self.code}>"

    def wait_until_stopped(self) -> None:
        """Until it has stopped itself. Raises AssertionError where it ends without."""
        self._word("stopped")

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """The plug pulled; no matter if it has ended by itself."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for its end: the exit code."""
        if self.code is None:
            self.code = int(self._word("ended"))
            self._teller.close()
        return self.code

    def end_within(self, seconds: float) -> bool:
        """Whether it ends in this time; if not, it goes on."""
        with suppress(TimeoutError):
            self._fill(seconds)
        return b"ended" in self._unread

    @property
    def steps(self) -> list[str]:
        """The steps that were reached, in order."""
        return [line.removeprefix("step ") for line in self.trace if line.startswith("step ")]

    @property
    def trace(self) -> list[str]:
        """The steps as `step sent`, and the system calls on the library where they are counted, in order."""
        return _text(self.directions.trace).splitlines()

    @property
    def struck(self) -> str:
        """The first system call that was made to fail, as `write request.json`; empty for none."""
        return next((line.removeprefix("struck ") for line in self.trace if line.startswith("struck ")), "")

    @property
    def sent_after_it_was_struck(self) -> bool:
        struck = [place for place, line in enumerate(self.trace) if line.startswith("struck ")]
        return bool(struck) and "step sent" in self.trace[struck[0] :]

    @property
    def out(self) -> str:
        return _text(self.directions.out)

    @property
    def err(self) -> str:
        return _text(self.directions.err)

    def _word(self, wanted: str) -> str:
        """What is told after `wanted`, which must be told next."""
        while b"\n" not in self._unread:
            try:
                self._fill(PATIENCE)
            except TimeoutError:
                self.kill()
                raise AssertionError(f"{self} does not end; it reached {self.steps} and said\n{self.err}") from None
        line, self._unread = self._unread.split(b"\n", 1)
        word, _, rest = line.decode().partition(" ")
        assert word == wanted, f"{self}: {line.decode()}, not {wanted}; it reached {self.steps} and said\n{self.err}"
        return rest

    def _fill(self, seconds: float) -> None:
        self._teller.settimeout(seconds)
        data = self._teller.recv(4096)
        assert data, f"the launcher has ended before {self}"
        self._unread += data


def _text(name: str) -> str:
    """What a run has written into a file, which it may not have come to."""
    path = Path(name)
    return path.read_text() if path.exists() else ""


class Launcher:
    """The process that the runs are forked from. `preload`: a library that comes before the C library in it."""

    def __init__(self, preload: Path | None = None) -> None:
        self._control, theirs = socket.socketpair()
        env = {**os.environ, "PYTHONPATH": str(ROOT)} | ({"LD_PRELOAD": str(preload)} if preload else {})
        with theirs:
            self._process = subprocess.Popen([sys.executable, "-m", "tests.kill.launcher"], stdin=theirs, env=env)

    def start(self, directions: Directions) -> Run:
        teller, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"r"], [theirs.fileno()])
        teller.sendall(directions.line())
        return Run(directions, teller)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._control.close()
        self._process.wait()
