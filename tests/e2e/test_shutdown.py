"""Whatever ends the program: the terminal is given back, what was paid for is received or kept, the next run tells."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import PATIENCE, Program, until
from tests.e2e.gate import Gate
from tests.e2e.terminal import App, alive, configure, descendants, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

MODES = (b"?1049", b"?1000", b"?1003", b"?1006", b"?1004", b"?2004")
SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
KEY = "sk-marker-77aa01"


@pytest.fixture
def gate() -> Iterator[Gate]:
    with Gate() as running:
        yield running


def start(home: Path, gate: Gate, *, settings: str = "", **options: object) -> App:
    configure(home, settings)
    return App(home, OPENAI_BASE_URL=gate.base_url, OPENAI_API_KEY=KEY, **options)  # type: ignore[arg-type]  # a dict of options


def send(app: App, gate: Gate, prompt: str = "a fox") -> None:
    """A job of which half of the answer has come."""
    app.open()
    app.generate(prompt)
    app.wait_for(lambda: gate.posts)
    app.wait_for("1 running")
    app.wait_for(lambda: has_half(app.home))


def editor(home: Path, first: str = "") -> str:
    """An editor that stays; what it does before anything else is a line for the shell."""
    file = home / "editor"
    file.write_text(f'#!/bin/sh\n{first}\necho "in the editor"\nexec sleep 1000\n')
    file.chmod(0o700)
    return str(file)


def has_half(home: Path) -> bool:
    """Whether the half of the answer that was let through lies in the spool."""
    parts = (home / "Pictures" / "safelight").glob(".safelight/spool/*/response.part")
    return any(part.stat().st_size for part in parts)


def is_given_back(app: App) -> bool:
    """Whether the terminal is as it was found: its screen, cursor, mouse and keyboard."""
    raw = app.raw
    if not all(raw.rfind(b"\x1b[%bl" % mode) > raw.rfind(b"\x1b[%bh" % mode) for mode in MODES):
        return False
    if app.child.closed:
        return True
    local = termios.tcgetattr(app.child.child_fd)[3]
    return raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l") and bool(local & termios.ECHO and local & termios.ICANON)


def status(app: App) -> int | None:
    """Wait for the end: the exit code, as a negative number the signal that ended it."""
    code = app.end()
    assert b"Traceback" not in app.raw
    return -app.child.signalstatus if code is None else code


def spool(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "Pictures" / "safelight" / ".safelight" / "spool").glob("*/*"))


# --- told to end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS, ids=lambda each: each.name)
def test_the_terminal_is_given_back_at_once_and_the_answer_is_still_received(
    number: signal.Signals, home: Path, gate: Gate
) -> None:
    with start(home, gate) as app:
        send(app, gate)
        children = descendants(app.child.pid)
        app.child.kill(number)
        app.wait_for(lambda: is_given_back(app))
        assert app.child.isalive()
        assert not app.images
        gate.open()
        assert status(app) == (130 if number == signal.SIGINT else -number)
        assert len(app.images) == 1
        assert spool(home) == []
        assert not [pid for pid in children if alive(pid)]
    assert gate.posts == ["a fox"]


@pytest.mark.parametrize("number", SIGNALS[:2], ids=lambda each: each.name)
def test_after_the_bound_it_ends_and_the_next_start_tells(number: signal.Signals, home: Path, gate: Gate) -> None:
    with start(home, gate, settings="[engine]\ngrace = 0.3\n") as app:
        send(app, gate)
        app.child.kill(number)
        assert status(app) == -number
        assert is_given_back(app)
    assert "response.part" in spool(home)
    with start(home, gate, welcome=False) as app:
        app.open()
        app.wait_for("f9 1 left")
        app.press("f9")
        app.wait_for("Left by an earlier run")
        app.wait_for("perhaps for a second time")
        app.wait_for("req_gate_1")
        app.press("escape")
    assert gate.posts == ["a fox"], "nothing is sent by itself"


def test_what_waits_in_line_is_not_sent_any_more(home: Path, gate: Gate) -> None:
    with start(home, gate, settings="[engine]\nparallel = 1\n") as app:
        send(app, gate)
        app.generate("a bear")
        app.wait_for("1 queued")
        app.child.kill(signal.SIGTERM)
        app.wait_for(lambda: is_given_back(app))
        gate.open()
        assert status(app) == -signal.SIGTERM
        assert len(app.images) == 1
    assert gate.posts == ["a fox"]
    assert spool(home) == []


def test_the_same_signal_once_more_ends_it_at_once_and_nothing_that_came_is_lost(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        app.child.kill(signal.SIGTERM)
        app.wait_for(lambda: is_given_back(app))
        app.child.kill(signal.SIGTERM)
        assert status(app) == -signal.SIGTERM
    assert "response.part" in spool(home)


def test_ctrl_c_ends_the_waiting_at_once(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        app.child.kill(signal.SIGTERM)
        app.wait_for("waiting up to 20 s for what 1 job still receives")
        app.send(b"\x03")
        assert status(app) == -signal.SIGINT
    assert "response.part" in spool(home)


def test_a_connection_that_drops_sends_sighup_twice_and_the_answer_is_still_received(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        for _ in range(2):
            app.child.kill(signal.SIGHUP)
            app.child.kill(signal.SIGCONT)
            app.wait_for(lambda: is_given_back(app))
        gate.open()
        assert status(app) == -signal.SIGHUP
        assert is_given_back(app), "SIGCONT brings nothing back"
        assert len(app.images) == 1


def test_an_idle_program_ends_without_waiting(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        app.open()
        app.child.kill(signal.SIGTERM)
        assert status(app) == -signal.SIGTERM
        assert is_given_back(app)
        assert b"waiting up to" not in app.raw


def test_an_editor_that_has_the_terminal_ends_too(home: Path, gate: Gate) -> None:
    with start(home, gate, EDITOR=editor(home)) as app:
        send(app, gate)
        app.press("f4")
        app.wait_for("in the editor")
        children = descendants(app.child.pid)
        app.child.kill(signal.SIGTERM)
        app.wait_for(lambda: is_given_back(app) and len(descendants(app.child.pid)) < len(children))
        gate.open()
        assert status(app) == -signal.SIGTERM
        assert not [pid for pid in children if alive(pid)]
        assert len(app.images) == 1


def test_an_editor_that_does_not_end_keeps_nobody_from_receiving(home: Path, gate: Gate) -> None:
    with start(home, gate, EDITOR=editor(home, "trap '' TERM")) as app:
        send(app, gate)
        before = descendants(app.child.pid)
        app.press("f4")
        app.wait_for("in the editor")
        (child,) = set(descendants(app.child.pid)) - set(before)
        try:
            app.child.kill(signal.SIGTERM)
            gate.open()
            app.wait_for(lambda: not app.child.isalive())
            assert app.child.signalstatus == signal.SIGTERM
        finally:
            os.kill(child, signal.SIGKILL)
        assert len(app.images) == 1


def test_a_terminal_that_takes_nothing_more_keeps_nobody_from_receiving(home: Path, gate: Gate) -> None:
    with start(home, gate, columns=200, rows=60) as app:
        send(app, gate)
        # Nobody reads what it writes from here on: it fills the kernel's buffer, and then it waits.
        for number in range(400):
            app.send(b"\x1bOR\x1b[17~\x1b[15~")
            if number % 20 == 0:
                app.child.setwinsize(60 - number // 20 % 2, 200)
        app.child.kill(signal.SIGTERM)
        gate.open()
        deadline = time.monotonic() + PATIENCE
        while alive(app.child.pid):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert len(app.images) == 1


# --- the terminal is gone -------------------------------------------------------------------------------------------


def test_a_terminal_that_is_closed_keeps_nobody_from_receiving(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        pids = [app.child.pid, *descendants(app.child.pid)]
        app.hang_up()
        gate.open()
        app.wait_for(lambda: not [pid for pid in pids if alive(pid)])
        assert len(app.images) == 1
    assert spool(home) == []


def test_a_terminal_that_goes_without_a_signal_is_noticed(home: Path, gate: Gate) -> None:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (40, 120))
    env = environment(home, OPENAI_BASE_URL=gate.base_url, OPENAI_API_KEY=KEY)
    # In a session of its own it has no controlling terminal, and the kernel tells it nothing.
    program = subprocess.Popen(
        [sys.executable, "-m", "tui"],
        env=env,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        cwd=home,
    )
    os.close(slave)
    try:
        seen = b""
        while b"A darkroom" not in seen:
            seen += os.read(master, 1 << 16)
        os.write(master, b"\r")
        while b"provider" not in seen:
            seen += os.read(master, 1 << 16)
        children = descendants(program.pid)
        os.close(master)
        assert program.wait(PATIENCE) == -signal.SIGHUP
        assert not [pid for pid in children if alive(pid)]
    finally:
        program.kill()


# --- quitting -------------------------------------------------------------------------------------------------------


def test_quitting_can_wait_for_what_runs(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        app.press("ctrl+q")
        app.wait_for("1 job runs still")
        app.wait_for("receiving")
        app.press("w")
        app.wait_for("Quits when 1 job has ended")
        gate.open()
        assert status(app) == 0
        assert len(app.images) == 1
    assert spool(home) == []


def test_quitting_can_leave_it_to_the_next_start(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        app.press("ctrl+q")
        app.wait_for("1 job runs still")
        app.press("l")
        assert status(app) == 0
        app.wait_for("1 job left behind: the next start finishes what it can, and lists the rest")
    with start(home, gate, welcome=False) as app:
        app.open()
        app.wait_for("f9 1 left")
    assert gate.posts == ["a fox"]


def test_ctrl_c_quits_when_it_comes_twice(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        app.open()
        app.press("ctrl+c")
        app.wait_for("ctrl+c once more quits")
        app.press("ctrl+c")
        assert status(app) == 0


def test_a_job_that_was_killed_with_the_program_is_told_of_by_the_next_start(home: Path, gate: Gate) -> None:
    with start(home, gate) as app:
        send(app, gate)
        children = descendants(app.child.pid)
        app.child.kill(signal.SIGKILL)
        assert status(app) == -signal.SIGKILL
        app.wait_for(lambda: not [pid for pid in children if alive(pid)])
    with start(home, gate, welcome=False) as app:
        app.open()
        app.wait_for("f9 1 left")
    assert gate.posts == ["a fox"]


# --- on the command line --------------------------------------------------------------------------------------------


def wait_for_half(home: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not has_half(home):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", SIGNALS[:2], ids=lambda each: each.name)
def test_generate_still_receives_and_ends_by_the_signal(number: signal.Signals, program: Program, gate: Gate) -> None:
    program.env |= {"OPENAI_BASE_URL": gate.base_url, "OPENAI_API_KEY": KEY}
    process = program.start("generate", "a fox", "--model", "dall-e-2")
    wait_for_half(program.home)
    process.send_signal(number)
    until(process, lambda line: "waiting up to 20 s for what 1 job still receives" in line)
    gate.open()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == -number
    assert "Traceback" not in err
    assert [str(path) for path in program.images] == out.splitlines()
    assert len(program.images) == 1


def test_generate_keeps_what_came_when_the_bound_is_over(program: Program, gate: Gate) -> None:
    program.env |= {"OPENAI_BASE_URL": gate.base_url, "OPENAI_API_KEY": KEY}
    configure(program.home, "[engine]\ngrace = 0.2\n")
    process = program.start("generate", "a fox", "--model", "dall-e-2")
    wait_for_half(program.home)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGTERM
    assert "outcome unknown" in err and "Traceback" not in err
    assert "response.part" in spool(program.home)


def test_generate_ends_at_once_on_a_second_sigterm(program: Program, gate: Gate) -> None:
    program.env |= {"OPENAI_BASE_URL": gate.base_url, "OPENAI_API_KEY": KEY}
    process = program.start("generate", "a fox", "--model", "dall-e-2")
    wait_for_half(program.home)
    process.send_signal(signal.SIGTERM)
    until(process, lambda line: "waiting up to" in line)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGTERM
    assert "response.part" in spool(program.home)


def test_generate_under_nohup_goes_on_after_sighup(program: Program, gate: Gate) -> None:
    program.env |= {"OPENAI_BASE_URL": gate.base_url, "OPENAI_API_KEY": KEY}
    process = program.start(
        "generate", "a fox", "--model", "dall-e-2", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    wait_for_half(program.home)
    process.send_signal(signal.SIGHUP)
    gate.open()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert len(program.images) == 1


def test_generate_keeps_what_came_when_it_is_cancelled(program: Program, gate: Gate) -> None:
    program.env |= {"OPENAI_BASE_URL": gate.base_url, "OPENAI_API_KEY": KEY}
    process = program.start("generate", "a fox", "--model", "dall-e-2")
    wait_for_half(program.home)
    until(process, lambda line: bool(re.search("POST", line)))
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "response.part" in spool(program.home)
