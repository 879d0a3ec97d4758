"""Cleaning of text that comes from outside, at the boundary where it enters."""

from __future__ import annotations

import re

LIMIT = 32_000
ELLIPSIS = "…"
_JOINER = "\u200d"

# What a terminal could act on or a reader could be deceived by: C0 but newline and tab, DEL, C1, the marks that
# change the direction of text, invisible spaces, operators and fillers, interlinear and tag characters, byte order
# marks, lone surrogates and non-characters, and the letter that Kitty's pixels stand in for.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ufeff"
    "\u200b\u2060-\u2065\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u00ad\u115f\u1160\u180e\u3164\uffa0"
    "\U000e0000-\U000e007f\U0010eeee]"
)
# A joiner, a variation selector, or a selector with a joiner behind it belongs to emoji and to several scripts;
# what follows in a run only hides something.
_ZERO_WIDTH = "[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
# Between other letters a joiner shows nothing, but hides the next letter from whoever counts cells.
_LONE_JOINER = re.compile(f"(?<![{_VIRAMA}{_EMOJI}\ufe0f])\u200d|(?<![{_VIRAMA}])\u200d(?![{_EMOJI}])")
_ZERO_WIDTH_RUN = re.compile(f"([\ufe00-\ufe0f]\u200d|{_ZERO_WIDTH}){_ZERO_WIDTH}*")
# Of general use, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Lao. No language has more than four on one letter.
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0902\u093a\u093c\u0941-\u0948\u0951-\u0957"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_STACKED_MARKS = re.compile(f"({_MARK}{{4}}){_MARK}+")


def clean(text: object, *, limit: int = LIMIT) -> str:
    """`text` with nothing in it that a terminal would act on, at most `limit` characters; newlines and tabs stay."""
    raw = text if isinstance(text, str) else str(text)
    # Cut before the expensive steps, with room for what they remove.
    raw = raw[: limit * 2]
    if raw.isascii() and raw.isprintable():
        return shorten(raw, limit)
    raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    kept = _LONE_JOINER.sub("", _ZERO_WIDTH_RUN.sub(r"\1", _CONTROL.sub("", raw)))
    kept = _STACKED_MARKS.sub(r"\1", kept)
    return shorten(kept, limit)


def clean_line(text: object, *, limit: int = 500) -> str:
    """`clean`, on one line: every run of white space is one blank."""
    return " ".join(clean(text, limit=limit).split())


def shorten(text: str, width: int) -> str:
    """At most `width` characters, the last one an ellipsis where something was cut."""
    if len(text) <= width:
        return text
    return _before(text[: width - 1]) + ELLIPSIS if width > 0 else ""


def shorten_middle(text: str, width: int) -> str:
    """At most `width` characters, an ellipsis in the middle: names differ at their ends."""
    if len(text) <= width:
        return text
    end = max(width * 2 // 3, 1)
    return _before(text[: max(width - end - 1, 0)]) + ELLIPSIS + text[-end:].lstrip(_JOINER)


def _before(cut: str) -> str:
    """What stands before an ellipsis: a joiner at its end would join that."""
    return cut.rstrip(_JOINER)


def image_count(count: int) -> str:
    """So many images in words."""
    return "1 image" if count == 1 else f"{count:,} images"


def human_bytes(count: int) -> str:
    """A byte count as people read it: 812 B, 14 kB, 1.4 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def human_seconds(seconds: float) -> str:
    """A duration as people read it: 3.2 s, 48 s, 2 min 05 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
