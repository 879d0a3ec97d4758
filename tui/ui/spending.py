"""What is spent, for the header and the price; and the limits, which can be set while the app runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from tui.core import limits
from tui.core.config import Config, load
from tui.core.pricing import dollars
from tui.core.spending import Budget, amount
from tui.ui.listing import Listing

if TYPE_CHECKING:
    from tui.engine.spending import Ledger

SPANS = {"spending.per_day": "a day", "spending.per_session": "a run"}
HINT = "US$, or none; empty: as the configuration has it"


class Spending(Listing):
    """The part of the app that knows what jobs may cost. `engine` and `ledger` are None until they are loaded."""

    config: Config
    env: Mapping[str, str]
    ledger: Ledger | None

    def __init__(self) -> None:
        super().__init__()
        self.engine = self.ledger = None

    @work(thread=True, exit_on_error=False, exclusive=True, group="spent")
    def count_spending(self) -> None:
        """What today cost, as the records have it; under a limit also what it may have cost."""
        self.call_from_thread(self._take_spent, self._budget())

    def _budget(self) -> Budget:
        known, ledger = self.config.limits, self.ledger
        if known and ledger is not None:
            return ledger.budget(known)
        return Budget(known, self.shelf.spent_today(), ledger.session if ledger is not None else 0.0)

    def _take_spent(self, budget: Budget) -> None:
        self.session.budget = budget
        self._follow()

    # --- the limits -----------------------------------------------------------------------------------------------

    def action_set_limits(self) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        def chosen(name: str | None) -> None:
            if name is not None:
                self._ask_limit(name)

        budget = self.session.budget or Budget(self.config.limits)
        spent = {"spending.per_day": budget.today, "spending.per_session": budget.session}
        choices = [
            Choice(name, span, f"{self._limit(name)} · {dollars(spent[name])} spent") for name, span in SPANS.items()
        ]
        self.push_screen(Pick("Spending limit", choices), chosen)

    def _limit(self, name: str) -> str:
        value = self.config.values[name]
        return f"{dollars(value.value)} ({value.source})" if value.value else "no limit"

    def _ask_limit(self, name: str) -> None:
        from tui.ui.screens.pick import Pick

        def chosen(text: str | None) -> None:
            if text is not None:
                self._choose_limit(name, amount(text) if text else None)

        now = self.config.get(name)
        self.push_screen(
            Pick(
                f"Spending limit for {SPANS[name]}",
                [],
                current=f"{now:g}" if now else None,
                free=True,
                hint=HINT,
                check=lambda text: "" if amount(text) is not None else f"an amount up to {dollars(limits.MOST)}",
            ),
            chosen,
        )

    @work(thread=True, exit_on_error=False, group="limits")
    def _choose_limit(self, name: str, usd: float | None) -> None:
        """Keep a limit, None for the configuration's, and have it count from the next job on."""
        chosen = {key: value for key, value in limits.chosen(self.env).items() if key != name}
        try:
            limits.choose(self.env, chosen if usd is None else {**chosen, name: usd})
        except OSError as error:
            self.call_from_thread(self.notify, f"The limit can't be kept: {error.strerror}", severity="error")
            return
        read = load(self.env).values
        values = {**self.config.values, **{each: read[each] for each in limits.NAMES}}
        self.call_from_thread(self._take_limits, replace(self.config, values=values), name)

    def _take_limits(self, changed: Config, name: str) -> None:
        from tui.engine.settings import from_config

        self.config = changed
        if self.engine is not None:
            self.engine.configure(from_config(changed))
        self.session.log.say(f"spending limit for {SPANS[name]}: {self._limit(name)}")
        self.count_spending()
