"""The launchers, one for each worker, and a ground for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill import failing, ground
from tests.kill.ground import Ground
from tests.kill.program import Launcher

# Kills at random moments; above the test run's number everything else is done in full as well.
KILLS = int(os.environ.get("KILLS", "20"))
LONG = KILLS > 20


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
def ground_of_a_test(tmp_path: Path, launcher: Launcher) -> Iterator[Ground]:
    yield from ground.opened(tmp_path, launcher)


@pytest.fixture(name="counting_ground")
def ground_whose_calls_can_fail(tmp_path: Path, counting_launcher: Launcher) -> Iterator[Ground]:
    yield from ground.opened(tmp_path, counting_launcher)
