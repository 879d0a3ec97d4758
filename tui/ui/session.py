"""What the screens share while the app runs: the jobs, the log, the provider, today's spending, the form's memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.models import Catalogue
from tui.core.provider import Provider
from tui.core.spending import Budget
from tui.ui.jobs import Job, Jobs
from tui.ui.log_book import LogBook
from tui.ui.memory import Memory

if TYPE_CHECKING:
    from tui.core.events import Event


@dataclass
class Session:
    """One run of the app. `provider` and `budget` are None until they are known.

    `secrets` are the names of the environment variables that hold keys.
    """

    library: Path
    catalogue: Catalogue
    memory: Memory
    provider: Provider | None = None
    providers: tuple[str, ...] = ()
    secrets: Collection[str] = ()
    budget: Budget | None = None
    jobs: Jobs = field(default_factory=Jobs)
    log: LogBook = field(default_factory=LogBook)
    log_open: bool = True
    folder: Path | None = None
    query: str = ""

    @property
    def spent(self) -> float | None:
        """Today's US$ at real providers, once they are known."""
        return self.budget.today if self.budget is not None else None

    @property
    def shown_folder(self) -> Path:
        """The folder whose images are listed: the library, unless another one was opened."""
        return self.folder or self.library

    def apply(self, event: Event) -> Job | None:
        """Take in one event of the engine."""
        self.log.apply(event)
        return self.jobs.apply(event)
