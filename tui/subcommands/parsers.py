"""The parser of the command line. A subcommand's arguments are added only where its name is among the words."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Collection, Mapping
from typing import Any, NoReturn, Protocol, cast

from tui import __version__
from tui.core.config import Config
from tui.core.provider import OPENAI, SANDBOX
from tui.core.text import clean_line

SUBCOMMANDS = {
    "generate": "make images from a prompt and save them",
    "show": "show image files as text on the standard output",
    "ls": "list or search the images of the library",
    "export": "copy images elsewhere, with the prompt inside or nothing, as other formats or a ZIP",
    "rate": "rate images from 0 to 5",
    "tag": "put tags on images, or take them off",
    "trash": "throw images away, have them back, or empty the trash",
    "recover": "finish or list what earlier runs left behind",
    "library": "make the library's index again, check it, or count what there is",
    "sandbox": "run the built-in provider for other programs",
    "doctor": "say what was found: terminal, keys, folders, versions",
    "config": "say what is set, where, and by what",
    "completion": "print a shell's completion script",
}
EPILOG = """\
Without a subcommand the app starts.

exit codes: 0 all saved, 1 the provider refused or failed, 2 usage, 3 outcome unknown or recoverable, 130 interrupted.
Images are saved in the library: --out, SAFELIGHT_OUT, `out` in the configuration, or the pictures folder.
A key comes from OPENAI_API_KEY, the keyring or a private file; without one the sandbox paints, free of charge.
"""
# The options that are settings of the configuration.
SETTINGS = {
    "out": "out",
    "provider": "provider",
    "retries": "engine.retries",
    "deadline": "engine.deadline",
    "parallel": "engine.parallel",
}


class Subcommand(Protocol):
    """What each module of a subcommand has."""

    def arguments(self, parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None: ...

    def run(self, given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
        """Returns the exit code."""


class Parser(argparse.ArgumentParser):
    """Its errors repeat what was typed, so they are cleaned."""

    def error(self, message: str) -> NoReturn:
        super().error(clean_line(message))


class Among:
    """An argument's text, which is mostly one of `values`: completion offers them, nothing enforces them."""

    def __init__(self, values: Collection[str]) -> None:
        self.values = tuple(values)

    def __call__(self, text: str) -> str:
        return text


def module(name: str) -> Subcommand:
    return cast(Subcommand, importlib.import_module(f"tui.subcommands.{name}"))


def build(env: Mapping[str, str], words: Collection[str]) -> Parser:
    """The parser for these words."""
    parser = Parser(
        prog="safelight",
        description="A darkroom for AI images in the terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"safelight {__version__}")
    _everywhere(parser, default=None)
    subparsers = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", title="subcommands")
    for name, about in SUBCOMMANDS.items():
        sub = subparsers.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            # A parameter of the models may have an option's name: the option wins.
            conflict_handler="resolve",
        )
        if name in words:
            module(name).arguments(sub, env)
            # Absent here, so that it does not undo the same option before the subcommand.
            _everywhere(sub, default=argparse.SUPPRESS)
    return parser


def _everywhere(parser: argparse.ArgumentParser, *, default: Any) -> None:
    parser.add_argument(
        "--out", metavar="DIR", default=default, help="the library: the folder that images are saved in"
    )
    parser.add_argument(
        "--provider",
        metavar="NAME",
        default=default,
        type=Among((OPENAI, SANDBOX)),
        help="openai, sandbox, or one of the configuration",
    )


def overrides(given: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives."""
    return {setting: value for name, setting in SETTINGS.items() if (value := getattr(given, name, None)) is not None}
