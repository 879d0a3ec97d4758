"""Text from outside is harmless once cleaned, and reads as it did."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.naughty import LONG, NAUGHTY, UNWANTED
from tui.core.text import LIMIT, clean, clean_line, human_bytes, human_seconds, shorten, shorten_middle

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u3164\u115f\uffa0\u2028\u2029\U000e0041"
JOINERS = "\u200c\u200d\ufe0e\ufe0f\U000e0100"
hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x07\r\n\t\x00\x7f\u0301\u0489\ud800\udfff[]/@" + BIDI + INVISIBLE + JOINERS),
    ),
    max_size=200,
)


@given(hostile)
@example("\x1b]52;c;ZXZpbA==\x07")
@example("\x1b[31mred\x1b[0m \x9b31m")
@example("a\u202egnp.exe")
@example("\ud83d\ude00")
@example("\r\r\n\n\r")
@example("\ufe0f\u200d\u200d\u200b\u200d\ufe0f")
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    kept = clean(text)
    assert not [letter for letter in kept if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]
    assert not [letter for letter in kept if unicodedata.category(letter) in ("Cs", "Zl", "Zp")]
    assert not set(kept) & set(BIDI)
    assert not set(kept) & set(INVISIBLE)
    assert not set(kept) & UNWANTED
    kept.encode("utf-8")


@pytest.mark.parametrize("name", [*NAUGHTY, *LONG])
def test_naughty_texts_are_harmless_and_bounded(name: str) -> None:
    text = {**NAUGHTY, **LONG}[name]
    kept = clean(text)
    assert not set(kept) & UNWANTED
    assert len(kept) <= LIMIT
    assert clean(kept) == kept
    assert not set(clean_line(text)) & {"\n", "\t"}


@given(hostile)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(hostile, st.integers(1, 100))
def test_cleaned_text_is_bounded(text: str, limit: int) -> None:
    assert len(clean(text, limit=limit)) <= limit
    assert clean(clean(text, limit=limit), limit=limit) == clean(text, limit=limit)


def test_a_gigantic_text_is_cut_with_an_ellipsis() -> None:
    kept = clean("x" * 10_000_000)
    assert len(kept) == LIMIT
    assert kept.endswith("x…")


@given(
    st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0"), max_size=200)
)
def test_letters_digits_and_signs_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "line one\nline two\tand a tab",
        "Ünïcödé, 狐, ضفدع, हिन्दी, ไทย",
        "בְּרֵאשִׁ֖ית בָּרָ֣א",
        "ٱلرَّحْمَٰنِ ٱلرَّحِيمِ",
        "ที่นี่ ผู้ใหญ่",
        "བསྒྲུབས་",
        "می\u200cخواهم",  # Persian needs its non-joiner
        "ශ්\u200dරී ලංකා",  # as Sinhala needs its joiner
        "ന്\u200d",
        "👍🏽",
        "👨‍👩‍👧‍👦",
        "❤️‍🔥",
        "👩‍❤️‍💋‍👨",
        "🏳️‍🌈",
        "🧑🏿‍🚀",
        "1️⃣",
        "🇳🇿",
        "葛\U000e0100",
        "[bold]not markup[/bold] 50% [/] off",
    ],
)
def test_writing_that_people_use_survives(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x1b[2Jb", "a[2Jb"),
        ("a\x85b", "ab"),
        ("pay\u202epal", "paypal"),
        ("a" + "\u200d" * 50 + "b", "ab"),
        ("👩" + "\u200d" * 50 + "🚀", "👩\u200d🚀"),
        ("👩\u200da", "👩a"),
        ("a" + "\u200c\ufe0f" * 50 + "b", "a\u200cb"),
        ("x" + "".join(chr(0xE0100 + n) for n in range(200)), "x\U000e0100"),
        ("a\u200b\u200bb", "ab"),
        ("Z" + "\u0301" * 100, "Z" + "\u0301" * 4),
        ("Z" + "\u0301\u0489" * 100, "Z" + "\u0301\u0489" * 2),
        ("ก" + "\u0e47" * 100, "ก" + "\u0e47" * 4),
        ("a\U0010eeee\u0305b", "a\u0305b"),
    ],
)
def test_what_hides_or_acts_is_taken_out(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_anything_that_has_a_text_can_be_cleaned() -> None:
    assert clean(ValueError("a\x1bb")) == "ab"
    assert clean(None) == "None"
    assert clean(b"\x1b") == "b'\\x1b'"


@given(hostile)
def test_a_cleaned_line_is_one_line(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())
    assert len(line) <= 500


@given(st.text(max_size=40), st.integers(0, 50))
def test_a_shortened_text_is_never_wider_than_asked(text: str, width: int) -> None:
    short = shorten(text, width)
    assert len(short) <= width
    assert short == text or width == 0 or short.endswith("…")


@pytest.mark.parametrize("width", range(1, 12))
def test_nothing_is_joined_to_an_ellipsis(width: int) -> None:
    family = "👨\u200d👩\u200d👧\u200d👦" * 3
    for cut in (shorten(family, width), shorten_middle(family, width), clean(family, limit=width)):
        assert "\u200d…" not in cut
        assert "…\u200d" not in cut
        assert clean(cut) == cut
        assert len(cut) <= width or width == 1


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (812, "812 B"), (14_200, "14 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (1_400_000, "1.4 MB")],
)
def test_bytes_are_told_as_people_read_them(count: int, text: str) -> None:
    assert human_bytes(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3.2, "3.2 s"), (48, "48 s"), (125, "2 min 05 s"), (119.7, "2 min 00 s"), (600, "10 min 00 s")],
)
def test_durations_are_told_as_people_read_them(seconds: float, text: str) -> None:
    assert human_seconds(seconds) == text
