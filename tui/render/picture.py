"""What decoding gives: a small picture, or a reason. Standard library only, so that everybody may import it."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):  # noqa: N818 - a refusal is an answer
    """A file has no preview; `reason` says why, in words for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stale(Exception):  # noqa: N818 - it is no error
    """The one who asked for a picture no longer wants it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded image, scaled: `rgb` holds width x height pixels, three bytes each, row by row from the top.

    `source` is the size of the image as it is shown (turned by its EXIF orientation), `format` what its content is,
    `frames` how many pictures it holds, counted up to 1,000.
    """

    width: int
    height: int
    rgb: bytes
    source: tuple[int, int]
    format: str
    frames: int = 1

    def __repr__(self) -> str:
        return f"Picture({self.width}x{self.height} of {self.format} {self.source[0]}x{self.source[1]})"


def fit(source: tuple[int, int], width: int, height: int, aspect: float = 1.0) -> tuple[int, int]:
    """The largest size inside width x height pixels that keeps the shape of `source`; at least 1 x 1.

    `aspect` is how many times taller than wide a pixel of the result is shown.
    """
    columns, lines = max(source[0], 1), max(source[1], 1)
    scale = min(width / columns, height * aspect / lines)
    return (
        min(max(round(columns * scale), 1), max(width, 1)),
        min(max(round(lines * scale / aspect), 1), max(height, 1)),
    )
