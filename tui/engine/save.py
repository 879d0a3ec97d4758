"""An image's bytes into the library: whole or not at all, and never over another file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.core.paths import sync_folder
from tui.core.sniff import HEAD, Facts, sniff
from tui.engine import disk, ownership
from tui.engine.skeleton import CHUNK
from tui.engine.spool import DRAFT, TEMPORARY
from tui.engine.steps import step

# Bytes that no text has.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Stored:
    """An image in a file of its own.

    `whole` is False where its format's end is missing; `is_text`, where it is no image but something to read.
    """

    path: Path
    sha256: str
    bytes: int
    facts: Facts
    whole: bool
    is_text: bool


class _Look:
    """What is learnt of bytes while they pass."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._head, self._tail, self._size = bytearray(), b"", 0

    def at(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._size += len(piece)
        self._head += piece[: HEAD - len(self._head)]
        self._tail = (self._tail + piece[-32:])[-32:]

    def seen(self, path: Path) -> Stored:
        head = bytes(self._head)
        facts = sniff(head)
        whole = _whole(facts.format, head, self._tail, self._size)
        is_text = facts.format == "unknown" and not _BINARY.search(head[:1024])
        return Stored(path, self._digest.hexdigest(), self._size, facts, whole, is_text)


def store(pieces: Iterable[bytes], path: Path) -> Stored:
    """Write an image to `path`, which appears only when every byte of it is durable.

    Raises OSError, and what `pieces` raises.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    look = _Look()
    handle = os.open(temporary, disk.AGAIN, disk.OURS)
    try:
        for piece in pieces:
            disk.write_all(handle, piece)
            look.at(piece)
        step("image written")
        os.fsync(handle)
        step("image synced")
    finally:
        os.close(handle)
    temporary.replace(path)
    step("image named")
    return look.seen(path)


def stored(path: Path) -> Stored:
    """What `store` said of a file that it wrote before."""
    look = _Look()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(CHUNK):
            look.at(piece)
    return look.seen(path)


def _whole(kind: str, head: bytes, tail: bytes, size: int) -> bool:
    match kind:
        case "png":
            return b"IEND\xaeB`\x82" in tail
        case "jpeg":
            return b"\xff\xd9" in tail
        case "gif":
            return tail.rstrip(b"\0").endswith(b";")
        case "webp":
            return size >= int.from_bytes(head[4:8], "little") + 8
        case "svg":
            return b"</svg>" in tail or tail.rstrip().endswith(b"/>")
    return True


def place(image: Path, folder: Path, names: Iterator[str]) -> Path:
    """Give a stored image the first of `names` that is free in `folder`, and return its path there.

    Where an earlier run had already put it into the library above the folder, the name that it has there by now is
    returned. Raises OSError. What `tidy` takes away may be left until the image's record is written.
    """
    disk.make_folder(folder, 0o700)
    if (known := _placed(image, folder)) is not None:
        sync_folder(known.parent)
        step("image linked")
        return known
    for name in names:
        target = folder / name
        try:
            _link(image, target)
        except FileExistsError:
            continue
        sync_folder(folder)
        step("image linked")
        return target
    raise FileExistsError("no free name")


def tidy(image: Path, folder: Path) -> None:
    """Take away what `place` left in the folder."""
    with contextlib.suppress(OSError):
        _draft(image, folder).unlink(missing_ok=True)


def linked(image: Path, library: Path) -> Path | None:
    """Another name of the same file in a library, wherever it was moved there."""
    known = image.stat()
    if known.st_nlink < 2:
        return None
    waiting = [library]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.path == os.fspath(image):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.inode() == known.st_ino and os.path.samestat(entry.stat(follow_symlinks=False), known):
                    return Path(entry.path)
    return None


def _placed(image: Path, folder: Path) -> Path | None:
    """Where an earlier run put the image."""
    for path in (image, _draft(image, folder)):
        with contextlib.suppress(FileNotFoundError):
            if found := linked(path, folder.parent):
                return found
    with contextlib.suppress(FileNotFoundError):
        target = folder / os.fsdecode(_note(image).read_bytes())
        if _digest(target) == _digest(image):
            return target
    return None


def _link(image: Path, target: Path) -> None:
    """The image under one more name. Raises FileExistsError where the name is taken."""
    try:
        os.link(image, target)
    except FileExistsError:
        raise
    except (OSError, AttributeError, NotImplementedError):
        # No links on this file system, or the library is on another one: where it is something else, this fails too.
        copy(image, target)


# --- where the spool's file can't be linked to ---


def copy(image: Path, target: Path) -> None:
    """A copy of the image under a name. Raises FileExistsError where the name is taken."""
    with _drafted(image, target.parent) as draft:
        try:
            os.link(draft, target)
        except FileExistsError:
            raise
        except (OSError, AttributeError, NotImplementedError):
            _rename(image, draft, target)


@contextlib.contextmanager
def _drafted(image: Path, folder: Path) -> Iterator[Path]:
    """A whole copy beside where it shall go, kept from being swept away meanwhile."""
    draft = _draft(image, folder)
    handle = None
    while handle is None:
        if draft.exists() and draft.stat().st_nlink < 2 and _digest(draft) != _digest(image):
            draft.unlink()
        if not draft.exists():
            disk.copy(image, draft)
            step("image copied")
        # Whoever sweeps may have come first.
        handle = ownership.take_draft(draft, ours=True)
    try:
        yield draft
    finally:
        os.close(handle)


def _rename(image: Path, draft: Path, target: Path) -> None:
    """`link` for file systems without links: the name is claimed by an empty file, so that nothing else is replaced.

    What is claimed is noted first: an empty file that a crash leaves is known for ours.
    """
    library = target.parent.parent
    disk.make_folder(library / ownership.GUARD.parent, 0o700)
    with ownership.guard(library, alone=True):
        note = _note(image)
        noted = note.exists() and note.read_bytes() == os.fsencode(target.name)
        if target.exists():
            if not noted or target.stat().st_size:
                raise FileExistsError(target)
        else:
            disk.write(note, os.fsencode(target.name))
            os.close(os.open(target, disk.NEW, disk.OURS))
        step("name claimed")
        draft.replace(target)


def _draft(image: Path, folder: Path) -> Path:
    return folder / f"{DRAFT}{image.parent.name}-{image.name}{TEMPORARY}"


def _note(image: Path) -> Path:
    return image.with_name(f"{image.name}.name")


def _digest(path: Path) -> str:
    return stored(path).sha256
