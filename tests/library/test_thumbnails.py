"""The shared thumbnail cache: its names, and what makes a thumbnail hold."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from tui import __version__
from tui.library import thumbnails


def png(texts: Mapping[str, str]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
            *(chunk(b"tEXt", f"{name}\0{text}".encode("latin-1")) for name, text in texts.items()),
            chunk(b"IDAT", zlib.compress(b"\0\0\0\0")),
            chunk(b"IEND", b""),
        ]
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "a fox.png"
    path.write_bytes(b"an image")
    os.utime(path, (1_764_000_000.75, 1_764_000_000.75))
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def keep(
    image: Path, cache: Path, changes: Mapping[str, str | None] | None = None, side: int = thumbnails.SIDE
) -> Path:
    texts = {**thumbnails.texts(image), **(changes or {})}
    target = thumbnails.thumbnail_path(image, cache, side)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(png({name: text for name, text in texts.items() if text is not None}))
    return target


def test_the_name_is_the_one_of_the_standards_example(cache: Path) -> None:
    # The example of the Thumbnail Managing Standard.
    photo = Path("/home/jens/photos/me.png")
    assert thumbnails.uri(photo) == "file:///home/jens/photos/me.png"
    assert thumbnails.thumbnail_path(photo, cache) == cache / "thumbnails/x-large/c6ee772d9e49320e97ec29a7eb5b1697.png"


def test_a_uri_escapes_what_is_no_plain_text(tmp_path: Path) -> None:
    assert thumbnails.uri(Path("/a b/ü#?%\n.png")) == "file:///a%20b/%C3%BC%23%3F%25%0A.png"
    assert thumbnails.uri(Path(os.fsdecode(b"/\xff.png"))) == "file:///%FF.png"
    assert thumbnails.uri(Path("/a/../b/./c.png")) == "file:///b/c.png"


def test_the_cache_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert thumbnails.thumbnail_path(Path("/a.png")).is_relative_to(tmp_path / "elsewhere" / "thumbnails" / "x-large")


def test_a_thumbnail_of_the_file_as_it_is_holds(image: Path, cache: Path) -> None:
    assert thumbnails.valid(image, cache) is None
    target = keep(image, cache)
    assert thumbnails.valid(image, cache) == thumbnails.Thumbnail(target, (0, 0), "")


def test_it_says_how_large_the_image_is(image: Path, cache: Path) -> None:
    known = {"Thumb::Image::Width": "640", "Thumb::Image::Height": "480", "Thumb::Mimetype": "image/svg+xml"}
    target = keep(image, cache, known)
    assert thumbnails.valid(image, cache) == thumbnails.Thumbnail(target, (640, 480), "svg")
    keep(image, cache, {**known, "Thumb::Image::Width": "9" * 5000})
    found = thumbnails.valid(image, cache)
    assert found and found.source == (0, 0)


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({"Thumb::MTIME": "1764000001"}, False),
        ({"Thumb::MTIME": "1764000000.75"}, False),
        ({"Thumb::MTIME": None}, False),
        ({"Thumb::URI": "file:///other.png"}, False),
        ({"Thumb::URI": None}, False),
        ({"Thumb::Size": "9"}, False),
        ({"Thumb::Size": None}, True),
        ({"Software": None}, True),
    ],
)
def test_it_holds_only_for_the_same_file_time_and_size(
    image: Path, cache: Path, changes: dict[str, str | None], holds: bool
) -> None:
    keep(image, cache, changes)
    assert (thumbnails.valid(image, cache) is not None) is holds


def test_it_no_longer_holds_when_the_image_changes_or_goes(image: Path, cache: Path) -> None:
    keep(image, cache)
    os.utime(image, (1, 1))
    assert thumbnails.valid(image, cache) is None
    keep(image, cache)
    image.unlink()
    assert thumbnails.valid(image, cache) is None


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt", bytes(99)]
)
def test_a_broken_thumbnail_does_not_hold(image: Path, cache: Path, content: bytes) -> None:
    keep(image, cache).write_bytes(content)
    assert thumbnails.valid(image, cache) is None


def test_a_pipe_in_place_of_a_thumbnail_blocks_nobody(image: Path, cache: Path) -> None:
    target = keep(image, cache)
    target.unlink()
    os.mkfifo(target)
    assert thumbnails.valid(image, cache) is None


def test_thumbnails_have_no_thumbnails(image: Path, cache: Path) -> None:
    assert thumbnails.wanted(image, cache)
    assert not thumbnails.wanted(keep(image, cache), cache)
    assert not thumbnails.wanted(cache / "x" / ".." / "thumbnails" / "normal" / "a.png", cache)


def test_thumbnails_on_a_volume_of_their_own_have_none_either(tmp_path: Path, cache: Path) -> None:
    assert not thumbnails.wanted(tmp_path / ".sh_thumbnails" / "normal" / "a.png", cache)


def test_an_image_that_failed_is_not_tried_again_until_it_changes(image: Path, cache: Path) -> None:
    assert thumbnails.due(image, cache) and not thumbnails.failed(image, cache)
    thumbnails.keep_failure(image, thumbnails.texts(image), cache)
    assert thumbnails.failed(image, cache) and not thumbnails.due(image, cache)
    assert thumbnails.valid(image, cache) is None
    os.utime(image, (1, 1))
    assert not thumbnails.failed(image, cache) and thumbnails.due(image, cache)


def test_what_has_its_thumbnails_is_not_drawn_again(image: Path, cache: Path) -> None:
    assert thumbnails.due(image, cache) == (512, 128)
    keep(image, cache)
    assert thumbnails.due(image, cache) == (128,)
    keep(image, cache, side=128)
    assert thumbnails.due(image, cache) == ()


def test_sizes_lie_where_the_standard_has_them_and_hold_each_for_itself(image: Path, cache: Path) -> None:
    small = keep(image, cache, side=128)
    assert small.parent == cache / "thumbnails" / "normal"
    assert thumbnails.valid(image, cache) is None
    found = thumbnails.valid(image, cache, 128)
    assert found is not None and found.path == small


def test_a_smaller_one_says_the_same_of_the_image(image: Path, cache: Path) -> None:
    for name, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
        large = thumbnails.Thumbnail(image, (1024, 768), name)
        small = keep(image, cache, thumbnails.more_texts(large), 128)
        assert thumbnails.read_texts(small)["Thumb::Mimetype"] == kind
        found = thumbnails.valid(image, cache, 128)
        assert found is not None and (found.source, found.format) == (large.source, large.format)


def test_a_failure_is_noted_as_the_standard_says(image: Path, cache: Path) -> None:
    thumbnails.keep_failure(image, thumbnails.texts(image), cache)
    noted = thumbnails.failure_path(image, cache)
    assert noted.parent == cache / "thumbnails" / "fail" / f"safelight-{__version__}"
    assert noted.name == thumbnails.thumbnail_path(image, cache).name
    assert thumbnails.read_texts(noted) == thumbnails.texts(image)
    assert stat.S_IMODE(noted.stat().st_mode) == 0o600
    for folder in (noted.parent, noted.parent.parent, noted.parent.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(noted.parent.iterdir()) == [noted]
    with Image.open(noted) as dot:
        dot.load()
        assert dot.size == (1, 1)


def test_a_change_while_it_was_tried_makes_it_due_again(image: Path, cache: Path) -> None:
    before = thumbnails.texts(image)
    os.utime(image, (2_000_000_000, 2_000_000_000))
    thumbnails.keep_failure(image, before, cache)
    assert thumbnails.due(image, cache)


def test_a_failure_that_can_not_be_noted_is_an_error_and_leaves_nothing(image: Path, cache: Path) -> None:
    folder = cache / "thumbnails" / "fail" / f"safelight-{__version__}"
    (folder / thumbnails.thumbnail_path(image, cache).name).mkdir(parents=True)
    with pytest.raises(OSError):
        thumbnails.keep_failure(image, thumbnails.texts(image), cache)
    assert [entry.is_dir() for entry in folder.iterdir()] == [True]
