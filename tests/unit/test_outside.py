"""The person's editor and the desktop's viewer: told what they need, no keys; no error of theirs ends the app."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.ui.outside import OutsideError, edit, editor, open_outside

Script = Callable[[str, str], list[str]]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Makes a program; in it `$1` is the file to work on."""

    def make(name: str, body: str) -> list[str]:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return [str(program)]

    return make


def test_what_was_written_in_the_editor_comes_back(script: Script) -> None:
    assert edit("a fox", script("ed", "echo ' and a hen' >> $1")) == "a fox and a hen"


def test_the_editor_is_told_no_key(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "STUDIO_TOKEN", "STUDIO_LOGIN"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("TERM", "vt100")
    said = edit("", script("ed", "env > $1"), drop=["STUDIO_LOGIN"])
    assert "hush" not in said
    assert "TERM=vt100" in said.splitlines()


@pytest.mark.parametrize(("name", "command"), [("VISUAL", 'vim "'), ("EDITOR", "vim '")])
def test_an_editor_with_an_open_quote_is_told_and_by_which_variable(name: str, command: str) -> None:
    with pytest.raises(OutsideError, match=f"{name} can't be read"):
        editor({name: command})


def test_an_editor_may_have_arguments() -> None:
    assert editor({"VISUAL": " ", "EDITOR": "code --wait 'a b'"}) == ["code", "--wait", "a b"]


def test_without_an_editor_one_that_is_there_is_taken_or_the_variable_is_named(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="set EDITOR"):
        editor({})
    script("vi", "")
    assert editor({}) == ["vi"]


@pytest.mark.parametrize(
    ("text", "body", "said"),
    [
        ("a fox", "exit 3", "status 3"),
        ("a fox", "rm $1", "left no text"),
        ("a fox", "rm -r $(dirname $1)", "left no text"),
        ("a fox", "rm $1; mkdir $1", "left no text"),
        ("a \ud800 fox", "true", "letters that no file can hold"),
    ],
)
def test_an_editor_that_gives_nothing_back_says_why(script: Script, text: str, body: str, said: str) -> None:
    with pytest.raises(OutsideError, match=said):
        edit(text, script("ed", body))


@pytest.mark.parametrize("command", ["", "absent", "/", "a\0b", "\x1b[31mred"])
def test_an_editor_that_cannot_be_started_is_told_without_control_characters(command: str) -> None:
    with pytest.raises(OutsideError, match="can't be started") as raised:
        edit("a fox", [command])
    assert str(raised.value).isprintable()


def test_a_temporary_folder_that_cannot_be_written_is_told(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", os.devnull)
    with pytest.raises(OutsideError, match="left no text"):
        edit("a fox", script("ed", "true"))


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is called open")
def test_the_desktop_opens_a_file_and_is_told_no_key(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    script("xdg-open", f"PATH=/usr/bin:/bin; {{ echo file=$1; env; }} > {told}.draft; mv {told}.draft {told}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SOME_SECRET", "hush")
    open_outside(tmp_path / "a fox.png")
    for _ in range(1000):
        if told.exists():
            break
        threading.Event().wait(0.01)
    said = told.read_text()
    assert f"file={tmp_path / 'a fox.png'}\n" in said
    assert "DISPLAY=:0" in said and "hush" not in said


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is called open")
def test_without_a_desktop_or_its_program_the_way_round_is_named(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="xdg-open is not installed"):
        open_outside(tmp_path)
    (program,) = script("xdg-open", "")
    with pytest.raises(OutsideError, match="no desktop here"):
        open_outside(tmp_path)
    monkeypatch.setenv("DISPLAY", ":0")
    Path(program).write_text("#!/absent/interpreter\n")
    with pytest.raises(OutsideError, match="can't be started"):
        open_outside(tmp_path)
