"""Make the pictures of the README from the running app: `python docs/pictures.py`, in a checkout with the test extra.

Everything in them is real: the app, its engine and the sandbox, in a temporary home that is gone afterwards.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
SIZE = (120, 36)
WIDTH = 1400
PATIENCE = 30.0
PROMPTS = (
    "a lighthouse above a stormy sea at night",
    "ballet dancers on a beam, romantic impressionist painting",
    "a red fox in the snow at sunset",
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_PICTURES_DIR=home, COLORTERM="truecolor")
        for name in [name for name in os.environ if name.startswith(("OPENAI_", "XDG_", "SAFELIGHT_"))]:
            del os.environ[name]
        from tui.app import SafelightApp
        from tui.core.config import load

        app = SafelightApp(load(os.environ), os.environ)
        try:
            async with app.run_test(size=SIZE) as pilot:
                await take(app, pilot)
        finally:
            app.close()


async def take(app, pilot) -> None:
    await until(pilot, lambda: app.session.provider is not None and app.engine is not None)
    await pilot.press("escape")
    for number, prompt in enumerate(PROMPTS, 1):
        app.screen.form.prompt.write(prompt)
        await pilot.press("ctrl+j")
        await until(pilot, lambda number=number: saved(app) == number and app.session.jobs.running == 0)
    await until(pilot, lambda: len(app.screen.images.files) == len(PROMPTS) and app.screen.awaited is None)
    await settle(pilot)
    picture(app, "create")
    await pilot.press("f6")
    await until(pilot, lambda: app.screen.id == "library" and app.screen.preview.path is not None)
    await pilot.press("down")
    await settle(pilot)
    picture(app, "library")
    await pilot.press("f5")
    for fault in ("rate-limit*1", "moderation", "gateway-timeout"):
        app.screen.form.prompt.write(f"{PROMPTS[1]} fault:{fault}")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: len(app.session.jobs) and app.session.jobs.running == 0)
    await pilot.press("f7")
    await settle(pilot)
    picture(app, "queue")


def saved(app) -> int:
    return sum(len(job.saved) for job in app.session.jobs)


async def until(pilot, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await pilot.pause(0.05)


async def settle(pilot) -> None:
    """Let the preview be drawn and the toasts go."""
    await pilot.pause(0.7)
    pilot.app.clear_notifications()
    await pilot.pause(0.3)


def picture(app, name: str) -> None:
    from resvg_py import svg_to_bytes

    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", app.export_screenshot(title="safelight"))
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    (HERE / f"{name}.png").write_bytes(bytes(svg_to_bytes(svg_string=svg, width=WIDTH, font_dirs=font_folders())))


def font_folders() -> list[str]:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts")
    return [folder for folder in folders if Path(folder).is_dir()]


if __name__ == "__main__":
    asyncio.run(main())
