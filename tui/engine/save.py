"""An image's bytes into the library: whole or not at all, and never over another file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.core.sniff import HEAD, Facts, sniff
from tui.engine import disk
from tui.engine.skeleton import CHUNK
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
    temporary = path.with_name(path.name + ".tmp")
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
            return b"IEND" in tail
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

    Where an earlier run had already linked it, that name is returned. Raises OSError.
    """
    disk.make_folder(folder, 0o700)
    for name in names:
        target = folder / name
        try:
            _link(image, target)
        except FileExistsError:
            if not _same(image, target):
                continue
        disk.sync_folder(folder)
        step("image linked")
        return target
    raise FileExistsError("no free name")


def _same(image: Path, target: Path) -> bool:
    try:
        return target.samefile(image)
    except OSError:
        return False


def _link(image: Path, target: Path) -> None:
    """The image under one more name. Raises FileExistsError where the name is taken."""
    try:
        os.link(image, target)
    except FileExistsError:
        raise
    except (OSError, AttributeError, NotImplementedError):
        # No links on this file system, or the library is on another one: where it is something else, this fails too.
        copy(image, target)


def copy(image: Path, target: Path) -> None:
    """`link` for file systems without links. Raises FileExistsError where the name is taken."""
    os.close(os.open(target, disk.NEW, disk.OURS))
    # The name is claimed by an empty file of ours, so that the rename replaces nothing else.
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with image.open("rb", buffering=0) as source, draft.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise
