"""What is spent, held against what may be. Days are the person's own, from midnight to midnight in local time."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import NamedTuple

from tui.core.limits import Limits, is_amount
from tui.core.pricing import Estimate, dollars


def midnight(now: float | None = None) -> float:
    """When the day of `now` began, both in Unix seconds."""
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))


class Budget(NamedTuple):
    """US$ spent of the limits: known costs, and estimates where a job's cost is not known, or not yet."""

    limits: Limits = Limits()
    today: float = 0.0
    session: float = 0.0

    def objection(self, price: Estimate) -> str:
        """Why a job of this price should not be sent without a word, empty where it may be."""
        if (over := self._over(price)) is None:
            return ""
        name, spent, limit = over
        of_limit = f"{dollars(spent)} of {name} {dollars(limit)} is spent"
        if price.high is None:
            return f"its price can't be known: {price.why}; {of_limit}"
        return f"it may cost {dollars(price.high)}, and {of_limit}"

    def warning(self, price: Estimate) -> str:
        """The objection in few words."""
        if (over := self._over(price)) is None:
            return ""
        return "asks before it is sent" if price.high is None else f"over {over[0]} limit"

    def _over(self, price: Estimate) -> tuple[str, float, float] | None:
        """The limit that a price would go over, or may: whose it is, what is spent of it, and the limit."""
        limits = self.limits
        for name, spent, limit in (
            ("today's", self.today, limits.per_day),
            ("this run's", self.session, limits.per_session),
        ):
            # Sums of prices, of which none is meant to differ in the tenth digit.
            if limit and (price.high is None or round(spent + float(price.high), 9) > limit):
                return name, spent, limit
        return None


def amount(text: str) -> float | None:
    """US$ as a person types them, `$5`, `0.50` or `none`; None where it is no amount."""
    word = text.strip().lstrip("$").strip().lower()
    if word in ("none", "off", "no limit"):
        return 0.0
    try:
        value = Decimal(word)
    except ArithmeticError:
        return None
    return float(value) if value.is_finite() and is_amount(float(value)) else None
