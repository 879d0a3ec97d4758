"""What is known of an image: its bytes' facts, every job that gave them, and what the person thinks of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tui.core.request import Value
from tui.core.text import clean, clean_line

VERSION = 1
MAX_RATING = 5
MAX_TAGS, MAX_TAG, MAX_NOTES = 100, 60, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One job that gave an image. `created` is Unix seconds, costs are US$, `path` is relative to the library.

    `cost` is this image's share of its job's. `sources` are the sha256 of the images that it was made from. The
    person's own identifiers (user, safety_identifier) are never here.
    """

    job: str
    index: int
    provider: str
    model: str
    operation: str
    prompt: str
    parameters: Mapping[str, Value]
    created: int
    path: str
    revised_prompt: str | None = None
    request_id: str | None = None
    cost: float | None = None
    estimate: float | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One image, known by the sha256 of its bytes. Width and height are pixels, 0 where they can't be read.

    `rating` is 0 (none) to MAX_RATING. An image that other programs made has no origins.
    """

    sha256: str
    bytes: int
    format: str
    width: int
    height: int
    origins: tuple[Origin, ...] = field(default_factory=tuple)
    rating: int = 0
    favourite: bool = False
    tags: tuple[str, ...] = ()
    notes: str = ""

    @property
    def newest(self) -> Origin | None:
        """The job that gave these bytes last."""
        return max(self.origins, key=lambda origin: (origin.created, origin.job), default=None)

    def joined(self, other: Record) -> Record:
        """This record with the other's origins, each job and index once; they must be of the same bytes."""
        if other.sha256 != self.sha256:
            raise ValueError("records of different images")
        known = {(origin.job, origin.index): origin for origin in (*self.origins, *other.origins)}
        return replace(self, origins=tuple(known.values()))

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` gives the same record back."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Raises ValueError for an object of another form. Fields of a later version are passed over."""
        try:
            origins = tuple(
                Origin(**_known(Origin, {**origin, "sources": _texts(origin.get("sources", ()))}))
                for origin in data.get("origins", ())
            )
            return cls(**_known(cls, {**data, "origins": origins, "tags": _texts(data.get("tags", ()))}))
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not a record: {error}") from error


# What a JSON value must be for a field, by the field's annotation.
_FORMS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "str | None": (str, type(None)),
    "float | None": (float, int, type(None)),
    "Mapping[str, Value]": (dict,),
    "tuple[Origin, ...]": (tuple,),
    "tuple[str, ...]": (tuple,),
}


def tag(text: str) -> str:
    """A tag as it is kept: one line without commas, which stand between tags; "" where nothing is left."""
    return clean_line(text.replace(",", " "), limit=MAX_TAG)


def tags(given: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept, in their order, each once whatever its capitals."""
    known: dict[str, str] = {}
    for each in given:
        if name := tag(each):
            known.setdefault(name.casefold(), name)
    return tuple(known.values())[:MAX_TAGS]


def judged(record: Record) -> Record:
    """The record with a judgement that is within its limits, its text cleaned."""
    return replace(
        record,
        rating=min(max(record.rating, 0), MAX_RATING),
        tags=tags(record.tags),
        notes=clean(record.notes, limit=MAX_NOTES).strip(),
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise TypeError("not a list of words")
    return tuple(value)


def _known(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `data` that a `kind` has, each of its right type."""
    known = {name: data[name] for name in kind.__dataclass_fields__ if name in data}
    for name, value in known.items():
        if type(value) not in _FORMS[kind.__dataclass_fields__[name].type]:
            raise TypeError(f"{name} is of another type")
        if isinstance(value, float) and not math.isfinite(value):
            raise TypeError(f"{name} is no number")
    return known
