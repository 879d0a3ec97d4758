"""`safelight` where a person sits: the line that changes in place, and the question after a failed download."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import PATIENCE, Program
from tui.sandbox.server import Sandbox

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

LINK = ("--model", "dall-e-2", "--size", "256x256")
SMALL = (*LINK, "--response-format", "b64_json")


@pytest.fixture
def start(program: Program, sandbox: Sandbox) -> Iterator[Callable[..., object]]:
    """Starts the program in a terminal."""
    running = []

    def begin(*words: str):  # type: ignore[no-untyped-def]  # pexpect has no types
        command, *rest = program.at(sandbox).command(*words)
        child = pexpect.spawn(
            command, rest, env=program.env, encoding="utf-8", timeout=PATIENCE, dimensions=(24, 80), echo=False
        )
        running.append(child)
        return child

    yield begin
    for child in running:
        child.close(force=True)


def ended(child) -> tuple[int, str]:  # type: ignore[no-untyped-def]  # pexpect has no types
    """The exit code, and what is left to read."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before


def test_a_wait_counts_down_on_one_line_and_leaves_nothing_behind(
    start: Callable[..., object], program: Program
) -> None:
    child = start("generate", "fault:rate-limit*1", *SMALL)
    child.expect(r"\r\x1b\[Kretry 1 of 2 in 1\.\d s")
    child.expect(r"\r\x1b\[Kretry 1 of 2 in 0\.\d s")
    code, rest = ended(child)
    assert code == 0
    assert re.search(r"\r\x1b\[K/\S+\.png\r\n", rest) or str(program.images[0]) in rest
    assert rest.rpartition("\n")[2] in ("", "\r\x1b[K")


def test_nothing_that_changes_in_place_is_wider_than_the_terminal(start: Callable[..., object]) -> None:
    child = start("generate", "fault:drip", *SMALL, "--deadline", "1.5")
    _, rest = ended(child)
    drawn = [part.partition("\r")[0] for part in rest.split("\r\x1b[K")]
    assert any("200 · " in part for part in drawn)
    assert all(len(part.partition("\n")[0]) < 80 for part in drawn if "200 · " in part)


def test_a_failed_download_asks_and_is_repeated_on_yes(start: Callable[..., object], program: Program) -> None:
    child = start("generate", "fault:link-error*1", *LINK)
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendline("y")
    assert ended(child)[0] == 0
    assert len(program.images) == 1


def test_the_url_is_shown_to_whoever_asks_for_it(start: Callable[..., object], sandbox: Sandbox) -> None:
    child = start("generate", "fault:link-error*1", *LINK)
    child.expect_exact("Retry? (y/n/u for the URL) ")
    assert "sig=" not in child.before
    child.sendline("u")
    child.expect(rf"{sandbox.base_url.removesuffix('/v1')}/\S+sig=\S+")
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendline("Y")
    assert ended(child)[0] == 0


def test_a_failed_download_that_is_given_up_can_be_recovered(start: Callable[..., object], program: Program) -> None:
    child = start("generate", "fault:link-error", *LINK)
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendline("perhaps")
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendline("n")
    assert ended(child)[0] == 3
    assert list(program.library.glob(".safelight/spool/*/response"))


def test_the_end_of_the_input_is_a_no(start: Callable[..., object]) -> None:
    child = start("generate", "fault:link-error", *LINK)
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendeof()
    assert ended(child)[0] == 3


def test_a_long_wait_is_asked_about(start: Callable[..., object]) -> None:
    child = start("generate", "fault:rate-limit-long*1", *SMALL)
    child.expect_exact("The server asks to wait 10 min 00 s.")
    child.expect_exact("Retry? (y/n) ")
    child.sendline("y")
    assert ended(child)[0] == 0


def test_a_disk_that_refuses_offers_another_folder(
    start: Callable[..., object], program: Program, sandbox: Sandbox
) -> None:
    program.library.mkdir(parents=True)
    for ahead in (0, 3600):
        # Where the day's folder would be.
        (program.library / time.strftime("%Y-%m-%d", time.gmtime(time.time() + ahead))).touch()
    child = start("generate", "a fox", *SMALL)
    child.expect_exact("Retry? (y/n/f for another folder) ")
    child.sendline("f")
    child.expect_exact("Folder: ")
    child.sendline("~/saved here")
    code, rest = ended(child)
    assert code == 0
    (image,) = (program.home / "saved here").glob("*/*.png")
    assert str(image) in rest
    assert len(sandbox.posts) == 1
    assert not list(program.library.glob(".safelight/spool/*"))


def test_ctrl_c_at_a_question_cancels(start: Callable[..., object]) -> None:
    child = start("generate", "fault:link-error", *LINK)
    child.expect_exact("Retry? (y/n/u for the URL) ")
    child.sendintr()
    code, rest = ended(child)
    assert code == 130
    assert "cancelled" in rest


def test_the_app_is_not_started_without_a_terminal(program: Program) -> None:
    ended = program()
    assert ended.returncode == 2
    assert ended.stderr == "safelight: the app needs a terminal; without one there are subcommands: safelight --help\n"


def test_the_parser_is_not_loaded_on_the_way_to_the_app(program: Program) -> None:
    code = "import sys; from tui.cli import main; main(); print(*sys.modules)"
    ended = subprocess.run([program.command()[0], "-c", code], env=program.env, capture_output=True, text=True)
    loaded = set(ended.stdout.split())
    assert "tui.core.config" in loaded
    assert not loaded & {"argparse", "tui.subcommands.parsers", "tui.core.models"}


def test_ls_shows_facts_on_a_terminal(start: Callable[..., object], program: Program) -> None:
    ended(start("generate", "a fox at dawn", *SMALL))
    child = start("ls")
    code, rest = ended(child)
    assert code == 0
    assert re.search(r"256x256 +png +\d+ kB +\$0\.0160 +~/Pictures/safelight/\S+\.png +a fox at dawn", rest)


def test_show_draws_in_the_colours_and_the_width_of_the_terminal(
    start: Callable[..., object], program: Program
) -> None:
    ended(start("generate", "a fox", *SMALL))
    code, rest = ended(start("show", str(program.images[0])))
    assert code == 0
    assert "\x1b[38;5;" in rest or "\x1b[48;5;" in rest
    rows = [re.sub(r"\x1b\[[\d;]*m", "", row) for row in rest.splitlines()]
    assert 1 < len(rows) < 24
    assert max(map(len, rows)) <= 80
