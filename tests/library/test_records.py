"""Records on disk: whole, private, joined, and read with care."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.core.record import Origin, Record
from tui.library import records

SHA = "ab" * 32


def origin(job: str = "job-1", **changes: Any) -> Origin:
    given: dict[str, Any] = {
        "job": job,
        "index": 0,
        "provider": "openai",
        "model": "gpt-image-1",
        "operation": "generate",
        "prompt": "a red fox",
        "parameters": {"n": 2, "quality": "high", "stream": True},
        "created": 1_764_000_000,
        "path": "2025-11-24/fox_0.png",
        "cost": 0.04,
    }
    return Origin(**{**given, **changes})


def record(*origins: Origin, sha256: str = SHA) -> Record:
    return Record(sha256=sha256, bytes=10, format="png", width=4, height=3, origins=origins or (origin(),))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    written = record(origin(revised_prompt="a fox,\nred", request_id="req_1"))
    assert records.write(tmp_path, written) == written
    assert records.read(tmp_path, SHA) == written
    assert [sha256 for sha256, _ in records.listed(tmp_path)] == [SHA]


def test_records_are_private_and_nothing_temporary_stays(tmp_path: Path) -> None:
    records.write(tmp_path, record())
    path = tmp_path / ".safelight" / "records" / "ab" / f"{SHA}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_same_bytes_from_another_job_add_an_origin(tmp_path: Path) -> None:
    records.write(tmp_path, record(origin("job-1")))
    joined = records.write(tmp_path, record(origin("job-2"), origin("job-1")))
    assert [one.job for one in joined.origins] == ["job-1", "job-2"]
    assert records.read(tmp_path, SHA) == joined


def test_several_processes_at_once_lose_nothing_of_one_another(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.library.test_records import origin, record\nfrom tui.library import records\n"
        "print('ready', flush=True)\nsys.stdin.read(1)\n"
        "for n in range(40): records.write(Path(sys.argv[1]), record(origin(f'{sys.argv[2]}-{n}')))"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        # All stand ready before any begins.
        assert writer.stdout and writer.stdout.readline() == b"ready\n"
        writer.stdout.close()
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"!")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    known = records.read(tmp_path, SHA)
    assert known is not None
    assert {one.job for one in known.origins} == {f"{name}-{n}" for name in "abc" for n in range(40)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"sha256": SHA}).encode(),
        json.dumps({**record().to_json(), "sha256": "cd" * 32}).encode(),
        json.dumps({**record().to_json(), "bytes": "ten"}).encode(),
        json.dumps({**record().to_json(), "bytes": 1 << 70}).encode(),
        json.dumps({**record().to_json(), "width": -1}).encode(),
        json.dumps({**record().to_json(), "origins": [{"job": 1}]}).encode(),
        json.dumps({**record().to_json(), "origins": 7}).encode(),
    ],
)
def test_a_broken_record_is_none_and_is_told_in_the_log(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = records.path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert records.read(tmp_path, SHA) is None
    assert SHA in caplog.text


def test_writing_over_a_broken_record_keeps_the_broken_one(tmp_path: Path) -> None:
    path = records.path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{ half")
    records.write(tmp_path, record())
    assert records.read(tmp_path, SHA) == record()
    assert path.with_suffix(".broken").read_bytes() == b"{ half"


def test_a_pipe_in_place_of_a_record_blocks_nobody(tmp_path: Path) -> None:
    path = records.path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert records.read(tmp_path, SHA) is None


def test_text_is_cleaned_when_it_is_read(tmp_path: Path) -> None:
    evil = "a\x1b]0;x\x07 fox\u202e"
    records.write(
        tmp_path,
        record(origin(prompt=evil, revised_prompt=evil, model=evil, request_id=evil, parameters={evil: evil})),
    )
    known = records.read(tmp_path, SHA)
    assert known is not None and known.newest is not None
    text = repr(known.newest)
    assert "\\x1b" not in text and "\\x07" not in text and "\\u202e" not in text
    assert known.newest.prompt == "a]0;x fox"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_only_a_sha256_names_a_record(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        records.read(tmp_path, name)


def test_files_of_others_among_the_records_are_passed_over(tmp_path: Path) -> None:
    records.write(tmp_path, record())
    folder = records.path_of(tmp_path, SHA).parent
    (folder / "notes.json").write_text("{}")
    (folder / f".{SHA}.json.tmp").write_text("{}")
    (folder.parent / "loose.json").write_text("{}")
    assert [name for name, _ in records.listed(tmp_path)] == [SHA]


def test_what_a_crash_left_is_no_obstacle(tmp_path: Path) -> None:
    path = records.path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}.tmp").write_text("half")
    records.write(tmp_path, record())
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_library_that_is_not_there_has_no_records(tmp_path: Path) -> None:
    assert list(records.listed(tmp_path / "absent")) == []
    assert records.read(tmp_path / "absent", SHA) is None
