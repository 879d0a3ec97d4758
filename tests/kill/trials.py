"""Runs in each of which one system call fails, several on one ground, and what was wrong afterwards."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.kill import ground
from tests.kill.failing import Failing, Site, errors, sites
from tests.kill.ground import Ground
from tests.kill.invariants import at_every_moment, settled
from tests.kill.program import Launcher, Run

# So many failures happen before a recovery puts everything in order.
BATCH = 16
Start = Callable[[Ground, Failing], Run]


class Trials:
    """`start` starts the run whose calls fail, on a ground that is new or has seen others like it."""

    def __init__(self, folder: Path, launcher: Launcher, start: Start) -> None:
        self._folder, self._launcher, self._start = folder, launcher, start
        self._ground: Ground | None = None
        self._opened: Iterator[Ground] = iter(())
        self._count = 0
        self.runs: list[Run] = []
        self.found: list[str] = []

    def places(self, most: int) -> list[Site]:
        """Where the calls of a run come from; see `sites`."""
        each = self._fresh()
        run = self._start(each, each.nothing_fails())
        assert run.end() == 0, run.err
        return list(dict.fromkeys(sites(run.trace, most)))

    def fail(self, site: Site, error: int) -> None:
        """Fail the call from a place: in a library that is in use or, if it does not come there, in a new one."""
        tried = self._ground is not None and self._tried(self._ground, site, error)
        if not tried and not self._tried(self._fresh(), site, error):
            self.found.append(f"the call never came: {site}")
        if self._ground is not None and len(self._ground.runs) > BATCH:
            self.settle()

    def settle(self) -> None:
        """Recover, check, and leave this ground."""
        if self._ground is not None:
            each, self._ground = self._ground, None
            self.runs += each.runs
            each.settle()
            self.found += [f"{violation}\n    after {each.runs}" for violation in settled(each)]
            for _ in self._opened:
                pass

    def _tried(self, each: Ground, site: Site, error: int) -> bool:
        run = self._start(each, site.failing(each.nothing_fails(), error))
        run.end()
        if run.struck:
            about = f"{site} {errno.errorcode[error]} → {run.code}"
            self.found += [f"{about}: {violation}" for violation in at_every_moment(each)]
            if run.code != 0 and run.sent_after_it_was_struck:
                self.found.append(f"{about}: sent, though something had failed before")
        return bool(run.struck)

    def _fresh(self) -> Ground:
        self.settle()
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir(parents=True)
        self._opened = ground.opened(folder, self._launcher)
        self._ground = next(self._opened)
        return self._ground


def chosen(places: list[Site], *, every: bool) -> Iterator[tuple[Site, int]]:
    """Each place with every error that its call can meet, or with one of them in turn."""
    for turn, site in enumerate(places):
        possible = errors(site.call)
        for error in possible if every else [possible[turn % len(possible)]]:
            yield site, error
