"""Animations play as their files say: every frame on those before it, in its time, and as long as they are whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.render import moving
from tests.render.moving import BACKGROUND, BLUE, CLEAR, GREEN, NOTHING, PREVIOUS, RED, Step, apng, gif, packed, webp
from tui.render.decoding.decoder import Decoder, Frames, Part, Picture, Refused
from tui.render.decoding.images import FRAMES_BYTES, Images
from tui.render.decoding.raster import Wish

KINDS: dict[str, Callable[[tuple[int, int], list[Step]], bytes]] = {"gif": gif, "png": apng, "webp": webp}
GROUND = (10, 20, 30)


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3).astype(int)


def colours(picture: Picture, *places: tuple[int, int]) -> list[tuple[int, ...]]:
    shown = pixels(picture)
    return [tuple(shown[y, x].tolist()) for x, y in places]


def play(decoder: Decoder, path: Path, side: int = 8) -> Frames:
    return decoder.frames(path, side, side, ground=GROUND, count=50)


def steps(count: int, delay: int = 70) -> list[Step]:
    return [Step((RED, GREEN, BLUE)[number % 3], (0, 0), (8, 8), delay=delay) for number in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_comes_with_its_delay(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(KINDS[kind]((8, 8), [Step(RED, (0, 0), (8, 8), delay=30), Step(BLUE, (0, 0), (8, 8), delay=250)]))
    film = play(decoder, path)
    assert (film.start, film.delays, film.total, film.end) == (0, (30, 250), 2, True)
    assert [colours(picture, (3, 3)) for picture in film.pictures] == [[RED[:3]], [BLUE[:3]]]
    assert {(picture.width, picture.source, picture.format) for picture in film.pictures} == {(8, (8, 8), kind)}
    assert decoder.picture(path, 8, 8).frames == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("told", "shown"), [(0, 100), (10, 100), (20, 20), (5000, 5000)])
def test_what_is_told_to_last_10_ms_or_less_lasts_100(
    decoder: Decoder, tmp_path: Path, kind: str, told: int, shown: int
) -> None:
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), steps(3, told)))
    assert play(decoder, tmp_path / "a").delays == (shown,) * 3


@pytest.mark.parametrize(
    ("content", "loops"),
    [
        (gif((8, 8), steps(2)), 1),
        (gif((8, 8), steps(2), repeats=0), 0),
        (gif((8, 8), steps(2), repeats=2), 3),
        (apng((8, 8), steps(2)), 0),
        (apng((8, 8), steps(2), plays=3), 3),
        (webp((8, 8), steps(2)), 0),
        (webp((8, 8), steps(2), plays=3), 3),
    ],
)
def test_it_is_played_as_often_as_the_file_says(decoder: Decoder, tmp_path: Path, content: bytes, loops: int) -> None:
    (tmp_path / "a").write_bytes(content)
    assert play(decoder, tmp_path / "a").loops == loops


@pytest.mark.parametrize(
    ("kind", "after", "left"),
    [
        *((kind, after, left) for kind in KINDS for after, left in ((NOTHING, GREEN[:3]), (BACKGROUND, GROUND))),
        # WebP knows no such rule.
        ("gif", PREVIOUS, RED[:3]),
        ("png", PREVIOUS, RED[:3]),
    ],
)
def test_what_a_frame_leaves_behind_is_what_its_file_says(
    decoder: Decoder, tmp_path: Path, kind: str, after: str, left: tuple[int, ...]
) -> None:
    film = [Step(RED, (0, 0), (8, 8)), Step(GREEN, (2, 2), (4, 4), after), Step(BLUE, (0, 0), (2, 2))]
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), film))
    pictures = play(decoder, tmp_path / "a").pictures
    places = ((0, 0), (3, 3), (7, 7))
    assert colours(pictures[1], *places) == [RED[:3], GREEN[:3], RED[:3]]
    assert colours(pictures[2], *places) == [BLUE[:3], left, RED[:3]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_holds_for_its_own_frame_only(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    film = [Step(RED, (0, 0), (4, 4), BACKGROUND), Step(GREEN, (4, 4), (4, 4)), Step(BLUE, (4, 0), (4, 4))]
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), film))
    last = play(decoder, tmp_path / "a").pictures[2]
    assert colours(last, (1, 1), (5, 5), (5, 1), (1, 5)) == [GROUND, GREEN[:3], BLUE[:3], GROUND]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_transparent_lets_the_earlier_frame_through(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    film = [Step(RED, (0, 0), (8, 8)), Step(CLEAR, (2, 2), (4, 4))]
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), film))
    assert colours(play(decoder, tmp_path / "a").pictures[1], (3, 3)) == [RED[:3]]


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_frame_may_take_the_place_of_what_is_below(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    film = [Step(RED, (0, 0), (8, 8)), Step(CLEAR, (2, 2), (4, 4), over=False)]
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), film))
    assert colours(play(decoder, tmp_path / "a").pictures[1], (3, 3), (7, 7)) == [GROUND, RED[:3]]


# A PNG's first frame is as large as its canvas.
@pytest.mark.parametrize("kind", ["gif", "webp"])
@pytest.mark.parametrize("place", [(0, 0), (4, 2), (6, 6)])
def test_a_first_frame_that_leaves_room_leaves_it_transparent(
    decoder: Decoder, tmp_path: Path, kind: str, place: tuple[int, int]
) -> None:
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), [Step(RED, place, (2, 2)), Step(BLUE, (0, 0), (2, 2))]))
    first = play(decoder, tmp_path / "a").pictures[0]
    assert colours(first, place, (3, 7)) == [RED[:3], GROUND]
    assert first.rgb == decoder.picture(tmp_path / "a", 8, 8, ground=GROUND).rgb


def test_a_frame_that_sticks_out_of_a_gif_is_cut_off(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gif((8, 8), [Step(RED, (0, 0), (8, 8)), Step(BLUE, (6, 6), (9, 9))]))
    picture = play(decoder, tmp_path / "a").pictures[1]
    assert (picture.width, picture.height) == (8, 8)
    assert colours(picture, (7, 7), (5, 5)) == [BLUE[:3], RED[:3]]


def test_a_gif_without_a_size_is_as_large_as_its_first_frame(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gif((0, 0), [Step(RED, (0, 0), (6, 3))]))
    assert decoder.picture(tmp_path / "a", 6, 6).source == (6, 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_what_pillow_writes_looks_as_pillow_reads_it(decoder: Decoder, tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    stills = []
    for number in range(6):
        still = Image.new("RGBA", (40, 30), (number * 40, 60, 90, 255))
        still.paste((255, number * 30, 0, 255), (number * 5, 4, number * 5 + 9, 20))
        stills.append(still.convert(mode))
    options = {"lossless": True} if kind == "WEBP" else {}
    stills[0].save(path, kind, save_all=True, append_images=stills[1:], duration=[40, 50, 60, 70, 80, 90], **options)
    film = play(decoder, path, 40)
    with Image.open(path) as image:
        expected = [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(image)]
    assert film.delays == (40, 50, 60, 70, 80, 90)
    assert len(film.pictures) == len(expected) == 6
    for picture, still in zip(film.pictures, expected, strict=True):
        assert np.abs(pixels(picture) - still).max() <= 1


def test_a_photo_with_alpha_in_a_lossy_webp_plays(decoder: Decoder, tmp_path: Path) -> None:
    stills = [Image.new("RGBA", (40, 30), (200, number * 90, 40, 128)) for number in range(3)]
    stills[0].save(tmp_path / "a.webp", save_all=True, append_images=stills[1:], duration=40, quality=90)
    film = decoder.frames(tmp_path / "a.webp", 40, 40, ground=(0, 0, 0))
    for picture, green in zip(film.pictures, (0, 90, 180), strict=True):
        assert np.abs(pixels(picture)[15, 20] - (100, green / 2, 20)).max() <= 6


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_where_the_last_answer_ended_and_begins_again(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_bytes(KINDS[kind]((8, 8), steps(7)))
    whole = [picture.rgb for picture in play(decoder, tmp_path / "a").pictures]
    got: list[bytes] = []
    for start, count, end in ((0, 3, False), (3, 3, False), (6, 3, True)):
        film = decoder.frames(tmp_path / "a", 8, 8, start=start, count=count, ground=GROUND)
        assert (film.start, film.end, film.total) == (start, end, 7)
        got += [picture.rgb for picture in film.pictures]
    assert got == whole
    assert decoder.frames(tmp_path / "a", 8, 8, start=2, count=1, ground=GROUND).pictures[0].rgb == whole[2]
    beyond = decoder.frames(tmp_path / "a", 8, 8, start=7, count=2)
    assert (beyond.pictures, beyond.delays, beyond.end) == ((), (), True)


def test_the_open_animation_is_kept_between_answers(tmp_path: Path, decoder: Decoder) -> None:
    path = tmp_path / "a"
    path.write_bytes(gif((8, 8), steps(9)))
    images = Images()
    for _ in range(2000):
        # A file that has just been written is not relied on.
        images.frames(str(path), Wish(None, 8, 8, 1.0), GROUND, 0, 3)
        kept = images.store.animation(str(path))
        if kept is images.store.animation(str(path)):
            break
    assert kept is not None
    images.frames(str(path), Wish(None, 8, 8, 1.0), GROUND, 0, 3)
    images.frames(str(path), Wish(None, 8, 8, 1.0), GROUND, 3, 3)
    assert images.store.animation(str(path)) is kept
    path.write_bytes(gif((8, 8), steps(4)))
    assert images.frames(str(path), Wish(None, 8, 8, 1.0), GROUND, 3, 3).total == 4


def test_an_answer_is_bounded_in_bytes(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(webp((64, 64), [Step(RED, (0, 0), (64, 64)) for _ in range(40)]))
    film = decoder.frames(tmp_path / "a", 1400, 1400, count=40)
    assert 1 <= len(film.pictures) < 40 and not film.end
    assert sum(len(picture.rgb) for picture in film.pictures) <= FRAMES_BYTES


def test_a_part_of_an_animation_can_be_looked_at(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gif((8, 8), [Step(RED, (0, 0), (8, 8)), Step(BLUE, (4, 4), (4, 4))]))
    film = decoder.frames(tmp_path / "a", 16, 16, part=Part(3, 3, 5, 5))
    assert colours(film.pictures[1], (0, 0), (15, 15)) == [RED[:3], BLUE[:3]]


def test_a_still_is_an_animation_of_one_picture(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), (1, 2, 3)).save(tmp_path / "a.png")
    Image.new("RGB", (9, 9), (1, 2, 3)).save(tmp_path / "a.webp", lossless=True)
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    for name in ("a.png", "a.webp", "a.svg"):
        film = decoder.frames(tmp_path / name, 9, 9)
        assert (len(film.pictures), film.total, film.end) == (1, 1, True)
        assert film.pictures[0].rgb == decoder.picture(tmp_path / name, 9, 9).rgb


def test_an_apngs_own_still_is_the_picture_and_no_frame(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(apng((8, 8), steps(2), still=packed(BLUE, (8, 8))))
    assert colours(decoder.picture(tmp_path / "a.png", 8, 8), (3, 3)) == [BLUE[:3]]
    film = play(decoder, tmp_path / "a.png")
    assert [colours(picture, (3, 3)) for picture in film.pictures] == [[RED[:3]], [GREEN[:3]]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_plays_the_frames_that_are_whole(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    content = KINDS[kind]((8, 8), steps(5))
    seen = set()
    for length in range(len(content) // 4, len(content), 7):
        (tmp_path / "a").write_bytes(content[:length])
        try:
            picture = decoder.picture(tmp_path / "a", 8, 8, ground=GROUND)
        except Refused:
            assert not seen, "more of it can be less"
            continue
        film = play(decoder, tmp_path / "a")
        assert film.end and len(film.pictures) == film.total
        assert film.pictures[0].rgb == picture.rgb
        seen.add(len(film.pictures))
        for number, shown in enumerate(film.pictures):
            assert colours(shown, (3, 3)) == [(RED, GREEN, BLUE)[number % 3][:3]]
    assert {1, 2, 3, 4} <= seen


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_later_frame_ends_the_animation_before_it(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    good = KINDS[kind]((8, 8), steps(5))
    mark = {"gif": moving.lzw(1, 64)[:6], "png": b"fdAT", "webp": b"VP8L"}[kind]
    broken = bytearray(good)
    last = good.rindex(mark) + {"gif": 2, "png": 12, "webp": 8}[kind]
    broken[last : last + 6] = b"\xff" * 6
    (tmp_path / "a").write_bytes(broken)
    assert colours(decoder.picture(tmp_path / "a", 8, 8), (3, 3)) == [RED[:3]]
    film = play(decoder, tmp_path / "a")
    assert (len(film.pictures), film.total, film.end) == (4, 4, True)
    after = decoder.frames(tmp_path / "a", 8, 8, start=4)
    assert (after.pictures, after.end) == ((), True)
    assert len(play(decoder, tmp_path / "a").pictures) == 4


def test_a_broken_first_frame_is_a_refusal(decoder: Decoder, tmp_path: Path) -> None:
    content = bytearray(gif((8, 8), steps(3)))
    start = content.index(moving.lzw(0, 64)) + 2
    content[start : start + 6] = b"\xff" * 6
    (tmp_path / "a").write_bytes(content)
    for ask in (decoder.picture, decoder.frames):
        with pytest.raises(Refused):
            ask(tmp_path / "a", 8, 8)


@pytest.mark.parametrize("claimed", [1, 2**31, 2**32 - 1])
def test_the_number_of_frames_that_a_file_claims_is_not_believed(
    decoder: Decoder, tmp_path: Path, claimed: int
) -> None:
    (tmp_path / "a.png").write_bytes(apng((8, 8), steps(3), claimed=claimed))
    film = play(decoder, tmp_path / "a.png")
    assert (len(film.pictures), film.total, film.end) == (3, 3, True)


def test_an_animation_has_at_most_a_thousand_frames(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(gif((2, 2), [Step(RED, (0, 0), (1, 1))] * 3000))
    start = 990
    while not (film := decoder.frames(tmp_path / "a.gif", 2, 2, start=start, count=9)).end:
        start += len(film.pictures)
    assert (start + len(film.pictures), film.total) == (1000, 1000)


def test_a_frame_larger_than_a_preview_may_be_ends_the_animation(decoder: Decoder, tmp_path: Path) -> None:
    huge = Step(BLUE, (0, 0), (1, 1))
    content = gif((8, 8), [Step(RED, (0, 0), (8, 8)), huge])
    at = content.rindex(b"\x2c\0\0\0\0\1\0\1\0")
    (tmp_path / "a.gif").write_bytes(content[:at] + b"\x2c\0\0\0\0\xff\xff\xff\xff" + content[at + 9 :])
    film = play(decoder, tmp_path / "a.gif")
    assert (len(film.pictures), film.end) == (1, True)
