"""What is told after an error of the program: what happened and where more is, and no value of any variable."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from tui.core import logs
from tui.core.paths import shown
from tui.core.secrets import redact
from tui.core.text import clean_line

PLACES = 6
logger = logging.getLogger(__name__)


def report(error: BaseException, log_file: Path) -> str:
    """The report for the terminal, several lines; the same goes to the log file."""
    logs.set_up(log_file)
    logger.critical("the program ended by an error", exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames[-PLACES:]]
    lines = [
        "Safelight ended by an error of its own.",
        f"  {type(error).__name__}: {redact(clean_line(error))}",
        *places,
        "Images that were received are in the library or in its spool; nothing is sent again by itself.",
        "What is unfinished: safelight recover",
        f"The log: {shown(log_file)}",
    ]
    return "\n".join(lines)
