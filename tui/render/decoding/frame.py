"""An animation as its file tells it: frames that are small files of their own, and how each is laid on the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Clear = Literal["nothing", "background", "previous"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One step: `still` is an image file that holds its pixels alone, whose top left corner belongs at `place`.

    `delay` is in milliseconds, as the file has it. `clear` is what happens to its rectangle before the next frame:
    nothing, transparent, or what was there before it. It is laid `over` what is below, or takes its place.
    """

    still: bytes
    place: tuple[int, int]
    delay: int
    clear: Clear
    over: bool


@dataclass(frozen=True, slots=True)
class Film:
    """The canvas in pixels, how often it is played (0: for ever), and the frames, each made when it is asked for."""

    size: tuple[int, int]
    loops: int
    frames: Iterator[Frame]
