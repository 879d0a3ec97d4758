"""What is known of a job that an earlier run left, in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.core.models import Catalogue
from tui.core.paths import shown
from tui.core.pricing import describe, estimate
from tui.core.provider import SANDBOX
from tui.core.text import human_bytes
from tui.ui.widgets.details import LABELS
from tui.ui.widgets.facts import Fact
from tui.ui.widgets.field import display

if TYPE_CHECKING:
    from tui.engine.leftovers import Left

HINT = "enter: send it again, keep it or forget it"


def when(left: Left) -> str:
    return time.strftime("%d %b %H:%M", time.localtime(left.at))


def state(left: Left) -> str:
    """For the list."""
    if left.kept:
        return f"{left.state} · kept"
    return f"{left.state} · {human_bytes(left.received)}" if left.received else str(left.state)


def known(left: Left) -> str:
    """What happened to it, in a sentence or two."""
    came = human_bytes(left.received)
    match str(left.state):
        case "answered":
            urls = ""
            if left.expires is not None:
                ended = left.expires <= time.time()
                urls = f" Its URLs {'ended' if ended else 'live until'} {_time(left.expires)}."
            return f"The whole answer is here, {came}, but not all that it stands for is saved.{urls}"
        case "refused":
            return "The server answered that it did nothing."
        case "unsent":
            return "Nothing was sent."
    part = f"; {came} of it came and are kept" if left.received else ""
    charged = "In the sandbox nothing is charged" if left.provider == SANDBOX else "It may have been charged"
    return f"The request may have gone out, and its answer was lost{part}. {charged}."


def price(left: Left, catalogue: Catalogue) -> str:
    """What it costs to send it again."""
    if left.request is None or left.provider == SANDBOX:
        return "free in the sandbox" if left.provider == SANDBOX else ""
    return describe(estimate(left.request, catalogue.get(left.request.model)))


def facts(left: Left, catalogue: Catalogue, again: int | None) -> list[Fact]:
    """Everything about it; `again` is the number of the job that was sent in its place and runs."""
    request = left.request
    prompt = request.prompt if request else "The request can't be read."
    found = [Fact(text=prompt), Fact()]
    if left.failure:
        found.append(Fact(text=left.failure, style="$error"))
    found += [Fact(text=known(left)), Fact()]
    parameters = request.parameters if request else {}
    rows = [
        ("state", f"sent again as #{again}" if again else state(left)),
        ("begun", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(left.at))),
        ("provider", " · ".join(part for part in (left.provider, left.host) if part)),
        ("model", request.model if request else ""),
        *((LABELS.get(name, name), display(value)) for name, value in parameters.items()),
        ("again", price(left, catalogue)),
        ("request id", left.request_id or ""),
        ("job", left.job),
        ("kept in", shown(left.folder)),
    ]
    return [*found, *(Fact(name, text) for name, text in rows if text), Fact(), Fact(text=HINT, style="$text-muted")]


def question(left: Left, catalogue: Catalogue) -> str:
    """What the person should know before choosing."""
    request = left.request
    lines = [known(left)]
    if left.failure:
        lines.append(left.failure)
    if left.request_id:
        lines.append(f"request id {left.request_id}")
    if request is not None:
        size = request.parameters.get("size", "")
        facts = " ".join(str(fact) for fact in (request.model, size, f"×{request.count}") if fact)
        lines.append(f"\n{when(left)} · {facts} · {left.provider} · {price(left, catalogue)}")
    return "\n".join(lines)


def _time(at: float) -> str:
    """The hour, with the day where that is another one."""
    there, now = time.localtime(at), time.localtime()
    return time.strftime("%H:%M" if there[:3] == now[:3] else "%d %b %H:%M", there)
