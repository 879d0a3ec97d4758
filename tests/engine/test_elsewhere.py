"""A disk that refuses what was paid for: the job goes on in another folder, also on another disk."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import KEY
from tests.engine.raw import RawServer, answer
from tests.engine.recovering import Run, Watch, moments, run
from tests.engine.test_saving import images
from tui.core.events import Done, Waiting
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine import steps
from tui.engine.leftovers import leftovers, sweep
from tui.engine.spool import SPOOL, Entry, Head

__all__ = ["moments"]


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder on another file system than the tests' own."""
    import tempfile

    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder) / "library"


async def blocked(b: Run, server: RawServer, count: int = 2) -> str:
    """A job that can't save, as a file stands where the day's folder should be."""
    server.on("POST", answer(images(count)))
    b.out.mkdir(parents=True, exist_ok=True)
    (b.out / "2023-11-14").write_text("in the way")
    job = b.submit(Provider("x", f"{server.url}/v1", KEY), n=count)
    await b.until(Waiting)
    return job


async def test_a_job_goes_on_in_a_folder_on_another_disk(tmp_path: Path, other_disk: Path) -> None:
    with RawServer() as server:
        async with run(tmp_path / "library") as b, run(other_disk) as other:
            job = await blocked(b, server)
            b.runner.answer(job, "elsewhere", folder=other_disk)
            assert isinstance(await b.end(job), Done)
            assert len(other.files) == 2
            assert other.paths == other.files
            assert (b.known, list((b.out / SPOOL).iterdir()), other.rests) == ([], [], [])
            assert not (other_disk / ".safelight" / "away").exists()
        assert len(server.heard) == 1


async def test_a_job_that_went_elsewhere_is_finished_there_from_any_step(
    tmp_path: Path, moments: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both libraries are copied at each step; the copy's notes name the copy of the other one."""
    with RawServer() as server:
        async with run(tmp_path / "both" / "library") as b:
            job = await blocked(b, server)
            made = moments(tmp_path / "both")
            b.runner.answer(job, "elsewhere", folder=tmp_path / "both" / "other")
            assert isinstance(await b.end(job), Done)
    steps.reached = lambda _: None
    for label in ("image written", "image named", "image linked", "record written", "entry done", "response removed"):
        for both in {made.at[label], made.last[label]}:
            library, other = both / "library", both / "other"
            for notes in (library / SPOOL).rglob("attempts.jsonl"):
                notes.write_text(notes.read_text().replace(str(tmp_path / "both"), str(both)))
            sweep(library)
            async with run(library) as b, run(other) as there:
                for left in leftovers(library):
                    assert isinstance(await b.recover(left.job), Done)
                assert sorted(path.read_bytes()[-1] for path in there.files) == [0, 1]
                assert there.paths == there.files
                assert [path.name for path in b.files] == ["2023-11-14"]
                assert there.rests == []
                assert b.rests == []


async def test_an_answer_that_finds_no_room_is_received_elsewhere(tmp_path: Path, other_disk: Path) -> None:
    """The device that is always full takes the place of the answer's file."""
    with RawServer() as server:
        async with run(tmp_path / "library") as b, run(other_disk) as other:

            def send(connection: socket.socket) -> None:
                for folder in (b.out / SPOOL).iterdir():
                    (folder / "response.part").symlink_to("/dev/full")
                connection.sendall(answer(images(2)))

            server.on("POST", send)
            job = b.submit(Provider("x", f"{server.url}/v1", KEY), n=2)
            asked = await b.until(Waiting)
            assert asked.failure.message.startswith("No space left on device")
            assert asked.choices == ("retry", "elsewhere", "stop")
            b.runner.answer(job, "elsewhere", folder=other_disk)
            assert isinstance(await b.end(job), Done)
            assert len(other.files) == 2
            assert other.rests == []
            assert list((b.out / SPOOL).iterdir()) == []
        assert len(server.heard) == 1


def test_a_part_that_came_goes_along_to_another_folder_and_is_found_there(tmp_path: Path) -> None:
    entry = Entry.create(tmp_path / "a", "job", Request("a fox", "m"), {})
    entry.begin(Head(status=200, request_id="req_1"))
    entry.append(b"one ")
    entry.divert(tmp_path / "b")
    entry.append(b"two ")
    entry.release()
    adopted = Entry.adopt(tmp_path / "a", "job")
    assert adopted is not None
    assert (adopted.library, adopted.received) == (tmp_path / "b", 8)
    adopted.divert(tmp_path / "c")
    adopted.commit()
    assert adopted.response.read_bytes() == b"one two "
    assert adopted.head() == Head(status=200, request_id="req_1")
    adopted.remove()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"] == []


async def test_a_folder_that_refuses_too_is_asked_about_again(tmp_path: Path) -> None:
    with RawServer() as server:
        async with run(tmp_path / "library") as b:
            job = await blocked(b, server)
            (tmp_path / "a file").touch()
            for count, folder in enumerate((tmp_path / "a file", tmp_path / "a file" / "x"), 2):
                b.runner.answer(job, "elsewhere", folder=folder)
                await b.until(Waiting, lambda _, count=count: len(b.waits) == count)
            b.runner.answer(job, "elsewhere", folder=tmp_path / "other")
            assert isinstance(await b.end(job), Done)
        assert len(list((tmp_path / "other").rglob("*.png"))) == 2
