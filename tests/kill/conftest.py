"""The launchers, one for each worker, and a ground for each test."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kill import failing, ground
from tests.kill.ground import Ground
from tests.kill.program import Launcher, Run

# Kills at random moments; above the test run's number everything else is done in full as well.
KILLS = int(os.environ.get("KILLS", "20"))
LONG = KILLS > 20
Told = Callable[[str, object], None]


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with Launcher() as started:
        yield started


@pytest.fixture(scope="session")
def counting_launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """The same, with system calls that can fail."""
    with Launcher(failing.build(tmp_path_factory.mktemp("failing"))) as started:
        yield started


@pytest.fixture(name="ground")
def ground_of_a_test(tmp_path: Path, launcher: Launcher, record_property: Told) -> Iterator[Ground]:
    for each in ground.opened(tmp_path, launcher):
        yield each
        tell(each.runs, record_property)


@pytest.fixture(name="counting_ground")
def ground_whose_calls_can_fail(tmp_path: Path, counting_launcher: Launcher, record_property: Told) -> Iterator[Ground]:
    for each in ground.opened(tmp_path, counting_launcher):
        yield each
        tell(each.runs, record_property)


def tell(runs: list[Run], told: Told) -> None:
    """Write down where these runs were struck."""
    for run in runs:
        word = run.directions.words[0]
        if run.code is not None and run.code < 0:
            told("struck", f"{word} killed {run.directions.how} after {(run.steps or ['nothing'])[-1]!r}")
        if run.struck:
            told("struck", f"{word}: {run.struck.partition(' ')[0]} failed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In the long mode: where the kills and the failing calls have struck."""
    ends = [each for each in terminalreporter.stats.get("", ()) if getattr(each, "when", "") == "teardown"]
    struck = Counter(what for end in ends for name, what in end.user_properties if name == "struck")
    if LONG and struck:
        terminalreporter.section("struck")
        for what, count in sorted(struck.items()):
            terminalreporter.write_line(f"{count:6} {what}")
        terminalreporter.write_line(f"{struck.total():6} in all")
