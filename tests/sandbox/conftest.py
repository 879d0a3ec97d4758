"""A sandbox of its own for each test, and the clients that real programs use."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import openai
import pytest
from PIL import Image

from tui.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="any", base_url=sandbox.base_url, max_retries=0, timeout=30) as made:
        yield made


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Makes a PNG: size in pixels, mode, and how opaque it is."""

    def make(width: int = 256, height: int = 256, mode: str = "RGBA", alpha: int = 255, noisy: bool = False) -> bytes:
        if noisy:
            pixels = np.random.default_rng(1).integers(0, 256, (height, width, len(mode)), np.uint8)
            image = Image.fromarray(pixels)
        else:
            image = Image.new(mode, (width, height), (200, 40, 30, alpha)[: len(mode)])
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    return make
