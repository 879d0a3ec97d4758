"""The configuration: one TOML file, the environment over it, the command line over both.

Every setting is a row of `SETTINGS`; `load` says for each value where it came from. What the file has wrong is
named and passed over, so that a mistake in it never keeps the program from starting.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tui.core import limits, paths
from tui.core.limits import Limits
from tui.core.naming import DEFAULT_TEMPLATE, TemplateError, safe_stem, stem
from tui.core.provider import OPENAI, OPENAI_BASE_URL, SANDBOX, address
from tui.core.text import clean_line

# What `Value.source` and the problems call the overrides, and what nothing has set.
COMMAND_LINE = "command line"
DEFAULT = "default"
# What leaves a choice to the program.
AUTO = "auto"
DEPTHS = ("truecolor", "256", "16", "none")


class Setting(NamedTuple):
    """One setting: its dotted name in the file, its type, default, the environment variable over it, and help.

    `auto` is the number that stands for the word "auto", outside of `low` to `high`. `pattern` is what a text may be
    besides the `choices`, and `example` a value of that kind.
    """

    name: str
    kind: type
    default: Any
    help: str
    env: str | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    auto: float | None = None
    pattern: str = ""
    example: str = ""

    @property
    def choice(self) -> str:
        """What a text may be, in words."""
        return f"one of {', '.join(self.choices)}" + (f", or like {self.example}" if self.example else "")

    def takes(self, text: str) -> bool:
        return not self.choices or text in self.choices or bool(self.pattern and re.fullmatch(self.pattern, text))

    def shown(self, value: Any) -> Any:
        """A value as a person writes it in the file."""
        return AUTO if self.auto is not None and value == self.auto else value


SETTINGS = (
    Setting("out", str, "", "the library: the folder that images are saved in", env="SAFELIGHT_OUT"),
    Setting("theme", str, "safelight", "the theme, by name"),
    Setting("provider", str, "", "the provider to start with; empty: OpenAI with a key, the sandbox without"),
    Setting("engine.parallel", int, 4, "jobs at the same time", low=1, high=32),
    Setting("engine.retries", int, 2, "repeats of an attempt that the server says did nothing", low=0, high=10),
    Setting("engine.deadline", float, 600.0, "seconds until an attempt is given up", low=1, high=7200),
    Setting("engine.grace", float, 20.0, "seconds that jobs on their way have when the program is told to end",
            low=0, high=600),
    Setting("names.template", str, DEFAULT_TEMPLATE, "file names, from {model} {created} {index} {prompt} {job}"),
    Setting("spending.per_day", float, 0.0, "US$ that jobs may cost from midnight on before you are asked; 0: no limit",
            low=0, high=limits.MOST),
    Setting("spending.per_session", float, 0.0, "US$ that they may cost in one run of the program; 0: no limit",
            low=0, high=limits.MOST),
    Setting("preview.style", str, AUTO, "what the preview is drawn with",
            choices=(AUTO, "blocks", "half", "sextant", "octant", "blocks+octant", "ascii", "plain")),
    Setting("preview.colors", str, AUTO, "colour depth", choices=(AUTO, *DEPTHS)),
    Setting("preview.dither", str, AUTO, "dithering where colours are few; auto: for 256 and 16",
            choices=(AUTO, "on", "off")),
    Setting("preview.budget_kb", float, -1.0, "thousand bytes a picture may take, 0 for no limit; auto: over SSH only",
            low=0, high=10_000, auto=-1),
    Setting("preview.ground", str, "checker", "what transparent images stand on",
            choices=("checker", "theme"), pattern=r"#[0-9a-fA-F]{6}", example="#161616"),
    Setting("preview.cell_aspect", float, 0.0, "height of a terminal cell over its width; auto: as the terminal says",
            low=0.5, high=4, auto=0),
    Setting("preview.graphics", str, "off", "pixels in place of cells, where the terminal can show them",
            choices=("off", AUTO, "kitty", "sixel", "iterm2")),
    Setting("preview.animation", str, AUTO, "whether moving images move; auto: where there is no budget",
            choices=(AUTO, "on", "off")),
)  # fmt: skip
BY_NAME = {setting.name: setting for setting in SETTINGS}


class Value(NamedTuple):
    """A setting's value and where it came from."""

    value: Any
    source: str


class ProviderEntry(NamedTuple):
    """A provider of the file: `key_env` names the environment variable that has its key."""

    name: str
    base_url: str
    key_env: str | None = None
    organization: str | None = None
    project: str | None = None


@dataclass(frozen=True)
class Config:
    """What is set, and by what. `problems` are sentences about what the file has wrong."""

    file: Path
    values: Mapping[str, Value]
    providers: Mapping[str, ProviderEntry] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def get(self, name: str) -> Any:
        return self.values[name].value

    @property
    def library(self) -> Path:
        return Path(self.get("out"))

    @property
    def limits(self) -> Limits:
        return Limits(*(self.get(name) for name in limits.NAMES))

    @property
    def key_names(self) -> frozenset[str]:
        """The environment variables that hold the providers' keys: no child process is told them."""
        return frozenset(entry.key_env for entry in self.providers.values() if entry.key_env)

    @property
    def extra_models(self) -> Path:
        return self.file.parent / "models.toml"


def load(env: Mapping[str, str], overrides: Mapping[str, Any] | None = None) -> Config:
    """Read the configuration. Raises nothing: what can't be used stands in `problems`."""
    file = paths.config_file(env)
    problems: list[str] = []
    data = _read(file, problems)
    providers = _providers(_table(data, "providers", file, problems), env, problems)
    keys = _keys(_table(data, "keys", file, problems), problems)
    flat = _flatten({key: value for key, value in data.items() if key not in ("providers", "keys")})
    known = {setting.name for setting in SETTINGS}
    problems += [f"{file.name}: there is no setting {clean_line(name)}" for name in flat if name not in known]
    values = {setting.name: _value(setting, flat, file, env, overrides or {}, problems) for setting in SETTINGS}
    values |= {name: Value(amount, limits.APP) for name, amount in limits.chosen(env).items()}
    library = values["out"]
    if not library.value:
        values["out"] = Value(str(paths.default_library(env)), DEFAULT)
    else:
        values["out"] = Value(str(paths.expanded(library.value, env)), library.source)
    template = values["names.template"]
    try:
        stem(template.value, model="m", created=0, index=0)
    except TemplateError as error:
        problems.append(str(error))
        values["names.template"] = Value(DEFAULT_TEMPLATE, DEFAULT)
    wanted = values["provider"]
    if wanted.value and wanted.value not in {*providers, SANDBOX}:
        problems.append(f"{wanted.source}: there is no provider {clean_line(wanted.value)}")
        values["provider"] = Value("", DEFAULT)
    return Config(file, values, providers, keys, tuple(problems))


def _read(file: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(f"{file.name} can't be read and is passed over: {clean_line(error)}")
        return {}


def _table(data: Mapping[str, Any], name: str, file: Path, problems: list[str]) -> dict[str, Any]:
    table = data.get(name, {})
    if isinstance(table, dict):
        return table
    problems.append(f"{file.name}: {name} must be a table")
    return {}


def _flatten(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{prefix}{key}"
        flat.update(_flatten(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat


def _value(
    setting: Setting,
    flat: Mapping[str, Any],
    file: Path,
    env: Mapping[str, str],
    overrides: Mapping[str, Any],
    problems: list[str],
) -> Value:
    """The first usable value of: the command line, the environment, the file, the default."""
    given = [(overrides.get(setting.name), COMMAND_LINE)]
    if setting.env:
        given.append((env.get(setting.env) or None, f"environment: {setting.env}"))
    given.append((flat.get(setting.name), file.name))
    for raw, source in given:
        if raw is None:
            continue
        if raw == AUTO and setting.auto is not None:
            raw = setting.auto
        if wrong := complaint(setting, raw):
            problems.append(f"{source}: {setting.name} must be {wrong}")
            continue
        return Value(setting.kind(raw), source)
    return Value(setting.default, DEFAULT)


def complaint(setting: Setting, raw: Any) -> str | None:
    """What a value of a setting must be, where it is not; None where it is."""
    kinds = (int, float) if setting.kind is float else (setting.kind,)
    if isinstance(raw, bool) or not isinstance(raw, kinds):
        kind = {int: "a whole number", float: "a number", str: "text"}[setting.kind]
        return f"{kind}, or {AUTO}" if setting.auto is not None else kind
    if not setting.takes(str(raw)):
        return setting.choice
    if isinstance(raw, (int, float)) and raw != setting.auto:
        low, high = setting.low, setting.high
        if low is not None and high is not None and not low <= raw <= high:
            return f"from {low} to {high}" + (f", or {AUTO}" if setting.auto is not None else "")
    return None


_PROVIDER_FIELDS = ("base_url", "key_env", "organization", "project")


def _providers(data: Mapping[str, Any], env: Mapping[str, str], problems: list[str]) -> dict[str, ProviderEntry]:
    """OpenAI, or whatever OPENAI_BASE_URL names, first; then those of the file."""
    base_url = env.get("OPENAI_BASE_URL", "").strip().rstrip("/") or OPENAI_BASE_URL
    if address(base_url) is None:
        # Not replaced: a request must not go, with a key, where the person did not mean it to.
        problems.append("environment: OPENAI_BASE_URL must be an http or https address")
    providers = {
        OPENAI: ProviderEntry(
            OPENAI,
            base_url,
            "OPENAI_API_KEY",
            env.get("OPENAI_ORG_ID") or None,
            env.get("OPENAI_PROJECT_ID") or None,
        )
    }
    for name, entry in data.items():
        url = entry.get("base_url") if isinstance(entry, dict) else None
        # The name is also the name of the key's file.
        if name == SANDBOX or safe_stem(name) != name:
            problems.append(f"provider {clean_line(name)}: choose another name")
        elif not isinstance(url, str) or address(url) is None:
            problems.append(f"provider {clean_line(name)}: base_url must be an http or https address")
        elif "key" in entry or "api_key" in entry:
            problems.append(f"provider {clean_line(name)}: keys do not belong in this file; name a variable in key_env")
        elif not all(isinstance(entry.get(part, ""), str) for part in ("key_env", "organization", "project")):
            problems.append(f"provider {clean_line(name)}: key_env, organization and project must be text")
        else:
            problems += [
                f"provider {clean_line(name)}: there is no setting {clean_line(field)}"
                for field in entry
                if field not in _PROVIDER_FIELDS
            ]
            providers[name] = ProviderEntry(
                name, url.rstrip("/"), entry.get("key_env"), entry.get("organization"), entry.get("project")
            )
    return providers


def _keys(data: Mapping[str, Any], problems: list[str]) -> dict[str, str]:
    """The keymap: action id to keys, several separated by commas."""
    keys: dict[str, str] = {}
    for action, chord in data.items():
        if isinstance(chord, str):
            keys[action] = chord
        else:
            problems.append(f"keys.{clean_line(action)} must be text")
    return keys
