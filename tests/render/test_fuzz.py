"""Small files of every format, damaged at random: each ends in a picture or a reason, and the decoder goes on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.render.moving import BACKGROUND, BLUE, GREEN, PREVIOUS, RED, Step, apng, gif, webp
from tui.render.decoding import frames
from tui.render.decoding.decoder import Decoder, Part, Refused
from tui.render.picture import Picture

STEPS = [Step(RED, (0, 0), (8, 8)), Step(GREEN, (2, 2), (4, 4), BACKGROUND), Step(BLUE, (0, 0), (6, 2), PREVIOUS)]
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><defs><linearGradient id="g"><stop '
    b'offset="0" stop-color="red"/><stop offset="1" stop-color="#00f"/></linearGradient></defs><g transform="scale(2)">'
    b'<path d="M1 1L9 3Q4 5 6 9Z" fill="url(#g)"/><circle cx="12" cy="5" r="3" stroke="lime"/></g></svg>'
)


@cache
def samples() -> dict[str, bytes]:
    """One small file of each kind."""
    colours = Image.radial_gradient("L").resize((24, 18))
    exif = Image.Exif()
    exif[274] = 6

    def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return {
        "png": encoded(colours.convert("RGB"), "PNG", exif=exif),
        "png with a palette": encoded(colours.convert("RGB").convert("P"), "PNG", transparency=b"\0\x80"),
        "png of 16 bits": encoded(colours.convert("I;16"), "PNG"),
        "apng": apng((8, 8), STEPS),
        "jpeg": encoded(colours.convert("RGB"), "JPEG", exif=exif),
        "progressive jpeg": encoded(colours.convert("RGB"), "JPEG", progressive=True),
        "cmyk jpeg": encoded(colours.convert("CMYK"), "JPEG"),
        "webp": encoded(colours.convert("RGB"), "WEBP"),
        "lossless webp": encoded(colours.convert("RGBA"), "WEBP", lossless=True),
        "webp that moves": webp((8, 8), STEPS),
        "gif": encoded(colours, "GIF"),
        "gif that moves": gif((8, 8), STEPS, repeats=3),
        "svg": SVG,
    }


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Bytes changed, a piece taken out, doubled or moved in from another file, the end cut off."""
    content = bytearray(samples()[draw(st.sampled_from(sorted(samples())))])
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(content) - 1))
        match draw(st.sampled_from(["byte", "byte", "number", "out", "double", "other"])):
            case "byte":
                content[at] = draw(st.integers(0, 255))
            case "number":
                content[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1"]))
            case "out":
                del content[at : at + draw(st.integers(1, 40))]
            case "double":
                piece = content[at : at + draw(st.integers(1, 60))]
                content[at:at] = piece * draw(st.integers(1, 4))
            case "other":
                other = samples()[draw(st.sampled_from(sorted(samples())))]
                content[at:at] = other[draw(st.integers(0, len(other) - 1)) :][: draw(st.integers(1, 80))]
        content = content or bytearray(b"\0")
    return bytes(content[: draw(st.integers(len(content) // 2, len(content)))])


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("fuzz") / "odd"


def assert_whole(picture: Picture) -> None:
    assert len(picture.rgb) == picture.width * picture.height * 3 > 0
    assert 1 <= picture.frames <= frames.LIMIT and min(picture.source) > 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=damaged(), edges=st.tuples(*[st.floats(-5, 30)] * 4))
def test_whatever_a_file_holds_it_is_shown_or_refused(
    decoder: Decoder, odd: Path, content: bytes, edges: tuple[float, float, float, float]
) -> None:
    odd.write_bytes(content)
    try:
        assert_whole(decoder.picture(odd, 16, 16))
        assert_whole(decoder.picture(odd, 12, 9, 2.0, part=Part(*edges)))
    except Refused as refused:
        assert refused.reason and "\n" not in refused.reason
        assert "crashed" not in refused.reason or b"<svg" in content
    try:
        film = decoder.frames(odd, 16, 16, count=5)
        assert film.pictures or film.end
        for picture in film.pictures:
            assert_whole(picture)
        assert len(film.pictures) == len(film.delays) and all(delay > 10 for delay in film.delays if film.total > 1)
    except Refused as refused:
        assert refused.reason


@given(content=damaged(), kind=st.sampled_from(["gif", "png", "webp", "jpeg"]))
def test_counting_frames_and_cutting_them_out_never_fails_or_goes_on_for_ever(content: bytes, kind: str) -> None:
    assert 1 <= frames.count(content, kind) <= frames.LIMIT
    film = frames.film(content, kind)
    if film is not None:
        assert film.loops >= 0
        for frame in film.frames:
            assert frame.still and frame.delay >= 0 and min(frame.place) >= 0


@pytest.mark.parametrize("name", samples())
def test_undamaged_they_are_all_shown(decoder: Decoder, odd: Path, name: str) -> None:
    odd.write_bytes(samples()[name])
    assert_whole(decoder.picture(odd, 16, 16))
    assert_whole(decoder.frames(odd, 16, 16).pictures[0])
