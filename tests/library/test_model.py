"""Any row of actions, files moved behind the program's back among them, held against a plain dictionary."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.library.test_index import PNG
from tests.library.test_records import origin
from tui.core.record import Record
from tui.library import judging, records, tidy
from tui.library.entry import Entry
from tui.library.index import Index
from tui.library.undo import Deed

NAMES = st.sampled_from(["a.png", "b.png", "c.png", "ü 日本.png"])
FOLDERS = st.sampled_from(["", "2026-11-22", "best", "best/of"])
TAGS = st.sampled_from(["sea", "Sky", "deep blue"])


@dataclass
class Known:
    """What a plain mind would know of an image's bytes."""

    content: bytes
    prompt: str | None = None
    rating: int = 0
    tags: set[str] = field(default_factory=set)


class Libraries(RuleBasedStateMachine):
    """`here`: where files lie. `thrown`: what is in the trash, and from where. `told`: what is known of bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "library"
        self.root.mkdir()
        self.index = Index.open(self.root, self.folder / "cache")
        self.here: dict[str, str] = {}
        self.thrown: list[tuple[str, str]] = []
        self.told: dict[str, Known] = {}
        self.made = 0
        self.last: tuple[Deed, dict[str, str], list[tuple[str, str]], dict[str, Known]] | None = None

    def teardown(self) -> None:
        self.index.close()
        shutil.rmtree(self.folder)

    # --- what is done behind the program's back ---

    @rule(name=NAMES, folder=FOLDERS, recorded=st.booleans())
    def comes(self, name: str, folder: str, recorded: bool) -> None:
        place = f"{folder}/{name}".lstrip("/")
        if place in self.here:
            return
        self.made += 1
        content = PNG + str(self.made).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.here[place] = sha256
        self.told[sha256] = Known(content, f"number {self.made}" if recorded else None)
        if recorded:
            told = origin(f"job-{self.made}", path=place, prompt=f"number {self.made}")
            record = Record(sha256=sha256, bytes=len(content), format="png", width=4, height=3, origins=(told,))
            self.index_takes(records.write(self.root, record))
        self.last = None

    def index_takes(self, record: Record) -> None:
        self.index.add(record)

    @precondition(lambda self: self.here)
    @rule(data=st.data(), name=NAMES, folder=FOLDERS, copy=st.booleans())
    def moves_by_itself(self, data: st.DataObject, name: str, folder: str, copy: bool) -> None:
        place, target = data.draw(st.sampled_from(sorted(self.here))), f"{folder}/{name}".lstrip("/")
        if target in self.here:
            return
        (self.root / target).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copy2 if copy else shutil.move)(self.root / place, self.root / target)
        self.here[target] = self.here[place]
        if not copy:
            del self.here[place]
        self.last = None

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def vanishes(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.here)))
        (self.root / place).unlink()
        del self.here[place]
        self.last = None

    # --- what the program does ---

    @precondition(lambda self: self.here)
    @rule(data=st.data(), rating=st.integers(0, 5))
    def rates(self, data: st.DataObject, rating: int) -> None:
        images = self.some(data)
        self.does(lambda: judging.rate(self.index, images, rating))
        for image in images:
            self.told[image.sha256].rating = rating

    @precondition(lambda self: self.here)
    @rule(data=st.data(), add=st.sets(TAGS), remove=st.sets(TAGS))
    def tags(self, data: st.DataObject, add: set[str], remove: set[str]) -> None:
        images = self.some(data)
        self.does(lambda: judging.tag(self.index, images, add=sorted(add), remove=remove))
        for image in images:
            self.told[image.sha256].tags = (self.told[image.sha256].tags - remove) | add

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def throws_away(self, data: st.DataObject) -> None:
        images = self.some(data)
        self.does(lambda: tidy.trash(self.index, images))
        for image in images:
            place = self.place(image)
            self.thrown.append((place, self.here.pop(place)))

    @precondition(lambda self: self.thrown)
    @rule()
    def has_all_back(self) -> None:
        assert tidy.restore(self.index, tidy.trashed(self.root)).failed == ()
        self.here = {path.relative_to(self.root).as_posix(): sha256_of(path) for path in self.lying()}
        self.thrown.clear()
        self.last = None

    @rule()
    def empties_the_trash(self) -> None:
        assert tidy.empty(tidy.trashed(self.root)).count == len(self.thrown)
        self.thrown.clear()
        self.last = None

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def deletes(self, data: st.DataObject) -> None:
        images = self.some(data)
        assert tidy.delete(self.index, images).failed == ()
        for image in images:
            del self.here[self.place(image)]
        self.last = None

    @precondition(lambda self: self.here)
    @rule(data=st.data(), folder=FOLDERS)
    def moves(self, data: st.DataObject, folder: str) -> None:
        images = self.some(data)
        self.does(lambda: tidy.move_to(self.index, images, self.root / folder))
        self.follow(images, folder)

    @precondition(lambda self: self.here)
    @rule(data=st.data(), template=st.sampled_from(["{prompt}", "{index:03d}", "same"]))
    def renames(self, data: st.DataObject, template: str) -> None:
        images = self.some(data)
        self.does(lambda: tidy.rename(self.index, images, template))
        self.follow(images)

    def follow(self, images: list[Entry], folder: str | None = None) -> None:
        """The files have other names now: as many as before, with the same bytes, and none of another's name."""
        others = {place: sha256 for place, sha256 in self.here.items() if place not in map(self.place, images)}
        found = {path.relative_to(self.root).as_posix(): sha256_of(path) for path in self.lying()}
        assert others.items() <= found.items() and len(found) == len(self.here)
        assert sorted(found.values()) == sorted(self.here.values())
        if folder is not None:
            assert all(place.rpartition("/")[0] == folder for place in found.keys() - others.keys())
        self.here = found

    @precondition(lambda self: self.last)
    @rule()
    def undoes(self) -> None:
        assert self.last
        deed, here, thrown, told = self.last
        if deed.undo:
            assert deed.undo().failed == ()
            self.here, self.thrown, self.told = here, thrown, told
        self.last = None

    @rule(anew=st.booleans())
    def opens_again(self, anew: bool) -> None:
        self.index.close()
        # What can be taken back is so in the run in which it was done.
        self.last = None
        if anew:
            self.index.path.unlink()
        self.index = Index.open(self.root, self.folder / "cache")

    # --- what holds ---

    @invariant()
    def the_index_is_the_dictionary(self) -> None:
        self.index.sync()
        found = {self.place(entry): entry for entry in self.index.find("", limit=10_000)}
        assert {place: entry.sha256 for place, entry in found.items()} == self.here
        for entry in found.values():
            known = self.told[entry.sha256]
            assert (entry.prompt, entry.rating, set(entry.tags)) == (known.prompt, known.rating, known.tags)
        assert not self.index.sync(), "it was all taken up"

    @invariant()
    def no_byte_has_changed(self) -> None:
        for place, sha256 in self.here.items():
            assert (self.root / place).read_bytes() == self.told[sha256].content
        in_trash = sorted(sha256_of(item.folder / item.origin.name) for item in tidy.trashed(self.root))
        assert in_trash == sorted(sha256 for _, sha256 in self.thrown)

    # --- helpers ---

    def some(self, data: st.DataObject) -> list[Entry]:
        """Some images, as the index has them; each of other bytes."""
        self.index.sync()
        entries = sorted(self.index.find("", limit=10_000), key=lambda entry: entry.path)
        chosen = data.draw(st.lists(st.sampled_from(entries), min_size=1, max_size=3, unique_by=lambda e: e.sha256))
        return list(chosen)

    def does(self, act: object) -> None:
        before = (dict(self.here), list(self.thrown), {key: copied(known) for key, known in self.told.items()})
        deed = act()  # type: ignore[operator]  # it is one of the actions above
        assert deed.failed == ()
        self.last = (deed, *before)

    def place(self, image: Entry) -> str:
        return image.path.relative_to(self.root).as_posix()

    def lying(self) -> list[Path]:
        return [path for path in self.root.rglob("*.png") if ".safelight" not in path.parts]


def copied(known: Known) -> Known:
    return replace(known, tags=set(known.tags))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


TestLibraries = Libraries.TestCase
# By hand more: `MODEL_EXAMPLES=500 pytest tests/library/test_model.py`.
TestLibraries.settings = settings(
    max_examples=int(os.environ.get("MODEL_EXAMPLES", "15")),
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
