"""What an earlier run left in the spool is found and told, kept, forgotten and swept; nothing of a live job is."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import Bench
from tui.core.events import Done, Sent
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.leftovers import State, forget, keep, leftovers, sweep
from tui.engine.spool import SPOOL, Entry, Head

Make = Callable[..., Bench]
REQUEST = Request("a fox", "gpt-image-1", parameters={"size": "1024x1024", "n": 2})
FACTS = {"provider": "studio", "host": "images.example.com", "template": "{index}", "estimate": 0.12}
URL = "https://images.example.com/a.png?se=2031-01-01T00%3A00%3A00Z&sig=marker"


def left(library: Path, job: str = "a", *, body: bytes = b"", whole: bool = False, **head: object) -> Entry:
    """An entry whose process is gone: with a part of an answer, all of it, or nothing."""
    entry = Entry.create(library, job, REQUEST, FACTS)
    if body or head:
        entry.begin(Head(**{"status": 200, "request_id": "req_1", **head}))  # type: ignore[arg-type]  # a dict of fields
        entry.append(body)
    if whole:
        entry.commit()
    entry.release()
    return entry


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# --- what is told ---


def test_all_that_is_known_of_a_job_is_told(tmp_path: Path) -> None:
    before = time.time()
    entry = left(tmp_path, body=b'{"data": [')
    (found,) = leftovers(tmp_path)
    assert (found.job, found.folder, found.state) == ("a", entry.folder, State.UNKNOWN)
    assert before <= found.at <= time.time()
    assert found.request == REQUEST
    assert (found.provider, found.host, found.estimate) == ("studio", "images.example.com", 0.12)
    assert (found.received, found.request_id, found.kept) == (10, "req_1", False)
    assert leftovers(tmp_path) == [found], "looking changes nothing"


def test_the_oldest_is_told_first(tmp_path: Path) -> None:
    for job in ("b", "a", "c"):
        left(tmp_path, job)
    assert [found.job for found in leftovers(tmp_path)] == ["b", "a", "c"]


def test_a_job_with_nothing_but_its_request_may_have_been_sent(tmp_path: Path) -> None:
    left(tmp_path)
    (found,) = leftovers(tmp_path)
    assert (found.state, found.received, found.finishable) == (State.UNKNOWN, 0, False)


@pytest.mark.parametrize(("kind", "state"), [
    ("rate limited", State.REFUSED), ("server trouble", State.REFUSED), ("connection", State.UNSENT),
])  # fmt: skip
def test_a_job_that_ended_while_it_waited_after_a_refusal_is_known_to_have_cost_nothing(
    tmp_path: Path, kind: str, state: State
) -> None:
    entry = left(tmp_path)
    entry.note("refused", failure="429 slow down \x1b[31m", kind=kind, request_id="req_9")
    (found,) = leftovers(tmp_path)
    assert (found.state, found.failure, found.request_id) == (state, "429 slow down [31m", "req_9")
    entry.note_sent(2)
    assert leftovers(tmp_path)[0].state is State.UNKNOWN, "the second attempt went out"


def test_a_whole_answer_is_finishable_and_so_is_a_part_that_nobody_has_read(tmp_path: Path) -> None:
    left(tmp_path, "whole", body=b"{}", whole=True)
    left(tmp_path, "part", body=b"{")
    left(tmp_path, "nothing")
    left(tmp_path, "gateway", body=b"<html>", status=502)
    told = {found.job: (found.state, found.finishable) for found in leftovers(tmp_path)}
    assert told == {
        "whole": (State.ANSWERED, True),
        "part": (State.UNKNOWN, True),
        "nothing": (State.UNKNOWN, False),
        "gateway": (State.UNKNOWN, False),
    }


def test_what_was_read_to_its_end_in_vain_is_not_finishable(tmp_path: Path) -> None:
    left(tmp_path, "a", body=b"{}", whole=True).note("failed", failure="no image", kind="unexpected answer", final=True)
    left(tmp_path, "b", body=b"{").note("unknown", failure="cut", kind="interrupted", final=True)
    assert [found.finishable for found in leftovers(tmp_path)] == [False, False]


def test_a_failed_download_is_finishable_while_its_url_lives(tmp_path: Path) -> None:
    for job, year in (("lives", "2031"), ("ended", "2020")):
        body = json.dumps({"data": [{"url": URL.replace("2031", year)}]}).encode()
        entry = left(tmp_path, job, body=body, whole=True)
        entry.note("failed", failure="download", kind="download", final=False)
    told = {found.job: found for found in leftovers(tmp_path)}
    assert {job: found.finishable for job, found in told.items()} == {"lives": True, "ended": False}
    assert told["lives"].expires == 1924992000.0
    assert "marker" not in repr(told), "a signature is secret"


def test_an_entry_that_cannot_be_read_is_told_all_the_same(tmp_path: Path) -> None:
    entry = left(tmp_path, body=b"{}", whole=True)
    for text in ("", "[]", '{"prompt": 1}', "[" * 100_000, '{"at": NaN}'):
        (entry.folder / "request.json").write_text(text)
        (entry.folder / "attempts.jsonl").write_text('[1]\n"x"\n{"what": "refu')
        (entry.folder / "head.json").write_text(text)
        (found,) = leftovers(tmp_path)
        assert (found.job, found.state, found.request) == ("a", State.ANSWERED, None)


def test_a_spool_that_is_absent_or_strange_is_no_error(tmp_path: Path) -> None:
    assert leftovers(tmp_path / "absent") == []
    sweep(tmp_path / "absent")
    spool = tmp_path / SPOOL
    (spool / "folder" / "request.json").mkdir(parents=True)
    (spool / "a file").touch()
    (spool / "link").symlink_to(tmp_path)
    assert leftovers(tmp_path) == []
    sweep(tmp_path)
    assert (spool / "a file").exists()
    (tmp_path / "library" / ".safelight").mkdir(parents=True)
    (tmp_path / "library" / SPOOL).touch()
    assert leftovers(tmp_path / "library") == []
    sweep(tmp_path / "library")


def test_a_job_whose_end_was_marked_is_only_waiting_to_be_swept(tmp_path: Path) -> None:
    folder = left(tmp_path, body=b"{}", whole=True).folder
    (folder / "request.json").rename(folder / "done.json")
    assert leftovers(tmp_path) == []


# --- whose it is ---


async def test_a_job_on_its_way_is_not_left_behind_and_stays_its_owners(bench: Make, provider: Provider) -> None:
    b = bench()
    job = b.submit(provider, "fault:timeout")
    await b.until(Sent)
    before = b.kept
    assert leftovers(b.out) == []
    assert not forget(b.out, job)
    assert not keep(b.out, job)
    sweep(b.out)
    assert b.kept == before
    b.runner.cancel(job)
    await b.end(job)
    assert isinstance(await b.run(provider), Done)
    assert leftovers(b.out) == []


# --- keep and forget ---


def test_what_the_person_keeps_is_told_as_kept(tmp_path: Path) -> None:
    left(tmp_path)
    assert keep(tmp_path, "a")
    assert [found.kept for found in leftovers(tmp_path)] == [True]


def test_what_the_person_forgets_is_gone(tmp_path: Path) -> None:
    left(tmp_path, body=b"{}", whole=True)
    assert forget(tmp_path, "a")
    assert leftovers(tmp_path) == []
    assert names(tmp_path / SPOOL) == []


@pytest.mark.parametrize("job", ["b", "", ".", "..", "../a", "x/../a"])
def test_what_is_no_job_is_neither_kept_nor_forgotten(tmp_path: Path, job: str) -> None:
    left(tmp_path)
    assert not keep(tmp_path, job)
    assert not forget(tmp_path, job)
    assert len(leftovers(tmp_path)) == 1


# --- sweeping ---


def test_the_rests_of_jobs_that_are_over_are_swept_away(tmp_path: Path) -> None:
    folder = left(tmp_path, body=b"{}", whole=True).folder
    (folder / "request.json").rename(folder / "done.json")
    (folder / "partial-0-0.png").touch()
    sweep(tmp_path)
    assert names(tmp_path / SPOOL) == []


@pytest.mark.parametrize("files", [[], ["reserve"], ["reserve", "request.json.tmp"]])
def test_a_job_that_was_never_begun_is_swept_away(tmp_path: Path, files: list[str]) -> None:
    folder = tmp_path / SPOOL / "a"
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).touch()
    (tmp_path / ".safelight-a.tmp").touch()
    sweep(tmp_path)
    assert names(tmp_path) == [".safelight", ".safelight/lock", ".safelight/spool"]


def test_an_answer_is_never_swept_away_whatever_became_of_its_request(tmp_path: Path) -> None:
    entry = left(tmp_path, body=b"{}", whole=True)
    (entry.folder / "request.json").unlink()
    sweep(tmp_path)
    assert entry.response.read_bytes() == b"{}"


def test_of_a_job_that_is_not_over_only_what_can_be_made_again_is_swept_away(tmp_path: Path) -> None:
    folder = left(tmp_path, body=b"{}", whole=True).folder
    for name in ("image-0.tmp", "plain", "reserve", "image-0", "partial-0-0.png", "attempts.jsonl"):
        (folder / name).touch()
    sweep(tmp_path)
    assert names(folder) == ["attempts.jsonl", "head.json", "image-0", "partial-0-0.png", "request.json", "response"]
    assert len(leftovers(tmp_path)) == 1


def test_unfinished_files_of_ours_are_swept_from_the_folders_of_days_and_nothing_else(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "2026-11-22", tmp_path / "mine"):
        folder.mkdir(exist_ok=True)
        for name in (".safelight-a-image-0.tmp", "other.tmp", ".hidden", "fox.png"):
            (folder / name).touch()
    os.link(tmp_path / "mine" / "fox.png", tmp_path / "2026-11-22" / ".safelight-b-image-0.tmp")
    sweep(tmp_path)
    assert names(tmp_path) == [
        ".hidden", "2026-11-22", "2026-11-22/.hidden", "2026-11-22/.safelight-b-image-0.tmp", "2026-11-22/fox.png",
        "2026-11-22/other.tmp", "fox.png", "mine", "mine/.hidden", "mine/.safelight-a-image-0.tmp", "mine/fox.png",
        "mine/other.tmp", "other.tmp",
    ]  # fmt: skip


async def test_a_job_that_is_just_being_begun_is_not_swept_away(
    bench: Make, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweeper waits at each step until the request is there."""
    import threading

    from tui.engine import steps

    b = bench()
    sweepers: list[threading.Thread] = []

    def reached(label: str) -> None:
        if label in ("folder made", "probed", "reserved", "request written"):
            sweepers.append(threading.Thread(target=sweep, args=(b.out,)))
            sweepers[-1].start()
            sweepers[-1].join(0.1)
            assert sweepers[-1].is_alive(), "it waits for the job to be begun"

    monkeypatch.setattr(steps, "reached", reached)
    assert isinstance(await b.run(provider), Done)
    for sweeper in sweepers:
        sweeper.join(10)
    assert len(sweepers) == 4
