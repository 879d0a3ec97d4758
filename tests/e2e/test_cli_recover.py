"""`safelight recover` after the plug was pulled, and `safelight library rebuild`."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import PATIENCE, Program, interrupted, paths
from tui.core.request import Request
from tui.engine.spool import SPOOL, Entry, Head
from tui.sandbox.server import Sandbox

SMALL = ("--model", "dall-e-2", "--size", "256x256", "--response-format", "b64_json")
# The program, which kills itself when it has come to a step for the n-th time.
KILLED = """
import os, signal, sys
from tui import cli
from tui.engine import steps
label, count = sys.argv[1], int(sys.argv[2])
def reached(name):
    global count
    count -= name == label
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
steps.reached = reached
sys.exit(cli.main(sys.argv[3:]))
"""


def killed(program: Program, label: str, *words: str, count: int = 1) -> None:
    """Run to a step, and no further."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, label, str(count), *words],
        env=program.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def jobs(program: Program) -> list[str]:
    spool = program.library / SPOOL
    return sorted(folder.name for folder in spool.iterdir()) if spool.exists() else []


def sums(program: Program) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in program.images)


def test_where_nothing_is_left_nothing_is_done(program: Program) -> None:
    ended = program("recover")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == "safelight: nothing is left unfinished\n"
    listed = program("recover", "--list")
    assert (listed.returncode, listed.stdout) == (0, "") and "nothing is left unfinished" in listed.stderr


def test_a_job_that_was_killed_with_its_answer_is_saved_and_its_paths_printed(
    program: Program, sandbox: Sandbox
) -> None:
    killed(program.at(sandbox), "image linked", "generate", "a fox", *SMALL, "--n", "2")
    ended = program("recover")
    assert ended.returncode == 0, ended.stderr
    assert sorted(paths(ended)) == program.images
    assert sums(program) == sorted(sandbox.sent)
    assert len(sandbox.posts) == 1
    assert jobs(program) == []
    assert "nothing is left unfinished" in ended.stderr


def test_a_recovery_that_is_killed_is_finished_by_the_next(program: Program, sandbox: Sandbox) -> None:
    killed(program.at(sandbox), "response named", "generate", "a fox", *SMALL, "--n", "2")
    for label in ("adopted", "image linked", "record written", "entry done"):
        killed(program, label, "recover")
    assert program("recover").returncode == 0
    assert sums(program) == sorted(sandbox.sent)
    listed = [json.loads(line)["path"] for line in program("ls", "--json").stdout.splitlines()]
    assert sorted(listed) == [str(path) for path in program.images]
    assert jobs(program) == []


def test_an_object_has_what_generate_would_have_said(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)
    killed(program, "response named", "generate", "a fox at night", *SMALL)
    said = json.loads(program("recover", "--json").stdout)
    assert (said["prompt"], said["model"], said["cost"]) == ("a fox at night", "dall-e-2", 0.016)
    assert said["request_id"].startswith("req_")
    assert Path(said["path"]) in program.images
    assert said["provider"] == "openai"


def test_a_job_of_unknown_outcome_is_listed_with_all_that_is_known_and_not_sent_again(
    program: Program, sandbox: Sandbox
) -> None:
    killed(program.at(sandbox), "part grown", "generate", "fault:drip a fox", *SMALL, "--n", "2")
    killed(program, "sent", "generate", "a wolf\x1b[2J", *SMALL)
    ended = program("recover")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert len(sandbox.posts) == 1
    for part in (*jobs(program), "a fox", "a wolf[2J", "unknown", "came", "req_", "--again JOB"):
        assert part in ended.stderr
    assert "\x1b" not in ended.stderr
    listed = program("recover", "--list")
    assert listed.returncode == 3
    assert sorted(line.split(" · ")[0] for line in listed.stdout.splitlines() if line[0] != " ") == jobs(program)
    objects = [json.loads(line) for line in program("recover", "--list", "--json").stdout.splitlines()]
    assert sorted(each["job"] for each in objects) == jobs(program)
    assert {each["state"] for each in objects} == {"unknown"}
    assert program("recover").returncode == 3, "and it stays"


def test_a_job_is_sent_again_on_the_persons_word_and_forgotten_once_that_went_well(
    program: Program, sandbox: Sandbox
) -> None:
    killed(program.at(sandbox), "sent", "generate", "a fox", *SMALL, "--n", "2")
    (job,) = jobs(program)
    assert sandbox.posts == []
    ended = program("recover", "--again", job[-8:])
    assert ended.returncode == 0, ended.stderr
    assert len(sandbox.posts) == 1
    assert (sandbox.posts[0].body["prompt"], sandbox.posts[0].body["n"]) == ("a fox", 2)
    assert sorted(paths(ended)) == program.images
    assert jobs(program) == []


def test_a_job_whose_answer_is_there_is_saved_and_not_sent_again(program: Program, sandbox: Sandbox) -> None:
    killed(program.at(sandbox), "response named", "generate", "a fox", *SMALL)
    ended = program("recover", "--again", *jobs(program))
    assert ended.returncode == 0
    assert paths(ended) == program.images
    assert len(sandbox.posts) == 1


def test_a_job_that_goes_wrong_again_stays(program: Program, sandbox: Sandbox) -> None:
    killed(program.at(sandbox), "sent", "generate", "fault:moderation", *SMALL)
    ended = program("recover", "--again", *jobs(program))
    assert ended.returncode == 1
    assert len(jobs(program)) == 1


def test_a_job_of_a_provider_that_is_not_there_any_more_says_so(program: Program, sandbox: Sandbox) -> None:
    left(program.library)
    ended = program.at(sandbox)("recover", "--again", "0badf00d")
    assert ended.returncode == 2
    assert "there is no provider studio" in ended.stderr
    assert "--provider NAME" in ended.stderr
    assert len(jobs(program)) == 1
    ended = program("recover", "--again", "0badf00d", "--provider", "openai")
    assert ended.returncode == 0, ended.stderr
    assert jobs(program) == []


def left(library: Path, job: str = "20261122-143205-0badf00d", body: bytes = b"") -> Entry:
    """An entry as a killed process leaves it."""
    request = Request("a fox", "dall-e-2", parameters={"size": "256x256", "response_format": "b64_json"})
    entry = Entry.create(library, job, request, {"provider": "studio", "host": "images.example.com"})
    if body:
        entry.begin(Head(status=200))
        entry.append(body)
        entry.commit()
    entry.release()
    return entry


def test_an_answer_without_an_image_has_failed_and_stays_to_be_looked_at(program: Program) -> None:
    entry = left(program.library, body=b"<html>hello</html>")
    ended = program("recover")
    assert ended.returncode == 3
    assert "web page" in ended.stderr
    assert entry.response.exists()


# --- keep, forget, and what is no job ---


def test_what_is_kept_is_listed_and_counts_no_more(program: Program) -> None:
    left(program.library)
    assert program("recover").returncode == 3
    assert program("recover", "--keep", "0badf00d").returncode == 0
    ended = program("recover")
    assert ended.returncode == 0
    assert "kept" in ended.stderr


def test_what_is_forgotten_is_gone_and_without_a_terminal_only_with_yes(program: Program) -> None:
    left(program.library)
    ended = program("recover", "--forget", "0badf00d")
    assert ended.returncode == 2
    assert "--yes" in ended.stderr
    assert len(jobs(program)) == 1
    assert program("recover", "--forget", "0badf00d", "--yes").returncode == 0
    assert jobs(program) == []


@pytest.mark.parametrize("option", ["--again", "--keep", "--forget"])
@pytest.mark.parametrize("name", ["x", "", "..", "2026\x1b[2J", "20261122"])
def test_what_is_no_job_or_more_than_one_is_said(program: Program, option: str, name: str) -> None:
    left(program.library)
    left(program.library, "20261122-150000-0badf00e")
    ended = program("recover", option, name, "--yes")
    assert ended.returncode == 2, ended.stderr
    assert "\x1b" not in ended.stderr
    assert len(jobs(program)) == 2


def test_a_job_on_its_way_in_another_process_is_left_alone(program: Program, sandbox: Sandbox) -> None:
    running = program.at(sandbox).start("generate", "fault:timeout", *SMALL)
    assert running.stderr is not None
    next(line for line in running.stderr if line.startswith("POST"))
    (job,) = jobs(program)
    assert program("recover").returncode == 0
    assert program("recover", "--forget", job, "--yes").returncode == 2
    assert jobs(program) == [job]
    code, _ = interrupted(running)
    assert code == 130


def test_two_recoveries_at_once_save_everything_once(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)
    for prompt in ("a fox", "a wolf", "an owl", "a hare"):
        killed(program, "response named", "generate", prompt, *SMALL)
    both = [program.start("recover") for _ in range(2)]
    said = [each.communicate(timeout=PATIENCE) for each in both]
    assert all("Traceback" not in err for _, err in said)
    lines = [line for out, _ in said for line in out.splitlines()]
    assert sorted(lines) == sorted(map(str, program.images))
    assert sums(program) == sorted(sandbox.sent)
    assert program("recover").returncode == 0
    assert jobs(program) == []


def test_more_jobs_than_files_may_be_open_are_finished(program: Program) -> None:
    body = json.dumps({"created": 1700000000, "data": [{"b64_json": "iVBORw0KGgo="}]}).encode()
    for number in range(230):
        left(program.library, f"20261122-143205-{number:08x}", body)
    command = ["sh", "-c", 'ulimit -n 180; exec "$@"', "sh", *program.command("recover")]
    ended = subprocess.run(command, env=program.env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert len(program.images) == len(ended.stdout.splitlines()) == 230
    assert jobs(program) == []


# --- on a terminal ---


@pytest.fixture
def typed(program: Program) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs the program in a terminal and answers its question: the exit code, and what was said."""
    pexpect = pytest.importorskip("pexpect")

    def run(question: str, answer: str, *words: str) -> tuple[int, str]:
        command, *rest = program.command(*words)
        child = pexpect.spawn(command, rest, env=program.env, encoding="utf-8", timeout=PATIENCE, echo=False)
        try:
            child.expect_exact(question)
            child.sendline(answer)
            child.expect(pexpect.EOF)
        finally:
            child.close()
        return child.exitstatus, child.before

    yield run


@pytest.mark.parametrize(("answer", "code", "stays"), [("n", 3, 1), ("", 3, 1), ("y", 0, 0)])
def test_forgetting_asks_on_a_terminal(
    program: Program, typed: Callable[..., tuple[int, str]], answer: str, code: int, stays: int
) -> None:
    left(program.library)
    ended, _ = typed("what came? (y/n) ", answer, "recover", "--forget", "0badf00d")
    assert ended == code
    assert len(jobs(program)) == stays


# --- the index made again ---


def test_the_index_is_made_again_from_files_and_records(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)
    for prompt in ("a fox", "a wolf", "an owl"):
        assert program("generate", prompt, *SMALL).returncode == 0
    before = program("ls", "--json").stdout
    fox, wolf, owl = program.images
    wolf.unlink()
    (program.library / "found.png").write_bytes(owl.read_bytes() + b"\0")
    (index,) = (program.home / ".cache" / "safelight").glob("*.db")
    ended = program("library", "rebuild")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""
    assert "3 files, 3 records; 1 of the files without a record; 1 of the records without a file" in ended.stderr
    listed = [json.loads(line) for line in program("ls", "--json").stdout.splitlines()]
    assert {each["path"] for each in listed} == {str(fox), str(owl), str(program.library / "found.png")}
    known = {json.loads(line)["path"]: json.loads(line) for line in before.splitlines()}
    assert all(known.get(each["path"], each) == each for each in listed)
    index.write_bytes(b"no database at all")
    ended = program("library", "rebuild")
    assert (ended.returncode, "3 files" in ended.stderr) == (0, True)
    assert len(program("ls").stdout.splitlines()) == 3


def test_a_damaged_index_is_made_again_too(program: Program, sandbox: Sandbox) -> None:
    program.at(sandbox)("generate", "a fox", *SMALL)
    program("ls")
    (index,) = (program.home / ".cache" / "safelight").glob("*.db")
    content = bytearray(index.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    index.write_bytes(content)
    ended = program("library", "rebuild")
    assert ended.returncode == 0, ended.stderr
    assert "1 file, 1 record" in ended.stderr
    assert len(program("ls", "fox").stdout.splitlines()) == 1


def test_without_a_library_there_is_nothing_to_make_again(program: Program) -> None:
    ended = program("library", "rebuild")
    assert ended.returncode == 0
    assert "there is no library yet" in ended.stderr
    assert not program.library.exists()
