"""What is typed into a search becomes a condition of the index; anything typed is a search."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.core.text import clean_line

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Search:
    """`match` is an FTS5 query, "" for everything; `models` are LIKE patterns that all have to fit, escaped by `\\`."""

    match: str = ""
    models: tuple[str, ...] = ()


def parse(text: str) -> Search:
    """Plain words, each of which has to begin a word of the image, and `model:` with the beginning of a model."""
    words: list[str] = []
    models: list[str] = []
    for term in clean_line(text).split():
        name, colon, value = term.partition(":")
        if colon and name.lower() == "model":
            if value:
                models.append(re.sub(r"([\\%_])", r"\\\1", value) + "%")
        else:
            words += _WORD.findall(term)
    return Search(" AND ".join(f'"{word}"*' for word in words), tuple(models))
