"""Everything that is known of an image."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.paths import shown
from tui.core.pricing import dollars
from tui.core.record import Origin, Record
from tui.core.text import clean_line, human_bytes
from tui.library.files import ImageFile
from tui.ui.widgets.field import display

EMPTY = "What is known of an image stands here: prompt, settings, cost, request id."


class Details(VerticalScroll, can_focus=True):
    """Facts from the record, or of the file alone where there is none."""

    DEFAULT_CSS = """
    Details { padding: 0 1; }
    Details > Static { height: auto; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self.border_title = "Details"

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(EMPTY, "$text-muted"))

    def show(self, file: ImageFile | None, record: Record | None) -> None:
        content = describe(file, record) if file is not None else Content.styled(EMPTY, "$text-muted")
        self.query_one(Static).update(content)


def describe(file: ImageFile, record: Record | None) -> Content:
    """The details as text, a fact a line, the long texts at the end."""
    rows: list[tuple[str, str]] = [("file", clean_line(file.name)), ("folder", clean_line(shown(file.path.parent)))]
    if record is None:
        rows += [("bytes", f"{file.bytes:,}"), ("changed", _when(file.mtime))]
        return _lay_out(rows, [("", "Nothing more is known: no record goes with these bytes.")])
    rows += [
        ("size", f"{record.width} x {record.height}" if record.width else "unknown"),
        ("format", record.format),
        ("bytes", f"{record.bytes:,} ({human_bytes(record.bytes)})"),
    ]
    texts: list[tuple[str, str]] = []
    if origin := record.newest:
        rows += _origin_rows(origin)
        texts.append(("prompt", origin.prompt))
        if origin.revised_prompt:
            texts.append(("revised prompt", origin.revised_prompt))
    if len(record.origins) > 1:
        rows.append(("jobs", f"{len(record.origins)} gave the same bytes"))
    rows.append(("sha256", record.sha256))
    return _lay_out(rows, texts)


def _origin_rows(origin: Origin) -> list[tuple[str, str]]:
    pretend = " (pretend: the sandbox is free)" if origin.provider == "sandbox" else ""
    rows = [
        ("made", _when(origin.created)),
        ("provider", origin.provider),
        ("model", origin.model),
        ("operation", origin.operation),
        *((name, display(value)) for name, value in origin.parameters.items()),
        ("cost", f"{dollars(origin.cost)}{pretend}" if origin.cost is not None else "not known"),
        ("estimate", dollars(origin.estimate) if origin.estimate is not None else "none"),
        ("request id", origin.request_id or "none"),
        ("job", f"{origin.job} · image {origin.index + 1}"),
    ]
    return [(name, clean_line(value)) for name, value in rows]


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _lay_out(rows: list[tuple[str, str]], texts: list[tuple[str, str]]) -> Content:
    width = max(len(name) for name, _ in rows) + 2
    parts: list[tuple[str, str]] = []
    for name, text in texts:
        parts += [(f"{name}\n" if name else "", "$text-muted"), (f"{text}\n\n", "$foreground")]
    for name, text in rows:
        parts += [(name.ljust(width), "$text-muted"), (f"{text}\n", "$foreground")]
    return Content.assemble(*parts)
