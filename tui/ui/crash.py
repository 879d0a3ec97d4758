"""In place of Textual's report of an error, which prints the values of variables: the key among them."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from tui.core import crash


def report(error: BaseException, log_file: Path) -> Text:
    """What Textual prints once the terminal is the shell's again."""
    return Text(crash.report(error, log_file))
