"""Whose a job is: of two runs one recovers it, with locks and without, and a live process keeps its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.recovering import Watch, cut_short, job_of, left_by, moments, run
from tests.engine.test_saving import images
from tui.core.events import Cancelled, Done, Sent
from tui.core.provider import Provider
from tui.engine.leftovers import leftovers, sweep
from tui.engine.spool import SPOOL, Entry

__all__ = ["moments"]


async def test_of_two_runs_one_recovers(tmp_path: Path, provider: Provider, moments: Watch) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["response named"]
    job = job_of(library)
    async with run(library) as first, run(library) as second:
        ours = first.runner.recover(job)
        with pytest.raises(LookupError):
            second.runner.recover(job)
        assert isinstance(await first.end(ours), Done)
        with pytest.raises(LookupError):
            second.runner.recover(job)
        assert len(first.files) == 1


@pytest.mark.parametrize("job", ["", ".", "..", "../../x", "gone"])
async def test_what_is_no_job_is_not_recovered(tmp_path: Path, job: str) -> None:
    async with run(tmp_path) as b:
        with pytest.raises(LookupError):
            b.runner.recover(job)


async def test_a_recovery_that_is_cancelled_in_line_leaves_the_job_as_it_was(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b")):
        shutil.copytree(left_by(tmp_path / name, images(1), whole=True).folder, tmp_path / "all" / SPOOL / f"{number}")
    async with run(tmp_path / "all", parallel=1) as b:
        first, second = b.runner.recover("0"), b.runner.recover("1")
        b.runner.cancel(second)
        assert isinstance(await b.end(first), Done)
        ended = await b.end(second)
        assert isinstance(ended, Cancelled)
        assert ended.sent
    assert [(left.job, left.finishable) for left in leftovers(tmp_path / "all")] == [("1", True)]


HOLDER = """
import sys
from pathlib import Path
from tui.engine.spool import Entry
import {patch}
entry = Entry.adopt(Path(sys.argv[1]), sys.argv[2])
print(entry is not None, flush=True)
sys.stdin.readline()
"""


@pytest.fixture(params=["locks", "no locks"])
def locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Once with what this file system has, once as on one where a file can't be locked."""
    if request.param == "no locks":
        (tmp_path / "lacking_locks.py").write_text(
            "import errno, fcntl\n"
            "def flock(handle, what):\n    raise OSError(errno.ENOLCK, 'No locks available')\n"
            "fcntl.flock = flock\n"
        )
        import fcntl

        def flock(handle: int, what: int) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "flock", flock)
        yield "lacking_locks"
    else:
        yield "fcntl"


class Holder:
    """Another process that has a job, or tries to."""

    def __init__(self, library: Path, job: str, patch: str) -> None:
        program = HOLDER.format(patch=patch)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(library), job],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(library.parent)])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.has_it = self._process.stdout.readline().strip() == "True"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


async def test_a_job_of_a_live_process_is_nobody_elses_and_one_of_a_killed_process_is(
    tmp_path: Path, locks: str
) -> None:
    library = tmp_path / "library"
    entry = left_by(library, images(1), whole=True)
    owned(entry, boot="an earlier one")
    holder = Holder(library, entry.job, locks)
    try:
        assert holder.has_it
        assert leftovers(library) == []
        sweep(library)
        async with run(library) as b:
            with pytest.raises(LookupError):
                b.runner.recover(entry.job)
            holder.kill()
            assert [left.job for left in leftovers(library)] == [entry.job]
            job = b.runner.recover(entry.job)
            assert not Holder(library, entry.job, locks).has_it
            assert isinstance(await b.end(job), Done)
            assert b.rests == []
    finally:
        holder.kill()


def test_a_job_that_ends_just_before_it_is_locked_is_not_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run ends it between our opening its file and our locking it."""
    from tui.engine import disk

    entry = left_by(tmp_path, images(1), whole=True)
    try_lock = disk.try_lock

    def late(handle: int) -> bool | None:
        (entry.folder / "request.json").rename(entry.folder / "done.json")
        return try_lock(handle)

    monkeypatch.setattr(disk, "try_lock", late)
    assert Entry.adopt(tmp_path, entry.job) is None


async def test_without_locks_a_job_on_its_way_in_this_process_is_not_left_behind(
    tmp_path: Path, provider: Provider, locks: str
) -> None:
    async with run(tmp_path / "library") as b:
        job = b.submit(provider, "fault:timeout")
        await b.until(Sent)
        assert leftovers(b.out) == []
        b.runner.cancel(job)
        await b.end(job)
        assert isinstance(await b.run(provider), Done)
        assert b.rests == []


@pytest.mark.parametrize(("hours", "free"), [(1, False), (25, True)])
def test_without_locks_a_job_of_another_machine_is_nobodys_after_a_day_without_a_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, free: bool
) -> None:
    entry = left_by(tmp_path, b"{}", whole=True)
    owned(entry, host="another")
    for path in entry.folder.iterdir():
        os.utime(path, (path.stat().st_mtime - hours * 3600,) * 2)
    assert len(leftovers(tmp_path)) == 1, "a lock that is free says enough"

    def flock(handle: int, what: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    assert bool(leftovers(tmp_path)) is free
    assert (Entry.adopt(tmp_path, entry.job) is not None) is free


@pytest.mark.parametrize("change", [{"boot": "an earlier one"}, {"start": "1"}, {"pid": 2**22 + 1}])
def test_without_locks_a_job_of_a_process_that_is_gone_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    """The machine has started since, or another process has its number, or none has."""
    entry = left_by(tmp_path, b"{}", whole=True)

    def flock(handle: int, what: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        start = Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[19]
        owned(entry, pid=other.pid, start=start)
        assert leftovers(tmp_path) == [], "it lives"
        owned(entry, **{"pid": other.pid, "start": start, **change})
        assert len(leftovers(tmp_path)) == 1
        other.communicate()
    owned(entry, pid=other.pid, start=start)
    assert len(leftovers(tmp_path)) == 1


def owned(entry: Entry, **owner: object) -> None:
    """Change what an entry says of its owner."""
    data = json.loads((entry.folder / "request.json").read_text())
    (entry.folder / "request.json").write_text(json.dumps({**data, "owner": {**data["owner"], **owner}}))


async def test_nothing_in_a_job_names_the_machine(tmp_path: Path) -> None:
    import platform

    entry = left_by(tmp_path, b"{}", whole=True)
    assert platform.node() not in (entry.folder / "request.json").read_text()
