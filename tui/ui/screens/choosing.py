"""What every screen whose actions act on images says of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen


class Choosing(Screen[Any]):
    """The images that actions act on."""

    @property
    @abstractmethod
    def chosen(self) -> Sequence[int]:
        """Their numbers in the index."""

    @property
    def in_library(self) -> bool:
        """Whether that is the library's index, whatever folder is shown."""
        return False
