"""The options that are parameters of the models: drawn from the catalogue, so that new data brings new options."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from tui.core import paths
from tui.core.models import Catalogue, ModelDataError, Parameter, catalogue
from tui.core.request import Value
from tui.subcommands.parsers import Among

PREFIX = "parameter."


def known_models(env: Mapping[str, str]) -> tuple[Catalogue, str]:
    """The models, and in words why the person's own model data is passed over, if it is."""
    try:
        return catalogue(paths.config_file(env).with_name("models.toml")), ""
    except ModelDataError as error:
        return catalogue(), str(error)


def option(parameter: str) -> str:
    """The option of a parameter, for problems too."""
    return "PROMPT" if parameter == "prompt" else f"--{parameter.replace('_', '-')}"


def add(parser: argparse.ArgumentParser, models: Catalogue) -> None:
    """An option for each parameter that any model takes; left out, it is the model's own default."""
    group = parser.add_argument_group(
        "parameters", "Each is for the models that take it, and checked before anything is sent."
    )
    for name, variants in _union(models).items():
        group.add_argument(option(name), dest=PREFIX + name, help=_help(variants).replace("%", "%%"), **_form(variants))


def given(arguments: argparse.Namespace) -> dict[str, Value]:
    """The parameters that were set."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(PREFIX) and value is not None
    }


def _union(models: Catalogue) -> dict[str, list[Parameter]]:
    """Every parameter as each of the models has it."""
    found: dict[str, list[Parameter]] = {}
    for model in map(models.get, ("", *models.names)):
        for name, parameter in model.parameters.items():
            found.setdefault(name, []).append(parameter)
    return found


def _form(variants: list[Parameter]) -> dict[str, Any]:
    match variants[0].kind:
        case "integer":
            return {"type": int, "metavar": "N"}
        case "flag":
            return {"action": argparse.BooleanOptionalAction}
        case "size":
            return {"type": Among(_values(variants)), "metavar": "WIDTHxHEIGHT"}
    return {"type": Among(_values(variants)), "metavar": variants[0].name.rpartition("_")[2].upper()}


def _values(variants: list[Parameter]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for parameter in variants for value in parameter.values))


def _help(variants: list[Parameter]) -> str:
    said = variants[0].help or variants[0].label
    text = said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"
    return f"{text}: {', '.join(values)}" if (values := _values(variants)) else text
