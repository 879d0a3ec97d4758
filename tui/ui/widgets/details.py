"""Everything that is known of an image."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui.core.paths import shown
from tui.core.pricing import dollars
from tui.core.provider import SANDBOX
from tui.core.record import Origin, Record
from tui.core.text import clean_line, human_bytes
from tui.library.entry import Entry
from tui.ui.widgets.facts import Fact, Facts
from tui.ui.widgets.field import display

# The form's labels where the API's names are too long for the column.
LABELS = {
    "output_format": "format",
    "output_compression": "compression",
    "response_format": "answer",
    "partial_images": "partials",
    "n": "images",
}
EMPTY = "What is known of an image stands here: prompt, settings, cost, request id."


class Details(VerticalScroll, can_focus=True):
    """Facts from the record, or of the file alone where there is none."""

    DEFAULT_CSS = """
    Details { padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self.border_title = "Details"

    def compose(self) -> ComposeResult:
        yield Facts([Fact(text=EMPTY, style="$text-muted")])

    def show(self, file: Entry | None, record: Record | None) -> None:
        self.query_one(Facts).show(describe(file, record) if file else [Fact(text=EMPTY, style="$text-muted")])


def describe(file: Entry, record: Record | None) -> list[Fact]:
    """The prompt first, then a fact a row."""
    place = [Fact("file", clean_line(file.name)), Fact("folder", clean_line(shown(file.path.parent)))]
    if record is None:
        note = Fact(text="Nothing more is known: no record goes with these bytes.", style="$text-muted")
        return [*place, Fact("bytes", f"{file.bytes:,}"), Fact("changed", _when(file.mtime)), Fact(), note]
    origin = record.newest
    facts = _texts(origin) if origin else []
    facts += [
        *place,
        Fact("pixels", f"{record.width} x {record.height}" if record.width else "unknown"),
        Fact("file type", record.format),
        Fact("bytes", f"{record.bytes:,} ({human_bytes(record.bytes)})"),
        *(_origin_facts(origin) if origin else []),
        Fact("sha256", record.sha256),
    ]
    if len(record.origins) > 1:
        facts.append(Fact("jobs", f"{len(record.origins)} gave the same bytes"))
    return facts


def _texts(origin: Origin) -> list[Fact]:
    facts = [Fact(text="prompt", style="$text-muted"), Fact(text=origin.prompt), Fact()]
    if origin.revised_prompt:
        facts += [Fact(text="revised prompt", style="$text-muted"), Fact(text=origin.revised_prompt), Fact()]
    return facts


def _origin_facts(origin: Origin) -> list[Fact]:
    pretend = " pretend" if origin.provider == SANDBOX else ""
    rows = [
        ("made", _when(origin.created)),
        ("provider", origin.provider),
        ("model", origin.model),
        *((LABELS.get(name, name), display(value)) for name, value in origin.parameters.items()),
        ("cost", f"{dollars(origin.cost)}{pretend}" if origin.cost is not None else "not known"),
        ("estimate", f"up to {dollars(origin.estimate)}" if origin.estimate is not None else "none"),
        ("request id", origin.request_id or "none"),
        ("job", f"{origin.job} · image {origin.index + 1}"),
    ]
    return [Fact(name, clean_line(value)) for name, value in rows]


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
