"""Killed at every step of a job and of a recovery, nothing is lost, paid for twice, or left lying about."""

from __future__ import annotations

import signal

import pytest

from tests.kill.conftest import LONG
from tests.kill.ground import SHAPES, Ground
from tests.kill.invariants import assert_now, assert_settled
from tests.kill.lacking import LACKS
from tests.kill.launcher import At
from tui.engine.steps import STEPS

ENDED = -signal.SIGKILL
# Steps of which each kind of job has its own, of a job that was refused once, and of file systems that lack links.
REFUSED = ("attempt noted",)
COPIED = {"image copied": "links_across", "name claimed": "links"}
OF_A_JOB = [step for step in STEPS if step not in ("adopted", *REFUSED, *COPIED)]
RECOVERY = ("adopted", *OF_A_JOB[OF_A_JOB.index("image written") :])
COMMON = [name for name in SHAPES if name != "refused once"]


def once_each() -> list[tuple[str, str]]:
    """Each step once, the kinds of jobs in turn."""
    found = [(step, "refused once") for step in REFUSED]
    for place, step in enumerate(OF_A_JOB):
        shape = COMMON[place % len(COMMON)]
        # An answer that is cut has no more steps than its own.
        found.append((step, shape if SHAPES[shape].ends or place <= OF_A_JOB.index("response named") else "three"))
    return found


def every() -> list[tuple[str, str]]:
    return [(step, shape) for shape in SHAPES for step in (*OF_A_JOB, *REFUSED)]


@pytest.mark.parametrize(("step", "shape"), every() if LONG else once_each())
def test_a_job_that_is_killed_at_a_step_is_whole_or_unknown(ground: Ground, step: str, shape: str) -> None:
    for nth in (1, 2, 3) if LONG else (1,):
        run = ground.generate(shape, at=At(step, nth))
        if run.end() != ENDED:
            assert run.steps.count(step) < nth, run.err
            assert LONG, "this job has no such step"
        assert_now(ground)
    assert_settled(ground)


@pytest.mark.parametrize("step", [*COPIED, *OF_A_JOB[OF_A_JOB.index("image named") :]])
@pytest.mark.parametrize("lacks", LACKS)
def test_a_file_system_that_lacks_something_loses_nothing(ground: Ground, step: str, lacks: str) -> None:
    ground.lacks = (lacks,)
    ground.put_bystanders()
    run = ground.generate("three", at=At(step, 2 if step in COPIED else 1))
    assert run.end() == ENDED or step in COPIED
    assert_now(ground)
    recovery = ground.recover(at=At(step))
    assert recovery.end() in (ENDED, 0), recovery.err
    assert_now(ground)
    assert_settled(ground)
    assert step in (*run.steps, *recovery.steps) or COPIED[step] != lacks


@pytest.mark.parametrize("shape", [name for name, shape in SHAPES.items() if shape.ends])
def test_a_recovery_that_is_killed_at_each_of_its_steps_is_finished_by_the_next(ground: Ground, shape: str) -> None:
    assert ground.generate(shape, at=At("response named")).end() == ENDED
    for step in RECOVERY:
        run = ground.recover(at=At(step))
        if run.end() != ENDED:
            assert step not in run.steps, run.err
        assert_now(ground)
    assert_settled(ground)


@pytest.mark.parametrize("step", RECOVERY)
def test_a_recovery_of_a_fresh_answer_can_be_killed_at_any_step(ground: Ground, step: str) -> None:
    ground.put_bystanders()
    assert ground.generate("three", at=At("response named")).end() == ENDED
    assert ground.recover(at=At(step)).end() == ENDED
    assert_now(ground)
    assert_settled(ground)


@pytest.mark.parametrize("step", ["image written", "image synced", "image named"])
def test_of_a_partial_image_nothing_is_left_but_itself(ground: Ground, step: str) -> None:
    assert ground.generate("stream", at=At(step)).end() == ENDED
    assert_settled(ground)


def test_an_answer_that_has_come_is_recovered_though_the_provider_is_gone(ground: Ground) -> None:
    assert ground.generate("three", at=At("response named")).end() == ENDED
    ground.sandbox.stop()
    assert_settled(ground)


def test_a_download_goes_on_where_the_program_was_killed(ground: Ground) -> None:
    assert ground.generate("three urls", at=At("image named", 2)).end() == ENDED
    recovery = ground.recover()
    assert recovery.end() == 0, recovery.err
    assert_settled(ground)
    assert recovery.steps.count("image named") == 1


def test_names_that_are_taken_stay_with_whom_they_belong(ground: Ground) -> None:
    ground.put_bystanders()
    for shape in ("base64", "url", "stream", "three"):
        assert ground.generate(shape).end() == 0
    assert_settled(ground)
