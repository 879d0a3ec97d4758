"""The top row: the places to the left, the provider, the running jobs and today's spending to the right."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content

from tui.core.pricing import dollars
from tui.core.spending import Budget
from tui.core.text import shorten
from tui.ui.commands import BY_ID, key_name
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.bar import Bar

PLACES = ("create", "library", "queue", "spend")
# Cells that the provider has at least.
NAME = 8


class Header(Bar):
    """`place` is the one that is shown; the facts come from the session at each `refresh`."""

    DEFAULT_CSS = "Header { dock: top; }"

    def __init__(self, session: Session, place: str) -> None:
        super().__init__()
        self._session = session
        self._place = place

    def render(self) -> RenderResult:
        width = self.content_size.width
        places = [self._part(place) for place in PLACES]
        title = ("", Content.styled("safelight  ", "bold $primary"))
        used = sum(content.cell_length for _, content in places)
        facts = self._facts(width - used - 1)
        needed = sum(content.cell_length for _, content in facts)
        if used + title[1].cell_length + needed < width:
            places.insert(0, title)
            used += title[1].cell_length
        gap = Content(" " * max(width - used - needed, 1))
        return self.line([*places, ("", gap), *facts])

    def _part(self, place: str) -> tuple[str, Content]:
        command = BY_ID[place]
        style = "bold $foreground" if place == self._place else "$text-muted"
        return (place, Content.assemble((f"{self._key(place)} ", "$text-disabled"), (command.title, style), "  "))

    def _key(self, command: str) -> str:
        return key_name(shell(self).keys_of(BY_ID[command]).split(",")[0])

    def _facts(self, room: int) -> list[tuple[str, Content]]:
        """Each with what a click on it opens."""
        session, provider = self._session, self._session.provider
        facts: list[tuple[str, str]] = []
        if session.jobs.asking:
            facts.append((f" · {self._key('answer')} answer", "bold $warning"))
        elif left := len(session.unsettled):
            facts.append((f" · {self._key('answer')} {left} left", "bold $warning"))
        if working := session.jobs.running - session.jobs.queued:
            facts.append((f" · {working} running", "$warning"))
        if session.jobs.queued:
            facts.append((f" · {session.jobs.queued} queued", "$warning"))
        room -= sum(len(text) for text, _ in facts)
        spent = ("", "")
        if session.budget is not None:
            spent = _spent(session.budget, room - NAME)
            room -= len(spent[0])
        if provider is None:
            name = ("starting…", "$text-muted")
            if session.unconnected:
                name = (f"no provider · {self._key('provider')}", "bold $warning")
        elif provider.is_sandbox:
            name = (" SANDBOX ", "bold reverse $warning")
        else:
            name = (shorten(f"{provider.name} · {provider.host}", max(room, NAME)), "$foreground")
        return [("provider", Content.assemble(name, *facts)), ("spend", Content.assemble(spent))]


def _spent(budget: Budget, room: int) -> tuple[str, str]:
    """Today's spending, beside its limit where there is one and room for it."""
    spent, limit = dollars(budget.today), budget.limits.per_day
    style = "$warning" if limit and budget.today >= limit else "$text-muted"
    texts = [f" · {spent} of {dollars(limit)} today"] if limit else []
    texts += [f" · {spent} today", f" · {spent}"]
    return next((text for text in texts if len(text) <= room), texts[-1]), style
