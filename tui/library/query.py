"""The query language: what is typed into a search becomes a condition of the index, or a message in words.

    fox snow            every word begins a word of the prompt, the revised prompt, tags, notes, model or name
    "a red fox"         these words in this order
    -word  -tag:sea     without it
    model:dall-e-3      the beginning of a model; so with provider:, name:, folder:, job:, tag:, format:, operation:
    rating:>3           numbers with > >= < <= or a span 2..4; so with cost:, width:, height:, images of bytes:
    size:1024x1024      pixels
    before:2026-11-01   a day, month or year, today, yesterday, or 7d; so with since:, after:, on:
    is:favourite        also marked, rated, unrated, tagged, untagged, noted, recorded, foreign, sandbox, edited

Terms are joined by "and". Nothing that is typed is an error of SQL: a term that means nothing is a problem, told in
words, and is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tui.core.provider import SANDBOX
from tui.core.text import clean_line, shorten
from tui.library.rows import TICKS

# Longer ones are no searches that somebody types.
MAX_LENGTH, MAX_TERMS = 2000, 64
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<exact>[^"]*)"?|(?P<plain>[^\s"]*))')
_NUMBER = re.compile(r"(?P<number>\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})(?P<unit>kb|mb|gb)?", re.IGNORECASE)
_UNITS = {"": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
_OPERATORS = (">=", "<=", ">", "<", "=")
_EPOCH, _LAST_SECOND = 1970, 253_402_300_799.0


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL over a row of `facts`, and the values for its question marks."""

    sql: str
    values: tuple[str | int | float | bytes, ...] = ()

    def negated(self) -> Condition:
        # What is not known does not fit, so its opposite does.
        return Condition(f"NOT coalesce(({self.sql}), 0)", self.values)


@dataclass(frozen=True, slots=True)
class Query:
    """`match` is an FTS5 query, "" for everything. `words` are what was searched for, to be marked where they stand.

    `problems` say which terms were passed over and why.
    """

    match: str = ""
    conditions: tuple[Condition, ...] = ()
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not self.match and not self.conditions

    @property
    def about_marks(self) -> bool:
        return any(_MARKED in condition.sql for condition in self.conditions)

    def directly_in(self, folder: bytes) -> Query:
        """The same among the images that lie in a folder, and not below it; its path is relative to the library."""
        inside = Condition("facts.id IN (SELECT id FROM files WHERE folder = ?)", (folder,))
        return replace(self, conditions=(*self.conditions, inside))


class _MeaninglessError(Exception):
    """A term that means nothing; the message says why."""


@dataclass(slots=True)
class _Reading:
    today: date
    matches: list[str] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def parse(text: str, today: date | None = None) -> Query:
    """What a text searches for. Raises nothing."""
    read = _Reading(today or date.today())  # the person's own day
    terms = [found for found in _TERM.finditer(clean_line(text, limit=MAX_LENGTH)) if found[0]]
    for found in terms[:MAX_TERMS]:
        try:
            _take(read, found)
        except _MeaninglessError as problem:
            read.problems.append(str(problem))
    if len(terms) > MAX_TERMS:
        read.problems.append(f"only the first {MAX_TERMS} terms count")
    return Query(" AND ".join(read.matches), tuple(read.conditions), tuple(read.words), tuple(read.problems))


def _take(read: _Reading, found: re.Match[str]) -> None:
    name = (found["field"] or "").lower()
    exact = found["exact"] is not None
    value = found["exact"] if exact else found["plain"]
    if name and name not in FIELDS:
        # A word with a colon in it, such as 16:9, is a word.
        if exact or name in _LIKELY:
            known = ", ".join(sorted(FIELDS))
            raise _MeaninglessError(f"there is no {name}: — there are {known}")
        value, name = f"{found['field']}:{value}", ""
    if not name:
        _take_words(read, value, exact=exact, without=bool(found["minus"]))
        return
    if not value:
        # It is still being typed.
        return
    condition = FIELDS[name](name, value, read.today)
    read.conditions.append(condition.negated() if found["minus"] else condition)


def _take_words(read: _Reading, value: str, *, exact: bool, without: bool) -> None:
    words = _WORD.findall(value)
    if not words:
        return
    matches = [_phrase(words)] if exact else [f"{_phrase([word])}*" for word in words]
    if without:
        inside = "facts.id IN (SELECT rowid FROM words WHERE words MATCH ?)"
        read.conditions.append(Condition(inside, (" AND ".join(matches),)).negated())
    else:
        read.matches += matches
        read.words += [" ".join(words)] if exact else words


def _phrase(words: list[str]) -> str:
    return f'"{" ".join(words)}"'


# --- what stands behind a colon ---------------------------------------------------------------------------------------

_Field = Callable[[str, str, date], Condition]


def _name(column: str, *, whole: bool = False) -> _Field:
    """One of the words that many images share."""

    def condition(_: str, value: str, __: date) -> Condition:
        pattern = _escaped(value) + ("" if whole else "%")
        return Condition(f"{column} IN (SELECT id FROM names WHERE name LIKE ? ESCAPE '\\')", (pattern,))

    return condition


def _of_file(column: str) -> _Field:
    """Anywhere in a text that each file has."""

    def condition(_: str, value: str, __: date) -> Condition:
        inside = f"SELECT id FROM files WHERE {column} LIKE ? ESCAPE '\\'"
        return Condition(f"facts.id IN ({inside})", (f"%{_escaped(value)}%",))

    return condition


def _of_bytes(selection: str) -> str:
    """The condition that an image's sha256 is among those of a selection."""
    return f"facts.id IN (SELECT files.id FROM files WHERE files.sha256 IN ({selection}))"


def _tag(_: str, value: str, __: date) -> Condition:
    return Condition(_of_bytes("SELECT sha256 FROM tags WHERE tag LIKE ? ESCAPE '\\'"), (f"{_escaped(value)}%",))


def _job(_: str, value: str, __: date) -> Condition:
    return Condition(_of_bytes("SELECT sha256 FROM origins WHERE job LIKE ? ESCAPE '\\'"), (f"{_escaped(value)}%",))


def _escaped(value: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", value)


def _number(column: str, example: str) -> _Field:
    def condition(name: str, value: str, _: date) -> Condition:
        low, dots, high = value.partition("..")
        if dots:
            return Condition(f"{column} BETWEEN ? AND ?", (_amount(name, low, example), _amount(name, high, example)))
        sign = next((sign for sign in _OPERATORS if value.startswith(sign)), "")
        return Condition(f"{column} {sign or '='} ?", (_amount(name, value[len(sign) :], example),))

    return condition


def _amount(name: str, text: str, example: str) -> float:
    found = _NUMBER.fullmatch(text.replace("$", ""))
    if found is None:
        raise _MeaninglessError(f"{name}: is a number, as in {name}:{example}")
    amount = float(found["number"]) * _UNITS[(found["unit"] or "").lower()]
    return int(amount) if amount.is_integer() else amount


def _size(name: str, value: str, _: date) -> Condition:
    found = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", value.lower())
    if found is None:
        raise _MeaninglessError(f"{name}: is width x height, as in {name}:1024x1024")
    return Condition("facts.width = ? AND facts.height = ?", (int(found[1]), int(found[2])))


def _before(name: str, value: str, today: date) -> Condition:
    return Condition("facts.id < ?", (_first(_span(name, value, today)[0]),))


def _since(name: str, value: str, today: date) -> Condition:
    return Condition("facts.id >= ?", (_first(_span(name, value, today)[0]),))


def _after(name: str, value: str, today: date) -> Condition:
    return Condition("facts.id >= ?", (_first(_span(name, value, today)[1]),))


def _on(name: str, value: str, today: date) -> Condition:
    begin, end = _span(name, value, today)
    return Condition("facts.id >= ? AND facts.id < ?", (_first(begin), _first(end)))


def _span(name: str, value: str, today: date) -> tuple[date, date]:
    """The first day, and the first day after it."""
    word = value.lower()
    try:
        if word in ("today", "yesterday"):
            day = today - timedelta(days=word == "yesterday")
            return day, day + timedelta(days=1)
        if ago := re.fullmatch(r"(\d{1,4})([dwmy])", word):
            day = today - timedelta(days=int(ago[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[ago[2]])
            return day, day + timedelta(days=1)
        if year := re.fullmatch(r"(\d{4})", word):
            return date(int(year[1]), 1, 1), date(int(year[1]) + 1, 1, 1)
        if month := re.fullmatch(r"(\d{4})-(\d{1,2})", word):
            begin = date(int(month[1]), int(month[2]), 1)
            return begin, (begin + timedelta(days=31)).replace(day=1)
        if day_of := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
            day = date(*map(int, day_of.groups()))
            return day, day + timedelta(days=1)
    except (ValueError, OverflowError):
        pass
    raise _MeaninglessError(f"{name}: is a day, as in {name}:2026-11-01, {name}:2026-11, {name}:today or {name}:7d")


def _first(day: date) -> int:
    """The first number that an image of a day can have; the day begins where the person is."""
    try:
        begin = datetime(day.year, day.month, day.day).timestamp()
    except (ValueError, OverflowError, OSError):
        begin = 0.0 if day.year < _EPOCH else _LAST_SECOND
    return math.floor(min(max(begin, 0.0), _LAST_SECOND)) * TICKS


_MARKED = "facts.id IN (SELECT id FROM marks)"
_STATES: Mapping[str, Condition] = {
    "favourite": Condition("facts.favourite"),
    "rated": Condition("facts.rating > 0"),
    "unrated": Condition("facts.rating = 0"),
    "tagged": Condition(_of_bytes("SELECT sha256 FROM tags")),
    "untagged": Condition(f"NOT {_of_bytes('SELECT sha256 FROM tags')}"),
    "noted": Condition("facts.noted"),
    "marked": Condition(_MARKED),
    "recorded": Condition("facts.provider IS NOT NULL"),
    "foreign": Condition("facts.provider IS NULL"),
    "sandbox": Condition("facts.provider IN (SELECT id FROM names WHERE name = ?)", (SANDBOX,)),
    "edited": Condition("facts.operation IN (SELECT id FROM names WHERE name IN ('edit', 'variation'))"),
}
_SYNONYMS = {"favorite": "favourite", "fav": "favourite"}


def _is(name: str, value: str, _: date) -> Condition:
    word = value.lower()
    state = _STATES.get(_SYNONYMS.get(word, word))
    if state is None:
        raise _MeaninglessError(f"{name}: has no {shorten(value, 20)} — there are {', '.join(_STATES)}")
    return state


FIELDS: Mapping[str, _Field] = {
    "model": _name("facts.model"),
    "provider": _name("facts.provider"),
    "operation": _name("facts.operation"),
    "format": _name("facts.format", whole=True),
    "job": _job,
    "name": _of_file("name"),
    "folder": _of_file("CAST(folder AS TEXT)"),
    "tag": _tag,
    "rating": _number("facts.rating", ">3"),
    "cost": _number("facts.cost", "<0.05"),
    "width": _number("facts.width", ">1024"),
    "height": _number("facts.height", ">1024"),
    "bytes": _number("facts.bytes", ">1MB"),
    "size": _size,
    "before": _before,
    "since": _since,
    "after": _after,
    "on": _on,
    "is": _is,
}
# Names that other programs have for these; whoever types one of them means no word.
_LIKELY = frozenset({"date", "day", "type", "path", "file", "has", "in", "tags", "stars", "price", "prompt", "note"})
