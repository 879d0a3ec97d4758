"""`safelight config`: where the configuration is, what is set, and by what."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from tui.core import paths
from tui.core.config import SETTINGS, Config, ProviderEntry, Setting
from tui.core.provider import SANDBOX, Provider
from tui.core.text import clean_line
from tui.subcommands import output


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("--example", action="store_true", help="print a configuration file to start from")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    lines = output.Lines()
    if given.example:
        lines.line(example())
    elif given.json:
        lines.json(_facts(config))
    else:
        for line in _words(config, env):
            lines.line(line)
    return int(lines.failed)


def _facts(config: Config) -> dict[str, Any]:
    return {
        "file": str(config.file),
        "exists": config.file.is_file(),
        "settings": {name: {"value": each.value, "source": each.source} for name, each in config.values.items()},
        "providers": {
            name: {"host": _host(entry), "key_env": entry.key_env} for name, entry in config.providers.items()
        },
        "keys": dict(config.keys),
        "problems": [clean_line(problem) for problem in config.problems],
    }


def _words(config: Config, env: Mapping[str, str]) -> list[str]:
    state = "" if config.file.is_file() else "  (not there; safelight config --example prints one)"
    lines = [f"file  {paths.shown(config.file, env)}{state}", ""]
    width = max(len(setting.name) for setting in SETTINGS)
    values = {each.name: clean_line(each.shown(config.get(each.name))) or "–" for each in SETTINGS}
    values["out"] = paths.shown(config.library, env)
    widest = max(map(len, values.values()))
    for name, value in values.items():
        lines.append(f"{name:<{width}}  {value:<{widest}}  {clean_line(config.values[name].source)}")
    lines += ["", "providers"]
    for name, entry in config.providers.items():
        key = f"key in {clean_line(entry.key_env)}" if entry.key_env else "no variable for a key"
        lines.append(f"  {clean_line(name):<{width - 2}}  {_host(entry)}, {key}")
    lines.append(f"  {SANDBOX:<{width - 2}}  built in, no key")
    if config.keys:
        lines += [
            "",
            "keys",
            *(f"  {clean_line(name):<{width - 2}}  {clean_line(keys)}" for name, keys in config.keys.items()),
        ]
    if config.problems:
        lines += ["", "problems", *(f"  {clean_line(problem)}" for problem in config.problems)]
    return lines


def _host(entry: ProviderEntry) -> str:
    """Where it is; a base URL may hold a password."""
    return Provider(entry.name, entry.base_url).host


def example() -> str:
    """A configuration file in which every setting stands with its default, commented out."""
    lines = [
        "# Safelight's configuration. Take away the # before a name to set it; what stands there is the default.",
        "",
    ]
    table = ""
    for setting in sorted(SETTINGS, key=lambda setting: "." in setting.name):
        section, _, name = setting.name.rpartition(".")
        if section != table:
            lines += [f"[{section}]"]
            table = section
        lines += [f"# {_help(setting)}", f"#{name} = {json.dumps(setting.shown(setting.default))}", ""]
    return "\n".join([*lines, _PROVIDERS.rstrip()])


def _help(setting: Setting) -> str:
    more = []
    if setting.choices:
        more.append(setting.choice)
    if setting.low is not None and setting.high is not None:
        more.append(f"from {setting.low:g} to {setting.high:g}")
    if setting.env:
        more.append(f"{setting.env} goes before it")
    return "; ".join([setting.help, *more])


_PROVIDERS = """\
# A provider of your own: any server that speaks the Images API. Keys never stand in this file.
#[providers.studio]
#base_url = "https://images.example.com/v1"
#key_env = "STUDIO_API_KEY"

# Keys of the app, by the names of its actions; several with commas between.
#[keys]
#generate = "ctrl+j,f12"
"""
