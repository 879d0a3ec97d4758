"""What a program of the command line says: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from tui.core.text import clean, clean_line

PATH_LIMIT = 8192
LINE_LIMIT = 10_000


def prepare() -> None:
    """What an output's character set lacks is written as an escape, not as a crash."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def say(text: object) -> None:
    """One line about this run, cleaned, on standard error."""
    write_error(f"safelight: {clean_line(text, limit=LINE_LIMIT)}\n")


def write_error(text: str) -> None:
    """`text` as it stands, on standard error, if there is one."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)
        sys.stderr.flush()


def crashed(error: Exception) -> int:
    """Say that the program ended by an error of its own; the exit code."""
    from tui.core import crash, paths

    write_error(f"{crash.report(error, paths.log_file(os.environ))}\n")
    return 1


def shown_path(path: object) -> str:
    """A path as one line of output: whole, but with nothing in it that a terminal would act on."""
    return clean(path, limit=PATH_LIMIT).replace("\n", " ").replace("\t", " ")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits at this stream; a closed one has nobody."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


class Lines:
    """Lines on standard output, each written at once. When nobody reads any more, they end without a word."""

    def __init__(self) -> None:
        self._stream: TextIO | None = sys.stdout
        self.failed = False

    @property
    def open(self) -> bool:
        return self._stream is not None

    def line(self, text: str) -> None:
        """Raises nothing: an output that can't be written is told once, and `failed` then."""
        if self._stream is None:
            return
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except BrokenPipeError:
            self._end()
        except (OSError, ValueError) as error:
            self._end()
            self.failed = True
            say(f"can't write to the standard output: {error}")

    def json(self, value: Any) -> None:
        """A JSON value on one line, in ASCII."""
        import json

        self.line(json.dumps(value))

    def _end(self) -> None:
        self._stream = None
        hush()


def hush() -> None:
    """Send the rest of standard output nowhere, so that closing it makes no noise."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def finish() -> None:
    """Write what is still to be written; a reader that has gone is no error."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        hush()
