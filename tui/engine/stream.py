"""An event stream, read in pieces as they arrive, each event's data as a skeleton."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui.engine.skeleton import Skeleton, TooLargeError

_END = re.compile(rb"[\r\n]")
# Longer names than `event` and `data` are none that matter.
_NAME = 32


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event: its type, and its data's value, None where that is not JSON."""

    name: str
    value: Any


class EventStream:
    """Takes the stream in pieces, wherever they are cut."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._field: str | None = None
        self._name = bytearray()
        self._data: Skeleton | None = None
        self._return = False

    def feed(self, data: bytes, offset: int) -> Iterator[StreamEvent]:
        """The events that end in this piece, which lies at `offset` in its file."""
        position = 0
        returns = b"\r" in data
        if self._return and data.startswith(b"\n"):
            position = 1
        if data:
            self._return = False
        while position < len(data):
            if returns:
                match = _END.search(data, position)
                end = match.start() if match else -1
            else:
                end = data.find(b"\n", position)
            self._part(data[position : len(data) if end < 0 else end], offset + position)
            if end < 0:
                return
            yield from self._end_of_line()
            position = end + 1
            if data[end] == 0x0D:
                if position == len(data):
                    self._return = True
                elif data[position] == 0x0A:
                    position += 1

    def finish(self) -> Iterator[StreamEvent]:
        """The last event, where the stream ended without the blank line after it."""
        yield from self._end_of_line()
        yield from self._event()

    def _part(self, data: bytes, offset: int) -> None:
        if self._field is None:
            colon = data.find(b":")
            name = data if colon < 0 else data[:colon]
            if len(self._line) + len(name) > _NAME:
                self._field = "?"
                return
            self._line += name
            if colon < 0:
                return
            self._field = self._line.decode("ascii", "replace").strip("\ufeff\ufffd")
            data, offset = data[colon + 1 :], offset + colon + 1
        if self._field == "data":
            self._data = self._data or Skeleton()
            try:
                self._data.feed(data, offset)
            except TooLargeError:
                self._field = "?"
        elif self._field == "event" and len(self._name) < 200:
            self._name += data[:200]

    def _end_of_line(self) -> Iterator[StreamEvent]:
        blank = self._field is None and not self._line
        self._field = None
        self._line.clear()
        if blank:
            yield from self._event()

    def _event(self) -> Iterator[StreamEvent]:
        data, name = self._data, self._name.decode("utf-8", "replace").strip()
        self._data = None
        self._name.clear()
        if data is None:
            return
        try:
            value = data.value()
        except ValueError:
            value = None
        yield StreamEvent(name, value)
