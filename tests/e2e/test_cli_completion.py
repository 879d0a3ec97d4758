"""`safelight completion`: scripts that the shells take, and that offer what the parser knows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Program

COMPLETE = """
source "$1"; shift
complete -p safelight >&2
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_safelight
printf '%s\\n' "${COMPREPLY[@]}"
"""
SOURCE = {"zsh": "autoload -U compinit; compinit -D -u; source", "fish": "source"}


def offered(program: Program, tmp_path: Path, *words: str) -> set[str]:
    script = tmp_path / "completion.bash"
    script.write_text(program("completion", "bash").stdout)
    ended = subprocess.run(["bash", "-c", COMPLETE, "bash", script, *words], capture_output=True, text=True, check=True)
    assert ended.stderr == "complete -o default -F _safelight safelight\n"
    return set(ended.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("gen",), {"generate"}),
        (("generate", "--output-"), {"--output-format", "--output-compression"}),
        (("generate", "--output-format", ""), {"png", "jpeg", "webp", "gif", "svg"}),
        (("generate", "--model", "gpt-image-2.6"), {"gpt-image-2.6-flare", "gpt-image-2.6-sunburst"}),
        (("generate", "--str"), {"--stream"}),
        (("show", "--style", "h"), {"half"}),
        (("sandbox", "--fault", "stream-c"), {"stream-cut"}),
        (("completion", ""), {"bash", "zsh", "fish"}),
        (("--out", "/usr", "ls", "--lim"), {"--limit"}),
        (("generate", "--user", ""), set()),
    ],
)
def test_bash_is_offered(program: Program, tmp_path: Path, words: tuple[str, ...], some: set[str]) -> None:
    assert offered(program, tmp_path, "safelight", *words) == some


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_is_offered_folders_for_the_library(program: Program, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "list").touch()
    assert offered(program, tmp_path, "safelight", "ls", "--out", f"{tmp_path}/li") == {f"{tmp_path}/library"}


@pytest.mark.parametrize("shell", SOURCE)
def test_the_other_shells_take_their_script(program: Program, tmp_path: Path, shell: str) -> None:
    script = tmp_path / f"completion.{shell}"
    script.write_text(program("completion", shell).stdout)
    assert "generate" in script.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    ended = subprocess.run(
        [shell, "-c", f"{SOURCE[shell]} {script}"], env=program.env, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_nothing_in_a_script_can_run_by_a_name_of_the_persons_model_data(program: Program, shell: str) -> None:
    folder = program.home / ".config" / "safelight"
    folder.mkdir(parents=True)
    (folder / "models.toml").write_text('[model."a$(touch /x)`id`\';id"]\nfamily = "dall-e-2"\n')
    script = program("completion", shell).stdout
    assert "touch" not in script
    assert "dall-e-2" in script


def test_another_shell_is_a_usage_error(program: Program) -> None:
    assert program("completion", "tcsh").returncode == 2
