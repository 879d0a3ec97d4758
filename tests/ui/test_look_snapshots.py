"""The panel of previews as a picture: on a terminal that is known, through tmux, and with something chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui.test_look import field, panel, terminal
from tests.ui.test_snapshots import SIZES, server, shot, still
from tests.ui.window import Window

__all__ = ["server", "shot", "still", "terminal"]


async def known(w: Window) -> None:
    await panel(w)


async def chosen(w: Window) -> None:
    await panel(w)
    field(w, "style").change("half")
    field(w, "budget").change("32")
    field(w, "budget").focus()
    await w.until_shown("budget_kb = 32")


async def menu(w: Window) -> None:
    await panel(w)
    await w.press("enter")
    await w.until_shown("as found")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("act", [known, chosen, menu], ids=lambda act: act.__name__)
def test_the_panel(act: Callable[..., object], size: tuple[int, int], shot: Callable[..., bool]) -> None:
    assert shot(act, size)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
def test_the_panel_in_tmux_over_ssh(
    size: tuple[int, int], shot: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "SSH_CONNECTION": "a 1 b 22"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COLORTERM")
    assert shot(known, size)
