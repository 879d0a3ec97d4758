"""Jobs on standard error: on a terminal with one line that changes in place, elsewhere as plain lines."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from tui.core.events import Ending, Event, Partial, Receiving, Saved, Sent
from tui.core.text import clean_line, human_seconds, shorten
from tui.subcommands import output
from tui.ui.log_book import Line, LogBook

TICK_SECONDS = 0.2
LINE_LIMIT = 2_000
ERASE = "\r\x1b[K"
Status = Callable[[float], str]


class Progress:
    """`several`: lines name their job. `quiet` while a question stands on the terminal's last line."""

    def __init__(self, env: Mapping[str, str], *, several: bool) -> None:
        self._live = output.is_terminal(sys.stderr) and env.get("TERM", "") not in ("", "dumb")
        self._several = several
        self._book = LogBook()
        self._arriving: dict[int, Line] = {}
        self._status: dict[int, Status] = {}
        self._drawn = ""
        self.quiet = False

    def tell(self, event: Event) -> None:
        """Write an event down, as the app's log does."""
        if isinstance(event, Ending):
            self._status.pop(event.number, None)
        lines = self._lines(event)
        if isinstance(event, Receiving):
            # Told once it is all there, for the request's id.
            self._arriving[event.number] = replace(lines[0], tone="plain", key=None)
        elif not isinstance(event, Partial) and (arrived := self._arriving.pop(event.number, None)):
            lines.insert(0, arrived)
        for line in lines:
            self._take(event.number, line)
        if isinstance(event, Sent):
            self._status[event.number] = _elapsed("waiting for the answer", time.monotonic())
        self.draw()

    def say(self, text: str, number: int = 0) -> None:
        """A line that stays."""
        self._erase()
        prefix = f"#{number} " if self._several and number else ""
        output.write_error(f"{prefix}{clean_line(text, limit=LINE_LIMIT)}\n")
        self.draw()

    def draw(self) -> None:
        """Bring the changing line up to date."""
        if not self._live or self.quiet:
            return
        now = time.monotonic()
        text = " | ".join(status(now) for status in self._status.values())
        text = shorten(clean_line(text), _columns() - 1)
        if text != self._drawn:
            output.write_error(ERASE + text)
            self._drawn = text

    async def tick(self) -> None:
        """Keep countdowns and clocks going; ends when cancelled."""
        while self._live:
            await asyncio.sleep(TICK_SECONDS)
            self.draw()

    def close(self) -> None:
        self._status.clear()
        self._erase()

    def _lines(self, event: Event) -> list[Line]:
        """The words of the app's log, without its keys and without the path that goes to standard output."""
        before = {id(line) for line in self._book.lines}
        self._book.apply(event)
        lines = [line for line in self._book.lines if id(line) not in before and line.tone != "ask"]
        return lines[1:] if isinstance(event, Saved) else lines

    def _take(self, number: int, line: Line) -> None:
        if self._live and line.tone == "moving":
            self._status[number] = line.words
        elif line.key is None:
            # Bytes as they come are of no use in a file; what happens is.
            self.say(line.words(time.monotonic()), number)

    def _erase(self) -> None:
        if self._drawn:
            output.write_error(ERASE)
            self._drawn = ""


def _elapsed(text: str, since: float) -> Status:
    return lambda now: f"{text} · {human_seconds(now - since)}"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
