"""Where the plug is pulled: a library, a provider that keeps books, and all that was ever run on them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill.failing import Failing
from tests.kill.launcher import At, Directions
from tests.kill.program import Launcher, Run
from tui.core import naming
from tui.sandbox.server import Sandbox

DALLE_2 = ("--model", "dall-e-2", "--size", "256x256", "--response-format")
STREAM = ("--model", "gpt-image-2.5-flare", "--quality", "low", "--size", "1024x640", "--stream", "--partial-images")


@dataclass(frozen=True)
class Shape:
    """A kind of job: its options, its images and its POSTs, a word for its prompt. `ends`: its answer comes whole."""

    words: tuple[str, ...]
    images: int = 1
    posts: int = 1
    fault: str = ""
    ends: bool = True
    jobs: int = 1


SHAPES = {
    "base64": Shape((*DALLE_2, "b64_json")),
    "three": Shape((*DALLE_2, "b64_json", "--n", "3"), images=3),
    "url": Shape(("--model", "dall-e-3", "--response-format", "url")),
    "three urls": Shape((*DALLE_2, "url", "--n", "3"), images=3),
    "stream": Shape((*STREAM, "2", "--output-format", "jpeg")),
    "two jobs": Shape((*DALLE_2, "b64_json", "--lines", "--parallel", "2"), jobs=2),
    "refused once": Shape((*DALLE_2, "b64_json"), posts=2, fault=" fault:unavailable*1"),
    "cut stream": Shape((*STREAM, "2", "--output-format", "jpeg"), fault=" fault:stream-cut", ends=False),
}


@dataclass(eq=False)
class Asked:
    """One job that a run was asked for, known by its prompt."""

    prompt: str
    shape: Shape
    run: Run


@dataclass(eq=False)
class Ground:
    """`folder` takes everything; the provider's clock stands still, so that jobs of a model meet in their names."""

    folder: Path
    sandbox: Sandbox
    launcher: Launcher
    now: int
    lacks: tuple[str, ...] = ()
    asked: list[Asked] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    bystanders: dict[Path, bytes] = field(default_factory=dict)

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def cache(self) -> Path:
        return self.folder / "home" / ".cache" / "safelight"

    def start(
        self,
        *words: str,
        typed: str = "",
        at: At | None = None,
        broken: str = "",
        failing: Failing | None = None,
    ) -> Run:
        number = len(self.runs)
        stem = self.folder / f"run-{number}"
        (self.folder / "home").mkdir(exist_ok=True)
        stem.with_suffix(".in").write_text(typed)
        directions = Directions(
            words=[*words, "--out", str(self.library)],
            env=self._env(),
            at=at,
            lacks=self.lacks,
            broken=broken,
            failing=failing,
            **{f"{name}": str(stem.with_suffix(f".{name}")) for name in ("out", "err", "trace")},
            typed=str(stem.with_suffix(".in")),
        )
        run = self.launcher.start(directions)
        self.runs.append(run)
        return run

    def generate(
        self, shape: str = "base64", *, at: At | None = None, broken: str = "", failing: Failing | None = None
    ) -> Run:
        kind = SHAPES[shape]
        first = len(self.asked)
        prompts = [f"a fox, number {first + place}{kind.fault}" for place in range(kind.jobs)]
        typed = "\n".join(prompts)
        run = self.start("generate", "-", *kind.words, typed=typed, at=at, broken=broken, failing=failing)
        self.asked += [Asked(prompt, kind, run) for prompt in prompts]
        return run

    def recover(self, *, at: At | None = None, broken: str = "", failing: Failing | None = None) -> Run:
        return self.start("recover", at=at, broken=broken, failing=failing)

    def settle(self) -> None:
        """What a person does once the light is back: recover, and look at what is left and what is there."""
        self.recover().end()
        self.start("recover", "--list", "--json").end()
        self.start("ls", "--json", "--limit", "100000").end()

    def nothing_fails(self) -> Failing:
        """Directions by which the calls of one run are only counted."""
        return Failing(folder=str(self.library))

    def put_bystanders(self) -> None:
        """Files of the person's own, where the first image of each model would have its name."""
        folder = self.library / naming.day_folder(self.now)
        folder.mkdir(parents=True)
        for model, ending in (("dall-e-2", "png"), ("dall-e-3", "png"), ("gpt-image-2.5-flare", "jpg")):
            name = naming.stem(naming.DEFAULT_TEMPLATE, model=model, created=self.now, index=0)
            path = folder / f"{name}.{ending}"
            self.bystanders[path] = f"the person's own {model}".encode()
            path.write_bytes(self.bystanders[path])

    def close(self) -> None:
        """End what a failed test has left running."""
        for run in self.runs:
            if run.code is None:
                run.kill()

    def _env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "LANG": "C.UTF-8",
            "OPENAI_BASE_URL": self.sandbox.base_url,
            "OPENAI_API_KEY": "sk-kill",
        }


def opened(folder: Path, launcher: Launcher) -> Iterator[Ground]:
    """A ground for one test."""
    now = int(time.time())
    with Sandbox(clock=lambda: now) as sandbox:
        ground = Ground(folder, sandbox, launcher, now)
        yield ground
        ground.close()


def codes(runs: Sequence[Run]) -> list[int]:
    return [run.end() for run in runs]
