"""The subcommands where everything was written by somebody else: lines come out, and nothing that acts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import strict
from tests.e2e.conftest import PATIENCE
from tests.e2e.hostile import Hostile, error, file_names, image, left, recorded, settings, surroundings
from tests.e2e.terminal import ROOT, Terminal, environment
from tests.naughty import LONG, NAUGHTY, SEQUENCES, one_line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

TEXTS = list(NAUGHTY.values())
LISTS = {
    "ls": ["ls"],
    "ls --json": ["ls", "--json"],
    "a search": ["ls", NAUGHTY["words of a search"], NAUGHTY["title"]],
    "doctor": ["doctor"],
    "doctor --json": ["doctor", "--json"],
    "config": ["config"],
    "config --json": ["config", "--json"],
    "what is left": ["recover", "--list"],
    "what is left, as JSON": ["recover", "--list", "--json"],
    "help": ["generate", "--help"],
}


@pytest.fixture
def filled(home: Path) -> Path:
    """A home full of it; the library's files."""
    library = home / "Pictures" / "safelight"
    for file, text in zip(file_names(library, TEXTS), TEXTS, strict=False):
        recorded(library, file, text)
    settings(home, TEXTS)
    left(library, TEXTS)
    return library


def check(content: bytes, ended: int | None, *allowed: int) -> None:
    assert not strict.of_lines(content)
    assert b"Traceback" not in content
    assert b"error of its own" not in content, content.decode("utf-8", "replace")[-2000:]
    assert ended in allowed, content.decode("utf-8", "replace")[-2000:]


def piped(home: Path, *words: str, typed: bytes = b"", **more: str) -> tuple[bytes, int]:
    ended = subprocess.run(
        [sys.executable, "-m", "tui", *words],
        env=environment(home, **more),
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        cwd=ROOT,
        check=False,
    )
    return ended.stdout, ended.returncode


def in_terminal(home: Path, *words: str, **more: str) -> tuple[bytes, int | None]:
    with Terminal([sys.executable, "-m", "tui", *words], environment(home, **more), columns=200) as terminal:
        while terminal.receive(0.2) or terminal.child.isalive():
            pass
        terminal.child.close()
        return terminal.raw, terminal.child.exitstatus


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", LISTS)
def test_what_is_listed_does_not_act(name: str, home: Path) -> None:
    for way in (piped, in_terminal):
        check(*way(home, *LISTS[name]), 0, 1, 3)


@pytest.mark.parametrize(
    "name", ["title", "C1", "a line written over", "halves", "written backwards", "nothing to see"]
)
def test_the_surroundings_do_not_act(name: str, home: Path) -> None:
    for words in (["doctor"], ["config"], ["ls"]):
        for way in (piped, in_terminal):
            check(*way(home, *words, **surroundings(NAUGHTY[name])), 0, 1)


def test_images_are_shown_and_their_names_do_not_act(home: Path, filled: Path) -> None:
    paths = [os.fspath(path) for path in filled.iterdir() if path.suffix == ".png"]
    for more in ([], ["--grid"]):
        content, ended = in_terminal(home, "show", *paths, "--width", "20", "--height", "4", *more)
        check(content, ended, 0)
    check(*in_terminal(home, "show", *(f"/nowhere/{one_line(text)}" for text in TEXTS if "\ud83d" not in text)), 1)


def words_of(texts: list[str]) -> Iterator[list[str]]:
    for text in map(one_line, texts):
        yield ["--model", text, "--size", text, text]
        yield [f"--{text}"]
        yield ["--out", f"/nowhere/{text}", "x"]
        yield ["--provider", text, "x"]


@pytest.mark.parametrize("part", range(4))
def test_what_is_typed_does_not_act(part: int, home: Path) -> None:
    for words in [*words_of(list(SEQUENCES.values()))][part::16]:
        check(*piped(home, "generate", "--provider", "sandbox", *words), 0, 1, 2)


def test_what_a_provider_says_does_not_act(home: Path) -> None:
    with Hostile() as server:
        server.on("POST", lambda connection: connection.sendall(next(turns)))
        at = {"OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": "sk-marker-77d1"}
        texts = [*TEXTS, *(text[:70_000] for text in LONG.values())]
        for make in (error, image):
            prompts = "\n".join(f"fox {number}" for number in range(len(texts)))
            turns = map(make, texts)
            typed = prompts.encode()
            content, ended = piped(
                home, "generate", "-", "--lines", "--parallel", "1", "--retries", "0", typed=typed, **at
            )
            check(content, ended, 0, 1, 3)
    log = (home / ".local/state/safelight/safelight.log").read_bytes()
    assert not strict.of_lines(log)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("shell", "after"), [
    ("bash", 'COMP_WORDS=(safelight generate --style "") COMP_CWORD=3\n_safelight\necho "${COMPREPLY[@]}"\n'),
    ("zsh", "compdef() { : }\n"), ("fish", "complete -C 'safelight generate --style '\n"),
])  # fmt: skip
def test_a_completion_script_runs_nothing_of_a_persons_models(shell: str, after: str, home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tui", "completion", shell],
        env=environment(home),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert not strict.of_lines(ended.stdout)
    if shutil.which(shell):
        script = after + ended.stdout.decode() if shell == "zsh" else ended.stdout.decode() + after
        subprocess.run([shell, "-c", script], cwd=home, capture_output=True, check=True, env=environment(home))
        assert not list(home.glob("**/owned"))
