"""What the person sees after an error of the program: what happened and where more is, and no value of any variable."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from rich.text import Text

from tui.core.logs import redact
from tui.core.paths import shown
from tui.core.text import clean

logger = logging.getLogger(__name__)


def report(error: BaseException, log_file: Path) -> Text:
    """The report for the terminal; the same goes to the log file."""
    logger.critical("the program ended by an error", exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames[-6:]]
    lines = [
        "Safelight ended by an error of its own.",
        f"  {type(error).__name__}: {redact(clean(error, limit=500))}",
        *places,
        "Images that were received are in the library or in its spool; nothing is sent again by itself.",
        f"The log: {shown(log_file)}",
    ]
    return Text("\n".join(lines))
