"""Themes: one TOML file each, those that are shipped and those of the person's configuration folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import Theme

from tui.core.text import clean_line

DEFAULT = "safelight"
# What Textual's own styles ask of an ANSI theme.
DEFAULTS = {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"}

COLOURS = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
)


class ThemeError(ValueError):
    """A theme can't be used; the message names the file and what is wrong."""


def read(file: Path) -> Theme:
    """A theme from its file: `[colors]`, `[variables]`, `dark`, `ansi`; named as the file is. Raises ThemeError."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        colours = {name: str(value) for name, value in data.get("colors", {}).items()}
        variables = {str(name): str(value) for name, value in data.get("variables", {}).items()}
        dark = bool(data.get("dark", True))
        for name, value in variables.items():
            _check(name, value)
        for name, value in colours.items():
            if name not in COLOURS:
                raise ThemeError(f"there is no colour {clean_line(name)}")
            Color.parse(value)
        return Theme(
            name=file.stem,
            dark=dark,
            ansi=bool(data.get("ansi", False)),
            variables={**DEFAULTS, **_own(colours, dark), **variables},
            **{"primary": "#c8322b", **colours},  # type: ignore[arg-type]  # the colours of Theme, checked above
        )
    except ThemeError as error:
        raise ThemeError(f"{file.name}: {error}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ColorParseError, AttributeError, TypeError) as error:
        raise ThemeError(f"{file.name}: {clean_line(error)}") from error


def _own(colours: dict[str, str], dark: bool) -> dict[str, str]:
    """The variables that are ours, and those that the lists need as plain colours, for a theme that leaves them out."""
    panel, primary = colours.get("panel", "#333333"), colours.get("primary", "#c8322b")
    ground = Color.parse(colours.get("background", "#121212" if dark else "#f4f4f4"))
    ink = Color.parse(colours.get("foreground", "#e0e0e0" if dark else "#1a1a1a"))
    texts = {"text-muted": ground.blend(ink, 0.7).hex, "text-disabled": ground.blend(ink, 0.5).hex}
    return {"rule": panel, "row-cursor": primary, "row-blurred": panel, **texts}


def _check(name: str, value: str) -> None:
    """Refuse a value that Textual's style sheet would only stumble over while the app runs."""
    if name.endswith("-style"):
        unknown = set(value.split()) - VALID_STYLE_FLAGS
        if unknown:
            raise ThemeError(f"{clean_line(name)}: there is no text style {clean_line(unknown.pop())}")
        return
    colour, _, share = value.partition(" ")
    Color.parse(colour)
    if share and not (share.endswith("%") and share[:-1].isdecimal()):
        raise ThemeError(f"{clean_line(name)}: {clean_line(share)} is no percentage")


def files(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Every theme file, those of later folders in place of earlier ones of the same name."""
    found: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            found.update({file.stem: file for file in sorted(folder.glob("*.toml"))})
    yield from found.values()


def find(name: str, folders: tuple[Path, ...]) -> Path | None:
    """The file of one theme."""
    return next((file for file in files(folders) if file.stem == name), None)
