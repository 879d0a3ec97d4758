"""The words that were searched for are found in texts as the index finds them."""

from __future__ import annotations

import pytest

from tui.ui.marking import spans


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("A red fox", ("fox",), ["fox"]),
        ("Foxes and a FOX", ("fox",), ["Foxes", "FOX"]),
        ("a Café by the sea", ("cafe",), ["Café"]),
        ("a cafe", ("Café",), ["cafe"]),
        ("firefox", ("fox",), []),
        ("a red, red fox", ("red fox",), ["red fox"]),
        ("a red foxglove", ("red fox",), []),
        ("snow-white", ("white",), ["white"]),
        ("anything", (), []),
        ("anything", ("", " ", "!?"), []),
        ("狐狸 in snow", ("狐",), ["狐狸"]),
    ],
)
def test_words_are_found_at_beginnings_and_phrases_whole(text: str, words: tuple[str, ...], found: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, words)] == found
