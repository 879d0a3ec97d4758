"""The thumbnail cache that file managers share (freedesktop.org, Thumbnail Managing Standard): names and validity.

Drawing a thumbnail needs a decoder and is somebody else's work; this says where it belongs and whether it still holds.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from tui.core.paths import cache_folder
from tui.core.text import clean_line
from tui.library.regular import open_regular

SIDE = 512
FOLDER = Path("thumbnails", "x-large")
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


def thumbnail_path(path: Path, cache: Path | None = None) -> Path:
    """Where the thumbnail of an image lies, whether there is one or not. `cache` is the XDG cache folder."""
    name = hashlib.md5(uri(path).encode("ascii"), usedforsecurity=False).hexdigest()
    return _cache(cache) / FOLDER / f"{name}.png"


def texts(path: Path) -> dict[str, str]:
    """What a thumbnail of this image has to say of it, before it is drawn. Raises OSError."""
    facts = path.stat()
    return {
        "Thumb::URI": uri(path),
        "Thumb::MTIME": str(int(facts.st_mtime)),
        "Thumb::Size": str(facts.st_size),
        "Software": "safelight",
    }


def valid(path: Path, cache: Path | None = None) -> Thumbnail | None:
    """The image's thumbnail, or None where there is none of it as it is now."""
    target = thumbnail_path(path, cache)
    try:
        expected, found = texts(path), read_texts(target)
    except (OSError, ValueError):
        return None
    if any(found.get(name) != expected[name] for name in ("Thumb::URI", "Thumb::MTIME")):
        return None
    # Not every program writes the size.
    if found.get("Thumb::Size", expected["Thumb::Size"]) != expected["Thumb::Size"]:
        return None
    width, height = (_number(found.get(f"Thumb::Image::{side}", "")) for side in ("Width", "Height"))
    kind = clean_line(found.get("Thumb::Mimetype", "").removeprefix("image/").removesuffix("+xml"), limit=20)
    return Thumbnail(target, (width, height) if width and height else (0, 0), kind)


def wanted(path: Path, cache: Path | None = None) -> bool:
    """Whether an image may have a thumbnail: the cache's own files must not."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links stay, ".." goes
    return not absolute.is_relative_to(_cache(cache) / FOLDER.parent)


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


def _cache(given: Path | None) -> Path:
    return given or cache_folder(os.environ).parent


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
