"""ls with queries, rate, tag, trash and export: the library from the command line."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.e2e.conftest import Program
from tests.e2e.test_cli_subcommands import library

__all__ = ["library"]


@pytest.fixture
def filled(program: Program, library: Path) -> Iterator[Program]:
    """With a fox, two hares, and an image of another program."""
    shutil.copytree(library, program.library)
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a foreign castle\nSteps: 20, Seed: 7, Model: sdxl")
    Image.new("RGB", (32, 16)).save(program.library / "castle.png", pnginfo=info)
    before = {hashlib.sha256(path.read_bytes()).hexdigest() for path in program.images}
    yield program
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in program.images} <= before


def names(program: Program, *words: str) -> list[str]:
    ended = program("ls", "--json", *words)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line)["prompt"] for line in ended.stdout.splitlines()]


def test_images_of_other_programs_are_found_by_what_these_wrote_into_them(filled: Program) -> None:
    assert names(filled, "castle", "model:sdxl", "is:foreign") == ["a foreign castle"]


def test_a_query_that_means_nothing_is_told_and_finds_nothing(filled: Program) -> None:
    ended = filled("ls", "rating:many")
    assert (ended.returncode, ended.stdout) == (2, "") and "rating: is a number, as in rating:>3" in ended.stderr
    assert filled("trash", "fox", "colour:x").returncode == 2 and len(filled.images) == 4


def test_ratings_and_tags_are_found_again_and_sorted_by(filled: Program) -> None:
    assert "2 images: rated 3" in filled("rate", "3", "hares").stderr
    assert "1 image: rated 5" in filled("rate", "5", filled.library / "castle.png").stderr
    assert names(filled, "rating:>0", "--sort", "rating") == ["a foreign castle", "hares", "hares"]
    assert names(filled, "rating:>0", "--sort", "rating", "--reverse")[0] == "hares"
    assert filled("tag", "--add", "deep sea", "--add", "best", "rating:5").returncode == 0
    assert names(filled, 'tag:"deep sea"') == ["a foreign castle"]
    assert filled("tag").stdout.split() == ["1", "best", "1", "deep", "sea"]
    filled("tag", "--remove", "BEST", "castle")
    assert names(filled, "tag:best") == []
    told = json.loads(filled("ls", "--json", "castle").stdout)
    assert (told["rating"], told["tags"]) == (5, ["deep sea"])


@pytest.mark.parametrize(
    "words",
    [
        ("rate", "6", "fox"), ("rate", "3"), ("tag", "fox"), ("tag", "--add", ",", "fox"), ("tag", "--add", "x"),
        ("trash", "fox", "--empty"), ("trash", "--restore", "nothing"), ("rate", "3", "no such thing"),
        ("export", "fox"), ("export", "fox", "--to", "x", "--side", "99999"),
        ("export", "fox", "--to", "x", "--name", "{secret}"), ("trash", "/etc/hostname"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_a_usage_error(filled: Program, words: tuple[str, ...]) -> None:
    ended = filled(*words)
    assert ended.returncode == 2 and ended.stderr and ended.stdout == ""
    assert len(filled.images) == 4


def test_the_trash_takes_gives_back_and_is_emptied_on_a_word_only(filled: Program) -> None:
    before = filled.images
    filled("trash", "hares")
    assert len(filled.images) == 2 and names(filled, "hares") == []
    assert len(filled("trash").stdout.splitlines()) == 2
    one = next(path for path in before if path not in filled.images)
    filled("trash", "--restore", one.name)
    assert one in filled.images and names(filled, "hares") == ["hares"]
    assert filled("trash", "--empty").returncode == 2
    assert "1 image: deleted" in filled("trash", "--empty", "--yes").stderr
    assert filled("trash").stdout == "" and filled("trash", "--empty").returncode == 0
    assert len(filled.images) == 3


def test_a_portable_copy_indexed_elsewhere_tells_the_same(filled: Program, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    assert filled("export", "fox", "--to", out, "--portable").returncode == 0
    told = json.loads(filled("ls", "--json", "fox", "--out", str(out)).stdout)
    assert (told["prompt"], told["model"], told["job"]) == ("a red fox", "dall-e-2", None)


def test_copies_go_to_a_zip_with_a_manifest_and_to_other_formats(filled: Program, tmp_path: Path) -> None:
    ended = filled("export", "hares", "--to", tmp_path / "a.zip", "--manifest", "csv")
    assert ended.stdout == f"{tmp_path / 'a.zip'}\n"
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert len(archive.namelist()) == 3
        assert [row["prompt"] for row in csv.DictReader(archive.read("manifest.csv").decode().splitlines())] == [
            "hares"
        ] * 2
    ended = filled("export", "fox", "--to", tmp_path / "b", "--format", "jpeg", "--side", "64", "--name", "{prompt}")
    assert ended.stdout == f"{tmp_path / 'b' / 'a_red_fox.jpg'}\n"
    with Image.open(tmp_path / "b" / "a_red_fox.jpg") as image:
        assert image.size == (64, 64)
    assert filled("export", "is:recorded", "--to", tmp_path / "sheet.png", "--sheet", "--columns", "2").returncode == 0
    with Image.open(tmp_path / "sheet.png") as image:
        assert image.width == 2 * 332 + 12


def test_an_image_that_can_not_be_copied_is_told_and_the_others_are(filled: Program, tmp_path: Path) -> None:
    (filled.library / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    ended = filled("export", "is:foreign", "--to", tmp_path / "out", "--format", "webp")
    assert ended.returncode == 1 and "broken.png: " in ended.stderr
    assert [Path(line).name for line in ended.stdout.splitlines()] == ["castle.webp"]
    (filled.library / "broken.png").unlink()


def test_a_check_finds_what_does_not_agree_and_changes_nothing(filled: Program) -> None:
    assert filled("library", "check").returncode == 0
    file = next(path for path in filled.images if path.name != "castle.png")
    content, times = file.read_bytes(), file.stat()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    record = next((filled.library / ".safelight" / "records").glob("*/*.json"))
    told = record.read_text()
    record.write_text("{")
    ended = filled("library", "check")
    assert ended.returncode == 1 and "2 findings" in ended.stderr
    assert f"{file.name}: the file's bytes have changed" in ended.stdout
    assert f"{record.name}: the record can't be read" in ended.stdout
    assert file.read_bytes() != content and record.read_text() == "{"
    file.write_bytes(content)
    record.write_text(told)


def test_the_stats_count_images_and_what_they_cost(filled: Program) -> None:
    filled("rate", "4", "hares")
    ended = filled("library", "stats")
    assert ended.stdout.startswith("4 images · ") and "dall-e-2" in ended.stdout and "$0.0480" in ended.stdout
    told = json.loads(filled("library", "stats", "--json").stdout)
    assert told["images"] == 4 and told["by"]["rating"] == {"0": 2, "4": 2}
    assert told["by"]["model"] == {"dall-e-2": 3, "sdxl": 1} and told["spent"][0]["images"] == 3
