"""Several processes judge, move and index one library at once, and thousands of files come while it is looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.library.test_index import PNG, Library
from tui.library import judging, records, tidy
from tui.library.index import Index
from tui.library.query import parse

JUDGE = """
import sys
from pathlib import Path
from tui.library import judging, tidy
from tui.library.index import Index
root, cache, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
with Index.open(root, cache) as index:
    index.sync()
    print("ready", flush=True)
    sys.stdin.read(1)
    for turn in range(12):
        images = sorted(index.find(), key=lambda image: image.path)
        deed = judging.tag(index, images, add=[f"{name} {turn}"])
        assert not deed.failed, deed
        assert not judging.rate(index, images[:3], turn % 6).failed
        mine = [image for image in images if image.name.startswith(name)]
        assert not tidy.move_to(index, mine, root / (name if turn % 2 else "back")).failed
        index.sync()
"""


def test_several_processes_judge_and_move_at_once_and_lose_nothing_of_one_another(tmp_path: Path) -> None:
    library, cache = Library(tmp_path / "library"), tmp_path / "cache"
    for number in range(3):
        for name in ("one", "two"):
            library.make(f"{name}-{number}.png", prompt=f"{name} {number}")
    with Index.open(library.root, cache) as index:
        index.sync()
    judges = [
        subprocess.Popen(
            [sys.executable, "-c", JUDGE, str(library.root), str(cache), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
        )
        for name in ("one", "two")
    ]  # fmt: skip
    for judge in judges:
        assert judge.stdout and judge.stdout.readline() == b"ready\n"
        judge.stdout.close()
    for judge in judges:
        assert judge.stdin
        judge.stdin.write(b"!")
        judge.stdin.close()
    assert [judge.wait(120) for judge in judges] == [0, 0]
    everything = {f"{name} {turn}" for name in ("one", "two") for turn in range(12)}
    with Index.open(library.root, cache) as index:
        index.sync()
        assert not index.sync()
        entries = index.find()
        assert sorted(entry.name for entry in entries) == sorted(
            f"{n}-{i}.png" for n in ("one", "two") for i in range(3)
        )
        for entry in entries:
            record = records.read(library.root, entry.sha256)
            assert record and set(record.tags) == everything == set(entry.tags)
            assert entry.path.parent == library.root / entry.name[:3]
            assert record.rating == entry.rating
        assert index.ask(lambda db: db.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"


def test_names_in_every_script_and_of_any_bytes_are_indexed_found_moved_and_judged(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    names = [
        "лиса.png", "狐.png", "ثعلب.png", "שועל.png", "लोमड़ी.png", "🦊🏔️.png", "e\u0301te\u0301.png", "été.png",
        "a b\tc.png",
        "new\nline.png", "--help.png", "%s{}.png", "'\"`$(x).png", "ß" * 125 + ".png",
    ]  # fmt: skip
    raw = [name.encode() for name in names] + [b"\xff\xfe\x80.png", b"a" * 251 + b".png"]
    for number, name in enumerate(raw):
        (library.root / os.fsdecode(name)).write_bytes(PNG + b"%d" % number)
    with Index.open(library.root, tmp_path / "cache") as index:
        index.sync()
        images = index.find()
        assert sorted(os.fsencode(image.path.name) for image in images) == sorted(raw)
        assert not judging.tag(index, images, add=["all"]).failed
        deed = tidy.move_to(index, images, library.root / os.fsdecode(b"odd \xff folder"))
        assert not deed.failed and len(index.find("tag:all")) == len(raw) and not index.sync()
        for word in ("лиса", "狐", "ثعلب", "été", "help"):
            assert index.find(word), word
        assert deed.undo and not deed.undo().failed
        assert sorted(os.fsencode(path.name) for path in library.root.glob("*.png")) == sorted(raw) and not index.sync()


def test_thousands_of_files_come_while_somebody_lists(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    library.make("first.png")
    with Index.open(library.root, tmp_path / "cache") as index, Index.open(library.root, tmp_path / "cache") as other:
        index.sync()
        for number in range(5000):
            (library.root / f"{number}.png").write_bytes(PNG + b"%d" % number)
        seen: list[int] = []

        def look(*_: int) -> None:
            listing = other.listing(parse(""))
            seen.append(len(listing))
            assert len(other.entries(listing.ids[:60])) == 60

        index.sync(look)
        assert seen and set(seen) == {5001}, "all of them are listed before any of them is read"
        assert all(entry.sha256 for entry in index.find("", limit=6000))
