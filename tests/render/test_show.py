"""`safelight show`, on an output that is no terminal, and the thumbnails that the child writes."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tui.render.decoding.decoder import Decoder, Refused
from tui.render.geometry import STYLES
from tui.render.manner import Manner
from tui.render.show import GAP, Frame, show


@pytest.fixture
def image(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(5).integers(0, 256, (300, 600, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def shown(paths: list[Path], *, grid: int | None = None, width: int = 40, **manner: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = show(paths, Frame(width, 20, Manner(**manner)), grid=grid, out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def test_an_image_is_printed_in_the_width_that_was_asked_for(image: Path) -> None:
    status, out, err = shown([image])
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == 10
    assert "\x1b[38;2;" in out and out.endswith("\x1b[0m\n")


def test_without_colours_it_is_plain_text(image: Path) -> None:
    status, out, _ = shown([image], style="ascii", depth="none")
    assert status == 0
    assert "\x1b" not in out and out.isascii()
    assert [len(line) for line in out.splitlines()] == [40] * 10


def test_several_images_have_their_names_above(image: Path) -> None:
    _, out, _ = shown([image, image], style="ascii", depth="none", width=4)
    lines = out.splitlines()
    assert [number for number, line in enumerate(lines) if line == str(image)] == [0, len(lines) // 2 + 1]


def test_a_name_can_not_command_the_terminal(image: Path, tmp_path: Path) -> None:
    evil = tmp_path / "\x1b]0;title\x07\nb.png"
    evil.write_bytes(image.read_bytes())
    _, out, err = shown([evil, tmp_path / "\x1b[31mgone.png"], style="ascii", depth="none")
    assert "\x1b" not in out + err and "\x07" not in out + err
    assert out.startswith(f"{tmp_path}/]0;title b.png\n")


def test_a_refused_file_is_told_and_the_others_are_shown(image: Path, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("no image")
    status, out, err = shown([tmp_path / "b.png", image])
    assert status == 1
    assert "\x1b[38;2;" in out
    assert str(tmp_path / "b.png") in err and "not an image" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("budget", [0.2, 1, 5, 9])
@pytest.mark.parametrize("style", ["blocks", "half", "ascii"])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_a_budget_is_kept(image: Path, budget: float, depth: str, style: str) -> None:
    _, whole, _ = shown([image], depth=depth, style=style)
    status, out, _ = shown([image], depth=depth, style=style, budget=round(budget * 1000))
    size = len(out.encode())
    assert status == 0
    assert 0 < size <= budget * 1000
    if len(whole.encode()) <= budget * 1000:
        assert out == whole


def test_with_a_budget_it_is_poorer_and_not_smaller(image: Path) -> None:
    _, out, _ = shown([image], depth="truecolor", budget=5000)
    assert len(out.splitlines()) == 10 and 4000 < len(out.encode()) <= 5000


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_printed(image: Path, style: str) -> None:
    status, out, _ = shown([image], style=style, depth="256")
    assert status == 0 and len(out.splitlines()) == 10


def test_a_contact_sheet_has_the_images_side_by_side_and_their_names_below(image: Path, tmp_path: Path) -> None:
    for name in ("b.png", "\x1b[31mc.png"):
        (tmp_path / name).write_bytes(image.read_bytes())
    paths = [image, tmp_path / "b.png", tmp_path / "\x1b[31mc.png"]
    status, out, err = shown(paths, grid=2, style="ascii", depth="none")
    lines = out.splitlines()
    place = (40 - GAP) // 2 + GAP
    assert (status, err) == (0, "") and "\x1b" not in out
    first = next(number for number, line in enumerate(lines) if line.startswith("a.png"))
    assert lines[first].index("b.png") == place
    assert all(len(line) == 40 for line in lines[:first])
    assert lines[first + 1] == "" and lines[-1] == "[31mc.png"


def test_a_contact_sheet_leaves_out_what_is_refused(image: Path, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("no image")
    status, out, err = shown([tmp_path / "b.png", image], grid=0, width=80, style="ascii", depth="none")
    assert status == 1 and "b.png" in err
    assert out.splitlines()[-1] == "a.png"


def test_a_budget_that_not_even_one_cell_fits_is_told(image: Path) -> None:
    status, out, err = shown([image], budget=10)
    assert (status, out) == (1, "") and "0.01 kB" in err


@pytest.mark.parametrize(
    ("size", "expected"), [((1536, 1024), (512, 341)), ((100, 40), (100, 40)), ((2000, 10), (512, 3))]
)
def test_a_thumbnail_has_at_most_512_pixels_a_side_and_is_never_magnified(
    decoder: Decoder, tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    Image.new("RGB", size).save(tmp_path / "a.jpg")
    target = tmp_path / "cache" / "x-large" / "t.png"
    decoder.thumbnail(tmp_path / "a.jpg", target, {"Thumb::URI": "file:///a%20b.jpg", "Thumb::MTIME": "12"})
    with Image.open(target) as written:
        assert written.format == "PNG" and written.size == expected
        assert written.text == {
            "Thumb::URI": "file:///a%20b.jpg",
            "Thumb::MTIME": "12",
            "Thumb::Image::Width": str(size[0]),
            "Thumb::Image::Height": str(size[1]),
            "Thumb::Mimetype": "image/jpeg",
        }
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700


def test_a_thumbnail_keeps_what_is_transparent(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(tmp_path / "a.png")
    decoder.thumbnail(tmp_path / "a.png", tmp_path / "t.png", {})
    with Image.open(tmp_path / "t.png") as written:
        assert written.mode == "RGBA" and written.getextrema()[3] == (0, 0)


def test_a_refused_thumbnail_leaves_the_old_one_and_nothing_else(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("no image")
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "t.png").write_text("old")
    with pytest.raises(Refused):
        decoder.thumbnail(tmp_path / "b.png", folder / "t.png", {})
    assert [(entry.name, entry.read_text()) for entry in folder.iterdir()] == [("t.png", "old")]


def test_a_thumbnail_that_can_not_be_written_is_refused(decoder: Decoder, image: Path, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(Refused):
        decoder.thumbnail(image, tmp_path / "blocked" / "t.png", {})
