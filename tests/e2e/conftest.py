"""The program as a process of its own, in a home of its own, and a provider for it to talk to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tui.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
PATIENCE = 120
KEY = "sk-marker-5d0a41c7"
# Of the surroundings only what a process needs to run at all.
PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


class Program:
    """`safelight` as a person would start it: `program("ls", "--json")`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._started: list[subprocess.Popen[str]] = []
        self.library = home / "Pictures" / "safelight"
        self.env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }

    def at(self, sandbox: Sandbox) -> Program:
        """The same, for a person whose provider this is."""
        self.env |= {"OPENAI_BASE_URL": sandbox.base_url, "OPENAI_API_KEY": KEY}
        return self

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "tui", *map(str, words)]

    def __call__(self, *words: str | Path, typed: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
        """Run to the end, without a terminal."""
        ended = subprocess.run(
            self.command(*words),
            env={**self.env, **env},
            input=typed,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        out, err = ended.stdout.decode(), ended.stderr.decode()
        assert "Traceback" not in err, err
        assert KEY not in out + err
        return subprocess.CompletedProcess(ended.args, ended.returncode, out, err)

    def start(self, *words: str | Path, **options: object) -> subprocess.Popen[str]:
        """Start and go on."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        process = subprocess.Popen(self.command(*words), env=self.env, text=True, **pipes)  # type: ignore[call-overload]  # a dict of options
        self._started.append(process)
        return process

    def close(self) -> None:
        """End what a failed test has left running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    @property
    def images(self) -> list[Path]:
        """The files in the library, without what is kept beside them."""
        found = (path for path in self.library.rglob("*") if path.is_file())
        return sorted(path for path in found if ".safelight" not in path.parts)


def until(process: subprocess.Popen[str], fits: Callable[[str], bool]) -> str:
    """What a process says on standard error, up to the first line that fits."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if fits(line):
            return said
    raise AssertionError(f"never said:\n{said}")


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ctrl+C: the exit code, and what was said from then on."""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    return process.returncode, err


def paths(ended: subprocess.CompletedProcess[str]) -> list[Path]:
    """The lines of standard output, each of which must be a file."""
    found: Sequence[Path] = [Path(line) for line in ended.stdout.splitlines()]
    assert all(path.is_file() for path in found), ended.stdout
    return list(found)


@pytest.fixture
def program(home: Path) -> Iterator[Program]:
    made = Program(home)
    yield made
    made.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running
