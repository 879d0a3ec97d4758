"""Whatever lies under a name ends in a picture or a reason, in time, and the decoder goes on."""

from __future__ import annotations

import io
import os
import re
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tui.render.decode import Decoder, Refused
from tui.render.svg import checked


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            *extra,
            chunk(b"IDAT", pixels or zlib.compress(b"\0" * ((width * 3 + 1) * height))),
            chunk(b"IEND", b""),
        ]
    )


def encoded(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(file, kind, **options)
    return file.getvalue()


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    whole = encoded("JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * count + b"\xff\xd9"


def growing(levels: int) -> bytes:
    """Every group draws the one before it ten times."""
    uses = [f"<use href='#g{level}'/>" * 10 for level in range(levels)]
    groups = "".join(f"<g id='g{level}'>{use}</g>" for level, use in enumerate(uses, 1))
    return f"<svg xmlns='http://www.w3.org/2000/svg'><rect id='g0' width='9' height='9'/>{groups}</svg>".encode()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"hello, this is no image", "not an image"),
    "html": (lambda: b"<!doctype html><html><svg></svg></html>", "not an image|SVG"),
    "executable": (lambda: b"\x7fELF" + bytes(200), "not an image"),
    "signature only": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "PNG cut short": (lambda: encoded("PNG")[:900], "damaged"),
    "JPEG cut short": (lambda: encoded("JPEG")[:900], "damaged"),
    "WebP cut short": (lambda: encoded("WEBP")[:300], "damaged|decoded"),
    "PNG with a broken checksum": (lambda: encoded("PNG")[:-20] + b"\0" * 20, "damaged"),
    "PNG of 131 megapixels": (lambda: png(11_450, 11_450, pixels=b"x"), "131 megapixels: more than the 40"),
    "PNG of one long line": (lambda: png(20_000, 2, pixels=b"x"), "20,000 pixels a side"),
    "PNG of 2,147,483,647 a side": (lambda: png(2**31 - 1, 2**31 - 1, pixels=b"x"), "megapixels"),
    "PNG without pixels": (lambda: png(100, 100, pixels=zlib.compress(b"")), "damaged"),
    "PNG of no size": (lambda: png(0, 0), "damaged|decoded"),
    "PNG text bomb": (
        lambda: png(8, 8, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20)))),
        "decoded|damaged|^$",
    ),
    "forged APNG": (lambda: png(8, 8, chunk(b"acTL", struct.pack(">II", 2**31, 0))), "^$"),
    "GIF of 65,535 a side": (lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0;", "megapixels"),
    "JPEG of 2,010 scans": (lambda: many_scans(2000), "2,0.. scans: more than the 200"),
    "SVG that never ends": (lambda: b"<svg", "drawn"),
    "SVG of no size": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>", "drawn"),
    "SVG with a file": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd' width='9' height='9'/></svg>",
        "other files",
    ),
    "SVG with entities": (
        lambda: (
            b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>"
        ),
        "DOCTYPE",
    ),
    "SVG that grows": (lambda: growing(12), "drawn"),
    "SVG in depth": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 200_000, "drawn|crashed"),
    "TIFF, which is not on the list": (lambda: encoded("TIFF"), "not an image"),
    "BMP, which is not on the list": (lambda: encoded("BMP"), "not an image"),
}


# Noise upon noise: minutes of work in a few bytes.
FOR_EVER = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'><filter id='f'>"
    + b"<feTurbulence baseFrequency='0.01' numOctaves='200'/>" * 40
    + b"</filter><rect filter='url(#f)' width='500' height='500'/></svg>"
)


@pytest.fixture
def alive(decoder: Decoder, tmp_path: Path) -> Callable[[], bool]:
    good = tmp_path / "good one.png"
    good.write_bytes(encoded("PNG"))
    return lambda: decoder.picture(good, 8, 8).width == 8


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
    for name in ("pipe", "folder", "zero", "loop", "nowhere", "absent"):
        with pytest.raises(Refused, match=r"not a file|can't be read"):
            decoder.picture(tmp_path / f"{name}.png", 8, 8)
    assert alive()


def test_a_link_to_an_image_and_a_name_that_is_no_text_are_fine(decoder: Decoder, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe \n\x1b[31m.png"))
    odd.write_bytes(encoded("PNG"))
    (tmp_path / "link.png").symlink_to(odd)
    assert decoder.picture(odd, 8, 8).source == decoder.picture(tmp_path / "link.png", 8, 8).source == (256, 256)


def test_a_file_without_permission_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded("PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(Refused, match="Permission"):
        decoder.picture(path, 8, 8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_anywhere_an_image_is_shown_or_refused(decoder: Decoder, tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]))
    content = bytearray(encoded(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "odd"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        picture = decoder.picture(path, 16, 16)
        assert len(picture.rgb) == picture.width * picture.height * 3
    except Refused as refused:
        assert refused.reason


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
