"""The themes that are shipped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

THEMES = Path(__file__).parents[2] / "themes"
TEXTS = ("foreground", "text-muted", "text-disabled", "primary", "warning", "error", "success")
GROUNDS = ("background", "surface", "panel")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, from #rrggbb."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colours(name: str) -> dict[str, str]:
    data = tomllib.loads((THEMES / f"{name}.toml").read_text(encoding="utf-8"))
    return {**data["colors"], **data["variables"]}


def test_the_contrast_theme_has_every_text_at_least_7_to_1() -> None:
    theme = colours("contrast")
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + [("foreground", "row-cursor")]
    low = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 1) for pair in pairs}
    assert not {pair: ratio for pair, ratio in low.items() if ratio < 7}


@pytest.mark.parametrize("name", ["safelight", "daylight"])
def test_the_other_themes_have_what_is_read_at_least_4_5_to_1(name: str) -> None:
    theme = colours(name)
    read = [text for text in TEXTS if text not in ("text-disabled", "primary")]
    pairs = [(text, ground) for text in read for ground in ("background", "surface")]
    low = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in pairs}
    assert not {pair: round(ratio, 1) for pair, ratio in low.items() if ratio < 4.5}
