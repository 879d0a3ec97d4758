"""What differs between images in their making: prompts by word, parameters in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.worker import get_current_worker

from tui.core.differences import ADDED, REMOVED, Run, differing, words
from tui.core.pricing import dollars
from tui.core.text import clean, clean_line, shorten
from tui.ui.widgets.details import LABELS
from tui.ui.widgets.field import display
from tui.ui.widgets.lined import Lined

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.ui.about import About

LETTERS = "ABCD"
# Cells of the column of names, and between columns.
NAMES, GAP = 14, 2
# Told by more than colour: what is removed is struck through, what is added underlined.
STYLES = {REMOVED: "strike $error", ADDED: "underline $success"}


@dataclass(frozen=True, slots=True)
class Told:
    """How the images' texts differ from the first one's, and which parameters of all of them; or `nothing` does, in
    words."""

    texts: tuple[tuple[str, Sequence[Run]], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    nothing: str


class Difference(Lined):
    """What `tell` finds, once it is found."""

    def __init__(self) -> None:
        super().__init__()
        self._told: Told | None = None
        self._count = 0

    def compare(self, pairs: Sequence[tuple[Entry, About]]) -> None:
        """Work out what differs, and show it."""
        self._compare(list(pairs))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _compare(self, pairs: Sequence[tuple[Entry, About]]) -> None:
        worker = get_current_worker()
        found = tell(pairs)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, found, len(pairs))

    def _show(self, found: Told, count: int) -> None:
        self._told, self._count = found, count
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        told = self._told
        if told is None:
            return [Content("")]
        if told.nothing:
            return [Content.styled(told.nothing, "$text-muted")]
        lines: list[Content] = []
        for name, runs in told.texts:
            head = Content.styled(name, "$text-muted").pad_right(max(NAMES - len(name), 1))
            text = Content(" ").join([Content.styled(run.text, STYLES.get(run.what, "$foreground")) for run in runs])
            text = text or Content.styled("none", "$text-muted")
            rows = text.wrap(max(width - NAMES, 8))
            lines += [Content.assemble(head if not at else " " * NAMES, row) for at, row in enumerate(rows)]
        return lines + self._table(told, width)

    def _table(self, told: Told, width: int) -> list[Content]:
        if not told.rows:
            return []
        column = max((width - NAMES) // max(self._count, 1) - GAP, 4)
        head = "".join(letter.ljust(column + GAP) for letter in LETTERS[: self._count])
        lines = [Content(""), Content.assemble(" " * NAMES, (head.rstrip(), "bold"))]
        for name, values in told.rows:
            cells = [_cell(value, column) for value in values]
            lines.append(
                Content.assemble((shorten(LABELS.get(name, name), NAMES - 1).ljust(NAMES), "$text-muted"), *cells)
            )
        return lines


def _cell(value: str, width: int) -> Content:
    """A value in its column, cut where it is too long."""
    shown = Content(value or "–").truncate(width, ellipsis=True)
    return shown.pad_right(width + GAP - shown.cell_length)


def tell(pairs: Sequence[tuple[Entry, About]]) -> Told:
    """What differs. Slow for long prompts."""
    prompts = [_prompts(about) for _, about in pairs]
    texts = []
    for name in ("prompt", "revised", "negative"):
        first = prompts[0].get(name, "")
        for letter, other in zip(LETTERS[1:], prompts[1:], strict=False):
            if (text := other.get(name, "")) != first:
                label = f"{name} {'' if len(pairs) == 2 else letter}".rstrip()
                # Where there is none, that is all there is to be said.
                texts.append((label, words(first, text) if text else []))
    rows = differing([_parameters(entry, about) for entry, about in pairs])
    known = any(any(each.values()) for each in prompts)
    alike = "Nothing: they were made of the same request." if known else "Nothing is known of how they were made."
    return Told(tuple(texts), tuple(rows), "" if texts or rows else alike)


def _prompts(about: About) -> Mapping[str, str]:
    origin = about.record.newest if about.record else None
    recalled = about.recalled
    found = {
        "prompt": origin.prompt if origin else recalled.prompt if recalled else "",
        "revised": (origin.revised_prompt or "") if origin else "",
        "negative": recalled.negative if recalled else "",
    }
    return {name: clean(text) for name, text in found.items()}


def _parameters(entry: Entry, about: About) -> dict[str, str]:
    origin = about.record.newest if about.record else None
    found: dict[str, str] = {}
    if origin is not None:
        found |= {"model": origin.model, "provider": origin.provider, "operation": origin.operation}
        found |= {name: display(value) for name, value in origin.parameters.items()}
    if about.recalled is not None:
        found |= {"tool": about.recalled.tool, "model": found.get("model") or about.recalled.model}
        found |= {name: value for name, value in about.recalled.parameters.items() if name not in found}
    found["pixels"] = f"{entry.width} x {entry.height}" if entry.width else "unknown"
    found["file type"] = entry.format
    if origin is not None and origin.cost is not None:
        found["cost"] = dollars(origin.cost)
    return {clean_line(name, limit=40): clean_line(value) for name, value in found.items()}
