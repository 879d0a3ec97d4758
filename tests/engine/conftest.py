"""The engine on a library of its own, and what it says."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.core.events import Cancelled, Done, Event, Failed, Partial, Saved, Sent, Unknown, Waiting
from tui.core.provider import Provider
from tui.core.record import Record
from tui.core.request import Request
from tui.engine.runner import Runner, Settings
from tui.engine.spool import SPOOL
from tui.sandbox.server import Sandbox

KEY = "sk-marker-4f1c9e"
ENDINGS = (Done, Failed, Cancelled, Unknown)


class Bench:
    """A runner, everything it said, and what it left behind."""

    def __init__(self, out: Path, **settings: Any) -> None:
        self.out = out
        self.events: list[Event] = []
        self.records: list[tuple[Path, Record]] = []
        self.sizes: list[int] = []
        self._heard = asyncio.Event()
        ledger = settings.pop("ledger", None)
        self.runner = Runner(
            Settings(**{"out": out, "backoff": 0.001, "deadline": 30.0, **settings}),
            emit=self._hear,
            record=lambda library, record: self.records.append((library, record)),
            ledger=ledger,
        )

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Partial):
            self.sizes.append(event.path.stat().st_size)
        self._heard.set()

    def submit(
        self, provider: Provider, prompt: str = "a red fox", model: str = "gpt-image-2.5-flare", **more: Any
    ) -> str:
        given = {name: more.pop(name) for name in ("operation", "images", "mask") if name in more}
        if model.startswith("gpt"):
            more = {"size": "1024x1024", "quality": "low", **more}
        else:
            more = {"size": "256x256" if model == "dall-e-2" else "1024x1024", **more}
        return self.runner.submit(Request(prompt, model, parameters=more, **given), provider)

    async def run(self, provider: Provider, prompt: str = "a red fox", **more: Any) -> Any:
        """Submit and wait: the ending."""
        return await self.end(self.submit(provider, prompt, **more))

    async def end(self, job: str) -> Any:
        return await asyncio.wait_for(self.runner.wait(job), 60)

    async def until(self, kind: type[Event], when: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first event of a kind, as soon as it is told."""
        async with asyncio.timeout(60):
            while not (found := [event for event in self.of(kind) if when(event)]):
                self._heard.clear()
                await self._heard.wait()
        return found[0]

    async def until_kept(self, name: str) -> bytes:
        """What a file of the spool holds, as soon as it holds something."""
        async with asyncio.timeout(60):
            while not self.kept.get(name):  # noqa: ASYNC110  a file tells nobody that it grows
                await asyncio.sleep(0.005)
        return self.kept[name]

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def attempts(self) -> int:
        return len(self.of(Sent))

    @property
    def waits(self) -> list[Waiting]:
        return self.of(Waiting)

    @property
    def saved(self) -> list[Saved]:
        return self.of(Saved)

    @property
    def files(self) -> list[Path]:
        """The images in the library."""
        return sorted(path for path in self.out.rglob("*") if path.is_file() and ".safelight" not in path.parts)

    @property
    def sums(self) -> list[str]:
        return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in self.files)

    @property
    def kept(self) -> dict[str, bytes]:
        """What lies in the spool, by name."""
        spool = self.out / SPOOL
        return {path.name: path.read_bytes() for path in spool.rglob("*") if path.is_file()} if spool.exists() else {}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Callable[..., Bench]]:
    """Makes benches, and ends them."""
    made: list[Bench] = []

    def make(**settings: Any) -> Bench:
        made.append(Bench(settings.pop("out", tmp_path / f"library{len(made)}"), **settings))
        return made[-1]

    yield make
    for each in made:
        await each.runner.close()
        for job in {event.job for event in each.events}:
            told = [event for event in each.events if event.job == job]
            assert [isinstance(event, ENDINGS) for event in told] == [False] * (len(told) - 1) + [True], told


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as server:
        yield server


@pytest.fixture
def provider(sandbox: Sandbox) -> Provider:
    return Provider("test", sandbox.base_url, KEY)
