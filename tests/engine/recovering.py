"""A library as it lies on the disk when its process is gone, copied at a step of a job, and a run that finds it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import Bench
from tui.core.events import Done
from tui.core.provider import Provider
from tui.core.record import Record
from tui.core.request import Request
from tui.engine import steps
from tui.engine.runner import Runner
from tui.engine.spool import SPOOL, Entry, Head
from tui.library import records


class Run(Bench):
    """One run of the program on a library, with records on the disk."""

    def __init__(self, out: Path, **settings: Any) -> None:
        super().__init__(out, **settings)
        self.runner = Runner(self.runner.settings, emit=self._hear, record=records.write, recorded=records.read)

    async def recover(self, job: str) -> Any:
        """Take a left job up and wait: the ending."""
        return await self.end(self.runner.recover(job))

    @property
    def known(self) -> list[Record]:
        """Every record of the library."""
        found = (records.read(self.out, sha256) for sha256, _ in records.listed(self.out))
        return [record for record in found if record]

    @property
    def paths(self) -> list[Path]:
        """Where the records say that images lie."""
        return sorted(self.out / origin.path for record in self.known for origin in record.origins)

    @property
    def rests(self) -> list[str]:
        """What is neither an image nor a record nor a lock."""
        kept = (self.out / records.FOLDER, self.out / ".safelight" / "lock")
        return sorted(
            path.relative_to(self.out).as_posix()
            for path in self.out.rglob("*")
            if path.is_file() and path not in self.files and not any(path.is_relative_to(each) for each in kept)
        )


@contextlib.asynccontextmanager
async def run(out: Path, **settings: Any):  # type: ignore[no-untyped-def]  # an async generator of Run
    """A run that ends by itself when the test does."""
    each = Run(out, **settings)
    try:
        yield each
    finally:
        await each.runner.close()


def copied(source: Path, target: Path) -> Path:
    """The files of a folder as they are at this moment, those that are one file under two names again one."""
    names: dict[tuple[int, int], Path] = {}
    for path in sorted(source.rglob("*")):
        there = target / path.relative_to(source)
        with contextlib.suppress(FileNotFoundError):
            facts = path.lstat()
            if path.is_dir():
                there.mkdir(parents=True, exist_ok=True)
            elif (known := names.get((facts.st_dev, facts.st_ino))) is not None:
                os.link(known, there)
            elif path.name == "reserve":
                # Nothing but room, and much of it.
                there.touch()
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, there)
                names[facts.st_dev, facts.st_ino] = there
    return target


class Moments:
    """Copies of a library: `at[label]` as it was when a step was first reached, `last[label]` when it was last."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._library, self._folder = library, folder
        self.at: dict[str, Path] = {}
        self.last: dict[str, Path] = {}

    def reached(self, label: str) -> None:
        assert label in steps.STEPS
        number = len(list(self._folder.iterdir())) if self._folder.exists() else 0
        copy = copied(self._library, self._folder / f"{number:03}")
        self.last[label] = copy
        self.at.setdefault(label, copy)


@pytest.fixture
def moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes copies of a library at each step from here on."""

    def watch(library: Path, name: str = "moments") -> Moments:
        made = Moments(library, tmp_path / name)
        monkeypatch.setattr(steps, "reached", made.reached)
        return made

    yield watch
    monkeypatch.undo()


Watch = Callable[..., Moments]


async def cut_short(tmp_path: Path, provider: Provider, watch: Watch, prompt: str = "a fox", **more: Any) -> Moments:
    """A job that ends well, and the library at each of its steps."""
    async with run(tmp_path / "whole") as b:
        made = watch(b.out)
        assert isinstance(await b.run(provider, prompt, **more), Done)
    steps.reached = lambda _: None
    return made


def job_of(library: Path) -> str:
    (folder,) = (library / SPOOL).iterdir()
    return folder.name


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
