"""Several processes on one library: what belongs to one that lives is left alone by the others."""

from __future__ import annotations

import signal

import pytest

from tests.kill.ground import Ground
from tests.kill.invariants import assert_now, assert_settled
from tests.kill.launcher import At
from tui.engine.steps import STEPS

OF_A_JOB = [step for step in STEPS if step not in ("adopted", "attempt noted", "image copied", "name claimed")]
RECOVERY = ("adopted", *OF_A_JOB[OF_A_JOB.index("image written") :])

# Seconds that a process may take which has nobody to wait for.
MOMENT = 1.0


def stopped_at(step: str) -> At:
    return At(step, signal=signal.SIGSTOP)


@pytest.mark.parametrize("step", OF_A_JOB)
def test_a_recovery_leaves_a_job_of_another_process_alone(ground: Ground, step: str) -> None:
    job = ground.generate("three", at=stopped_at(step))
    job.wait_until_stopped()
    recovery = ground.recover()
    # While a job is being created no recovery begins.
    if recovery.end_within(MOMENT):
        assert_now(ground)
    job.go_on()
    assert job.end() == 0, job.err
    recovery.end()
    assert_settled(ground)


@pytest.mark.parametrize("step", OF_A_JOB)
def test_a_job_is_recovered_only_when_its_process_is_gone(ground: Ground, step: str) -> None:
    job = ground.generate("three urls", at=stopped_at(step))
    job.wait_until_stopped()
    recovery = ground.recover()
    recovery.end_within(MOMENT)
    job.kill()
    assert job.end() == -signal.SIGKILL
    recovery.end()
    assert_now(ground)
    assert_settled(ground)


@pytest.mark.parametrize("step", RECOVERY)
def test_of_two_recoveries_one_does_the_work(ground: Ground, step: str) -> None:
    assert ground.generate("three", at=At("response named")).end() == -signal.SIGKILL
    first = ground.recover(at=stopped_at(step))
    first.wait_until_stopped()
    ground.recover().end()
    assert_now(ground)
    first.go_on()
    assert first.end() == 0, first.err
    assert_settled(ground)


@pytest.mark.parametrize("step", ["image named", "image linked", "record written"])
def test_two_jobs_whose_images_have_the_same_name_keep_both(ground: Ground, step: str) -> None:
    first = ground.generate("base64", at=stopped_at(step))
    first.wait_until_stopped()
    assert ground.generate("base64").end() == 0
    first.go_on()
    assert first.end() == 0, first.err
    assert_settled(ground)


def test_many_at_once_meet_without_harm(ground: Ground) -> None:
    jobs = [ground.generate(shape) for shape in ("base64", "three", "url", "two jobs", "three urls", "stream")]
    recoveries = [ground.recover() for _ in range(3)]
    assert {run.end() for run in (*jobs, *recoveries)} <= {0, 3}
    assert_settled(ground)
