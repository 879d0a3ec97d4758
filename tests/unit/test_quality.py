"""The linter, the formatter, the type checker and the layer rules pass, and the sources keep the house's rules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.core.paths import themes_folder

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "tui").rglob("*.py"))
MAX_LINES = 400
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy", "--strict"],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"],
}
# Written in two halves, so that this file does not hold what it looks for.
HOSTS = re.compile("py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(org|com)|crates" + r"\.io|proxy\.go" + "lang")
FOLDERS = re.compile(r"(?<![\w.])/(wo" + "rk|ro" + "ot|tmp/ve" + "nv|tmp/br" + "ief)/")
# A check that is switched off says which, and has words behind it that say why.
SILENCED = re.compile(r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?)(?!.*[a-z]{2})")


@pytest.mark.parametrize("check", CHECKS)
def test_the_sources_pass(check: str) -> None:
    ended = subprocess.run(
        [sys.executable, *CHECKS[check]],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert ended.returncode == 0, f"\n{ended.stdout}\n{ended.stderr}"


def tracked() -> Iterator[tuple[str, str]]:
    """The names and texts of the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout")
    for name in filter(None, listed.stdout.split("\0")):
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue


@pytest.mark.parametrize("pattern", [HOSTS, FOLDERS], ids=["registry hosts", "folders of a build machine"])
def test_no_tracked_file_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_patterns_find_what_they_look_for() -> None:
    assert HOSTS.search("https://py" + "pi.org/simple")
    assert FOLDERS.search("cd /wo" + "rk/main")
    assert not FOLDERS.search("https://example.com/wo" + "rk/main".replace("/main", ""))
    assert SILENCED.search("x = 1  # type: " + "ignore[misc]")
    assert SILENCED.search("x = 1  # no" + "qa: S101")
    assert not SILENCED.search("x = 1  # type: " + "ignore[misc]  # the stubs lack this")
    assert not SILENCED.search("x = 1  # no" + "qa: S101 - what is tested")


def test_no_module_is_longer_than_it_may_be() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in SOURCES}
    assert lengths
    assert not {name: lines for name, lines in lengths.items() if lines > MAX_LINES}


def test_nothing_is_left_to_do_in_the_sources() -> None:
    mark = re.compile(r"\b(TO" + "DO|FIX" + r"ME|XXX)\b")
    assert not [file.name for file in SOURCES if mark.search(file.read_text(encoding="utf-8"))]


def test_a_check_that_is_switched_off_says_why() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in (*SOURCES, *sorted((ROOT / "tests").rglob("*.py")))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if file != Path(__file__) and SILENCED.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_wheel_ships_the_themes_and_the_model_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["tui"]
    assert wheel["force-include"] == {"themes": "tui/themes"}
    assert (ROOT / "tui/core/models.toml").is_file()
    assert list((ROOT / "themes").glob("*.toml"))
    assert themes_folder() == ROOT / "themes"


def test_the_version_is_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "tui/__init__.py"
