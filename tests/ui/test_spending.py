"""Spending limits in the app: seen before sending, asked about, and set from the palette."""

from __future__ import annotations

import json
from pathlib import Path

from textual.widgets import Input, OptionList, Static

from tests.ui.conftest import Open
from tests.ui.window import Window, configure
from tui.core.limits import Limits
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State

# Each image costs $0.016.
LIMITS = "[spending]\nper_day = {day}\nper_session = {run}\n"


def limited(day: float = 0, run: float = 0) -> None:
    configure(LIMITS.format(day=day, run=run))


def price(w: Window) -> str:
    return str(w.form.query_one("#price", Static).render())


async def choose(w: Window, command: str) -> None:
    """Run a command from the palette, by its name."""
    await w.press("ctrl+p")
    await w.until(lambda: w.screen.query(OptionList), "the palette")
    await w.write(command)
    await w.press("enter")


async def set_limit(w: Window, span: str, text: str) -> None:
    """Set a limit as a person does: the palette, which of the two, the amount."""
    await choose(w, "spending limit")
    await w.until_shown("type to narrow")
    await w.write(span)
    await w.press("enter")
    await w.until_shown(f"Spending limit for a {span}")
    w.screen.query_one(Input).value = ""
    await w.write(text)
    await w.press("enter")


async def test_without_a_limit_nothing_is_said_of_one(window: Open) -> None:
    async with window() as w:
        assert "$0.00 today" in w.text
        assert price(w).startswith("≈ $0.0160") and "limit" not in price(w)


async def test_header_and_price_tell_before_anything_is_sent(window: Open, sandbox: Sandbox) -> None:
    limited(day=0.02)
    async with window() as w:
        await w.until_shown("$0.00 of $0.0200 today")
        assert "limit" not in price(w)
        await w.make("a fox")
        await w.until_shown("$0.0160 of $0.0200 today")
        await w.until(lambda: price(w).startswith("≈ $0.0160\nover today's limit"), "the warning")
        w.app.use_provider("sandbox")
        await w.until_shown(" SANDBOX ")
        await w.until(lambda: "limit" not in price(w), "no warning: the sandbox is free")


async def test_a_job_over_the_limit_asks_and_is_sent_only_on_yes(window: Open, sandbox: Sandbox) -> None:
    limited(run=0.01)
    async with window() as w:
        assert "over this run's limit" in price(w)
        job = await w.generate("a fox")
        await w.until(lambda: job.state is State.ASKING, "the question")
        await w.until_shown("f9 answer")
        assert any("spending limit: f9 answers" in toast for toast in w.toasts)
        await w.press("f9")
        await w.until_shown("send anyway")
        assert "it may cost $0.0160, and $0.00 of this run's" in " ".join(w.text.split())
        await w.press("s")
        assert not sandbox.posts, "no letter but y pays"
        await w.press("y")
        await w.until(lambda: job.state is State.DONE, "the image")
        assert len(sandbox.posts) == 1


async def test_a_no_sends_nothing_and_the_job_says_why(window: Open, sandbox: Sandbox) -> None:
    limited(day=0.01)
    async with window() as w:
        job = await w.generate("a fox")
        await w.until(lambda: job.question, "the question")
        await w.press("f9")
        await w.until_shown("do not send")
        await w.press("n")
        await w.until(lambda: job.state is State.FAILED, "the end")
        assert "spending limit · it may cost" in w.log_of(job)
        assert "→ Nothing was sent." in w.log_of(job)
        assert not sandbox.posts


async def test_an_unknown_job_counts_in_the_header_under_a_limit(window: Open) -> None:
    limited(day=1)
    async with window() as w:
        job = await w.generate("fault:reset")
        await w.until(lambda: job.state is State.UNKNOWN, "its end")
        await w.until_shown("$0.0160 of $1.00 today")


async def test_both_limits_are_set_from_the_palette_count_at_once_and_are_kept(
    window: Open, sandbox: Sandbox, home: Path
) -> None:
    limited(day=5)
    async with window() as w:
        await w.until_shown("$0.00 of $5.00 today")
        await choose(w, "spending limit")
        await w.until_shown("$5.00 (config.toml) · $0.00 spent")
        await w.until_shown("no limit · $0.00 spent")
        await w.press("escape")
        await set_limit(w, "day", "$0.5")
        await w.until_shown("$0.00 of $0.500 today")
        assert "spending limit for a day: $0.500 (set in the app)" in w.log
        await set_limit(w, "run", "0.01")
        await w.until(lambda: "over this run's limit" in price(w), "the warning")
        job = await w.generate("a fox")
        await w.until(lambda: job.state is State.ASKING, "the question")
        w.app.cancel_job(job.id)
        await w.until(lambda: job.state is State.CANCELLED, "its end")
    kept = json.loads((home / ".local/state/safelight/limits.json").read_text())
    assert kept == {"spending.per_day": 0.5, "spending.per_session": 0.01}
    async with window() as w:
        assert w.app.config.limits == Limits(0.5, 0.01)
        await set_limit(w, "run", "none")
        await w.until(lambda: w.app.config.limits == Limits(0.5, 0), "no limit for a run")
        await set_limit(w, "day", "")
        await w.until_shown("$0.00 of $5.00 today")
    assert not sandbox.posts


async def test_what_is_no_amount_is_refused_in_words(window: Open) -> None:
    async with window() as w:
        await set_limit(w, "day", "plenty")
        await w.until_shown("✗ an amount up to")
        assert w.app.config.limits == Limits()
