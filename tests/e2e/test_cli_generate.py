"""`safelight generate`: what it saves, prints and ends with."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import KEY, Program, interrupted, paths, until
from tui.sandbox.server import Sandbox

SMALL = ("--model", "dall-e-2", "--size", "256x256", "--response-format", "b64_json")
FILE_FIELDS = {"path", "sha256", "bytes", "width", "height", "format"}
JOB_FIELDS = {"model", "prompt", "revised_prompt", "created", "job", "cost", "request_id"}


def test_on_a_fresh_machine_without_a_key_a_red_fox_is_saved_from_the_sandbox(program: Program) -> None:
    ended = program("generate", "a red fox", "--json")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    path = Path(said["path"])
    assert path.is_relative_to(program.library)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert said["provider"] == "sandbox"
    assert ended.stderr.splitlines()[0] == (
        "safelight: no key found: using the sandbox, which paints locally and charges nothing; "
        "set OPENAI_API_KEY for the real thing"
    )
    assert re.fullmatch(r"done · 1 image · \$[\d.]+ pretend", ended.stderr.splitlines()[-1])


def test_an_answer_is_told_with_its_requests_id_once_and_in_the_log_file(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "a fox", *SMALL, "--json")
    request = json.loads(ended.stdout)["request_id"]
    assert [line for line in ended.stderr.splitlines() if request in line] == [
        next(line for line in ended.stderr.splitlines() if line.startswith("200 · "))
    ]
    assert request in (program.home / ".local" / "state" / "safelight" / "safelight.log").read_text()


def test_an_object_has_the_facts_of_its_image(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "a fox\nat night", *SMALL, "--json")
    said = json.loads(ended.stdout)
    assert set(said) >= FILE_FIELDS | JOB_FIELDS
    content = Path(said["path"]).read_bytes()
    assert said["sha256"] == hashlib.sha256(content).hexdigest() == sandbox.sent[0]
    assert said["bytes"] == len(content)
    assert (said["width"], said["height"], said["format"]) == (256, 256, "png")
    assert (said["model"], said["prompt"]) == ("dall-e-2", "a fox\nat night")
    assert said["cost"] == 0.016
    assert said["request_id"].startswith("req_")


def test_each_saved_path_is_a_line_and_nothing_else_is_on_standard_output(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "a fox", *SMALL, "--n", "2")
    assert ended.returncode == 0
    assert sorted(paths(ended)) == program.images
    assert len(program.images) == 2
    assert "POST images/generations" in ended.stderr
    assert "\x1b" not in ended.stderr


def test_the_library_can_be_named_before_and_after_the_subcommand_and_by_the_environment(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    program.at(sandbox)
    for words, env in (
        (("--out", tmp_path / "a", "generate"), {}),
        (("generate", "--out", tmp_path / "a"), {"SAFELIGHT_OUT": str(tmp_path / "b")}),
        (("generate",), {"SAFELIGHT_OUT": str(tmp_path / "a")}),
    ):
        (path,) = paths(program(*words, "a fox", *SMALL, **env))
        assert path.is_relative_to(tmp_path / "a")


def test_what_is_not_given_is_the_models_own_default(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)("generate", "a fox")
    sent = sandbox.posts[0].body
    assert sent["model"] == "gpt-image-2.5-flare"
    assert (sent["size"], sent["quality"], sent["n"]) == ("1024x1024", "auto", 1)


def test_every_parameter_reaches_the_server(program: Program, sandbox: Sandbox) -> None:
    options = {
        "size": "816x816",
        "quality": "low",
        "n": 2,
        "output_format": "webp",
        "background": "opaque",
        "output_compression": 40,
        "moderation": "low",
        "complexity": "high",
        "partial_images": 1,
        "safety_identifier": "somebody",
    }
    words = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    ended = program.at(sandbox)("generate", "a fox", "--model", "gpt-image-2.6-flare", "--stream", *words)
    assert ended.returncode == 0, ended.stderr
    sent = sandbox.posts[0].body
    assert {name: sent[name] for name in options} == options
    assert sent["stream"] is True
    assert [path.suffix for path in paths(ended)] == [".webp", ".webp"]


def test_a_gif_and_an_svg_are_asked_for_by_their_own_options(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)
    newest = ("--model", "gpt-image-2.6-flare", "--quality", "low", "--output-format")
    gif = program("generate", "a fox", *newest, "gif", "--frame-count", "2", "--frame-duration-ms", "100")
    svg = program("generate", "a fox", *newest, "svg", "--svg-model", "author", "--svg-reasoning", "low")
    assert [path.suffix for path in (*paths(gif), *paths(svg))] == [".gif", ".svg"]
    assert sandbox.posts[1].body["svg"] == {"model": "author", "reasoning": {"effort": "low"}}


def test_a_link_is_downloaded_and_the_revised_prompt_told(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "a fox", "--model", "dall-e-3", "--response-format", "url", "--json")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert Path(said["path"]).name.startswith("DALLE-")
    assert said["revised_prompt"]
    assert f"revised: {said['revised_prompt'][:40]}" in ended.stderr


def test_a_model_that_nobody_knows_takes_any_parameter(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)("generate", "a fox", "--model", "house-painter", "--size", "3x5", "--style", "cubist")
    sent = sandbox.posts[0].body
    assert (sent["model"], sent["size"], sent["style"]) == ("house-painter", "3x5", "cubist")


def test_a_parameter_of_the_persons_own_model_data_is_an_option(program: Program, sandbox: Sandbox) -> None:
    folder = program.home / ".config" / "safelight"
    folder.mkdir(parents=True)
    (folder / "models.toml").write_text(
        '[parameter.seed]\nlabel = "Seed"\nkind = "integer"\nmin = 0\n\n'
        '[model.house-painter]\nfamily = "dall-e-2"\nparameters = ["size", "seed"]\n'
    )
    program.at(sandbox)
    assert "--seed" in program("generate", "--help").stdout
    program("generate", "a fox", "--model", "house-painter", "--seed", "7")
    assert sandbox.posts[0].body["seed"] == 7
    refused = program("generate", "a fox", "--model", "dall-e-2", "--seed", "7")
    assert (refused.returncode, refused.stderr) == (2, "safelight: --seed: dall-e-2 does not take seed\n")


def test_the_prompt_can_come_from_the_standard_input(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)("generate", "-", *SMALL, typed="a füchs\nat night\n".encode())
    assert sandbox.posts[0].body["prompt"] == "a füchs\nat night"


def test_each_line_can_be_a_prompt_of_its_own(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "-", "--lines", "--parallel", "2", *SMALL, typed=b"a fox\n\na hare\n")
    assert ended.returncode == 0
    assert sorted(post.body["prompt"] for post in sandbox.posts) == ["a fox", "a hare"]
    assert len(paths(ended)) == 2
    assert "#2 POST" in ended.stderr


def test_the_worst_of_several_jobs_is_the_exit_code(program: Program, sandbox: Sandbox) -> None:
    prompts = b"a fox\nfault:moderation\nfault:reset\n"
    ended = program.at(sandbox)("generate", "-", "--lines", *SMALL, typed=prompts)
    assert ended.returncode == 3
    assert len(paths(ended)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a fox", "--size", "1000x1000"], "--size: both edges must be multiples of 16"),
        (["a fox", "--n", "11"], "--n: from 1 to 10"),
        (["a fox", "--style", "vivid"], "--style: gpt-image-2.5-flare does not take style"),
        (["a fox", "--output-compression", "5"], "--output-compression: only for the formats jpeg and webp"),
        (["a" * 1001, "--model", "dall-e-2"], "PROMPT: 1 over the 1000 characters that dall-e-2 takes"),
        ([" "], "PROMPT: write a prompt"),
        (["a fox", "--model", ""], "--model: choose a model"),
        (["a fox", "--deadline", "0"], "command line: engine.deadline must be from 1 to 7200"),
        (["a fox", "--provider", "nobody"], "command line: there is no provider nobody"),
        (["a fox", "--n", "two"], "invalid int value"),
        (["a fox", "--nosuch"], "unrecognized arguments: --nosuch"),
        ([], "required: PROMPT"),
    ],
)
def test_what_cannot_be_sent_is_told_beside_its_option(
    program: Program, sandbox: Sandbox, words: list[str], said: str
) -> None:
    ended = program.at(sandbox)("generate", *words)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stdout == ""
    assert not sandbox.posts


def test_every_problem_is_told_at_once(program: Program) -> None:
    ended = program("generate", "a fox", "--size", "1x1", "--n", "0", "--quality", "best")
    assert [line.split(": ")[1] for line in ended.stderr.splitlines()] == ["--size", "--quality", "--n"]


@pytest.mark.parametrize("prompt", [b"\xff\xfe", b"a" * 1_000_001], ids=["no text", "endless"])
def test_an_input_that_is_no_prompt_is_refused(program: Program, sandbox: Sandbox, prompt: bytes) -> None:
    ended = program.at(sandbox)("generate", "-", typed=prompt)
    assert ended.returncode == 2
    assert ended.stderr.startswith("safelight: PROMPT: ")
    assert not sandbox.posts


def test_a_sentence_that_lost_its_quotes_pays_for_nothing(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "a", "red", "fox")
    assert ended.returncode == 2
    assert not sandbox.posts


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("moderation", 1, "refused by moderation"),
        ("bad-key", 1, "401 authentication"),
        ("html", 1, "unexpected answer"),
        ("rate-limit-long", 1, "10 min 00 s"),
        ("reset", 3, "outcome unknown"),
        ("short-body", 3, "What came is kept in ~"),
    ],
)
def test_the_exit_code_says_whether_it_was_refused_or_is_unknown(
    program: Program, sandbox: Sandbox, fault: str, code: int, said: str
) -> None:
    ended = program.at(sandbox)("generate", f"fault:{fault}", *SMALL)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr
    assert ended.stdout == ""
    assert len(sandbox.posts) == 1


def test_a_refusal_says_what_to_do_and_names_the_request(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:bad-value", *SMALL)
    assert "invalid_value · param size" in ended.stderr
    assert "req_" in ended.stderr
    assert "\n→ " in ended.stderr


def test_nothing_hostile_in_an_answer_reaches_the_terminal(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:hostile-error", *SMALL)
    assert "owned" in ended.stderr
    assert not set(ended.stderr) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_a_wait_is_told_and_the_attempt_repeated(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:rate-limit*1", *SMALL)
    assert ended.returncode == 0
    assert "retry 1 of 2 in 1.5 s" in ended.stderr
    assert "attempt 2" in ended.stderr
    assert len(sandbox.posts) == 2


def test_without_retries_nothing_is_repeated(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:rate-limit*1", *SMALL, "--retries", "0")
    assert ended.returncode == 1
    assert len(sandbox.posts) == 1


def test_the_deadline_ends_an_attempt(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:timeout", *SMALL, "--deadline", "1")
    assert ended.returncode == 3
    assert "no complete answer within 1.0 s" in ended.stderr


def test_a_failed_download_says_where_the_answer_is_kept(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:link-error", "--model", "dall-e-2", "--size", "256x256")
    assert ended.returncode == 3
    assert "the image's URL ends at" in ended.stderr
    assert "sig=" not in ended.stderr
    (kept,) = program.library.glob(".safelight/spool/*/response")
    assert f"What came is kept in ~/{kept.relative_to(program.home)}" in ended.stderr


def test_fewer_images_than_asked_for_are_no_success(program: Program, sandbox: Sandbox) -> None:
    ended = program.at(sandbox)("generate", "fault:cut-base64", *SMALL)
    assert ended.returncode in (1, 3)
    assert all(path.is_file() for path in paths(ended))


def test_ctrl_c_cancels_and_says_that_the_request_had_gone_out(program: Program, sandbox: Sandbox) -> None:
    process = program.at(sandbox).start("generate", "fault:timeout", *SMALL)
    until(process, lambda line: "POST" in line)
    code, said = interrupted(process)
    assert code == 130
    assert "cancelled" in said


def test_ctrl_c_while_waiting_says_that_nothing_is_out(program: Program, sandbox: Sandbox) -> None:
    process = program.at(sandbox).start("generate", "fault:rate-limit-date", *SMALL)
    until(process, lambda line: "retry 1" in line)
    code, said = interrupted(process)
    assert code == 130
    assert "cancelled · nothing was sent" in said
    assert len(sandbox.posts) == 1


def test_ctrl_c_in_the_sandbox_leaves_nothing_running(program: Program) -> None:
    process = program.start("generate", "fault:timeout", *SMALL)
    until(process, lambda line: "POST" in line)
    assert interrupted(process)[0] == 130


def test_a_reader_that_leaves_costs_no_image(program: Program, sandbox: Sandbox) -> None:
    process = program.at(sandbox).start("generate", "a fox", *SMALL, "--n", "2")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Broken" not in err
    assert len(program.images) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_under_the_output_is_told_and_the_image_saved(program: Program, sandbox: Sandbox) -> None:
    with Path("/dev/full").open("w") as full:
        process = program.at(sandbox).start("generate", "a fox", *SMALL, stdout=full)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "can't write to the standard output" in err
    assert len(program.images) == 1


def test_a_library_that_cannot_be_written_is_found_before_paying(program: Program, sandbox: Sandbox) -> None:
    program.library.parent.mkdir(parents=True)
    program.library.write_text("not a folder")
    ended = program.at(sandbox)("generate", "a fox", *SMALL)
    assert ended.returncode == 1
    assert "cannot save" in ended.stderr
    assert not sandbox.posts


def test_a_key_file_that_others_can_read_is_refused(program: Program) -> None:
    file = program.home / ".config" / "safelight" / "keys" / "openai"
    file.parent.mkdir(parents=True)
    file.write_text(KEY)
    file.chmod(0o644)
    ended = program("generate", "a fox", *SMALL)
    assert ended.returncode == 2
    assert "chmod 600" in ended.stderr


def test_a_provider_of_the_configuration_is_used_by_name(program: Program, sandbox: Sandbox) -> None:
    file = program.home / ".config" / "safelight" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[providers.studio]\nbase_url = "{sandbox.base_url}"\nkey_env = "STUDIO_KEY"\n')
    ended = program("generate", "a fox", *SMALL, "--json", "--provider", "studio", STUDIO_KEY=KEY)
    assert json.loads(ended.stdout)["provider"] == "studio"
    assert len(sandbox.posts) == 1


def test_openai_without_a_key_is_told_how_to_get_one(program: Program) -> None:
    ended = program("generate", "a fox", *SMALL, "--provider", "openai")
    assert ended.returncode == 2
    assert "OPENAI_API_KEY" in ended.stderr


def test_an_sdk_that_is_too_old_is_refused_with_the_line_that_upgrades_it(
    program: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "openai").mkdir()
    (tmp_path / "openai" / "__init__.py").write_text('__version__ = "1.40.2"\n')
    ended = program.at(sandbox)("generate", "a fox", *SMALL, PYTHONPATH=f"{tmp_path}:{program.env['PYTHONPATH']}")
    assert ended.returncode == 2
    assert "openai 1.40.2 is too old: pip install -U 'openai>=3.54,<4'" in ended.stderr
    assert not sandbox.posts


def test_a_path_that_the_output_cannot_write_is_escaped(program: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    ended = program.at(sandbox)("generate", "a fox", *SMALL, "--out", tmp_path / "füchse", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "f\\xfcchse" in ended.stdout


def test_the_log_file_has_the_life_of_the_job_and_no_key(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)("generate", "fault:rate-limit*1", *SMALL)
    log = (program.home / ".local/state/safelight/safelight.log").read_text()
    assert "429 rate limited" in log
    assert f"saved {program.images[0]}".replace(str(program.home), "~") in log
    assert KEY not in log


def test_generating_loads_nothing_that_it_does_not_need(program: Program, sandbox: Sandbox) -> None:
    code = "import sys; from tui.cli import main; code = main(); print(*sys.modules, file=sys.stderr); sys.exit(code)"
    ended = subprocess.run(
        [program.command()[0], "-c", code, "generate", "a fox", *SMALL],
        env=program.at(sandbox).env,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ended.stderr.splitlines()[-1].split())
    assert "openai" in loaded
    assert not loaded & {"textual", "rich", "requests", "PIL", "numpy", "sqlite3", "tui.sandbox"}
