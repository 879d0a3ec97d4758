"""Asking the terminal something while Textual reads from it.

Textual's parser knows none of these answers and would report them as typed keys. So here the answers are taken out of
what comes in before the parser sees it.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any

from textual._xterm_parser import XTermParser

from tui.render.terminal.answers import Answers, Sieve
from tui.ui.leaving import LeavingDriver
from tui.ui.pastes import Pastes

# Seconds: between looking whether the app ends, and for the rest of an answer of which a part has come.
_TICK, _REST = 0.1, 0.05


class AskingDriver(LeavingDriver):
    """The driver for Linux and macOS, which can ask: it writes nothing and reads the same until then."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sieve = Sieve()
        self._pastes = Pastes()
        self._then: Callable[[Answers], None] | None = None

    def ask(self, query: str, then: Callable[[Answers], None], seconds: float = 1.0) -> None:
        """Send a query of tui.render.terminal.answers, on the UI thread and not before the first frame.

        `then` is called on the UI thread with all that is known: each time that answers come, however late, and once
        after `seconds`, by which time what was not answered hardly will be.
        """
        self._then = then
        self.write(query)
        self.flush()
        self._app.set_timer(seconds, lambda: then(self._sieve.answers))

    def _run_input_thread(self) -> None:
        """In place of Textual's, which would have its own report printed of an error here."""
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        try:
            self._read_until_told()
        except OSError:
            # Linux's answer to whoever reads from a terminal that is gone.
            self.lost()

    def _read_until_told(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        # Of the selectors only this one can wait for a terminal on macOS.
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                typed = ""
                if selector.select(_REST if self._sieve.holds else _TICK):
                    if not (data := os.read(self.fileno, 1 << 12)):
                        self.lost()
                        break
                    # First of all: a paste could forge answers as well.
                    typed = self._sift(self._pastes.without_escapes(decode(data)))
                elif self._sieve.holds:
                    typed = self._sieve.release()
                if typed:
                    for message in parser.feed(typed):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def _sift(self, text: str) -> str:
        """`text` without answers, which are told. Nothing is looked for before something was asked."""
        if self._then is None:
            return text
        before = self._sieve.answers
        typed = self._sieve.sift(text)
        if self._sieve.answers != before:
            self._app.call_later(self._then, self._sieve.answers)
        return typed
