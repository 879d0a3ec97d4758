"""Spending limits as pictures: the warning before a request, the question, and where the limits are set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.test_records import origin, record
from tests.ui.test_snapshots import PROMPT, SIZES, server, shot, still
from tests.ui.test_spending import choose, limited, price
from tests.ui.window import Window
from tui.core.provider import Provider
from tui.library import records
from tui.ui.jobs import State

__all__ = ["server", "shot", "still"]


async def warned(w: Window) -> None:
    """Nothing is sent to this provider: the job asks before."""
    w.app.session.provider = Provider("studio", "https://images.example.com/v1", "sk-x")
    w.app._follow()
    await w.prompt(PROMPT)
    await w.until(lambda: "over today's limit" in price(w), "the warning")


async def asked(w: Window) -> None:
    await warned(w)
    job = await w.generate(PROMPT)
    await w.until(lambda: job.state is State.ASKING, "the question")
    await w.press("f9")
    await w.until_shown("do not send")


async def menu(w: Window) -> None:
    await warned(w)
    await choose(w, "spending limit")
    await w.until_shown("$1.00 (config.toml)")


async def amount(w: Window) -> None:
    await menu(w)
    await w.press("enter")
    await w.until_shown("Spending limit for a day")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [warned, asked, menu, amount], ids=lambda act: act.__name__)
def test_a_limit(act: Callable[..., object], size: tuple[int, int], shot: Callable[..., bool], library: Path) -> None:
    limited(day=1)
    records.write(library, record(origin(created=2_000_000_000, cost=0.998)))
    assert shot(act, size)
