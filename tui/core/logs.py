"""The log file: rotated, readable by the person only, and without secrets whatever is written to it."""

from __future__ import annotations

import logging
import os
import re
import traceback
from io import TextIOWrapper
from pathlib import Path

from tui.core.paths import PRIVATE_FILE, private_folder
from tui.core.text import clean

MAX_BYTES = 1_000_000
KEPT = 3
# Libraries that write whole addresses and headers at INFO.
CHATTY = ("httpx2", "httpcore2", "httpx", "httpcore", "openai", "urllib3", "PIL", "asyncio", "markdown_it")
# Each keeps its first group, which says what was hidden.
_SECRETS = (
    re.compile(r"(?i)\b(sk|sess|key)-[A-Za-z0-9_\-]{6,}"),
    re.compile(r"(?i)(bearer\s+)[^\s\"',;]+"),
    re.compile(r"(?i)([?&](?:sig|se|st|sk\w{1,3}|sp|sr|sv|token|key|api_key|signature)=)[^&\s\"']+"),
    re.compile(r"(?i)((?:api[_-]?key|authorization|password|secret)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;}]+"),
    re.compile(r"(//[^/\s:@]*:)[^/\s@]+(?=@)"),
)


def redact(text: str) -> str:
    """`text` without keys, signatures and passwords; what stood there is `[hidden]`."""
    for pattern in _SECRETS:
        text = pattern.sub(r"\1[hidden]", text)
    return text


class Redactor(logging.Formatter):
    """A formatter that cleans and redacts the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(clean(super().format(record), limit=20_000))

    def formatException(self, ei: object) -> str:  # noqa: N802  # logging's name
        """A traceback without the values of any variable."""
        assert isinstance(ei, tuple)
        return "".join(traceback.format_exception(*ei)).rstrip()


def set_up(file: Path) -> logging.Handler | None:
    """Log to `file` from here on; None where it can't be written, which must not keep anything from running."""
    from logging.handlers import RotatingFileHandler

    class PrivateFile(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", errors="backslashreplace")

    try:
        private_folder(file.parent)
        handler = PrivateFile(file, maxBytes=MAX_BYTES, backupCount=KEPT)
    except OSError:
        return None
    handler.setFormatter(Redactor("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
