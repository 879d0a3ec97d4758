"""Killed whenever it happens, and with others at work beside it."""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.kill.conftest import KILLS
from tests.kill.ground import SHAPES, Ground
from tests.kill.invariants import assert_now, assert_settled_anew
from tests.kill.program import Run

KILLS_A_TEST = 5
SEED = int(os.environ.get("KILLS_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
# A kill that comes after the end of what it was meant for counts for nothing; so many in a row are no chance.
TRIES = 20


class Dice:
    """Random kinds of work, and random moments within the time that each takes."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self._ground = ground
        self._random = random.Random(seed)
        self._seconds: dict[str, float] = {}

    def kind(self) -> str:
        return self._random.choice([*SHAPES, "recover", "recover", "ls"])

    def start(self, kind: str) -> Run:
        if kind == "recover":
            return self._ground.recover()
        if kind == "ls":
            return self._ground.start("ls", "--json")
        return self._ground.generate(kind)

    def moment(self, kind: str) -> float:
        """Seconds from the start of this kind of work, whose whole length is measured when it first comes.

        Later ones are likelier: the provider paints meanwhile, and most of what is to be saved comes after that.
        """
        if kind not in self._seconds:
            begin = time.monotonic()
            self.start(kind).end()
            self._seconds[kind] = time.monotonic() - begin
        return self._seconds[kind] * (1 - self._random.random() ** 2)

    def company(self) -> str:
        """What runs beside it, mostly nothing."""
        return self.kind() if self._random.random() < 0.4 else ""

    def lacks(self) -> tuple[str, ...]:
        """What the file system lacks, mostly nothing."""
        return self._random.choice([(), (), (), ("links",), ("links_across",), ("locks",), ("links", "locks")])


@pytest.mark.parametrize("batch", range(max(1, KILLS // KILLS_A_TEST)))
def test_killed_at_random_moments(ground: Ground, batch: int) -> None:
    print(f"again: KILLS_SEED={SEED}")
    dice, killed = Dice(ground, SEED + batch), 0
    ground.lacks = dice.lacks()
    ground.put_bystanders()
    for _ in range(KILLS_A_TEST * TRIES):
        kind, company = dice.kind(), dice.company()
        moment = dice.moment(kind)
        other = dice.start(company) if company else None
        run = dice.start(kind)
        if not run.end_within(moment):
            run.kill()
        killed += run.end() < 0
        if other is not None:
            other.end()
        assert_now(ground)
        if killed == KILLS_A_TEST:
            break
    assert killed == KILLS_A_TEST
    assert_settled_anew(ground)
