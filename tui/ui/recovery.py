"""What earlier runs left: found after the first frame, finished where the answer is there, else listed and settled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work
from textual.worker import get_current_worker

from tui.core.provider import SANDBOX, Provider
from tui.ui.working import Working

if TYPE_CHECKING:
    from tui.core.events import Event
    from tui.engine.leftovers import Left


class Recovering(Working):
    """The part of the app that looks after jobs whose own run is over."""

    def __init__(self) -> None:
        super().__init__()
        self._taken_up: set[str] = set()
        self._told_of_left = False

    @work(thread=True, exit_on_error=False, exclusive=True, group="left")
    def find_left(self) -> None:
        """List anew what was left; what can be finished is, once in this run. Not before the engine is there."""
        from tui.engine.leftovers import leftovers, sweep

        if not self._told_of_left:
            sweep(self.session.library)
        found = leftovers(self.session.library)
        if not get_current_worker().is_cancelled:
            self.call_from_thread(self._found_left, found)

    def _found_left(self, found: list[Left]) -> None:
        begin = [left for left in found if left.finishable and left.job not in self._taken_up and not self._own(left)]
        self.session.left = [left for left in found if left not in begin and not self._own(left)]
        self._take_up(begin)
        if not self._told_of_left:
            self._told_of_left = True
            self._tell_of_left(len(begin))
        self._follow()

    def _own(self, left: Left) -> bool:
        """Whether it stands among this run's jobs, or will in a moment."""
        job = self.session.jobs.get(left.job)
        return left.job in self._taken_up if job is None else job.running or not job.recovered

    def _tell_of_left(self, begun: int) -> None:
        if begun:
            jobs = "1 job" if begun == 1 else f"{begun} jobs"
            self.session.log.say(f"{jobs} of an earlier run: saving what came of {'it' if begun == 1 else 'them'}")
        if unsettled := len(self.session.unsettled):
            jobs = "1 job was" if unsettled == 1 else f"{unsettled} jobs were"
            self.session.log.say(f"{jobs} left by an earlier run: f9 tells of each and asks what to do", tone="ask")

    def finish_left(self, left: Left) -> None:
        self._take_up([left])

    def _take_up(self, jobs: list[Left]) -> None:
        """Have the engine save what came of these jobs."""
        begun = {left.job for left in jobs}
        self._taken_up |= begun
        self.session.left = [left for left in self.session.left if left.job not in begun]
        if jobs:
            self._recover(jobs)

    @work(thread=True, exit_on_error=False, group="recovery")
    def _recover(self, jobs: list[Left]) -> None:
        assert self.engine is not None
        # The sandbox that an earlier run had is gone.
        providers: dict[str, Provider | None] = {SANDBOX: None}
        for left in jobs:
            if left.provider not in providers:
                providers[left.provider] = self.find_provider(left.provider)
            self.engine.recover(left.job, providers[left.provider])

    def _react(self, event: Event) -> None:
        from tui.core.events import Done, Ending

        super()._react(event)
        if not isinstance(event, Ending):
            return
        earlier = self.session.again.pop(event.job, None)
        if earlier is not None and isinstance(event, Done):
            self.forget_left(earlier)
        elif earlier is not None or ((job := self.session.jobs.get(event.job)) and job.recovered):
            self.find_left()

    # --- what the person wants to become of it ----------------------------------------------------------------------

    def forget_left(self, job: str) -> None:
        self._settle(job, keep=False)

    def keep_left(self, job: str) -> None:
        self._settle(job, keep=True)

    @work(thread=True, exit_on_error=False, group="settle")
    def _settle(self, job: str, *, keep: bool) -> None:
        from tui.engine import leftovers

        act = leftovers.keep if keep else leftovers.forget
        if not act(self.session.library, job):
            self.call_from_thread(self.notify, f"{job} is another process's by now", severity="warning")
        self.call_from_thread(self.find_left)

    def resend_left(self, left: Left) -> None:
        request = left.request
        if request is None:
            return

        def send(provider: Provider | None) -> None:
            if provider is None:
                words = f"Provider {left.provider or 'unknown'} can't be had: e puts the settings into Create"
                self.notify(words, severity="warning")
            elif self.engine is not None and self.session.sent_again(left.job) is None:
                self.session.again[self._send(request, provider)] = left.job

        self._with_provider(left.provider, send)

    @work(thread=True, exit_on_error=False, group="provider of left")
    def _with_provider(self, name: str, then: Callable[[Provider | None], None]) -> None:
        """Call `then` on the UI thread with the provider of that name, None where it can't be had."""
        self.call_from_thread(then, self.find_provider(name))

    @abstractmethod
    def find_provider(self, name: str) -> Provider | None:
        """The provider of that name with its key, None where it can't be had. Slow."""
