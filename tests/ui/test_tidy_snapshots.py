"""Tidying up and exporting, as pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest
from textual.widgets import Input

from tests.ui.test_snapshots import NOW, SIZES, Act, others, server, shot, still
from tests.ui.window import Window
from tui.ui.screens.duplicates import Duplicates
from tui.ui.screens.export import Export
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.question import Question
from tui.ui.screens.rename import Rename
from tui.ui.screens.trash import Trash, TrashList
from tui.ui.widgets.named_field import NamedField
from tui.ui.widgets.preview import Preview

__all__ = ["server", "shot", "still"]


async def marked(w: Window) -> None:
    """Three images of another tool in the Library, of which two are marked."""
    await w.to("library")
    await others(w)
    await w.until(lambda: w.here(Preview).path == w.app.config.library / "holiday 0.png", "the preview")
    await w.press("g", "space", "space")
    await w.until_shown("2 marked")
    await w.until_painted()


async def export(w: Window) -> None:
    await marked(w)
    await w.press("X")
    await w.until(lambda: isinstance(w.screen, Export), "the box")


async def export_portable(w: Window) -> None:
    await export(w)
    await w.press("right", "down", "right", "right", "down", "right", "right")
    w.screen.query_one("#field-target", NamedField).change("~/for the web.zip")
    await w.until_shown("for the web.zip : holiday 0.jpg")


async def export_a_sheet(w: Window) -> None:
    await export(w)
    await w.press("left")
    await w.until_shown("Columns")
    w.screen.query_one("#field-target", NamedField).change("~/sheet.zip")
    await w.until_shown("✗")


async def rename(w: Window) -> None:
    await marked(w)
    await w.press("R")
    await w.until(lambda: isinstance(w.screen, Rename), "the box")
    await w.until_shown("→ 01.png")


async def rename_wrongly(w: Window) -> None:
    await rename(w)
    w.screen.query_one(Input).value = "{colour}"
    await w.until_shown("✗")


async def move(w: Window) -> None:
    folder = w.app.config.library / "best of November"
    folder.mkdir(parents=True)
    await marked(w)
    shutil.copy(w.app.config.library / "holiday 2.png", folder / "another.png")
    os.utime(folder / "another.png", (NOW - 500_000, NOW - 500_000))
    w.app.list_images()
    await w.until(lambda: len(w.images.files) == 4, "another folder")
    await w.press("M")
    await w.until(lambda: isinstance(w.screen, FolderPick), "the folders")
    await w.until_shown("best of November")


async def delete(w: Window) -> None:
    await marked(w)
    await w.press("D")
    await w.until(lambda: isinstance(w.screen, Question), "the question")


async def trash(w: Window) -> None:
    await marked(w)
    await w.press("d")
    await w.until(lambda: len(w.images.files) == 1, "one that is left")
    await w.until_painted()
    await w.until(lambda: w.toasts, "what was done")
    w.app.clear_notifications()
    await w.app.run_action("show_trash")
    await w.until(lambda: isinstance(w.screen, Trash), "the trash")
    await w.press("space")
    assert w.screen.query_one(TrashList).marked


async def trash_to_empty(w: Window) -> None:
    await trash(w)
    await w.press("E")
    await w.until(lambda: isinstance(w.screen, Question), "the question")


async def duplicates(w: Window) -> None:
    await marked(w)
    for number, name in enumerate(("copy.png", "another copy.png")):
        shutil.copy(w.app.config.library / "holiday 2.png", w.app.config.library / name)
        os.utime(w.app.config.library / name, (NOW - 1000 * number, NOW - 1000 * number))
    w.app.list_images()
    await w.until(lambda: len(w.images.files) == 5, "the copies")
    await w.app.run_action("show_duplicates")
    await w.until(lambda: isinstance(w.screen, Duplicates), "the box")
    await w.press("down", "space")


async def over_ssh(w: Window) -> None:
    await marked(w)
    await w.press("y")


STATES: tuple[Act, ...] = (
    export, export_portable, export_a_sheet, rename, rename_wrongly, move, delete, trash, trash_to_empty, duplicates,
    over_ssh,
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", STATES, ids=lambda act: act.__name__)
def test_screen(act: Act, size: tuple[int, int], shot: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    if act is over_ssh:
        monkeypatch.setenv("SSH_CONNECTION", "203.0.113.9 50022 192.0.2.7 22")
    assert shot(act, size)
