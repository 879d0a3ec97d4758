"""The answers to what jobs ask, in words; loaded when one asks."""

from __future__ import annotations

from tui.core.failures import Kind
from tui.ui.settling import PAY

ELSEWHERE = "elsewhere"
# The key and the words of an answer, where they are more than its first letter and itself.
ANSWERS = {
    (Kind.LIMIT, "send"): (PAY, "send anyway"),
    (Kind.LIMIT, "stop"): ("n", "do not send"),
    (Kind.STORAGE, ELSEWHERE): ("a", "another folder"),
    (Kind.STORAGE, "stop"): ("s", "stop: what came is kept, and the next start tells of it"),
}
_RAISE = "Nothing was sent yet. For the jobs to come, Spending limit in the palette sets another limit."


def answers_to(kind: Kind, choices: tuple[str, ...]) -> list[tuple[str, str]]:
    """Key and words of each choice, in their order."""
    return [ANSWERS.get((kind, choice), (choice[0], choice)) for choice in choices]


def advice_for(kind: Kind, advice: str) -> str:
    """What to do about it, for a job that has not ended."""
    return _RAISE if kind is Kind.LIMIT else advice
