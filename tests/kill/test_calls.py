"""Each system call of a job and of a recovery fails once: the program says so, and nothing is lost or paid twice."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.kill import failing
from tests.kill.conftest import LONG, Told, tell
from tests.kill.failing import Failing, Site
from tests.kill.ground import Ground
from tests.kill.invariants import assert_now, assert_settled
from tests.kill.launcher import At
from tests.kill.program import Launcher, Run
from tests.kill.trials import Start, Trials, chosen

pytestmark = pytest.mark.skipif(not failing.POSSIBLE, reason="the failing calls are made in C, for Linux")

# What comes in pieces, or again and again, comes from one place.
MOST = 1000 if LONG else 2
REQUEST = ".safelight/spool/*/request.json"
PART = ".safelight/spool/*/response.part"
NEEDS_ROOM = "@(write|fallocate|mkdir|link)"


def a_job(shape: str) -> Start:
    return lambda ground, what: ground.generate(shape, failing=what)


def a_recovery(shape: str) -> Start:
    def start(ground: Ground, what: Failing) -> Run:
        ground.generate(shape, at=At("response named")).end()
        return ground.recover(failing=what)

    return start


KINDS = {
    **{shape: a_job(shape) for shape in ("base64", "url", "three urls", "stream", "refused once")},
    **{f"recover {shape}": a_recovery(shape) for shape in ("base64", "url")},
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, counting_launcher: Launcher) -> dict[str, list[Site]]:
    """The places of each kind of run which no earlier kind has; all of them in the long mode."""
    found: dict[str, list[Site]] = {}
    known: set[Site] = set()
    for kind, start in KINDS.items():
        trials = Trials(tmp_path_factory.mktemp("places"), counting_launcher, start)
        found[kind] = [site for site in trials.places(MOST) if LONG or site not in known]
        known |= set(found[kind])
        trials.settle()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_fails_loses_nothing(
    tmp_path: Path, counting_launcher: Launcher, places: dict[str, list[Site]], kind: str, record_property: Told
) -> None:
    trials = Trials(tmp_path, counting_launcher, KINDS[kind])
    for site, error in chosen(places[kind], every=LONG):
        trials.fail(site, error)
    trials.settle()
    tell(trials.runs, record_property)
    assert not trials.found, "\n".join(trials.found)


def test_an_answer_whose_sync_failed_is_written_again(counting_ground: Ground) -> None:
    ground = counting_ground
    failing = Failing(folder=str(ground.library), call="fsync", path=PART, nth=1, error=errno.EIO)
    run = ground.generate("three", failing=failing)
    assert run.end() == 0, run.err
    after = run.trace[run.trace.index(f"struck {run.struck}") :]
    assert f"fsync {run.struck.partition(' ')[2]}" not in after[2:], "asked again, the system says that all is well"
    assert any(line.startswith("fsync") and line.endswith("response.part.tmp") for line in after)
    assert_settled(ground)


def test_an_answer_that_a_dead_process_received_is_written_again(counting_ground: Ground) -> None:
    ground = counting_ground
    ground.generate("three", at=At("part synced")).end()
    recovery = ground.recover(failing=ground.nothing_fails())
    assert recovery.end() == 0, recovery.err
    assert any(line.startswith("fsync") and line.endswith("response.part.tmp") for line in recovery.trace)
    assert_settled(ground)


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_request_that_cannot_be_read_once_is_not_forgotten(counting_ground: Ground, nth: int) -> None:
    ground = counting_ground
    ground.generate("base64", at=At("response named")).end()
    ground.recover(
        failing=Failing(folder=str(ground.library), call="read", path=REQUEST, nth=nth, error=errno.EIO)
    ).end()
    assert_settled(ground)


@pytest.mark.parametrize("nth", range(1, 40) if LONG else (2, 6, 12))
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EROFS], ids=["full", "quota", "read-only"])
def test_a_disk_that_stays_full_loses_nothing(counting_ground: Ground, error: int, nth: int) -> None:
    ground = counting_ground
    full = Failing(folder=str(ground.library), call=NEEDS_ROOM, nth=nth, error=error, lasting=True)
    for shape in ("three", "url"):
        ground.generate(shape, failing=full).end()
        assert_now(ground)
        ground.recover(failing=full).end()
        assert_now(ground)
    assert_settled(ground)
