"""The sandbox as a process: it starts, it serves, and it ends when it should."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tui.sandbox import process
from tui.sandbox.faults import FAULTS

ROOT = str(Path(__file__).parents[2])


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return True
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False


def generate(base: str, prompt: str) -> int:
    body = {"model": "gpt-image-2.5-flare", "prompt": prompt, "size": "1024x640"}
    headers = {"Authorization": "Bearer any"}
    return requests.post(f"{base}/images/generations", json=body, headers=headers, timeout=20).status_code


def test_a_started_sandbox_serves_until_it_is_stopped() -> None:
    with process.start() as running:
        assert generate(running.base_url, "a fox") == 200
    assert gone(running.pid)
    with pytest.raises(requests.ConnectionError):
        generate(running.base_url, "a fox")


def test_faults_are_handed_on() -> None:
    with process.start(faults=["quota", "link-missing"]) as running:
        assert generate(running.base_url, "a fox") == 429


def test_a_sandbox_that_can_not_start_says_why() -> None:
    with pytest.raises(process.SandboxError, match="unknown fault 'nonsense'"):
        process.start(faults=["nonsense"])


def test_stop_ends_a_sandbox_in_the_middle_of_an_answer() -> None:
    running = process.start()
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{running.base_url}/images/generations",
            json={"model": "gpt-image-2", "prompt": "fault:timeout"},
            headers={"Authorization": "Bearer any"},
            timeout=0.3,
        )
    running.stop()
    running.stop()
    assert gone(running.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_sandbox_ends_when_the_process_that_started_it_is_killed() -> None:
    code = "from tui.sandbox import process; import time; p = process.start(); print(p.pid, flush=True); time.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ROOT}, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while not gone(child):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interrupt_meant_for_the_program_leaves_its_sandbox_alone() -> None:
    with process.start() as running:
        os.kill(running.pid, signal.SIGINT)
        assert generate(running.base_url, "a fox") == 200


@pytest.mark.skipif(sys.platform == "win32", reason="has no sessions")
def test_a_key_of_the_terminal_does_not_reach_the_sandbox() -> None:
    with process.start() as running:
        assert os.getpgid(running.pid) != os.getpgid(0) and os.getsid(running.pid) != os.getsid(0)


def test_a_sandbox_knows_no_secret_of_the_process_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SOME_API_KEY", "MY_TOKEN", "db_password"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("STUDIO_LOGIN", "hush")
    monkeypatch.setenv("LANG", "C.UTF-8")
    given = process._environment(["STUDIO_LOGIN"])
    assert "hush" not in given.values() and given["LANG"] == "C.UTF-8"


def test_a_folder_named_like_the_package_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tui").mkdir()
    (tmp_path / "tui" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    with process.start() as running:
        assert requests.get(f"{running.base_url}/models", headers={"Authorization": "Bearer k"}, timeout=9).ok


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui.sandbox", *arguments],
        capture_output=True,
        text=True,
        input="",
        timeout=30,
        cwd=ROOT,
    )


def test_the_command_prints_its_address_and_nothing_else() -> None:
    done = run("--until-eof")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("listening on http://127.0.0.1:") and done.stdout.endswith("/v1\n")


def test_the_help_lists_every_fault() -> None:
    said = run("--help").stdout
    assert all(name in said and fault.about in said for name, fault in FAULTS.items())


def test_a_port_that_is_taken_is_told_in_a_line() -> None:
    with process.start() as running:
        done = run("--until-eof", "--port", running.base_url.rpartition(":")[2].removesuffix("/v1"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_nothing_but_the_standard_library_is_loaded_before_the_first_image() -> None:
    code = (
        "import sys; before = set(sys.modules); import tui.sandbox.__main__, tui.sandbox.process\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'tui'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=30)
    assert done.stdout == "[]\n"
