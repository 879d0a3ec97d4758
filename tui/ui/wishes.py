"""What the person last wanted of copies of images and of their names, for the time of a run."""

from __future__ import annotations

from dataclasses import dataclass

SHEET = "sheet"
ORIGINAL = "original"
PORTABLE = "portable"


@dataclass
class Wishes:
    """`form` is one of `export.FORMS`, or a contact sheet of so many `columns` with tiles of `side` pixels.

    The others are as in `export.How`; `target` is as it was typed.
    """

    form: str = ORIGINAL
    kind: str = ""
    side: int = 0
    template: str = ""
    manifest: str = ""
    columns: int = 4
    target: str = "~/safelight-export"
