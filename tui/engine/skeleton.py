"""A JSON text with its long strings taken out, so that a body of any size is understood in bounded memory."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHUNK = 262_144
# Shorter strings stay in the text; a revised prompt of 4,000 characters is one of them.
LONG = 16_384
# What is left without the long strings; an answer of ten images needs less than 200 kB.
LIMIT = 1_000_000

_QUOTE, _BACKSLASH = b'"', 0x5C


class TooLargeError(ValueError):
    """The text is larger than any answer, even without its long strings."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a long string lies in its file: from the byte after its opening quote to the one of its closing quote."""

    start: int
    end: int


class Skeleton:
    """Takes a JSON text in pieces of any length. `value()` is the text's value with a `Span` for each long string."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._mark = secrets.token_hex(8)
        self._start: int | None = None
        self._head: bytearray | None = None
        self._odd = False
        self.fed = 0

    @property
    def cut(self) -> bool:
        """Whether the text so far ends within a string."""
        return self._start is not None

    def feed(self, data: bytes, offset: int) -> None:
        """The next piece, which lies at `offset` in its file. Raises TooLargeError."""
        position = 0
        self.fed += len(data)
        while position < len(data):
            quote = data.find(_QUOTE, position)
            end = len(data) if quote < 0 else quote
            if self._start is None:
                self._keep(data[position:end])
                if quote >= 0:
                    self._start, self._head, self._odd = offset + quote + 1, bytearray(), False
            else:
                self._string(data, position, end)
                if quote >= 0:
                    self._quote(offset + quote)
            position = end + 1

    def value(self) -> Any:
        """Raises ValueError where the text is not JSON."""
        try:
            return json.loads(self._kept.decode("utf-8", "replace").lstrip("\ufeff"), object_hook=self._spans)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def found(self, name: str) -> Iterator[str | Span]:
        """The finished strings called `name`, in order, even where the text as a whole is broken."""
        mark = self._mark.encode()
        pattern = rb'"' + name.encode() + rb'"\s*:\s*(?:\{"' + mark + rb'":\[(\d+),(\d+)\]\}|"([^"\\]*)")'
        for match in re.finditer(pattern, self._kept):
            yield Span(int(match[1]), int(match[2])) if match[1] else match[3].decode("utf-8", "replace")

    def _string(self, data: bytes, start: int, end: int) -> None:
        if self._head is not None:
            self._head += data[start:end]
            if len(self._head) > LONG:
                self._head = None
        first = end
        while first > start and data[first - 1] == _BACKSLASH:
            first -= 1
        odd = bool((end - first) % 2)
        self._odd = odd != self._odd if first == start else odd

    def _quote(self, at: int) -> None:
        if self._odd:
            self._odd = False
            if self._head is not None:
                self._head += _QUOTE
            return
        if self._head is not None:
            self._keep(_QUOTE + bytes(self._head) + _QUOTE)
        elif self._start is not None:
            self._keep(b'{"%s":[%d,%d]}' % (self._mark.encode(), self._start, at))
        self._start = self._head = None

    def _keep(self, data: bytes) -> None:
        self._kept += data
        if len(self._kept) > LIMIT:
            raise TooLargeError("the answer is larger than any answer")

    def _spans(self, found: dict[str, Any]) -> Any:
        place = found.get(self._mark)
        return Span(*place) if place is not None else found


def text_of(path: Path, value: object, limit: int = 65_536) -> str | None:
    """A text of an answer, read back from its file where it is long; None for anything else."""
    if isinstance(value, Span):
        with path.open("rb") as file:
            file.seek(value.start)
            raw = file.read(min(value.end - value.start, limit))
        try:
            found = json.loads(b'"' + raw + b'"', strict=False)
        except ValueError:
            found = raw.decode("utf-8", "replace")
        return str(found)
    return value if isinstance(value, str) else None
