"""The thumbnail cache that file managers share (freedesktop.org, Thumbnail Managing Standard 0.9): names, validity.

Drawing a thumbnail needs a decoder and is somebody else's work; this says where it belongs and whether it still holds,
and remembers the images that have none.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from tui import __version__
from tui.core.paths import PRIVATE_FILE, PRIVATE_FOLDER, cache_folder
from tui.core.text import clean_line
from tui.library.regular import open_regular

# Pixels a side, and the standard's names for that: what a pane shows first, and what a tile of a contact sheet needs.
SIDE, SMALL = 512, 128
FOLDERS = {SIDE: Path("thumbnails", "x-large"), SMALL: Path("thumbnails", "normal")}
# Another version may be able to do what this one is not.
FAILED = Path("thumbnails", "fail", f"safelight-{__version__}")
# A volume's own thumbnails, beside its images.
_SHARED = ".sh_thumbnails"
# Far more than the text chunks of any thumbnail take.
_HEAD = 65_536
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A thumbnail that holds, and what it says of the image: (0, 0) and "" where it says nothing."""

    path: Path
    source: tuple[int, int]
    format: str


def uri(path: Path) -> str:
    """The absolute `file://` URI of a path, escaped byte for byte as the standard's users do."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - links stay, ".." goes
    return "file://" + quote_from_bytes(os.fsencode(absolute), safe="/!$&'()*+,:=@~-._")


def thumbnail_path(path: Path, cache: Path | None = None, side: int = SIDE) -> Path:
    """Where the thumbnail of an image lies, whether there is one or not. `cache` is the XDG cache folder."""
    return _cache(cache) / FOLDERS[side] / _name(path)


def failure_path(path: Path, cache: Path | None = None) -> Path:
    """Where it is noted that an image can have no thumbnail."""
    return _cache(cache) / FAILED / _name(path)


def texts(path: Path) -> dict[str, str]:
    """What a thumbnail of this image has to say of it, before it is drawn. Raises OSError."""
    facts = path.stat()
    return {
        "Thumb::URI": uri(path),
        "Thumb::MTIME": str(int(facts.st_mtime)),
        "Thumb::Size": str(facts.st_size),
        "Software": "safelight",
    }


def more_texts(known: Thumbnail) -> dict[str, str]:
    """What it says of the image besides: for a smaller one that is made of it."""
    width, height = known.source
    kind = "image/svg+xml" if known.format == "svg" else f"image/{known.format}"
    return {"Thumb::Image::Width": str(width), "Thumb::Image::Height": str(height), "Thumb::Mimetype": kind}


def valid(path: Path, cache: Path | None = None, side: int = SIDE) -> Thumbnail | None:
    """The image's thumbnail, or None where there is none of it as it is now."""
    target = thumbnail_path(path, cache, side)
    found = _holding(path, target)
    if found is None:
        return None
    width, height = (_number(found.get(f"Thumb::Image::{each}", "")) for each in ("Width", "Height"))
    kind = clean_line(found.get("Thumb::Mimetype", "").removeprefix("image/").removesuffix("+xml"), limit=20)
    return Thumbnail(target, (width, height) if width and height else (0, 0), kind)


def all_there(path: Path, cache: Path | None = None) -> bool:
    """Whether the image has a thumbnail of each size, valid or not: a quick look before `due`."""
    return all(thumbnail_path(path, cache, side).exists() for side in FOLDERS)


def failed(path: Path, cache: Path | None = None) -> bool:
    """Whether it was tried in vain to draw a thumbnail of the image as it is now."""
    return _holding(path, failure_path(path, cache)) is not None


def due(path: Path, cache: Path | None = None) -> tuple[int, ...]:
    """Of which of the sizes a thumbnail of the image is to be drawn, the largest first."""
    if not wanted(path, cache):
        return ()
    missing = tuple(side for side in FOLDERS if valid(path, cache, side) is None)
    return () if missing and failed(path, cache) else missing


def keep_failure(path: Path, known: Mapping[str, str], cache: Path | None = None) -> None:
    """Notes that the image can have no thumbnail, until it changes; `known` are its `texts` from before it was tried.

    Raises OSError, and leaves nothing then.
    """
    target = failure_path(path, cache)
    for folder in (*reversed(target.parent.parents), target.parent):
        if not folder.is_dir():
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, PRIVATE_FILE), "wb") as file:
            file.write(_dot(known))
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def wanted(path: Path, cache: Path | None = None) -> bool:
    """Whether an image may have a thumbnail: thumbnails must not."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links stay, ".." goes
    return not absolute.is_relative_to(_cache(cache) / FAILED.parts[0]) and _SHARED not in absolute.parts


def read_texts(path: Path) -> dict[str, str]:
    """The tEXt chunks in front of a PNG's pixels; raises OSError, or ValueError where it is no PNG."""
    with open_regular(path) as file:
        head = file.read(_HEAD)
    if not head.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    found: dict[str, str] = {}
    position = len(_SIGNATURE)
    while position + 12 <= len(head):
        length, kind = int.from_bytes(head[position : position + 4]), head[position + 4 : position + 8]
        if kind in (b"IDAT", b"IEND"):
            break
        if kind == b"tEXt":
            name, _, text = head[position + 8 : position + 8 + length].partition(b"\0")
            found[name.decode("latin-1")] = text.decode("latin-1")
        position += 12 + length
    return found


def _holding(path: Path, target: Path) -> dict[str, str] | None:
    """What a file of the cache says, if it is of the image as it is now."""
    try:
        expected, found = texts(path), read_texts(target)
    except (OSError, ValueError):
        return None
    if any(found.get(name) != expected[name] for name in ("Thumb::URI", "Thumb::MTIME")):
        return None
    # Not every program writes the size.
    if found.get("Thumb::Size", expected["Thumb::Size"]) != expected["Thumb::Size"]:
        return None
    return found


def _dot(known: Mapping[str, str]) -> bytes:
    """A PNG of one transparent pixel, with these texts."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"".join(
        [
            _SIGNATURE,
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)),
            *(chunk(b"tEXt", f"{name}\0{text}".encode("latin-1", "replace")) for name, text in known.items()),
            chunk(b"IDAT", zlib.compress(bytes(5))),
            chunk(b"IEND", b""),
        ]
    )


def _name(path: Path) -> str:
    return hashlib.md5(uri(path).encode("ascii"), usedforsecurity=False).hexdigest() + ".png"


def _cache(given: Path | None) -> Path:
    return given or cache_folder(os.environ).parent


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
