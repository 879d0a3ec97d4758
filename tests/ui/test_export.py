"""Copies from the app: what they are, where they go, what they lose; and what is copied of images as text."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Open
from tests.ui.test_library import listed, paint, point
from tests.ui.window import Window
from tui.ui.exporting import SHEET_NAME
from tui.ui.screens.busy import Busy
from tui.ui.screens.export import Export
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.pick import Pick
from tui.ui.widgets.named_field import NamedField
from tui.ui.wishes import Wishes


async def opened(w: Window, count: int) -> None:
    await w.to("library")
    await listed(w, count)
    w.images.focus()
    await w.until(lambda: w.focus == "list", "the list")


async def box(w: Window) -> None:
    await w.press("X")
    await w.until(lambda: isinstance(w.screen, Export) and w.focus.startswith("field-"), "the box")


def field(w: Window, name: str) -> NamedField:
    return w.screen.query_one(f"#field-{name}", NamedField)


def copied(w: Window, text: str) -> bool:
    return w.app.clipboard == text


async def wish(w: Window, name: str, value: str) -> None:
    """Set a field of the box, from its menu or by typing."""
    field(w, name).focus()
    await w.until(lambda: w.focus == f"field-{name}", f"the field {name}")
    await w.press("enter")
    await w.until(lambda: isinstance(w.screen, Pick), "the menu")
    await w.paste(value)
    await w.press("enter")
    await w.until(lambda: isinstance(w.screen, Export), "the box")
    await w.settle()


async def exported(w: Window, words: str) -> None:
    await w.press("ctrl+j")
    await w.until(lambda: any(words in toast for toast in w.toasts), words)


def with_credentials(file: Path) -> Path:
    """A PNG with a chunk of content credentials."""
    data = paint(file).read_bytes()
    chunk = struct.pack(">I4s", 5, b"caBX") + b"jumbf"
    file.write_bytes(data[:33] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + data[33:])
    return file


async def test_originals_go_byte_for_byte_into_a_folder_that_is_made(window: Open, library: Path, home: Path) -> None:
    files = [paint(library / f"{colour}.png", colour) for colour in ("red", "green", "blue")]
    before = {path: path.read_bytes() for path in files}
    async with window() as w:
        await opened(w, 3)
        await w.press("ctrl+a")
        await box(w)
        assert "Export 3 images" in w.text and "Byte for byte" in w.text
        await wish(w, "target", "~/for you/all")
        await exported(w, "3 images: copied to ~/for you/all")
    copies = {path.name: path.read_bytes() for path in (home / "for you" / "all").iterdir()}
    assert copies == {path.name: content for path, content in before.items()}
    assert {path: path.read_bytes() for path in files} == before


async def test_the_one_under_the_cursor_is_meant_where_nothing_is_marked_and_nothing_is_replaced(
    window: Open, library: Path, home: Path
) -> None:
    paint(library / "red.png")
    paint(library / "blue.png", "blue", days_ago=1)
    out = home / "safelight-export"
    paint(out / "blue.png", "white")
    async with window() as w:
        await opened(w, 2)
        await point(w, library / "blue.png")
        await box(w)
        await exported(w, "1 image: copied to ~/safelight-export")
    assert (out / "blue-2.png").read_bytes() == (library / "blue.png").read_bytes()
    assert sorted(path.name for path in out.iterdir()) == ["blue-2.png", "blue.png"]


async def test_another_format_and_size_make_portable_copies_with_the_prompt_inside(window: Open, home: Path) -> None:
    async with window() as w:
        job = await w.make("a lighthouse in a storm")
        before = job.saved[0].path.read_bytes()
        await opened(w, 1)
        await box(w)
        await wish(w, "kind", "webp")
        assert field(w, "form").value == "portable" and "The prompt goes inside" in w.text
        await wish(w, "side", "64")
        await wish(w, "template", "{prompt}-{index:02d}")
        await w.until_shown("a_lighthouse_in_a_storm-00.webp")
        await wish(w, "manifest", "json")
        await exported(w, "1 image: copied to")
        assert job.saved[0].path.read_bytes() == before
    out = home / "safelight-export"
    copy = out / "a_lighthouse_in_a_storm-00.webp"
    with Image.open(copy) as image:
        assert image.size == (64, 64) and image.format == "WEBP"
    assert b"a lighthouse in a storm" in copy.read_bytes()
    (row,) = json.loads((out / "manifest.json").read_bytes())
    assert row["file"] == copy.name and row["prompt"] == "a lighthouse in a storm"


async def test_a_zip_with_a_table_is_written_where_the_target_ends_so(window: Open, library: Path, home: Path) -> None:
    for number, colour in enumerate(("red", "green")):
        paint(library / f"{colour}.png", colour, days_ago=number)
    async with window() as w:
        await opened(w, 2)
        await w.press("ctrl+a")
        await box(w)
        await wish(w, "manifest", "csv")
        await wish(w, "target", "~/two.zip")
        await w.until_shown("~/two.zip : red.png")
        await exported(w, "2 images: copied to ~/two.zip")
    with zipfile.ZipFile(home / "two.zip") as archive:
        assert archive.namelist() == ["red.png", "green.png", "manifest.csv"]
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
        assert [row["file"] for row in rows] == ["red.png", "green.png"]


async def test_a_contact_sheet_is_one_image_of_all(window: Open, library: Path, home: Path) -> None:
    for number in range(5):
        paint(library / f"{number}.png", "red", days_ago=number)
    async with window() as w:
        await opened(w, 5)
        await w.press("ctrl+a")
        await box(w)
        await wish(w, "form", "sheet")
        await w.until(
            lambda: [each.field for each in w.screen.query(NamedField)][:2] == ["form", "columns"], "its fields"
        )
        await wish(w, "columns", "3")
        await wish(w, "side", "160")
        await wish(w, "target", "~/sheet.zip")
        await w.until_shown("a contact sheet is a .png")
        await w.press("ctrl+j")
        assert isinstance(w.screen, Export), "nothing is written before that is mended"
        await wish(w, "target", "~/sheets")
        await exported(w, f"5 images: on ~/sheets/{SHEET_NAME}")
    with Image.open(home / "sheets" / SHEET_NAME) as sheet:
        assert sheet.format == "PNG" and sheet.width == 3 * (160 + 12) + 12


async def test_content_credentials_that_copies_lose_are_told_plainly(window: Open, library: Path) -> None:
    file = with_credentials(library / "signed.png")
    async with window() as w:
        await opened(w, 1)
        await box(w)
        await exported(w, "1 image: copied to")
        assert not any("credentials" in toast for toast in w.toasts), "an original keeps them"
        await box(w)
        await wish(w, "form", "clean")
        assert "no content credentials" in w.text
        await exported(w, "1 copy does not carry the original's content credentials any more")
        assert b"caBX" in file.read_bytes()


async def test_what_can_not_be_exported_is_told_and_the_others_are(window: Open, library: Path, home: Path) -> None:
    paint(library / "red.png")
    (library / "broken.png").write_bytes(b"no image at all")
    async with window() as w:
        await opened(w, 2)
        await w.press("ctrl+a")
        await box(w)
        await wish(w, "kind", "jpeg")
        await exported(w, "1 image: copied to")
        await w.until(lambda: any(toast.startswith("broken.png: ") for toast in w.toasts), "which and why")
    assert [path.name for path in (home / "safelight-export").iterdir()] == ["red.jpg"]


async def test_a_target_that_can_not_be_written_is_told(window: Open, library: Path, home: Path) -> None:
    paint(library / "red.png")
    (home / "file").touch()
    async with window() as w:
        await opened(w, 1)
        await box(w)
        await wish(w, "target", "~/file/below")
        await exported(w, "below: Not a directory")
        assert w.app.is_running


async def test_an_export_that_lasts_shows_how_far_it_is_and_can_be_stopped(
    window: Open, library: Path, home: Path
) -> None:
    count = 60
    picture = io.BytesIO()
    Image.effect_noise((1600, 1600), 90).convert("RGB").save(picture, "PNG")
    for number in range(count):
        paint(library / f"{number}.png").write_bytes(picture.getvalue())
    async with window() as w:
        await opened(w, count)
        await w.press("ctrl+a")
        await box(w)
        await wish(w, "kind", "webp")
        await w.press("ctrl+j")
        await w.until(lambda: isinstance(w.screen, Busy) and w.screen.done, "how far it is")
        assert "Exporting" in w.text and "esc stops it" in w.text
        await w.press("escape")
        await w.until(lambda: any(f", of {count}: stopped" in toast for toast in w.toasts), "where it stopped")
        await w.until(lambda: w.screen.id == "library", "the library")
    written = list((home / "safelight-export").iterdir())
    assert 0 < len(written) < count
    for path in written:
        with Image.open(path) as image:
            image.load()


async def test_what_was_wanted_last_stands_there_again_and_escape_writes_nothing(
    window: Open, library: Path, home: Path
) -> None:
    paint(library / "red.png")
    async with window() as w:
        await opened(w, 1)
        await box(w)
        await w.press("right", "down", "right", "down", "right")
        assert (w.app.session.export.form, w.app.session.export.kind) == ("portable", "png")
        assert w.app.session.export.side == 512
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")
        assert not (home / "safelight-export").exists()
        await box(w)
        assert [field(w, name).value for name in ("form", "kind", "side")] == ["portable", "png", "512"]
        await w.press("g")
        field(w, "form").focus()
        await w.press("left")
        assert w.app.session.export == Wishes(), "originals are of their own format and size"


async def test_what_is_wrong_with_typed_values_is_said_at_once(window: Open, library: Path) -> None:
    paint(library / "red.png")
    async with window() as w:
        await opened(w, 1)
        await box(w)
        for name, typed, words in (
            ("side", "-5", "a number of pixels from 1 to 16,384"),
            ("side", "wide", "a number of pixels"),
            ("template", "{colour}", "there is no field colour"),
        ):
            field(w, name).focus()
            await w.press("enter")
            await w.until(lambda: isinstance(w.screen, Pick), "the menu")
            await w.paste(typed)
            await w.until_shown(words)
            await w.press("enter")
            assert isinstance(w.screen, Pick)
            await w.press("escape")
            await w.until(lambda: isinstance(w.screen, Export), "the box")


async def test_the_target_is_completed_while_it_is_typed(window: Open, library: Path, home: Path) -> None:
    paint(library / "red.png")
    (home / "for somebody").mkdir()
    async with window() as w:
        await opened(w, 1)
        await box(w)
        field(w, "target").focus()
        await w.press("enter")
        await w.until(lambda: isinstance(w.screen, FolderPick), "the path")
        await w.paste("~/for")
        await w.until_shown("~/for somebody")
        await w.press("tab", "enter")
        await w.until(lambda: isinstance(w.screen, Export), "the box")
        assert field(w, "target").value == "~/for somebody/"


# --- as text ---


async def test_of_several_marked_images_there_is_one_a_line(window: Open, library: Path) -> None:
    paint(library / "theirs.png", days_ago=3)
    async with window() as w:
        first = (await w.make("a fox\nin the snow")).saved[0].path
        second = (await w.make("two dancers")).saved[0].path
        await opened(w, 3)
        files = [file.path for file in w.images.files]
        assert set(files) == {first, second, library / "theirs.png"}
        await w.press("ctrl+a")
        prompts = {first: "a fox in the snow", second: "two dancers"}
        texts = {
            "f": "\n".join(map(str, files)),
            "u": "\n".join(path.as_uri() for path in files),
            "p": "\n".join(prompts[path] for path in files if path in prompts),
        }
        for key, text in texts.items():
            await w.press("y", key)
            await w.until(partial(copied, w, text), text)
        assert "Copied 3 paths" in w.toasts and "Copied 2 prompts" in w.toasts


async def test_over_ssh_a_line_is_copied_that_fetches_the_files(
    window: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.9 50022 192.0.2.7 22")
    monkeypatch.setenv("USER", "me")
    file = paint(library / "a red fox.png")
    async with window() as w:
        await opened(w, 1)
        await w.press("y")
        await w.until_shown("s Copy scp")
        await w.press("s")
        line = "scp 'me@192.0.2.7:" + str(file).replace(" ", "\\ ") + "' ."
        await w.until(lambda: w.app.clipboard == line, line)


async def test_elsewhere_no_such_line_is_offered(window: Open, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    paint(library / "a.png")
    async with window() as w:
        await opened(w, 1)
        await w.press("y")
        await w.until_shown("f Copy path")
        assert "scp" not in w.text
        await w.press("s")
        assert not w.app.clipboard and w.screen.id == "library"
