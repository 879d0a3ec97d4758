"""The subcommands that send nothing: show, ls, sandbox, doctor, config, and the options that every one has."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.conftest import KEY, PATIENCE, Program
from tui import __version__
from tui.core.config import SETTINGS
from tui.sandbox.faults import FAULTS
from tui.sandbox.server import Sandbox
from tui.subcommands.parsers import SUBCOMMANDS

SMALL = ("--model", "dall-e-2", "--size", "256x256", "--response-format", "b64_json")
HOSTILE = "evil\x1b]0;owned\x07\u202eeman\n.png"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a fox and two hares."""
    program = Program(tmp_path_factory.mktemp("home"))
    with Sandbox() as sandbox:
        program.at(sandbox)
        assert program("generate", "a red fox", *SMALL).returncode == 0
        assert program("generate", "hares", *SMALL, "--n", "2").returncode == 0
    return program.library


@pytest.fixture
def filled(program: Program, library: Path) -> Program:
    """With a copy of the library."""
    shutil.copytree(library, program.library)
    return program


def test_the_version_is_told(program: Program) -> None:
    assert program("--version").stdout == f"safelight {__version__}\n"


def test_the_help_names_every_subcommand_and_the_exit_codes(program: Program) -> None:
    said = program("--help").stdout
    assert all(f"    {name} " in said for name in SUBCOMMANDS)
    assert "130 interrupted" in said


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help_with_the_options_of_all(program: Program, name: str) -> None:
    ended = program(name, "--help")
    assert ended.returncode == 0
    assert "--out DIR" in ended.stdout
    assert ended.stderr == ""


def test_an_unknown_subcommand_is_a_usage_error_and_cleaned(program: Program) -> None:
    ended = program("paint\x1b]0;owned\x07", "x")
    assert ended.returncode == 2
    assert "\x1b" not in ended.stderr
    assert ended.stdout == ""


# --- ls ---


def test_ls_prints_a_path_for_each_image_the_newest_first(filled: Program) -> None:
    ended = filled("ls")
    assert sorted(map(Path, ended.stdout.splitlines())) == filled.images
    assert ended.stderr == ""


def test_ls_finds_by_the_words_of_the_prompt_and_by_model(filled: Program) -> None:
    assert len(filled("ls", "fox").stdout.splitlines()) == 1
    assert len(filled("ls", "hares", "model:dall-e-2").stdout.splitlines()) == 2
    assert filled("ls", "model:gpt").stdout == ""


def test_ls_json_has_an_object_for_each_image_and_a_limit(filled: Program) -> None:
    found = [json.loads(line) for line in filled("ls", "--json").stdout.splitlines()]
    assert {each["prompt"] for each in found} == {"a red fox", "hares"}
    assert all(each["job"] and each["cost"] and each["request_id"] for each in found)
    assert len(filled("ls", "--json", "--limit", "1").stdout.splitlines()) == 1


def test_ls_follows_what_others_do_to_the_folder(filled: Program) -> None:
    filled("ls")
    filled.images[0].unlink()
    shutil.copy(filled.images[0], filled.library / "from elsewhere.png")
    assert "from elsewhere.png" in filled("ls").stdout
    assert len(filled("ls").stdout.splitlines()) == 3


def test_a_hostile_name_is_one_clean_line_and_exact_in_json(filled: Program) -> None:
    hostile = filled.library / HOSTILE
    shutil.copy(filled.images[0], hostile)
    plain = filled("ls", "evil").stdout
    assert len(plain.splitlines()) == 1
    assert not set(plain) & {"\x1b", "\x07", "\u202e"}
    assert json.loads(filled("ls", "evil", "--json").stdout)["path"] == str(hostile)


def test_ls_of_a_library_that_is_not_there_is_empty_and_makes_none(program: Program) -> None:
    ended = program("ls")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "there is no library yet: ~/Pictures/safelight" in ended.stderr
    assert not program.library.exists()


@pytest.mark.parametrize("words", [("ls", "--json"), ("config",), ("doctor",), ("completion", "bash"), ("--help",)])
def test_a_closed_pipe_ends_it_quietly(filled: Program, words: tuple[str, ...]) -> None:
    process = filled.start(*words)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")


# --- show ---


def test_show_draws_in_the_space_and_the_colours_that_are_asked_for(filled: Program) -> None:
    ended = filled("show", filled.images[0], "--width", "20", "--height", "10", "--colors", "truecolor")
    assert ended.returncode == 0
    assert 0 < len(ended.stdout.splitlines()) <= 10
    assert "\x1b[38;2;" in ended.stdout


def test_show_into_a_file_uses_no_colours(filled: Program) -> None:
    ended = filled("show", filled.images[0])
    assert ended.stdout.strip()
    assert "\x1b" not in ended.stdout


def test_show_keeps_to_a_budget(filled: Program) -> None:
    ended = filled("show", filled.images[0], "--colors", "truecolor", "--budget", "3")
    assert 0 < len(ended.stdout.encode()) <= 3000


def test_show_refuses_what_is_no_image_and_shows_the_rest(filled: Program, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    ended = filled("show", tmp_path / "text.png", tmp_path / "missing.png", filled.images[0])
    assert ended.returncode == 1
    assert "text.png" in ended.stderr
    assert "missing.png" in ended.stderr
    assert filled.images[0].name in ended.stdout


@pytest.mark.parametrize("words", [("--width", "0"), ("--budget", "-1"), ("--style", "oil"), ("--colors", "8")])
def test_show_refuses_what_it_cannot_draw(filled: Program, words: tuple[str, str]) -> None:
    assert filled("show", filled.images[0], *words).returncode == 2


# --- sandbox ---


def test_the_sandbox_serves_other_clients_until_ctrl_c(program: Program) -> None:
    process = program.start("sandbox", "--fault", "moderation", "conflict*1")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    request = urllib.request.Request(f"{url}/models", headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert any(model["id"] == "gpt-image-2.5-flare" for model in json.load(answer)["data"])
    refused = program("generate", "a fox", *SMALL, OPENAI_BASE_URL=url, OPENAI_API_KEY=KEY)
    assert (refused.returncode, "moderation" in refused.stderr) == (1, True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (0, "")
    assert f"OPENAI_BASE_URL={url}" in err


def test_the_sandbox_lists_its_faults(program: Program) -> None:
    ended = program("sandbox", "--list")
    assert [line.split()[0] for line in ended.stdout.splitlines()] == list(FAULTS)


@pytest.mark.parametrize("words", [("--fault", "nosuch"), ("--port", "70000"), ("--pace", "-1"), ("--port", "x")])
def test_the_sandbox_refuses_what_it_cannot_do(program: Program, words: tuple[str, str]) -> None:
    ended = program("sandbox", *words)
    assert ended.returncode == 2
    assert ended.stdout == ""


def test_the_sandbox_says_that_a_port_is_taken(program: Program, sandbox: Sandbox) -> None:
    port = sandbox.base_url.split(":")[2].split("/")[0]
    assert program("sandbox", "--port", port).returncode == 2


# --- doctor ---


def test_doctor_finds_nothing_wrong_with_a_fresh_home(program: Program) -> None:
    ended = program("doctor")
    assert ended.returncode == 0, ended.stdout
    assert "no problems found" in ended.stdout
    assert "sandbox: it paints locally" in ended.stdout


def test_doctor_says_where_a_key_was_found_and_never_the_key(program: Program, sandbox: Sandbox) -> None:
    found = json.loads(program.at(sandbox)("doctor", "--json").stdout)
    assert found["providers"]["openai"].endswith("key from environment: OPENAI_API_KEY")
    assert found["keys"]["provider in use"] == "openai"


def test_doctor_counts_the_jobs_that_were_left_behind(program: Program, sandbox: Sandbox) -> None:
    assert json.loads(program("doctor", "--json").stdout)["folders"]["left behind"] == "nothing"
    assert program.at(sandbox)("generate", "fault:reset", "--model", "dall-e-2", "--size", "256x256").returncode == 3
    said = json.loads(program("doctor", "--json").stdout)["folders"]["left behind"]
    spool = (program.library / ".safelight" / "spool").relative_to(program.home)
    assert said == f"1 unfinished job in ~/{spool}"


def test_doctor_says_what_the_terminal_can_do_and_why(program: Program) -> None:
    env = {"COLORTERM": "truecolor", "TMUX": "/tmp/tmux-1/default,1,0", "SSH_CONNECTION": "a b c d"}
    found = json.loads(program("doctor", "--json", **env).stdout)
    assert found["terminal"]["tmux"] and found["terminal"]["ssh"]
    assert any("tmux" in note for note in found["terminal"]["between"])
    preview = found["preview"]
    colours = {
        "value": "truecolor",
        "reason": "COLORTERM is truecolor",
        "source": "detected",
        "setting": "preview.colors",
    }
    assert preview["colours"] == colours
    assert (preview["style"]["value"], preview["budget"]["value"]) == ("blocks", "64 kB")
    assert all(each["reason"] and each["source"] for each in preview.values())
    assert {each["setting"] for each in preview.values() if "setting" in each} == {
        setting.name for setting in SETTINGS if setting.name.startswith("preview.")
    }
    assert json.loads(program("doctor", "--json", NO_COLOR="1").stdout)["preview"]["colours"]["value"] == "none"


def test_doctor_says_what_the_configuration_decides(program: Program) -> None:
    folder = program.home / ".config" / "safelight"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[preview]\nstyle = 'octant'\nbudget_kb = 12\ngraphics = 'auto'\n")
    said = program("doctor", TERM="foot").stdout
    assert "octant (config; preview.style)" in said
    assert "preview.style is octant in config.toml" in said
    assert "12 kB (config; preview.budget_kb)" in said
    assert "sixel (detected; preview.graphics)" in said
    assert "octant was asked for, but tmux drops its characters" in program("doctor", TERM="tmux-256color").stdout


def test_doctor_names_what_is_wrong_and_how_to_mend_it(program: Program, tmp_path: Path) -> None:
    folder = program.home / ".config" / "safelight"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "openai").write_text(KEY)
    (folder / "keys" / "openai").chmod(0o644)
    (folder / "config.toml").write_text("theme = 3\n[providers.x]\nbase_url = 'ftp://x'\n")
    (folder / "models.toml").write_text("[nonsense]\n")
    old = tmp_path / "openai-1.40.2.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: openai\nVersion: 1.40.2\n")
    program.library.parent.mkdir()
    program.library.write_text("not a folder")
    path = f"{tmp_path}{os.pathsep}{program.env['PYTHONPATH']}"
    ended = program("doctor", "--json", PYTHONPATH=path)
    assert ended.returncode == 1
    problems = "\n".join(json.loads(ended.stdout)["problems"])
    for words in (
        "chmod 600",
        "theme must be text",
        "provider x",
        "nonsense",
        "pip install -U 'openai>=3.54,<4'",
        "library",
    ):
        assert words in problems
    assert program("doctor", PYTHONPATH=path).stdout.count("too old") == 2


# --- config ---


def test_config_says_what_is_set_and_by_what(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('theme = "paper"\n[providers.studio]\nbase_url = "https://me:secret@images.example.com/v1"\n')
    env = {"SAFELIGHT_CONFIG": str(file), "SAFELIGHT_OUT": str(tmp_path / "out")}
    said = json.loads(program("config", "--json", **env).stdout)
    assert said["file"] == str(file)
    assert said["settings"]["theme"] == {"value": "paper", "source": "mine.toml"}
    assert said["settings"]["out"] == {"value": str(tmp_path / "out"), "source": "environment: SAFELIGHT_OUT"}
    assert said["settings"]["engine.parallel"] == {"value": 4, "source": "default"}
    assert said["providers"]["studio"]["host"] == "images.example.com"
    plain = program("config", **env).stdout
    assert "images.example.com" in plain
    assert "secret" not in plain
    assert all(setting.name in plain for setting in SETTINGS)


def test_config_names_the_problems_of_the_file(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('themes = "paper"\n')
    ended = program("config", SAFELIGHT_CONFIG=str(file))
    assert "mine.toml: there is no setting themes" in ended.stdout
    assert "there is no setting themes" in program("ls", SAFELIGHT_CONFIG=str(file)).stderr


def test_the_example_is_a_configuration_of_defaults_once_it_is_uncommented(program: Program, tmp_path: Path) -> None:
    example = program("config", "--example").stdout
    file = tmp_path / "example.toml"
    file.write_text(example)
    plain = json.loads(program("config", "--json", SAFELIGHT_CONFIG=str(file)).stdout)
    assert {each["source"] for each in plain["settings"].values()} == {"default"}
    file.write_text(re.sub(r"^#(?=[\w\[])", "", example, flags=re.MULTILINE))
    said = json.loads(program("config", "--json", SAFELIGHT_CONFIG=str(file)).stdout)
    assert said["problems"] == plain["problems"] == []
    assert said["settings"]["engine.parallel"] == {"value": 4, "source": "example.toml"}
    assert said["settings"].keys() == {setting.name for setting in SETTINGS}
    assert "studio" in said["providers"]
    assert said["keys"]
