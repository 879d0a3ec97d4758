"""Format and size from the first bytes, whatever the bytes are."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.core.sniff import HEAD, Facts, sniff


def made(kind: str, size: tuple[int, int] = (61, 37), mode: str = "RGB", **options: Any) -> bytes:
    file = BytesIO()
    Image.new(mode, size, 0).save(file, kind, **options)
    return file.getvalue()


PHOTO = {
    "png": made("PNG"),
    "png with a palette": made("PNG", mode="P"),
    "jpeg": made("JPEG"),
    "progressive jpeg": made("JPEG", progressive=True),
    "jpeg with a profile": made("JPEG", icc_profile=b"p" * 60_000, exif=b"Exif\x00\x00" + b"e" * 60_000),
    "lossy webp": made("WEBP"),
    "lossless webp": made("WEBP", lossless=True),
    "webp with alpha and metadata": made("WEBP", mode="RGBA", exif=b"Exif\x00\x00" + b"e" * 100),
    "gif": made("GIF"),
    "gif that moves": made(
        "GIF",
        mode="P",
        save_all=True,
        append_images=[Image.new("P", (61, 37), n) for n in (1, 2)],
    ),
}
SVG = {
    "plain": b'<svg xmlns="http://www.w3.org/2000/svg" width="61" height="37"></svg>',
    "declared": b"<?xml version=\"1.0\"?>\n<!-- made -->\n<svg width='61px' height='37.0px'/>",
    "doctype": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg height="37" width="61">',
    "byte order mark": b'\xef\xbb\xbf  <svg width="61" height="37">',
    "view box": b'<svg viewBox="0 0 61 37">',
    "view box and percent": b'<svg width="100%" height="100%" viewBox="-5,-5,61.5,37">',
    "stroke before width": b'<svg stroke-width="2" line-height="9" width="61" height="37">',
}


@pytest.mark.parametrize("name", PHOTO)
def test_the_format_and_size_of_an_image_are_read(name: str) -> None:
    kind = next(word for word in ("png", "jpeg", "webp", "gif") if word in name)
    assert sniff(PHOTO[name]) == Facts(kind, 61, 37)
    assert sniff(PHOTO[name][:HEAD]) == Facts(kind, 61, 37)


@pytest.mark.parametrize("size", [(1, 1), (255, 257), (3840, 2160), (1, 16_000)])
@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("JPEG", {}), ("GIF", {}), ("WEBP", {}), ("WEBP", {"lossless": True})]
)
def test_sizes_are_read_to_the_pixel(kind: str, options: dict[str, Any], size: tuple[int, int]) -> None:
    facts = sniff(made(kind, size, "L" if kind != "WEBP" else "RGB", **options))
    assert (facts.width, facts.height) == size


@pytest.mark.parametrize("name", SVG)
def test_an_svg_is_known_by_its_tag(name: str) -> None:
    assert sniff(SVG[name]) == Facts("svg", 61, 37)


def test_an_svg_without_a_size_is_still_an_svg() -> None:
    assert sniff(b"<svg></svg>") == Facts("svg")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"<html><body>502</body></html>",
        b'{"error": {}}',
        b"BM\x00\x00",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"GIF88a",
    ],
)
def test_what_is_no_image_is_unknown(content: bytes) -> None:
    assert sniff(content) == Facts("unknown")


@pytest.mark.parametrize("content", [*PHOTO.values(), *SVG.values()])
def test_a_cut_image_never_raises_and_never_has_another_size(content: bytes) -> None:
    whole = sniff(content)
    for length in (*range(min(len(content), 400)), len(content) - 1):
        facts = sniff(content[:length])
        assert facts.format in (whole.format, "unknown")
        assert (facts.width, facts.height) in ((61, 37), (0, 0))


STARTS = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR",
    b"\xff\xd8\xff",
    b"\xff\xd8\xff\xe0\x00\x00",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"RIFF\x00\x00\x00\x00WEBPVP8X",
    b"RIFF\x00\x00\x00\x00WEBPVP8L",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"GIF89a",
    b"<svg ",
    b"<svg viewBox='",
    b"<?xml",
    b"<!--",
]


@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_random_bytes_never_raise(start: bytes, rest: bytes) -> None:
    facts = sniff(start + rest)
    assert facts.format in ("png", "jpeg", "webp", "gif", "svg", "unknown")
    assert facts.width >= 0
    assert facts.height >= 0


@given(st.sampled_from([*PHOTO.values(), *SVG.values()]), st.data())
def test_an_image_with_bytes_changed_never_raises(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content[:600])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    sniff(bytes(damaged))


@pytest.mark.parametrize(
    "head", [b"\xff\xd8" + b"\xff" * HEAD, b"\xff\xd8" + b"\xff\xd0" * (HEAD // 2), b"<svg" * (HEAD // 4)]
)
def test_a_head_made_to_be_slow_is_read_to_an_end(head: bytes) -> None:
    assert (sniff(head).width, sniff(head).height) == (0, 0)
