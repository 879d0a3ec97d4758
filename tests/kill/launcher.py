"""`python -m tests.kill.launcher`: the program loaded once, and forked for each run, which then starts in no time.

Its standard input is a socket over which each run's own socket comes (see `program.Launcher`). On that the run gets
its directions as a line of JSON, and its end is told: `pid N`, `stopped`, `ended CODE`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.kill import broken, failing, lacking

if TYPE_CHECKING:
    from tui.engine.client import Client


@dataclass(frozen=True)
class At:
    """A signal that the process sends to itself where it reaches a step for the n-th time."""

    label: str
    nth: int = 1
    signal: int = signal.SIGKILL


@dataclass(frozen=True, kw_only=True)
class Directions:
    """What one run is to do. `typed`, `out`, `err` and `trace` are files; `lacks` names what the file system lacks.

    Each step reached is a line of `trace`, `step LABEL`, among those of the system calls where these are counted.
    """

    words: list[str]
    env: dict[str, str]
    typed: str
    out: str
    err: str
    trace: str
    at: At | None = None
    lacks: tuple[str, ...] = ()
    broken: str = ""
    failing: failing.Failing | None = None

    @property
    def how(self) -> str:
        """How a kill of this run comes about."""
        return "at a step" if self.at else "at random"

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Directions:
        data: dict[str, Any] = json.loads(line)
        at, fails = data.pop("at"), data.pop("failing")
        return cls(**data, at=At(**at) if at else None, failing=failing.Failing(**fails) if fails else None)


def load() -> None:
    """Everything that a run would load."""
    import tui.cli
    import tui.subcommands.jobs
    from tui.core.provider import Provider
    from tui.engine.client import Client
    from tui.engine.runner import Runner
    from tui.library import index
    from tui.subcommands import parsers

    for name in parsers.SUBCOMMANDS:
        parsers.module(name)
    Runner.warm()
    # The SDK loads most of itself with its first request: here one to a port where nothing listens.
    asyncio.run(_ask(Client(Provider("none", "http://127.0.0.1:9/v1", "none"), silence=1.0)))
    assert tui.cli and tui.subcommands.jobs and index
    # What is looked through for garbage is written to, and would be copied in every run.
    gc.collect()
    gc.freeze()


async def _ask(client: Client) -> None:
    from tui.core.request import Request
    from tui.engine.client import RefusedError

    with contextlib.suppress(RefusedError):
        async with client.post(Request("nothing", "none")):
            pass
    await client.close()


def serve(control: socket.socket) -> Directions:
    """Fork a run for each socket that comes; returns in each run only, with its directions."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            raise SystemExit
        with socket.socket(fileno=handles[0]) as teller:
            if os.fork():
                continue
            control.close()
            return _told(teller)


def _told(teller: socket.socket) -> Directions:
    """Fork the run, and tell of it until its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with teller.makefile("rb") as lines:
        directions = Directions.of(lines.readline())
    run = os.fork()
    if not run:
        return directions
    teller.sendall(b"pid %d\n" % run)
    while True:
        _, status = os.waitpid(run, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        teller.sendall(b"stopped\n")
    teller.sendall(b"ended %d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def prepare(directions: Directions) -> None:
    """Make this process the run: its files, its environment, and what is to go wrong."""
    for name, handle, flags in (
        (directions.typed, 0, os.O_RDONLY),
        (directions.out, 1, os.O_WRONLY | os.O_CREAT),
        (directions.err, 2, os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, handle)
        os.close(opened)
    os.environ.clear()
    os.environ.update(directions.env)
    for lack in directions.lacks:
        lacking.install(lack)
    if directions.broken:
        broken.install(directions.broken)
    trace = os.open(directions.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _listen(directions.at, trace)
    if directions.failing:
        failing.arm(directions.failing, trace)


def _listen(at: At | None, trace: int) -> None:
    from tui.engine import steps

    seen = 0

    def reached(label: str) -> None:
        nonlocal seen
        os.write(trace, b"step %s\n" % label.encode())
        if at is not None and label == at.label:
            seen += 1
            if seen == at.nth:
                # Sent to the process, another thread could take it, and this one would go on for a while.
                signal.pthread_kill(threading.get_ident(), at.signal)

    steps.reached = reached


def main() -> int:
    load()
    directions = serve(socket.socket(fileno=os.dup(0)))
    prepare(directions)
    from tui import cli

    return cli.main(directions.words)


if __name__ == "__main__":
    sys.exit(main())
