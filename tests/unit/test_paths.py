"""Where things lie: the base folders of the desktop's specification, and files that only the person can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.core import paths

FOLDERS = [
    (paths.config_folder, "XDG_CONFIG_HOME", ".config/safelight"),
    (paths.state_folder, "XDG_STATE_HOME", ".local/state/safelight"),
    (paths.cache_folder, "XDG_CACHE_HOME", ".cache/safelight"),
]
posix = pytest.mark.skipif(paths.is_windows(), reason="modes are POSIX's")


@pytest.mark.parametrize(("folder", "name", "fallback"), FOLDERS)
def test_folders_lie_in_the_home_folder_unless_named(
    folder: Callable[[dict[str, str]], Path], name: str, fallback: str
) -> None:
    assert folder({"HOME": "/h"}) == Path("/h") / fallback
    assert folder({"HOME": "/h", name: "/x"}) == Path("/x/safelight")


@pytest.mark.parametrize("value", ["", "x", "./x", "~/x"])
@pytest.mark.parametrize(("folder", "name", "fallback"), FOLDERS)
def test_a_relative_folder_is_ignored(
    folder: Callable[[dict[str, str]], Path], name: str, fallback: str, value: str
) -> None:
    assert folder({"HOME": "/h", name: value}) == Path("/h") / fallback


def test_the_configuration_file_may_be_named() -> None:
    assert paths.config_file({"HOME": "/h"}) == Path("/h/.config/safelight/config.toml")
    assert paths.config_file({"HOME": "/h", "SAFELIGHT_CONFIG": "/x/c.toml"}) == Path("/x/c.toml")
    assert paths.config_file({"HOME": "/h", "SAFELIGHT_CONFIG": "~/c.toml"}) == Path("/h/c.toml")


def test_the_log_lies_in_the_state_folder() -> None:
    assert paths.log_file({"HOME": "/h"}) == Path("/h/.local/state/safelight/safelight.log")


def test_without_user_dirs_pictures_lie_in_the_home_folder(home: Path) -> None:
    assert paths.pictures_folder({"HOME": str(home)}) == home / "Pictures"
    assert paths.default_library({"HOME": str(home)}) == home / "Pictures/safelight"


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ('XDG_PICTURES_DIR="$HOME/Bilder"', "{home}/Bilder"),
        ('  XDG_PICTURES_DIR="/mnt/photos"  ', "/mnt/photos"),
        ('# XDG_PICTURES_DIR="/no"\nXDG_MUSIC_DIR="/m"\nXDG_PICTURES_DIR="/yes"', "/yes"),
        ('XDG_PICTURES_DIR="$HOME/"', "{home}/Pictures"),
        ('XDG_PICTURES_DIR="$HOME"', "{home}/Pictures"),
        ('XDG_PICTURES_DIR="Bilder"', "{home}/Pictures"),
        ("XDG_PICTURES_DIR=", "{home}/Pictures"),
        ('#XDG_PICTURES_DIR="/no"', "{home}/Pictures"),
    ],
)
def test_the_pictures_folder_is_the_one_that_the_desktop_names(line: str, folder: str, home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config/user-dirs.dirs").write_text(line, encoding="utf-8")
    assert str(paths.pictures_folder({"HOME": str(home)})) == folder.format(home=home)


def test_a_pictures_folder_of_any_bytes_is_found(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config/user-dirs.dirs").write_bytes(b'XDG_PICTURES_DIR="/mnt/\xff"\n')
    assert os.fsencode(paths.pictures_folder({"HOME": str(home)})) == b"/mnt/\xff"


def test_the_themes_that_are_shipped_are_found() -> None:
    assert paths.themes_folder().is_dir()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/h", "~"),
        ("/h/a.png", "~/a.png"),
        ("/home/a.png", "/home/a.png"),
        ("/hh/a.png", "/hh/a.png"),
        ("/h/a\x1b]0;x\x07\u202e.png", "~/a]0;x.png"),
        ("/h/a\nb.png", "~/a b.png"),
        ("/h/a\udcff.png", "~/a.png"),
    ],
)
def test_a_path_is_shown_cleaned_and_with_the_home_folder_as_a_tilde(path: str, text: str) -> None:
    assert paths.shown(Path(path), {"HOME": "/h"}) == text


def test_with_the_root_as_home_paths_are_shown_whole() -> None:
    assert paths.shown(Path("/a"), {"HOME": "/"}) == "/a"


@posix
def test_a_private_folder_is_for_the_person_only(tmp_path: Path) -> None:
    folder = paths.private_folder(tmp_path / "a/b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert paths.private_folder(folder) == folder


@posix
def test_a_private_file_is_for_the_person_only_and_replaced_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "state/form.json"
    old = os.umask(0)
    try:
        paths.write_private(file, "one")
        before = file.stat().st_ino
        paths.write_private(file, "two \ud800")
    finally:
        os.umask(old)
    assert file.read_text(encoding="utf-8", errors="surrogatepass") == "two \ud800"
    assert file.stat().st_ino != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["form.json"]


def test_a_private_file_may_be_written_by_several_threads_at_once(tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    texts = [str(number) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(len(texts)) as pool:
        for _ in range(5):
            list(pool.map(lambda text: paths.write_private(file, text), texts))
            assert file.read_text() in texts
    assert list(tmp_path.iterdir()) == [file]


def test_a_private_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    folder = tmp_path / "form.json"
    folder.mkdir()
    with pytest.raises(OSError):
        paths.write_private(folder, "text")
    assert list(tmp_path.iterdir()) == [folder]
