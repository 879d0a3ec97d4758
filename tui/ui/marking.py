"""Finding the words that were searched for in a text, as the index finds them: whatever their capitals and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W_]+")


def spans(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where in a text they stand: each word as the beginning of one, several words in a row as they are."""
    wanted = [folded for each in words if (folded := [_folded(word) for word in _WORD.findall(each)])]
    found = list(_WORD.finditer(text)) if wanted else []
    there = [_folded(match[0]) for match in found]
    for at in range(len(there)):
        for phrase in wanted:
            if len(phrase) == 1 and there[at].startswith(phrase[0]):
                yield found[at].span()
            elif len(phrase) > 1 and there[at : at + len(phrase)] == phrase:
                yield found[at].start(), found[at + len(phrase) - 1].end()


def _folded(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
