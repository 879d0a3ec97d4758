"""The decoding child: alone, without keys, ended when late, replaced when gone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from tests.render.odd import FOR_EVER
from tui.render.decoding.decoder import Decoder, Refused, Stale

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    Image.new("RGB", (16, 16), (1, 2, 3)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def child_of(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child.process.pid


def test_a_child_killed_from_outside_is_replaced(image: Path) -> None:
    with Decoder(20) as decoder:
        decoder.warm()
        first = child_of(decoder)
        os.kill(first, signal.SIGKILL)
        assert decoder._child is not None
        decoder._child.process.wait()
        assert decoder.picture(image, 4, 4).width == 4
        assert child_of(decoder) != first


def test_a_child_that_dies_while_it_decodes_is_a_refusal_and_is_replaced(image: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.svg"
    bomb.write_bytes(FOR_EVER)
    with Decoder(60) as decoder:
        decoder.picture(image, 4, 4)
        child = child_of(decoder)
        os.kill(child, signal.SIGSTOP)
        waiting = threading.Event()

        def stale() -> bool:
            waiting.set()
            return False

        def kill() -> None:
            waiting.wait()
            os.kill(child, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(Refused, match="crashed"):
            decoder.picture(bomb, 50, 50, stale=stale)
        killer.join()
        assert decoder.picture(image, 4, 4).width == 4


def test_killed_at_any_moment_it_is_a_picture_or_a_refusal_and_the_next_one_is_served(
    image: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    Image.frombytes("RGB", (1200, 1200), os.urandom(1200 * 1200 * 3)).save(large, compress_level=1)
    moments = random.Random(7)
    crashed = 0
    with Decoder(60) as decoder:
        for _ in range(12):
            decoder.picture(image, 4, 4)
            assert decoder._child is not None
            process = decoder._child.process
            killer = threading.Timer(moments.uniform(0, 0.12), process.kill)
            killer.start()
            large.touch()
            try:
                assert decoder.picture(large, 300, 300).width == 300
            except Refused as refused:
                assert refused.transient and "crashed" in refused.reason
                crashed += 1
            killer.join()
            process.wait()
            assert decoder.picture(image, 4, 4).rgb == b"\1\2\3" * 16
    assert crashed


def test_who_waits_behind_a_stale_request_is_served_once_its_grace_is_over(image: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.svg"
    bomb.write_bytes(FOR_EVER)
    begun, unwanted = threading.Event(), threading.Event()
    ended: list[str] = []

    def stale() -> bool:
        begun.set()
        return unwanted.is_set()

    def ask() -> None:
        try:
            decoder.picture(bomb, 400, 400, stale=stale)
        except Stale:
            ended.append("stale")

    with Decoder(600, grace=0.1) as decoder:
        first = threading.Thread(target=ask)
        first.start()
        begun.wait()
        unwanted.set()
        # Long before the deadline, which is ten minutes.
        assert decoder.picture(image, 4, 4).width == 4
        first.join()
    assert ended == ["stale"]


def test_what_comes_from_elsewhere_than_the_file_is_transient_and_what_lies_in_it_is_not(
    image: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "bomb.svg").write_bytes(FOR_EVER)
    decoder = Decoder(20)
    for path, transient in ((tmp_path / "text.png", False), (tmp_path / "gone.png", True)):
        with pytest.raises(Refused) as refusal:
            decoder.picture(path, 4, 4)
        assert refusal.value.transient is transient
    decoder.deadline = 0.3
    with pytest.raises(Refused) as refusal:
        decoder.picture(tmp_path / "bomb.svg", 400, 400)
    assert not refusal.value.transient
    decoder.close()
    with pytest.raises(Refused) as refusal:
        decoder.picture(image, 4, 4)
    assert refusal.value.transient


def test_one_child_serves_many_images_and_threads(image: Path) -> None:
    with Decoder(20) as decoder:
        decoder.warm()
        child = child_of(decoder)
        widths: list[int] = []
        threads = [
            threading.Thread(target=lambda side=side: widths.append(decoder.picture(image, side, side).width))
            for side in range(1, 13)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(widths) == list(range(1, 13))
        assert child_of(decoder) == child


def test_a_picture_nobody_wants_any_more_is_given_up_and_the_next_one_served(image: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.svg"
    bomb.write_bytes(FOR_EVER)
    asked = iter([False, False, True])
    with Decoder(60) as decoder:
        with pytest.raises(Stale):
            decoder.picture(bomb, 200, 200, stale=lambda: next(asked))
        with pytest.raises(Stale):
            decoder.picture(image, 4, 4, stale=lambda: True)
        assert decoder.picture(image, 4, 4).width == 4


def test_a_picture_that_is_given_up_early_costs_no_new_child(image: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.frombytes("RGB", (3000, 3000), os.urandom(27_000_000)).save(large, compress_level=1)
    wanted = iter([False])
    with Decoder(60, grace=60) as decoder:
        decoder.picture(image, 4, 4)
        child = child_of(decoder)
        with pytest.raises(Stale):
            decoder.picture(large, 8, 8, stale=lambda: next(wanted, True))
        assert decoder.picture(image, 4, 4).width == 4
        assert child_of(decoder) == child


def test_a_child_that_cannot_be_started_is_a_refusal(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Decoder(20) as decoder:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", str(image.parent / "absent"))
            decoder.warm()
            with pytest.raises(Refused, match="can't be started"):
                decoder.picture(image, 4, 4)
        assert decoder.picture(image, 4, 4).width == 4


def test_closing_ends_the_child_and_refuses_what_is_asked_later(image: Path) -> None:
    decoder = Decoder(20)
    decoder.picture(image, 4, 4)
    assert decoder._child is not None
    process = decoder._child.process
    decoder.close()
    assert process.returncode is not None
    with pytest.raises(Refused):
        decoder.picture(image, 4, 4)
    decoder.close()


@linux
def test_no_key_is_in_the_childs_environment(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "MY_SECRET", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SOME_KEY"):
        monkeypatch.setenv(name, "sk-hidden")
    with Decoder(20) as decoder:
        decoder.picture(image, 4, 4)
        environment = Path(f"/proc/{child_of(decoder)}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"sk-hidden" not in environment and b"OPENAI" not in environment


@linux
def test_the_childs_memory_is_limited_and_it_has_no_screen(image: Path) -> None:
    with Decoder(20) as decoder:
        decoder.picture(image, 4, 4)
        process = Path(f"/proc/{child_of(decoder)}")
        limit = next(line for line in (process / "limits").read_text().splitlines() if "address space" in line)
        assert int(limit.split()[3]) <= 1536 << 20
        assert {os.readlink(process / "fd" / number) for number in "012"} == {os.devnull}


def test_nothing_is_imported_from_the_folder_that_one_stands_in(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIL", "json", "tui"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    with Decoder(20) as decoder:
        assert decoder.picture(Path("a.png"), 4, 4).width == 4


@linux
def test_the_child_ends_with_its_parent(image: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from tui.render.decoding.decoder import Decoder\n"
        "decoder = Decoder(20); decoder.picture(Path(sys.argv[1]), 4, 4)\n"
        "print(decoder._child.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(image)], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    child = int(run.stdout)
    state = Path(f"/proc/{child}/stat")
    for _ in range(200):
        # A container's first process may leave it as a zombie.
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        threading.Event().wait(0.05)
    pytest.fail("the child lives on")


@pytest.mark.parametrize(
    "module",
    [
        "tui.render.decoding.decoder",
        "tui.render.geometry",
        "tui.render.picture",
        "tui.render.terminal",
        "tui.render.view",
    ],
)
def test_asking_for_a_picture_loads_neither_pillow_nor_numpy(module: str) -> None:
    program = (
        f"import sys, {module}; heavy = {{'PIL', 'numpy', 'rich', 'rich_pixels', 'resvg_py', 'textual'}}; "
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr


def test_drawing_cells_loads_neither_pillow_nor_textual() -> None:
    program = (
        "import sys, tui.render.cells.rows;"
        "sys.exit(', '.join({'PIL', 'rich_pixels', 'textual'} & set(sys.modules)) or None)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert run.returncode == 0, run.stderr
