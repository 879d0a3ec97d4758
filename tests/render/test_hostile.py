"""Whatever lies under a name ends in a picture or a reason, in time, and the decoder goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.render.odd import FILES, FOR_EVER, encoded
from tui.render.decoding.decoder import Decoder, Part, Refused
from tui.render.decoding.svg import checked


@pytest.fixture
def alive(decoder: Decoder, tmp_path: Path) -> Callable[[], bool]:
    good = tmp_path / "good one.png"
    good.write_bytes(encoded("PNG"))
    return lambda: decoder.picture(good, 8, 8).width == 8


def test_what_pillow_warns_of_as_a_bomb_ends_the_decoding() -> None:
    # In a process of its own: here every warning is an error. Twice the limit is an error of Pillow's anyway.
    script = "from tui.render.decoding import load; load.Image._decompression_bomb_check((10_000, 4_001))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode and "DecompressionBombWarning" in ended.stderr


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_is_shown_or_refused_with_a_reason(
    decoder: Decoder, alive: Callable[[], bool], tmp_path: Path, name: str
) -> None:
    make, reason = FILES[name]
    path = tmp_path / "odd.png"
    path.write_bytes(make())
    began = time.monotonic()
    try:
        picture = decoder.picture(path, 8, 8)
    except Refused as refused:
        assert re.search(reason, refused.reason), refused.reason
        assert "\n" not in refused.reason and len(refused.reason) <= 200
    else:
        assert "^$" in reason, f"{name} was shown"
        assert picture.frames == 1
    assert time.monotonic() - began < decoder.deadline
    assert alive()


def test_an_image_that_takes_for_ever_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    path = tmp_path / "bomb.svg"
    path.write_bytes(FOR_EVER)
    with Decoder(deadline=0.5) as decoder:
        with pytest.raises(Refused, match=r"longer than 0\.5 s"):
            decoder.picture(path, 500, 500)
        decoder.deadline = 20
        path.write_bytes(encoded("PNG"))
        assert decoder.picture(path, 100, 100).format == "png"


def test_what_is_no_regular_file_is_refused_without_waiting(
    decoder: Decoder, alive: Callable[[], bool], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "nowhere.png").symlink_to("gone")
    names = [tmp_path / f"{name}.png" for name in ("pipe", "folder", "zero", "loop", "nowhere", "absent")]
    for path in (
        *names,
        Path("/dev/zero"),
        Path("/dev/null"),
        Path("/dev/tty"),
        Path("/"),
        tmp_path / "good one.png/a",
    ):
        for ask in (decoder.picture, decoder.frames):
            with pytest.raises(Refused, match=r"not a file|can't be read") as refusal:
                ask(path, 8, 8)
            assert refusal.value.transient
        with pytest.raises(Refused):
            decoder.thumbnail(path, tmp_path / "t.png", {})
    assert not (tmp_path / "t.png").exists()
    assert alive()


def test_a_link_to_an_image_and_a_name_that_is_no_text_are_fine(decoder: Decoder, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe \n\x1b[31m.png"))
    odd.write_bytes(encoded("PNG"))
    (tmp_path / "link.png").symlink_to(odd)
    assert decoder.picture(odd, 8, 8).source == decoder.picture(tmp_path / "link.png", 8, 8).source == (256, 256)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_cut_short_anywhere_an_image_is_refused_for_it(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    whole = encoded(kind)
    path = tmp_path / "cut"
    # The last bytes of some formats say nothing.
    for length in range(1, len(whole) - 40, max(len(whole) // 60, 1)):
        path.write_bytes(whole[:length])
        with pytest.raises(Refused, match=r"damaged|not an image|decoded") as refusal:
            decoder.picture(path, 16, 16)
        assert not refusal.value.transient
    path.write_bytes(whole)
    assert decoder.picture(path, 16, 16).width == 16


def test_a_file_that_changes_while_it_is_read_ends_in_a_picture_or_a_reason(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    contents = [encoded("PNG"), encoded("JPEG"), encoded("GIF")[:700], b"", encoded("WEBP")]
    done = threading.Event()

    def change() -> None:
        number = 0
        while not done.is_set():
            # In place, so that half of the one may stand before half of the other.
            path.write_bytes(contents[number % len(contents)])
            number += 1

    path.write_bytes(contents[0])
    writer = threading.Thread(target=change)
    writer.start()
    try:
        for number in range(120):
            try:
                picture = decoder.picture(path, 8, 8, part=Part(1, 1, 60 + number, 90))
                assert len(picture.rgb) == picture.width * picture.height * 3
            except Refused as refused:
                assert refused.reason
    finally:
        done.set()
        writer.join()
    path.write_bytes(contents[1])
    assert decoder.picture(path, 8, 8).format == "jpeg"


def test_a_part_of_a_drawing_is_given_up_at_the_deadline_as_well(tmp_path: Path) -> None:
    (tmp_path / "bomb.svg").write_bytes(FOR_EVER)
    (tmp_path / "good.png").write_bytes(encoded("PNG"))
    with Decoder(deadline=0.5) as decoder:
        for part in (Part(0, 0, 500, 500), Part(10, 10, 12, 12)):
            with pytest.raises(Refused, match="longer than"):
                decoder.picture(tmp_path / "bomb.svg", 300, 300, part=part)
        decoder.deadline = 20
        assert decoder.picture(tmp_path / "good.png", 8, 8).width == 8


def test_a_file_that_can_not_be_read_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded("PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):
        # Nothing is forbidden to this user; but nobody can read the beginning of a process's memory.
        path = Path("/proc/self/mem")
    with pytest.raises(Refused, match="it can't be read") as refusal:
        decoder.picture(path, 8, 8)
    assert refusal.value.transient


@pytest.mark.parametrize(
    "inside",
    [
        "<image href='file:///etc/passwd'/>",
        "<image xlink:href='other.png'/>",
        '<image x:href = "http://example.com/a.png"/>',
        "<image href='&#47;etc/passwd'/>",
        "<use href='other.svg#a'/>",
        "<rect fill='url(other.svg#a)'/>",
        "<rect style='fill: URL( \"other.svg#a\" )'/>",
        "<style>@import 'other.css';</style>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<script>1</script>",
        "<foreignObject/>",
    ],
)
def test_an_svg_that_reaches_outside_is_refused(inside: str) -> None:
    with pytest.raises(Refused):
        checked(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>".encode())


def test_an_svg_that_refers_to_itself_is_drawn(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><defs><linearGradient id="g">'
        '<stop stop-color="red"/></linearGradient></defs><rect width="20" height="20" fill="url(#g)"/>'
        '<text x="22" y="15">a</text></svg>'
    )
    picture = decoder.picture(path, 100, 100, ground=(0, 0, 0))
    assert (picture.width, picture.height, picture.source, picture.format) == (100, 50, (40, 20), "svg")
    assert picture.rgb[:3] == b"\xff\0\0"
    assert picture.rgb[-3:] == b"\0\0\0"


def test_an_svg_is_not_larger_than_asked_for_whatever_it_says(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    for size in ("width='10' height='100000'", "width='3000' height='3000'", "viewBox='0 0 1 99999'"):
        path.write_text(f"<svg xmlns='http://www.w3.org/2000/svg' {size}><rect width='9' height='9'/></svg>")
        picture = decoder.picture(path, 64, 64)
        assert picture.width <= 64 and picture.height <= 64
