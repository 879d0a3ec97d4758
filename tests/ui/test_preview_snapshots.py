"""Pictures of the preview: from near, aside, see-through, in few colours and none, and below boxes."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.ui.test_snapshots import NOW, SIZES, server, shot, still
from tests.ui.window import Window, configure
from tui.render.geometry import STYLES
from tui.ui.widgets.canvas import Canvas
from tui.ui.widgets.preview import Preview

__all__ = ["server", "shot", "still"]

Act = Callable[[Window], Awaitable[None]]
Shot = Callable[..., bool]


def chart(file: Path) -> Path:
    """Flat colours, edges of every slope, and a hole: drawn the same by every version of numpy and Pillow."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGBA", (640, 480), "#f1faee")
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(("#e63946", "#f4a261", "#e9c46a", "#2a9d8f", "#457b9d", "#1d3557")):
        draw.polygon([(0, 0), (640, number * 96), (640, number * 96 + 96)], fill=colour)
    for number in range(16):
        draw.rectangle((number * 20, 420, number * 20 + 10 + number, 470), fill="#1d3557")
    draw.ellipse((40, 200, 240, 400), fill=(0, 0, 0, 0))
    draw.ellipse((90, 250, 190, 350), fill=(230, 57, 70, 128))
    picture.save(file)
    os.utime(file, (NOW, NOW))
    return file


async def settled(w: Window) -> None:
    """Until what is shown was drawn for the pane as it is."""
    preview = w.screen.query_one(Preview)

    def drawn() -> bool:
        busy = [each for each in preview.workers if each.node is preview and not each.is_finished]
        return preview.canvas.painted and not busy and preview._sought == preview._sight(preview.path)

    await w.until(drawn, "the picture")


async def seen(w: Window) -> None:
    """The chart in the Library."""
    chart(w.app.config.library / "chart.png")
    await w.to("library")
    w.app.list_images()
    await w.until(lambda: len(w.images.files) == 1, "the image")
    if not w.screen.query_one(Canvas).region.area:
        await w.press("f3")
    await w.until_shown("chart.png · ")
    await settled(w)


async def near(w: Window) -> None:
    await seen(w)
    await w.press("plus", "plus")
    await settled(w)


async def aside(w: Window) -> None:
    await seen(w)
    await w.press("equals_sign", "L", "J")
    await settled(w)


async def nearest_alone(w: Window) -> None:
    await seen(w)
    await w.press("enter")
    await w.until_shown("1 of 1")
    await settled(w)
    await w.press(*["plus"] * 9)
    await settled(w)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [seen, near, aside, nearest_alone], ids=lambda act: act.__name__)
def test_the_preview(act: Act, size: tuple[int, int], shot: Shot) -> None:
    assert shot(act, size)


@pytest.mark.parametrize("ground", ["theme", "#800080"])
def test_what_is_transparent(ground: str, shot: Shot) -> None:
    configure(f'[preview]\nground = "{ground}"\n')
    assert shot(seen, (120, 40))


@pytest.mark.parametrize("style", [style for style in STYLES if style != "plain"])
def test_the_style(style: str, shot: Shot) -> None:
    assert shot(seen, (80, 24), style=style)


@pytest.mark.parametrize("dither", ["off", "on"])
@pytest.mark.parametrize("colours", ["256", "16"])
def test_fewer_colours(colours: str, dither: str, shot: Shot) -> None:
    configure(f'[preview]\ncolors = "{colours}"\ndither = "{dither}"\n')
    assert shot(seen, (120, 40))


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
def test_no_colours(size: tuple[int, int], shot: Shot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shot(near, size)


def test_a_budget(shot: Shot) -> None:
    configure("[preview]\nbudget_kb = 4\n")
    assert shot(seen, (120, 40))


async def help_over_it(w: Window) -> None:
    await seen(w)
    await w.press("f1")


async def palette_over_it(w: Window) -> None:
    await seen(w)
    await w.press("ctrl+p")


async def letters_over_it(w: Window) -> None:
    await seen(w)
    await w.press("ctrl+o")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["80x24", "160x50"])
@pytest.mark.parametrize("act", [help_over_it, palette_over_it, letters_over_it], ids=lambda act: act.__name__)
def test_a_box(act: Act, size: tuple[int, int], shot: Shot) -> None:
    assert shot(act, size)
