"""What the screens share while the app runs: the jobs, the log, the provider, today's spending, the form's memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.models import Catalogue
from tui.core.provider import Provider
from tui.core.spending import Budget
from tui.ui.jobs import Job, Jobs
from tui.ui.log_book import LogBook
from tui.ui.memory import Memory
from tui.ui.wishes import Wishes

if TYPE_CHECKING:
    from tui.core.events import Event
    from tui.engine.leftovers import Left
    from tui.library.undo import Deed


@dataclass
class Session:
    """One run of the app. `provider` and `budget` are None until they are known.

    `unconnected` says why there is no provider, once that is known.
    `secrets` are the names of the environment variables that hold keys. `left` are the jobs that earlier runs left.
    `marks` are the images that actions act on, by their numbers, and `deeds` the actions that can be taken back.
    `acted` are those that something was done to: what lists know of them may be past.
    `export` is what was last wanted of copies, `template` what images were last renamed by.
    `reading` is how many of how many images are read, while there are many new ones.
    `again` has, by the job that was sent in its place, the one that was left or whose outcome is unknown.
    """

    library: Path
    catalogue: Catalogue
    memory: Memory
    provider: Provider | None = None
    unconnected: str = ""
    providers: tuple[str, ...] = ()
    secrets: Collection[str] = ()
    budget: Budget | None = None
    jobs: Jobs = field(default_factory=Jobs)
    left: Sequence[Left] = ()
    again: dict[str, str] = field(default_factory=dict)
    log: LogBook = field(default_factory=LogBook)
    log_open: bool = True
    folder: Path | None = None
    query: str = ""
    order: str = "date"
    reverse: bool = False
    marks: set[int] = field(default_factory=set)
    acted: set[int] = field(default_factory=set)
    deeds: list[Deed] = field(default_factory=list)
    export: Wishes = field(default_factory=Wishes)
    template: str = "{prompt}_{index:02d}"
    reading: tuple[int, int] | None = None

    @property
    def spent(self) -> float | None:
        """Today's US$ at real providers, once they are known."""
        return self.budget.today if self.budget is not None else None

    @property
    def shown_folder(self) -> Path:
        """The folder whose images are listed: the library, unless another one was opened."""
        return self.folder or self.library

    @property
    def unsettled(self) -> list[Left]:
        """The jobs of earlier runs of which the person has not said what is to become."""
        return [left for left in self.left if not left.kept and self.sent_again(left.job) is None]

    def sent_again(self, job: str) -> Job | None:
        """The job that was sent in place of this one, while it runs."""
        later = (self.jobs.get(new) for new, old in self.again.items() if old == job)
        return next((each for each in later if each is not None and each.running), None)

    def apply(self, event: Event) -> Job | None:
        """Take in one event of the engine."""
        self.log.apply(event)
        return self.jobs.apply(event)
