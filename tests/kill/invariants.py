"""What must be true of a library, whatever has happened to the program: each violation in words."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.kill.ground import Asked, Ground
from tests.kill.program import Run
from tui.core.record import Record
from tui.library.schema import index_path

HIDDEN = ".safelight"
# All that may lie beside the images once nothing runs: the last ones are an unfinished job's.
KEPT = re.compile(
    r"\.safelight/(lock|records/lock|records/[0-9a-f]{2}/[0-9a-f]{64}\.json"
    r"|spool/[\w-]+/(request\.json|attempts\.jsonl|head\.json|response(\.part)?|owner-\d+|partial-\d+-\d+\.\w+|image-\d+))"
)
EMPTY = hashlib.sha256().hexdigest()


@dataclass
class Seen:
    """A library as it lies on the disk: images by path, records by sha256, spool entries by job, and all else."""

    images: dict[Path, str]
    records: dict[str, Record]
    entries: dict[str, dict[str, bytes]]
    others: list[str]


def look(ground: Ground) -> Seen:
    seen = Seen({}, {}, {}, [])
    for path in sorted(ground.library.rglob("*")):
        name = path.relative_to(ground.library).as_posix()
        if path.is_dir() and name.startswith(f"{HIDDEN}/spool/"):
            seen.entries.setdefault(path.name, {})
        if not path.is_file():
            continue
        content = path.read_bytes()
        if name.startswith(f"{HIDDEN}/spool/"):
            seen.entries.setdefault(name.split("/")[2], {})[path.name] = content
        elif re.fullmatch(rf"{HIDDEN}/records/../[0-9a-f]+\.json", name):
            seen.records[path.stem] = Record.from_json(json.loads(content))
        elif HIDDEN not in name and not path.name.startswith("."):
            seen.images[path] = hashlib.sha256(content).hexdigest()
        if not KEPT.fullmatch(name) and (path.name.startswith(".") or HIDDEN in name):
            seen.others.append(name)
    return seen


class Books:
    """What the provider says: the requests of each prompt, and what it made for them."""

    def __init__(self, ground: Ground) -> None:
        self.requests: dict[str, list[str]] = {}
        for post in list(ground.sandbox.posts):
            self.requests.setdefault(post.body["prompt"], []).append(post.request_id)
        self.billed = set(ground.sandbox.billed)
        self.made = {request: list(sums) for request, sums in ground.sandbox.made.items()}
        self.all = {digest for sums in self.made.values() for digest in sums}

    def of(self, prompt: str) -> list[str]:
        """The images made for a prompt, in order."""
        return [digest for request in self.requests.get(prompt, ()) for digest in self.made.get(request, ())]


def at_every_moment(ground: Ground) -> list[str]:
    """What holds while the program lies dead or stopped in whatever it did."""
    seen, books = look(ground), Books(ground)
    found = [*_bystanders(ground), *_images(seen, books, ground), *_records(seen, books, ground)]
    for asked in ground.asked:
        found += _billed(asked, books)
        if _answered(asked, "response named") and not _waits(asked, seen):
            found += _lacking(asked, seen, books)
    return found


def settled(ground: Ground) -> list[str]:
    """What holds once a recovery has run to its end, and a look at the library after it."""
    seen, books = look(ground), Books(ground)
    found = at_every_moment(ground)
    # Without locks nothing tells what a dead process began from what a live one begins: it is left for a day.
    unbegun = {job for job, files in seen.entries.items() if not {"request.json", "done.json"} & set(files)}
    if "locks" not in ground.lacks:
        found += [f"an empty entry: {job}" for job in unbegun]
    found += [f"left behind: {name}" for name in seen.others if not unbegun.intersection(name.split("/"))]
    found += [f"claimed and left: {path.name}" for path, digest in seen.images.items() if digest == EMPTY]
    found += [f"saved nowhere: {name} of {job}" for job, name in _waiting(seen)]
    found += [f"twice in the library: {path}" for path in _twice(seen)]
    named = {ground.library / origin.path for record in seen.records.values() for origin in record.origins}
    found += [f"without a record: {path.name}" for path in seen.images if path not in named | set(ground.bystanders)]
    for asked in ground.asked:
        found += _one_state(asked, seen, books)
    found += _listed(ground, seen, unbegun)
    for run in ground.runs:
        found += _ended_well(run)
    return [*found, *_index(ground, seen)]


def assert_now(ground: Ground) -> None:
    _none(ground, at_every_moment(ground))


def assert_settled(ground: Ground) -> None:
    """Recover, look, and find nothing wrong."""
    ground.settle()
    _none(ground, settled(ground))


def assert_settled_anew(ground: Ground) -> None:
    """The same, and once more with an index that is made again from files and records."""
    assert_settled(ground)
    rebuilt = ground.start("library", "rebuild")
    assert rebuilt.end() == 0, rebuilt.err
    assert_settled(ground)


def _none(ground: Ground, found: list[str]) -> None:
    assert not found, "\n".join([*found, f"without {ground.lacks} after", *map(repr, ground.runs)])


# --- the provider's side ---


def _billed(asked: Asked, books: Books) -> Iterator[str]:
    requests = books.requests.get(asked.prompt, [])
    paid = books.billed.intersection(requests)
    if len(requests) > asked.shape.posts or len(paid) > 1:
        yield f"sent {len(requests)} times, billed {len(paid)}: {asked.prompt}"


# --- files and records ---


def _bystanders(ground: Ground) -> Iterator[str]:
    for path, content in ground.bystanders.items():
        if not path.exists() or path.read_bytes() != content:
            yield f"the person's own file was touched: {path.name}"


def _images(seen: Seen, books: Books, ground: Ground) -> Iterator[str]:
    for path, digest in seen.images.items():
        # Without links a name is claimed before its image has it.
        claimed = "links" in ground.lacks and digest == EMPTY
        if path not in ground.bystanders and digest not in books.all and not claimed:
            yield f"the provider never sent what lies in {path.name}"


def _records(seen: Seen, books: Books, ground: Ground) -> Iterator[str]:
    prompts = {asked.prompt for asked in ground.asked}
    places: Counter[tuple[str, int]] = Counter()
    for digest, record in seen.records.items():
        for origin in record.origins:
            places[origin.job, origin.index] += 1
            if seen.images.get(ground.library / origin.path) != digest:
                yield f"a record names {origin.path}, which is not there or another image"
            if origin.prompt not in prompts or books.of(origin.prompt)[origin.index : origin.index + 1] != [digest]:
                yield f"a record names {origin.prompt!r} for an image of another job or place"
    yield from (f"image {index} of {job} has {count} records" for (job, index), count in places.items() if count > 1)


def _waiting(seen: Seen) -> Iterator[tuple[str, str]]:
    """Images that lie in the spool and not in the library."""
    for job, files in seen.entries.items():
        for name, content in files.items():
            if name.startswith("image-") and hashlib.sha256(content).hexdigest() not in seen.images.values():
                yield job, name


def _twice(seen: Seen) -> Iterator[Path]:
    known = set()
    for path, digest in seen.images.items():
        if digest in known:
            yield path
        known.add(digest)


# --- jobs ---


def _entries(asked: Asked, seen: Seen) -> list[dict[str, bytes]]:
    """The spool entries of a job, which is one or none."""
    wanted = json.dumps(asked.prompt).encode()
    return [
        files
        for files in seen.entries.values()
        if wanted in files.get("request.json", b"") + files.get("done.json", b"")
    ]


def _answered(asked: Asked, label: str) -> bool:
    """Whether this job got so far; of two jobs in one run, whether both did."""
    return asked.run.steps.count(label) >= asked.shape.jobs


def _waits(asked: Asked, seen: Seen) -> bool:
    """Whether an answer waits in the spool for the next start."""
    return any({"request.json", "response"} <= set(files) for files in _entries(asked, seen))


def _lacking(asked: Asked, seen: Seen, books: Books) -> Iterator[str]:
    for place, digest in enumerate(books.of(asked.prompt)):
        if digest not in seen.images.values():
            yield f"lost: image {place} of {asked.prompt!r}, whose answer had come"
        elif digest not in seen.records:
            yield f"without a record: image {place} of {asked.prompt!r}"


def _one_state(asked: Asked, seen: Seen, books: Books) -> Iterator[str]:
    entries = _entries(asked, seen)
    paid = any(request in books.billed for request in books.requests.get(asked.prompt, ()))
    done = paid and not list(_lacking(asked, seen, books)) and bool(books.of(asked.prompt))
    if len(entries) > 1:
        yield f"{len(entries)} entries: {asked.prompt!r}"
    if entries and done:
        yield f"done and unfinished at once: {asked.prompt!r}"
    if paid and not entries and not done:
        yield f"neither done nor unknown: {asked.prompt!r}"
    if asked.shape.ends and any("response" in files for files in entries):
        yield f"an answer that recovery did not finish: {asked.prompt!r}"
    if asked.run.code == 0 and not done:
        yield f"said to be done, but is not: {asked.prompt!r}"


def _listed(ground: Ground, seen: Seen, unbegun: set[str]) -> Iterator[str]:
    """Whether the list of what is left is true."""
    cut = {asked.prompt for asked in ground.asked if not asked.shape.ends}
    left = [json.loads(line) for line in ground.runs[-2].out.splitlines()]
    if {each["job"] for each in left} != seen.entries.keys() - unbegun:
        yield f"listed as left are {sorted(each['job'] for each in left)}, but there are {sorted(seen.entries)}"
    for each in left:
        if each["state"] == "answered" and each["prompt"] not in cut:
            yield f"listed as answered after a recovery: {each}"


def _ended_well(run: Run) -> Iterator[str]:
    what = run.directions
    if "Traceback" in run.err or "an error of the program" in run.err:
        yield f"{run} shows its insides:\n{run.err}"
    if "recover" in what.words and "sent" in run.steps:
        yield f"{run} sends a request"
    if what.failing and what.failing.nth and run.code and run.code > 0 and not run.err.strip():
        yield f"{run} ends without a word"
    if not (what.at and what.at.signal == 9) and not (what.failing and what.failing.nth) and (run.code or 0) >= 0:
        may_end = (0, 3) if "recover" in what.words or "fault:stream-cut" in Path(what.typed).read_text() else (0,)
        if run.code not in may_end:
            yield f"{run}, which nothing hindered, does not end well:\n{run.err}"


# --- the index ---


def _index(ground: Ground, seen: Seen) -> Iterator[str]:
    if not ground.library.is_dir():
        return
    path = index_path(ground.library, ground.cache)
    with closing(sqlite3.connect(path)) as database:
        said = database.execute("PRAGMA integrity_check").fetchall()
    if said != [("ok",)]:
        yield f"the index is damaged: {said}"
    listed = [json.loads(line) for line in ground.runs[-1].out.splitlines()]
    shown = {Path(entry["path"]): entry["sha256"] for entry in listed}
    if shown != seen.images or len(listed) != len(shown):
        yield f"the index lists other images than there are: {set(shown.items()) ^ set(seen.images.items())}"
    for entry in listed:
        record = seen.records.get(entry["sha256"])
        newest = record.newest if record else None
        if (entry["job"], entry["prompt"]) != ((newest.job, newest.prompt) if newest else (None, None)):
            yield f"the index and the record tell {entry['path']} otherwise"
