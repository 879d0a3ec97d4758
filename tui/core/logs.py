"""The log file: rotated, readable by the person only, and without secrets whatever is written to it."""

from __future__ import annotations

import logging
import os
import traceback
from io import TextIOWrapper
from pathlib import Path

from tui.core.paths import PRIVATE_FILE, private_folder
from tui.core.secrets import redact
from tui.core.text import clean, clean_line

MAX_BYTES = 1_000_000
KEPT = 3
LONGEST = 20_000
# Libraries that write whole addresses and headers at INFO.
CHATTY = ("httpx2", "httpcore2", "httpx", "httpcore", "openai", "urllib3", "PIL", "asyncio", "markdown_it")


class Redactor(logging.Formatter):
    """A formatter that cleans and redacts the finished entry, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        # Set in, so that no text can pass for an entry of its own.
        return redact(clean(super().format(record), limit=LONGEST)).replace("\n", "\n    ")

    def formatException(self, ei: object) -> str:  # noqa: N802  # logging's name
        """A traceback without the values of any variable."""
        assert isinstance(ei, tuple)
        return "".join(traceback.format_exception(*ei)).rstrip()


class Spoken(Redactor):
    """What a person is told of an entry: its words, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(clean_line(record.getMessage()))


def prepare() -> None:
    """What is logged where there is no file is said on standard error, as carefully as it would be written."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(Spoken("%(message)s"))


def set_up(file: Path) -> logging.Handler | None:
    """Log to `file` from here on; None where it can't be written, which must not keep anything from running."""
    from logging.handlers import RotatingFileHandler

    class PrivateFile(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", errors="backslashreplace")

    logger = logging.getLogger()
    for known in logger.handlers:
        if isinstance(known.formatter, Redactor) and getattr(known, "baseFilename", None) == str(file.absolute()):
            return known
    try:
        private_folder(file.parent)
        handler = PrivateFile(file, maxBytes=MAX_BYTES, backupCount=KEPT)
    except OSError:
        return None
    handler.setFormatter(Redactor("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
