"""What an earlier run left in the spool is found, and nothing that is still on its way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.engine.conftest import Bench
from tui.core.events import Done, Sent
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.leftovers import Leftover, leftovers
from tui.engine.spool import SPOOL, Entry, Head

Make = Callable[..., Bench]


def left(library: Path, job: str, *, answered: bool) -> Path:
    entry = Entry.create(library, job, Request("a fox", "m"), {})
    if answered:
        entry.begin(Head(status=200))
        entry.append(b"{}")
        entry.commit()
    entry.release()
    return entry.folder


def test_what_was_left_behind_is_listed_with_whether_its_answer_is_there(tmp_path: Path) -> None:
    later, earlier = left(tmp_path, "b", answered=True), left(tmp_path, "a", answered=False)
    assert leftovers(tmp_path) == [Leftover("a", earlier, False), Leftover("b", later, True)]
    assert leftovers(tmp_path), "looking changes nothing"


async def test_a_job_on_its_way_is_not_left_behind_and_stays_its_owners(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:timeout")
    await b.until(Sent)
    assert leftovers(b.out) == []
    b.runner.cancel(job)
    await b.end(job)
    assert isinstance(await b.run(provider), Done)
    assert leftovers(b.out) == []


def test_a_job_whose_end_was_marked_is_only_waiting_to_be_swept(tmp_path: Path) -> None:
    folder = left(tmp_path, "a", answered=True)
    (folder / "request.json").rename(folder / "done.json")
    assert leftovers(tmp_path) == []


def test_a_spool_that_is_absent_or_strange_is_no_error(tmp_path: Path) -> None:
    assert leftovers(tmp_path / "absent") == []
    spool = tmp_path / SPOOL
    spool.mkdir(parents=True)
    (spool / "a file").touch()
    (spool / "empty").mkdir()
    (spool / "folder" / "request.json").mkdir(parents=True)
    assert leftovers(tmp_path) == []
    (tmp_path / "library" / ".safelight").mkdir(parents=True)
    (tmp_path / "library" / SPOOL).touch()
    assert leftovers(tmp_path / "library") == []
