"""Judged images, their boxes and the comparison as pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.test_judge import record
from tests.ui.test_library import listed, point
from tests.ui.test_snapshots import NOW, SIZES, server, shot, still
from tests.ui.window import Window
from tui.ui.screens.compare import Compare
from tui.ui.screens.notes import Notes
from tui.ui.screens.tags import Tags

__all__ = ["server", "shot", "still"]

PROMPT = "A lighthouse in the evening, oil on canvas, calm sea"


async def library(w: Window) -> None:
    """Three images: one that was made, an edit of it that is judged, and one more edit; the judged one is looked at."""
    folder = w.app.session.library
    files = []
    for number, name in enumerate(("dawn", "dusk", "night")):
        file = folder / f"{name}.png"
        _paint(file, number)
        os.utime(file, (NOW, NOW))
        files.append(file)
    size = {"size": "1024x1024", "quality": "low"}
    source = record(folder, files[0], PROMPT, made=int(NOW) - 120, parameters=size, model="gpt-image-2.5-flare")
    edit = {"operation": "edit", "sources": (source,), "model": "gpt-image-2.5-flare"}
    notes = "For the wall in the hall.\nPrint it large."
    judged = {"tags": ("harbour", "night"), "notes": notes, "rating": 4}
    dusk = PROMPT.replace("evening", "last light of the day")
    record(folder, files[1], dusk, made=int(NOW) - 60, parameters={**size, "quality": "high"}, **edit, **judged)
    record(folder, files[2], PROMPT.replace("calm", "rough"), made=int(NOW), parameters=size, tags=("sea",), **edit)
    await w.to("library")
    await listed(w, 3)
    await point(w, files[1])
    await w.until_painted()


def _paint(file: Path, number: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Image.linear_gradient("L").resize((320, 240))
    dark = Image.new("L", image.size, 60 * number)
    Image.merge("RGB", (image, dark, image.rotate(180))).save(file)


async def details(w: Window) -> None:
    await library(w)
    await w.press("slash")
    await w.write("light")
    await w.press("enter", "i")
    await w.until_shown("made from")


async def tags(w: Window) -> None:
    await library(w)
    await w.press("t")
    await w.until(lambda: isinstance(w.screen, Tags) and "● harbour" in w.text, "the tags")
    await w.press("down", "tab")
    await w.write("s")
    await w.until_shown("new")


async def notes(w: Window) -> None:
    await library(w)
    await w.press("a")
    await w.until(lambda: isinstance(w.screen, Notes) and "Print it large" in w.text, "the notes")


async def kin(w: Window) -> None:
    await library(w)
    await w.press("p")
    await w.until_shown("Kin of dusk.png")


async def full_screen(w: Window) -> None:
    await library(w)
    await w.press("enter")
    await w.until_shown("★★★★")
    await w.until_painted()


async def comparison(w: Window) -> None:
    await library(w)
    await w.press("c")
    screen = w.screen
    assert isinstance(screen, Compare)
    await w.until(lambda: all(each.canvas.painted for each in screen.previews), "the pictures")
    await w.until_shown("What differs")
    await w.until_shown("prompt")


async def flipped(w: Window) -> None:
    await comparison(w)
    await w.press("x", "x", "plus")
    screen = w.screen
    assert isinstance(screen, Compare)
    await w.until(lambda: screen.preview.view.scale is not None, "a nearer look")
    await w.until_painted()


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    "act", [details, tags, notes, kin, full_screen, comparison, flipped], ids=lambda act: act.__name__
)
def test_judging(act: Callable[..., object], size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)
