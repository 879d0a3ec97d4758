"""The app on a home, a library and a sandbox of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.ui.window import Window, opened, remember
from tests.ui.written import Watched, watched
from tui.sandbox.server import Sandbox

Open = Callable[..., AbstractAsyncContextManager[Window]]
Watch = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The app has garbage wait for a rest, which tests do not take."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """The module's sandbox, with empty books."""
    server.posts.clear()
    return server


@pytest.fixture
def library(home: Path) -> Path:
    """The output folder, which the app makes when it saves the first image."""
    return home / "Pictures" / "safelight"


@pytest.fixture
def window(sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the app, with the sandbox as the provider that OPENAI_BASE_URL names and a form that is quick to paint."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-marker-7d20")
    monkeypatch.setenv("COLORTERM", "truecolor")
    remember()

    def make(size: tuple[int, int] = (120, 40), server: Sandbox = sandbox) -> AbstractAsyncContextManager[Window]:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        return opened(server, size)

    return make


@pytest.fixture
def terminal(window: Open, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Opens the app in the same way, with a terminal that can be looked at."""

    def make(size: tuple[int, int] = (120, 40)) -> AbstractAsyncContextManager[Watched]:
        monkeypatch.setenv("OPENAI_BASE_URL", sandbox.base_url)
        return watched(sandbox, size)

    return make
