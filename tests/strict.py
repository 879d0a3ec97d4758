"""What a program wrote, taken apart: its text, and everything that a terminal would act upon."""

from __future__ import annotations

import re

from tests.naughty import UNWANTED

# The programs' own: colours, the cursor, erasing; the modes that Textual sets and asks for; the questions of our own;
# the keyboard's protocol; and a text for the clipboard.
SGR = r"\x1b\[[0-9;:]*m"
CURSOR = r"\x1b\[[0-9;]*[ABCDGHdJKX]"
MODES = (7, 25, 1000, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2048)
SCREEN = rf"\x1b\[\?(?:{'|'.join(map(str, MODES))})[hl]|\x1b\[\?(?:2026|2048)\$p"
QUESTIONS = r"\x1b\[1[46]t|\x1b\[>q|\x1b\[>0q"
KEYBOARD = r"\x1b\[(?:>[0-9]+|<|=[0-9;]+)u"
CLIPBOARD = r"\x1b\]52;c;[A-Za-z0-9+/]*={0,2}\x07"
POINTER = r"\x1b\]22;[a-z-]+\x07"

_APP = re.compile("|".join([SGR, CURSOR, SCREEN, QUESTIONS, KEYBOARD, CLIPBOARD, POINTER]))
_LINES = re.compile("|".join([SGR, r"\r?\n", r"\r\x1b\[K", "\t"]))
_COPIED = re.compile(CLIPBOARD)
# What has not wholly come yet.
_BEGUN = re.compile(rb"(\x1b(\[[0-9;:?<=>]*|\](52|22)[^\x07\x1b]*|\]5?)?|[\xc2-\xf4][\x80-\xbf]{0,2})\Z")


def of_app(raw: bytes) -> list[str]:
    """What is none of the app's own sequences and no text, each with what stands around it."""
    return _strange(_BEGUN.sub(b"", raw), _APP)


def of_lines(raw: bytes) -> list[str]:
    """The same for a subcommand, which writes lines, in colours where it must, and one that it writes anew."""
    return _strange(raw, _LINES)


def copied(raw: bytes) -> list[str]:
    """The base64 of every text for the clipboard."""
    return [found[len("\x1b]52;c;") : -1] for found in _COPIED.findall(raw.decode("utf-8", "replace"))]


def _strange(raw: bytes, own: re.Pattern[str]) -> list[str]:
    # Bytes that are no UTF-8 are found as the halves that they are read as.
    text = raw.decode("utf-8", "surrogateescape")
    rest, found = own.sub("\N{SYMBOL FOR ESCAPE}", text), []
    for place, letter in enumerate(rest):
        if letter in UNWANTED or "\ud800" <= letter <= "\udfff" or letter in "\t\n":
            found.append(f"{letter!r} in {rest[max(place - 30, 0) : place + 30]!r}")
    return found[:10]
