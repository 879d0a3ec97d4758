"""Copies of images for elsewhere: into a folder or a ZIP, with a manifest. Originals are only read."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tui.core import naming
from tui.core.naming import EXTENSIONS
from tui.core.record import Record
from tui.core.text import clean_line
from tui.library.entry import Entry, as_json
from tui.library.moving import free, write
from tui.library.table import as_csv
from tui.library.undo import Cancelled, Progress, reason

if TYPE_CHECKING:
    from tui.library.index import Index

FORMS = ("original", "portable", "clean")
MANIFESTS = ("json", "csv")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class How:
    """What copies are to be: `form` original (the bytes as they are), portable (the prompt inside) or clean (nothing
    inside); in another format with `kind` (png, jpeg, webp), of at most `side` pixels; named by a `template` or as
    they are; with a `manifest` (json, csv) or "".
    """

    form: str = "original"
    kind: str = ""
    side: int = 0
    quality: int = 92
    template: str = ""
    manifest: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """The copies; the ones that `failed` and why; and how many no longer carry the original's content credentials."""

    paths: tuple[Path, ...]
    failed: tuple[tuple[Path, str], ...] = ()
    credentials_lost: int = 0


class Encode(Protocol):
    """Makes the bytes of a copy, and says whether it lost content credentials. Raises OSError, ValueError."""

    def __call__(self, image: Entry, how: How) -> tuple[bytes, bool]: ...


def encoder(index: Index, copy: Callable[..., tuple[bytes, bool]], refused: type[Exception]) -> Encode:
    """Copies by `Decoder.export`, which raises `refused`, with what the records say of them."""

    def encode(image: Entry, how: How) -> tuple[bytes, bool]:
        says = told(image, index.record_for(image.path)) if how.form == "portable" else None
        try:
            return copy(image.path, told=says, kind=how.kind, side=how.side, quality=how.quality)
        except refused as error:
            raise ValueError(str(error)) from error

    return encode


def told(entry: Entry, record: Record | None) -> dict[str, Any]:
    """What a portable copy says of an image: prompt, model, parameters."""
    origin = record.newest if record else None
    if origin is None:
        return {"prompt": entry.prompt or "", "model": entry.model or "", "parameters": {}}
    return {"prompt": origin.prompt, "model": origin.model, "parameters": dict(origin.parameters)}


def export(
    images: Sequence[Entry],
    target: Path,
    how: How,
    encode: Encode,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Exported:
    """Copies into a folder, which is made where there is none, or into a new ZIP where `target` ends so.

    What is there is never replaced: names get numbers. After `cancelled` what was written so far stays in a folder, and
    nothing of a ZIP. Raises OSError where the target itself can't be written, naming.TemplateError.
    """
    names = _names(images, how)
    run = _into_zip if target.suffix.lower() == ".zip" else _into_folder
    return run(images, names, target, how, encode, progress, cancelled)


def _names(images: Sequence[Entry], how: How) -> list[str]:
    names = []
    for number, image in enumerate(images):
        suffix = EXTENSIONS[how.kind] if how.kind else image.path.suffix
        stem = image.path.name.removesuffix(image.path.suffix)
        if how.template:
            stem = naming.stem(
                how.template,
                model=image.model or "image",
                created=image.created,
                index=number,
                prompt=image.prompt or "",
                job=image.job or "",
            )
        names.append(stem + suffix)
    return names


def _pieces(image: Entry, how: How, encode: Encode, lost: list[Path]) -> Iterator[bytes]:
    if how.form == "original" and not how.kind and not how.side:
        with image.path.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece
        return
    data, credentials = encode(image, how)
    if credentials:
        lost.append(image.path)
    yield data


def _into_folder(
    images: Sequence[Entry],
    names: Sequence[str],
    folder: Path,
    how: How,
    encode: Encode,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Exported:
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Entry, Path]] = []
    failed: list[tuple[Path, str]] = []
    lost: list[Path] = []
    for number, (image, name) in enumerate(zip(images, names, strict=True)):
        if cancelled and cancelled():
            break
        try:
            written.append((image, _new(folder, name, partial(_pieces, image, how, encode, lost))))
        except (OSError, ValueError) as error:
            failed.append((image.path, _why(error)))
        if progress:
            progress(number + 1, len(images))
    if how.manifest and written:
        content = manifest([(image, path.name) for image, path in written], how.manifest)
        _new(folder, f"manifest.{how.manifest}", lambda: iter([content]))
    return Exported(tuple(path for _, path in written), tuple(failed), len(lost))


def _new(folder: Path, name: str, pieces: Callable[[], Iterator[bytes]]) -> Path:
    for path in free(folder, name):
        try:
            write(path, pieces())
        except FileExistsError:
            continue
        return path
    raise FileExistsError("no free name")


def _into_zip(
    images: Sequence[Entry],
    names: Sequence[str],
    target: Path,
    how: How,
    encode: Encode,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Exported:
    """In a draft beside it first, so that a ZIP is whole or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    written: list[tuple[Entry, str]] = []
    failed: list[tuple[Path, str]] = []
    lost: list[Path] = []
    taken: set[str] = set()
    try:
        # Images are packed already.
        with zipfile.ZipFile(draft, "x", zipfile.ZIP_STORED) as archive:
            for number, (image, name) in enumerate(zip(images, names, strict=True)):
                if cancelled and cancelled():
                    return Exported((), tuple(failed))
                member = next(path.name for path in free(Path(), name) if path.name.casefold() not in taken)
                # A ZIP's names are text.
                member = os.fsencode(member).decode("utf-8", "replace")
                try:
                    data = b"".join(_pieces(image, how, encode, lost))
                except (OSError, ValueError) as error:
                    failed.append((image.path, _why(error)))
                else:
                    taken.add(member.casefold())
                    archive.writestr(member, data)
                    written.append((image, member))
                if progress:
                    progress(number + 1, len(images))
            if how.manifest:
                archive.writestr(f"manifest.{how.manifest}", manifest(written, how.manifest))
        if not written:
            return Exported((), tuple(failed))
        path = _new(target.parent, target.name, lambda: _read(draft))
        return Exported((path,), tuple(failed), len(lost))
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _why(error: OSError | ValueError) -> str:
    return reason(error) if isinstance(error, OSError) else clean_line(error, limit=200)


def manifest(written: Sequence[tuple[Entry, str]], kind: str) -> bytes:
    """What is known of each copy, by its name in `file`: an array of objects, or a table for spreadsheets.

    Where images lay is nobody else's business.
    """
    rows = [{"file": clean_line(name, limit=255), **as_json(image)} for image, name in written]
    for row in rows:
        del row["path"]
    if kind == "json":
        return json.dumps(rows, indent=1).encode("ascii")
    return as_csv(rows, list(rows[0]) if rows else ["file"])
