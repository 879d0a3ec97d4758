"""What an import brings in, seen from a fresh interpreter: the start stays quick and the layers apart."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"textual", "openai", "requests", "PIL", "numpy", "sqlite3"}
# What no module of a package may bring in when it is imported.
LAYERS = {
    "core": HEAVY | {"rich", "rich_pixels", "resvg_py", "keyring", "http", "ssl", "asyncio"},
    "engine": HEAVY | {"rich", "rich_pixels", "resvg_py", "keyring"},
    "library": HEAVY,
    "render": {"textual", "openai", "requests", "sqlite3"},
    "sandbox": {"textual", "openai", "requests", "sqlite3"},
}
# The modules that a heavy library has its home in; whoever needs one of these imports it late.
HOMES = {
    "tui.engine.client": "openai",
    "tui.engine.download": "requests",
    "tui.library.index": "sqlite3",
    "tui.library.schema": "sqlite3",
}
CLI = """
import sys
from tui.cli import main
sys.argv = ["safelight", sys.argv[1]]
try:
    code = main()
except SystemExit as end:
    code = end.code
assert not code, code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""
REPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    print(name, *sorted({each.partition(".")[0] for each in sys.modules}))
"""


def modules(package: str) -> list[str]:
    """Every module on disk, the package itself first; `__main__` is run and never imported."""
    found = sorted((ROOT / "tui" / package).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in found if file.stem != "__main__"]
    return sorted(name.removesuffix(".__init__") for name in names)


def run(code: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def loaded(*names: str) -> dict[str, set[str]]:
    """The top-level modules that are there after each of these is imported, in one interpreter."""
    return {line.split()[0]: set(line.split()[1:]) for line in run(REPORT, *names).splitlines()}


@pytest.mark.parametrize("package", LAYERS)
def test_importing_a_layer_brings_in_nothing_that_it_may_not_have(package: str) -> None:
    names = [name for name in modules(package) if name not in HOMES]
    assert names
    for name, there in loaded(*names).items():
        assert not there & LAYERS[package], name


@pytest.mark.parametrize(("name", "own"), HOMES.items())
def test_the_home_of_a_heavy_library_brings_in_no_other(name: str, own: str) -> None:
    assert loaded(name)[name] & HEAVY <= {own}


@pytest.mark.parametrize("name", ["tui.render.decoding.decoder", "tui.render.terminal"])
def test_what_the_screens_import_of_the_renderer_loads_no_pixels(name: str) -> None:
    assert not loaded(name)[name] & HEAVY


def test_what_shows_pixels_is_not_loaded_before_they_are_wanted() -> None:
    code = "import sys, tui.app, tui.ui.asking, tui.ui.screens.library; print(*sys.modules)"
    there = set(run(code).split())
    assert "tui.ui.sent" in there
    assert not [name for name in there if name.startswith("tui.render.graphics") or name == "tui.ui.placements"]


def test_the_package_itself_brings_in_nothing() -> None:
    bare = set(run("import sys, importlib; print(*{name.partition('.')[0] for name in sys.modules})").split())
    assert loaded("tui")["tui"] - bare == {"tui"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_neither_textual_nor_openai(option: str) -> None:
    last = run(CLI, option).splitlines()[-1].split()
    assert last[0] == "LOADED"
    assert not set(last) & HEAVY


def test_this_test_sees_what_is_brought_in() -> None:
    there = loaded("sqlite3", "PIL.Image")
    assert "sqlite3" in there["sqlite3"]
    assert "PIL" not in there["sqlite3"]
    assert "PIL" in there["PIL.Image"]
