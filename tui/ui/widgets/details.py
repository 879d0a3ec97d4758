"""Everything that is known of an image."""

from __future__ import annotations

import time
from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui.core.paths import shown
from tui.core.pricing import dollars
from tui.core.provider import SANDBOX
from tui.core.recalled import Recalled
from tui.core.record import Origin, Record
from tui.core.text import clean_line, human_bytes
from tui.library.entry import Entry
from tui.ui.about import CHILD, PARENT, SIBLING, About
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
# The key that leads to kin of each sort.
WAYS = {PARENT: "<", SIBLING: "}", CHILD: ">"}
Words = tuple[str, ...]


class Details(VerticalScroll, can_focus=True):
    """Facts from the record, from what other programs wrote, or of the file alone."""

    DEFAULT_CSS = """
    Details { padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self.border_title = "Details"
        self._file: Entry | None = None
        self._about = About()
        self._words: Words = ()

    def compose(self) -> ComposeResult:
        yield Facts([Fact(text=EMPTY, style="$text-muted")])

    def show(self, file: Entry | None, about: About | None = None) -> None:
        """What is known of an image; nothing for None."""
        self._file, self._about = file, about or About()
        self._tell()

    def mark(self, words: Words) -> None:
        """These are searched for, and are marked where they stand in texts."""
        if words != self._words:
            self._words = words
            self._tell()

    def _tell(self) -> None:
        file = self._file
        facts = describe(file, self._about, self._words) if file else [Fact(text=EMPTY, style="$text-muted")]
        self.query_one(Facts).show(facts)


def describe(file: Entry, about: About, words: Words = ()) -> list[Fact]:
    """The prompts first, then what the person thinks of it and where it comes from, then a fact a row."""
    record, recalled = about.record, about.recalled
    origin = record.newest if record else None
    facts = _texts(origin, recalled, words)
    facts += _judgement(record, words) if record else []
    facts += _kin(about)
    facts += [Fact("file", clean_line(file.name)), Fact("folder", clean_line(shown(file.path.parent)))]
    if record is None:
        facts += [Fact("bytes", f"{file.bytes:,}"), Fact("changed", _when(file.mtime))]
    else:
        facts += [
            Fact("pixels", f"{record.width} x {record.height}" if record.width else "unknown"),
            Fact("file type", record.format),
            Fact("bytes", f"{record.bytes:,} ({human_bytes(record.bytes)})"),
            *(_origin_facts(origin) if origin else []),
            Fact("sha256", record.sha256),
        ]
        if len(record.origins) > 1:
            facts.append(Fact("jobs", f"{len(record.origins)} gave the same bytes"))
    facts += _recalled(recalled) if recalled else []
    if record is None and recalled is None:
        facts += [Fact(), _head("Nothing more is known: no record goes with these bytes.")]
    return facts


def _texts(origin: Origin | None, recalled: Recalled | None, words: Words) -> list[Fact]:
    told = [
        ("prompt", origin.prompt if origin else recalled.prompt if recalled else ""),
        ("revised prompt", origin.revised_prompt if origin else None),
        ("negative prompt", recalled.negative if recalled else None),
    ]
    return [fact for name, text in told if text for fact in (_head(name), Fact(text=text, words=words), Fact())]


def _judgement(record: Record, words: Words) -> list[Fact]:
    """What there is of rating, favourite, tags and notes."""
    stars = "★" * record.rating + "☆" * (5 - record.rating) if record.rating else ""
    rows = [
        Fact("rating", stars, "$warning"),
        Fact("favourite", "♥" if record.favourite else "", "$warning"),
        Fact("tags", ", ".join(record.tags), words=words),
        Fact("notes", record.notes, words=words),
    ]
    there = [row for row in rows if row.text]
    return [*there, Fact()] if there else []


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


def _recalled(recalled: Recalled) -> list[Fact]:
    """What other programs wrote into the file, apart from the prompts."""
    rows = [("model", recalled.model), *recalled.parameters.items()]
    facts = [Fact(clean_line(name, limit=40), clean_line(value)) for name, value in rows if value]
    if recalled.tool or facts:
        facts = [Fact(), _head(f"written into the file by {recalled.tool or 'another program'}"), *facts]
    if recalled.credentials:
        facts += [Fact(), Fact("credentials", "content credentials (C2PA) are in the file; a copy may lose them")]
    return facts


def _kin(about: About) -> Iterator[Fact]:
    """The nearest kin of each sort, and how to get there."""
    for sort, way in WAYS.items():
        if not (count := about.counts.get(sort, 0)):
            continue
        yield _head(f"{sort}{f' · {count:,}' if count > 1 else ''} · {way} goes there")
        near = [each for each in about.kin if each.relation == sort]
        for each in near:
            yield Fact(text=clean_line(each.entry.name if each.entry else f"{each.sha256[:12]}…, not in this folder"))
        if count > len(near):
            yield Fact(text=f"and {count - len(near):,} more", style="$text-muted")
        yield Fact()


def _head(words: str) -> Fact:
    return Fact(text=words, style="$text-muted")


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
