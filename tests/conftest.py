"""Every test has a home of its own, no key, and no keyring: nothing of the person's is read or written."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine is slow at times, and a test says nothing of speed.
settings.register_profile("safelight", deadline=None, database=None)
settings.load_profile("safelight")

FOLDERS = {
    "XDG_CONFIG_HOME": ".config",
    "XDG_STATE_HOME": ".local/state",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CACHE_HOME": ".cache",
}
# What would change what a test sees: the person's settings, keys, terminal and editor.
PREFIXES = ("XDG_", "SAFELIGHT_", "OPENAI_", "SSH_", "TMUX")
_homes = itertools.count()
NAMES = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM_PROGRAM", "EDITOR", "VISUAL")


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Make `home` the home folder, with every base folder below it, and forget what the person has set."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in list(os.environ):
        if name.startswith(PREFIXES) or name in NAMES:
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    for name, folder in FOLDERS.items():
        patch.setenv(name, str(home / folder))
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session", autouse=True)
def isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what lives longer than a test, such as a server that several share."""
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, tmp_path_factory.mktemp("session") / "home")
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The test's own home folder, empty, and not inside its `tmp_path`."""
    # Never a name that was there before: something of an earlier test may still go on.
    folder = tmp_path_factory.mktemp(f"home{next(_homes)}", numbered=False)
    isolate(monkeypatch, folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test wrote or logged may be no text that can be handed from one process to another."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report
