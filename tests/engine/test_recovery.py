"""A job that was cut short at any moment is finished by the next run: everything once, nothing sent, nothing left."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import KEY
from tests.engine.raw import RawServer, answer
from tests.engine.recovering import Moments, Run, copied, moments, run
from tests.engine.test_saving import images
from tui.core.events import Cancelled, Done, Downloading, Failed, Queued, Sent, Unknown, Waiting
from tui.core.failures import Kind
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine import steps
from tui.engine.leftovers import State, leftovers, sweep
from tui.engine.spool import SPOOL, Entry, Head
from tui.sandbox.server import Sandbox

Watch = Callable[..., Moments]
__all__ = ["moments"]

UNBEGUN = ("folder made", "probed", "reserved", "request written")
UNKNOWN = ("request named", "sent", "part begun", "head written")
ANSWERED = (
    "part synced",
    "response named",
    "image written",
    "image synced",
    "image named",
    "image linked",
    "record written",
)
OVER = ("entry done", "response removed", "folder removed")
URL = {"model": "dall-e-2", "response_format": "url"}


async def cut_short(tmp_path: Path, provider: Provider, watch: Watch, prompt: str = "a fox", **more: object) -> Moments:
    """A job that ends well, and the library at each of its steps."""
    async with run(tmp_path / "whole") as b:
        made = watch(b.out)
        assert isinstance(await b.run(provider, prompt, **more), Done)
    steps.reached = lambda _: None
    return made


def job_of(library: Path) -> str:
    (folder,) = (library / SPOOL).iterdir()
    return folder.name


# --- every step ---


@pytest.mark.parametrize("label", UNBEGUN)
async def test_what_was_never_begun_leaves_nothing(
    tmp_path: Path, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    assert leftovers(library) == []
    sweep(library)
    async with run(library) as b:
        assert (b.files, b.rests, b.known) == ([], [], [])
    assert list((library / SPOOL).iterdir()) == []


@pytest.mark.parametrize("label", UNKNOWN)
async def test_what_was_sent_and_not_answered_stays_unknown_and_is_never_sent_again(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    (left,) = leftovers(library)
    assert (left.state, left.received, left.finishable) == (State.UNKNOWN, 0, False)
    async with run(library) as b:
        for _ in range(2):
            ended = await b.recover(left.job)
            assert isinstance(ended, Unknown)
            assert ended.failure.message == "the program ended before the answer came"
        assert b.of(Sent) == []
        assert b.files == []
    assert len(sandbox.posts) == 1
    assert [each.state for each in leftovers(library)] == [State.UNKNOWN]


@pytest.mark.parametrize("label", ANSWERED)
@pytest.mark.parametrize("more", [{"n": 3}, {**URL, "n": 2}], ids=["base64", "urls"])
async def test_what_came_is_saved_once_whatever_was_done_of_it(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch, label: str, more: dict[str, object]
) -> None:
    made = await cut_short(tmp_path, provider, moments, **more)
    for library in {made.at[label], made.last[label], made.last["part grown"]}:
        (left,) = leftovers(library)
        assert left.finishable
        async with run(library) as b:
            ended = await b.recover(left.job)
            assert isinstance(ended, Done), ended.failure.summary
            assert ended.saved == more["n"]
            assert b.of(Queued)[0].recovered
            assert b.of(Sent) == []
            assert b.sums == sorted(set(sandbox.sent))
            assert b.paths == b.files
            assert b.rests == []
            assert sorted(event.path for event in b.saved) == b.files
        assert leftovers(library) == []
    assert len(sandbox.posts) == 1


@pytest.mark.parametrize("label", OVER)
async def test_what_was_over_is_swept_and_not_done_again(
    tmp_path: Path, provider: Provider, moments: Watch, label: str
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at[label]
    assert leftovers(library) == []
    sweep(library)
    async with run(library) as b:
        assert len(b.files) == 1
        assert b.paths == b.files
        assert b.rests == []
    assert list((library / SPOOL).iterdir()) == []


async def test_every_step_of_a_job_is_one_of_those_that_are_tried(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    made = await cut_short(tmp_path, provider, moments)
    assert set(made.at) == {*UNBEGUN, *UNKNOWN, "part grown", *ANSWERED, *OVER}
    assert set(steps.STEPS) - set(made.at) == {"attempt noted", "image copied", "name claimed", "adopted"}


async def test_a_recovery_that_is_cut_short_at_any_step_is_finished_by_the_next(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch
) -> None:
    first = await cut_short(tmp_path, provider, moments, n=2)
    for number, label in enumerate(("part synced", "response named", "image linked", "record written")):
        library = copied(first.at[label], tmp_path / f"again{number}")
        async with run(library) as b:
            second = moments(library, f"second{number}")
            assert isinstance(await b.recover(job_of(library)), Done)
        steps.reached = lambda _: None
        assert {"adopted", "image linked", "record written", "entry done"} <= set(second.at)
        for again in {*second.at.values(), *second.last.values()}:
            sweep(again)
            async with run(again) as b:
                for left in leftovers(again):
                    assert isinstance(await b.recover(left.job), Done)
                assert b.sums == sorted(sandbox.sent)
                assert b.paths == b.files
                assert b.rests == []
    assert len(sandbox.posts) == 1


# --- what the person did meanwhile ---


async def test_an_image_that_was_renamed_before_its_record_was_written_is_found(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["image linked"]
    async with run(library) as b:
        (image,) = b.files
        moved = library / "foxes" / "the best.png"
        moved.parent.mkdir()
        image.rename(moved)
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == b.paths == [moved]
        assert b.saved[0].path == moved


async def test_an_image_that_was_renamed_after_its_record_was_written_is_found_and_its_record_follows(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["record written"]
    async with run(library) as b:
        (image,) = b.files
        image.rename(library / "fox.png")
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == b.paths == [library / "fox.png"]
        assert len(b.known[0].origins) == 1


async def test_an_image_that_was_deleted_after_its_record_was_written_does_not_come_back(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments)).at["record written"]
    async with run(library) as b:
        b.files[0].unlink()
        ended = await b.recover(job_of(library))
        assert isinstance(ended, Done)
        assert ended.saved == 1
        assert (b.files, b.saved, b.rests) == ([], [], [])


async def test_a_name_that_became_free_meanwhile_makes_no_second_file(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    async with run(tmp_path / "library", template="fox") as b:
        assert isinstance(await b.run(provider), Done)
        made = moments(b.out)
        assert isinstance(await b.run(provider, "another fox"), Done)
    steps.reached = lambda _: None
    library = made.at["image linked"]
    async with run(library, template="another {index}") as b:
        first, second = sorted(b.files, key=lambda path: path.name, reverse=True)
        assert (first.name, second.name) == ("fox.png", "fox-2.png")
        first.unlink()
        assert isinstance(await b.recover(job_of(library)), Done)
        assert b.files == [second]


async def test_images_are_named_as_their_own_run_would_have(tmp_path: Path, provider: Provider, moments: Watch) -> None:
    async with run(tmp_path / "library", template="fox {index}") as b:
        made = moments(b.out)
        assert isinstance(await b.run(provider), Done)
    steps.reached = lambda _: None
    async with run(made.at["response named"], template="other") as b:
        assert isinstance(await b.recover(job_of(b.out)), Done)
        assert [path.name for path in b.files] == ["fox 0.png"]


async def test_an_edit_that_is_finished_later_still_knows_what_it_was_made_from(
    tmp_path: Path, provider: Provider, moments: Watch
) -> None:
    async with run(tmp_path / "library") as b:
        assert isinstance(await b.run(provider), Done)
        (source,) = b.files
        sha256, made = hashlib.sha256(source.read_bytes()).hexdigest(), moments(b.out)
        assert isinstance(await b.run(provider, "with a hat", operation="edit", images=(source,)), Done)
    steps.reached = lambda _: None
    # What lies at the path by then is of no account.
    (made.at["response named"] / source.relative_to(tmp_path / "library")).write_bytes(b"another")
    async with run(made.at["response named"]) as b:
        assert isinstance(await b.recover(job_of(b.out)), Done)
        assert {origin.sources for record in b.known for origin in record.origins} == {(), (sha256,)}


# --- answers that are odd ---


async def test_a_part_of_an_answer_gives_what_is_whole_in_it(tmp_path: Path) -> None:
    body = images(2)
    part = body[: body.index(b'"}', body.index(b"b64_json")) + 2]
    entry = left_by(tmp_path, part, total=len(body))
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Unknown)
        assert len(b.files) == 1
        (left,) = leftovers(tmp_path)
        assert (left.state, left.received, left.finishable) == (State.UNKNOWN, len(part), False)
        assert left.failure
        assert isinstance(await b.recover(entry.job), Unknown)
        assert len(b.files) == 1


async def test_an_answer_whose_end_was_not_announced_is_done_where_all_its_images_are_whole(tmp_path: Path) -> None:
    entry = left_by(tmp_path, images(2), total=None)
    async with run(tmp_path) as b:
        assert isinstance(await b.recover(entry.job), Done)
        assert len(b.files) == 2
        assert b.rests == []


async def test_an_answer_that_came_to_its_last_byte_is_whole_whatever_it_lacks(tmp_path: Path) -> None:
    body = images(1)
    entry = left_by(tmp_path, body, total=len(body))
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Done)
        assert ended.fewer == "1 of 2 came"
        assert b.rests == []


async def test_an_answer_without_an_image_is_told_once_and_its_bytes_stay(tmp_path: Path) -> None:
    entry = left_by(tmp_path, b"<html>hello</html>", whole=True)
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Failed)
        assert ended.failure.kind is Kind.UNEXPECTED
    (left,) = leftovers(tmp_path)
    assert not left.finishable
    assert entry.response.read_bytes() == b"<html>hello</html>"


async def test_images_are_saved_though_nobody_can_read_what_was_asked(tmp_path: Path) -> None:
    entry = left_by(tmp_path, images(1), whole=True)
    (entry.folder / "request.json").write_text("{")
    (entry.folder / "head.json").unlink()
    async with run(tmp_path) as b:
        assert isinstance(await b.recover(entry.job), Done)
        assert len(b.files) == 1


async def test_a_job_that_the_server_refused_is_not_sent_and_not_called_unknown(tmp_path: Path) -> None:
    entry = left_by(tmp_path, b"")
    entry.note("refused", failure="429 slow down", kind="rate limited")
    async with run(tmp_path) as b:
        ended = await b.recover(entry.job)
        assert isinstance(ended, Failed)
        assert ended.failure.message == "the server did nothing"
    assert [left.state for left in leftovers(tmp_path)] == [State.REFUSED]


def left_by(library: Path, body: bytes, *, total: int | None = None, whole: bool = False) -> Entry:
    """An entry as a killed process leaves it."""
    request = Request("a fox", "gpt-image-1", parameters={"n": body.count(b"b64_json") or 1})
    if total:
        request = replace(request, parameters={"n": 2})
    entry = Entry.create(library, "20261122-143205-0badf00d", request, {"provider": "x", "host": "127.0.0.1:1"})
    if body:
        entry.begin(Head(status=200, total=total))
        entry.append(body)
    if whole:
        entry.commit()
    entry.release()
    return entry


# --- downloads ---


async def test_downloads_are_resumed_with_the_rules_of_the_host_that_the_job_went_to(
    tmp_path: Path, sandbox: Sandbox, provider: Provider, moments: Watch
) -> None:
    library = (await cut_short(tmp_path, provider, moments, n=2, **URL)).at["image linked"]
    async with run(library) as b:
        assert isinstance(await b.recover(job_of(library)), Done)
        assert {event.index for event in b.of(Downloading)} == {1}, "the first was there"
        assert b.sums == sorted(set(sandbox.sent))


async def test_a_private_address_is_not_asked_for_a_job_of_a_public_host(tmp_path: Path) -> None:
    with RawServer() as server:
        entry = left_by(tmp_path, json.dumps({"data": [{"url": f"http://127.0.0.1:{server.port}/a.png"}]}).encode())
        data = json.loads((entry.folder / "request.json").read_text())
        (entry.folder / "request.json").write_text(json.dumps({**data, "host": "images.example.com"}))
        async with run(tmp_path) as b:
            job = b.runner.recover(entry.job)
            asked = await b.until(Waiting)
            assert asked.failure.kind is Kind.DOWNLOAD
            b.runner.answer(job, "skip")
            await b.end(job)
        assert server.connections == 0


async def test_a_url_that_has_ended_is_tried_once_and_not_asked_about(tmp_path: Path) -> None:
    with RawServer() as server:
        server.on("GET", answer(b"<Error>AuthenticationFailed</Error>", status="403 Forbidden"))
        url = f"{server.url}/a.png?se=2020-01-01T00:00:00Z"
        entry = left_by(tmp_path, json.dumps({"data": [{"url": url}]}).encode(), whole=True)
        async with run(tmp_path) as b:
            ended = await b.recover(entry.job)
            assert isinstance(ended, Failed)
            assert "expired" in ended.failure.message
            assert b.waits == []
        assert len(server.heard) == 1
    assert [left.finishable for left in leftovers(tmp_path)] == [False]


# --- whose it is ---


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


# --- elsewhere ---


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
