"""One warm decoder for a module, and pictures made without any file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tui.render.decoding.decoder import Decoder
from tui.render.picture import Picture


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(deadline=20) as one:
        yield one


@pytest.fixture
def noise() -> Callable[[int, int], Picture]:
    def make(width: int, height: int) -> Picture:
        pixels = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
        return Picture(width, height, pixels.tobytes(), (width, height), "png")

    return make
