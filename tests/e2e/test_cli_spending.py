"""`safelight generate` under a spending limit: asked on a terminal, refused without one, sent with `--yes`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import PATIENCE, Program, paths
from tui.sandbox.server import Sandbox

pexpect = pytest.importorskip("pexpect")
# Each image costs $0.016.
SMALL = ("--model", "dall-e-2", "--size", "256x256", "--response-format", "b64_json")


@pytest.fixture
def limited(program: Program, sandbox: Sandbox) -> Callable[..., Program]:
    """The program of somebody who has set these limits and pays at a provider of this machine."""

    def set_up(**limits: float) -> Program:
        file = program.home / ".config/safelight/config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("[spending]\n" + "".join(f"{name} = {usd}\n" for name, usd in limits.items()))
        return program.at(sandbox)

    return set_up


def test_without_a_person_a_job_over_the_limit_ends_with_a_clear_error(
    limited: Callable[..., Program], sandbox: Sandbox
) -> None:
    ended = limited(per_day=0.01)("generate", "a fox", *SMALL)
    assert ended.returncode == 1
    assert ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert lines[0].endswith("≈ $0.0160"), "the price, before anything"
    assert lines[1:] == [
        "spending limit · it may cost $0.0160, and $0.00 of today's $0.0100 is spent",
        "→ --yes sends it all the same; safelight config tells the limits",
        "spending limit · it may cost $0.0160, and $0.00 of today's $0.0100 is spent",
        "→ Nothing was sent.",
    ]
    assert not sandbox.posts


def test_yes_sends_it_all_the_same(limited: Callable[..., Program], sandbox: Sandbox) -> None:
    ended = limited(per_day=0.01, per_session=0.01)("generate", "a fox", *SMALL, "--yes")
    assert ended.returncode == 0, ended.stderr
    assert len(paths(ended)) == len(sandbox.posts) == 1


def test_what_earlier_runs_of_the_day_cost_counts_and_what_nobody_knows_too(
    limited: Callable[..., Program], sandbox: Sandbox
) -> None:
    program = limited(per_day=0.05)
    assert program("generate", "a fox", *SMALL).returncode == 0
    assert program("generate", "fault:reset", *SMALL).returncode == 3
    assert program("generate", "a hare", *SMALL).returncode == 0
    ended = program("generate", "a dog", *SMALL)
    assert ended.returncode == 1
    assert "$0.0480 of today's $0.0500 is spent" in ended.stderr
    assert len(sandbox.posts) == 3


def test_the_jobs_of_one_run_count_each_other(limited: Callable[..., Program], sandbox: Sandbox) -> None:
    ended = limited(per_session=0.035)("generate", "-", "--lines", *SMALL, typed=b"a fox\na hare\na dog\n")
    assert ended.returncode == 1
    assert len(paths(ended)) == len(sandbox.posts) == 2


def test_a_price_that_cannot_be_known_is_told_and_asked_about_only_under_a_limit(
    limited: Callable[..., Program], sandbox: Sandbox
) -> None:
    words = ("generate", "a fox", "--model", "house-painter")
    ended = limited()(*words)
    assert ended.returncode == 0
    assert ended.stderr.splitlines()[0].endswith("no estimate: no price known for this model")
    ended = limited(per_day=100)(*words)
    assert ended.returncode == 1
    assert "its price can't be known: no price known for this model" in ended.stderr
    assert len(sandbox.posts) == 1


def test_the_sandbox_is_never_limited(limited: Callable[..., Program]) -> None:
    ended = limited(per_day=0.001)("generate", "a fox", *SMALL, "--provider", "sandbox")
    assert ended.returncode == 0, ended.stderr


def test_a_limit_set_in_the_app_counts_here_too_and_is_told(limited: Callable[..., Program], sandbox: Sandbox) -> None:
    program = limited(per_day=5)
    file = program.home / ".local/state/safelight/limits.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"spending.per_day": 0.01}')
    assert program("generate", "a fox", *SMALL).returncode == 1
    told = json.loads(program("config", "--json").stdout)["settings"]["spending.per_day"]
    assert told == {"value": 0.01, "source": "set in the app"}
    assert not sandbox.posts


# --- where a person sits ---


@pytest.fixture
def start(limited: Callable[..., Program]) -> Iterator[Callable[..., object]]:
    """Starts the program in a terminal."""
    running = []

    def begin(limits: dict[str, float], *words: str):  # type: ignore[no-untyped-def]  # pexpect has no types
        if sys.platform == "win32":
            pytest.skip("there are no pseudo-terminals")
        program = limited(**limits)
        command, *rest = program.command(*words)
        child = pexpect.spawn(command, rest, env=program.env, encoding="utf-8", timeout=PATIENCE, echo=False)
        running.append(child)
        return child

    yield begin
    for child in running:
        child.close(force=True)


def ended(child) -> int:  # type: ignore[no-untyped-def]  # pexpect has no types
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


@pytest.mark.parametrize(("typed", "code", "posts"), [("y", 0, 1), ("n", 1, 0), ("perhaps\nno", 1, 0)])
def test_on_a_terminal_it_asks(
    start: Callable[..., object], sandbox: Sandbox, typed: str, code: int, posts: int
) -> None:
    child = start({"per_day": 0.01}, "generate", "a fox", *SMALL)
    child.expect_exact("$0.00 of today's $0.0100 is spent")
    for word in typed.split("\n"):
        child.expect_exact("Send anyway? (y/n/a for all) ")
        child.sendline(word)
    assert ended(child) == code
    assert len(sandbox.posts) == posts


def test_one_word_can_be_for_all(start: Callable[..., object], sandbox: Sandbox) -> None:
    child = start({"per_session": 0.02}, "generate", "a fox\na hare\na dog\na cat\na cow", "--lines", *SMALL)
    child.expect_exact("Send anyway? (y/n/a for all) ")
    child.sendline("a")
    assert ended(child) == 0
    assert len(sandbox.posts) == 5


def test_the_end_of_the_input_is_a_no(start: Callable[..., object], sandbox: Sandbox) -> None:
    child = start({"per_day": 0.01}, "generate", "a fox", *SMALL)
    child.expect_exact("Send anyway? (y/n/a for all) ")
    child.sendeof()
    assert ended(child) == 1
    assert not sandbox.posts
