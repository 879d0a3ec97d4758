"""Themes: one TOML file each, those that are shipped and those of the person's configuration folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.core.text import clean_line

DEFAULT = "safelight"
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
        for name, value in colours.items():
            if name not in COLOURS:
                raise ThemeError(f"{file.name}: there is no colour {clean_line(name)}")
            Color.parse(value)
        variables.setdefault("rule", colours.get("panel", "#333333"))
        return Theme(
            name=file.stem,
            dark=bool(data.get("dark", True)),
            ansi=bool(data.get("ansi", False)),
            variables=variables,
            **{"primary": "#c8322b", **colours},  # type: ignore[arg-type]  # the colours of Theme, checked above
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ColorParseError, AttributeError, TypeError) as error:
        raise ThemeError(f"{file.name}: {clean_line(error)}") from error


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
