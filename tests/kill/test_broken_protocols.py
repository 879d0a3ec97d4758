"""The harness sees a save protocol that is broken: each way has a moment that shows it, and is whole without it."""

from __future__ import annotations

import signal

import pytest

from tests.kill.broken import WAYS
from tests.kill.ground import Ground
from tests.kill.invariants import at_every_moment, settled
from tests.kill.launcher import At

WHOLE = ""


def ways(name: str) -> pytest.MarkDecorator:
    """The protocol broken in one way, and whole."""
    assert name in WAYS
    return pytest.mark.parametrize("way", [name, WHOLE])


def says(found: list[str], words: str) -> bool:
    return any(words in violation for violation in found)


@ways("response_removed_early")
def test_an_answer_that_is_removed_early_is_seen(ground: Ground, way: str) -> None:
    assert ground.generate("three", at=At("image linked"), broken=way).end() == -signal.SIGKILL
    found = at_every_moment(ground)
    ground.settle()
    found += settled(ground)
    assert says(found, "lost: image 1") == bool(way), found
    assert way or found == []


@ways("record_before_file")
def test_a_record_that_is_written_before_its_file_is_seen(ground: Ground, way: str) -> None:
    assert ground.generate("base64", at=At("record written"), broken=way).end() == -signal.SIGKILL
    found = at_every_moment(ground)
    assert says(found, "which is not there") == bool(way), found
    assert way or found == []


@ways("no_lock")
def test_a_job_without_a_lock_is_seen(ground: Ground, way: str) -> None:
    job = ground.generate("three", at=At("response named", signal=signal.SIGSTOP), broken=way)
    job.wait_until_stopped()
    ground.recover(broken=way).end()
    job.go_on()
    job.end()
    ground.settle()
    found = settled(ground)
    assert says(found, "which nothing hindered, does not end well") == bool(way), found
    assert way or found == []


@ways("rename_for_link")
def test_an_image_that_replaces_another_is_seen(ground: Ground, way: str) -> None:
    ground.put_bystanders()
    for _ in range(2):
        ground.generate("base64", broken=way).end()
    ground.settle()
    found = settled(ground)
    for words in ("the person's own file was touched", "lost: image 0", "which is not there or another image"):
        assert says(found, words) == bool(way), found
    assert way or found == []


def test_every_way_is_tried() -> None:
    tests = [name for name in globals() if name.startswith("test_")]
    assert len(WAYS) == len(tests) - 1
