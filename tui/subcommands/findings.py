"""What `doctor` looks at: versions, the terminal, folders, providers with their keys, the configuration."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from tui import __version__
from tui.core import paths
from tui.core.config import Config
from tui.core.provider import SANDBOX, Provider
from tui.core.text import clean_line, human_bytes
from tui.engine import keys
from tui.engine.client import OLDEST
from tui.engine.leftovers import leftovers
from tui.engine.spool import SPOOL
from tui.render.look import SETTINGS, TITLES, shown
from tui.render.terminal import Terminal, detect
from tui.render.terminal.ancestors import ancestors
from tui.render.terminal.cells import cell_size
from tui.subcommands import flags, output

LIBRARIES = ("openai", "textual", "pillow", "numpy", "requests", "rich-pixels", "resvg-py")
# Below it a disk fills up within one job of large images.
LOW_ON_SPACE = 500_000_000
# Several lines are a list; a value that was chosen among others has its reason, its source and its setting's name.
Fact = str | bool | int | list[str] | dict[str, str] | None


@dataclass
class Findings:
    """Facts by section and name, and `problems`: sentences about what is wrong."""

    sections: dict[str, dict[str, Fact]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def examine(config: Config, env: Mapping[str, str]) -> Findings:
    """Look at everything. Sends nothing; asks the keyring where there is one."""
    found = Findings()
    steps: dict[str, Callable[[Config, Mapping[str, str], list[str]], dict[str, Fact]]] = {
        "versions": _versions,
        "terminal": _terminal,
        "preview": _preview,
        "folders": _folders,
        "providers": _providers,
        "keys": _keys,
    }
    for name, step in steps.items():
        found.sections[name] = step(config, env, found.problems)
    found.problems += [clean_line(problem) for problem in config.problems]
    _, problem = flags.known_models(env)
    found.problems += [clean_line(problem)] if problem else []
    return found


def _versions(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:  # noqa: ARG001  a step's form
    found: dict[str, Fact] = {"safelight": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
            problems.append(f"{name} is not installed")
            continue
        found[name] = version
        if name == "openai" and _numbers(version) < OLDEST:
            found[name] = f"{version}, too old"
            problems.append(f"openai {version} is too old: pip install -U 'openai>={OLDEST[0]}.{OLDEST[1]},<4'")
    found["system"] = platform.platform()
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _terminal(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:  # noqa: ARG001  a step's form
    terminal = _examined(config, env)
    here = terminal.here
    try:
        size = os.get_terminal_size()
        cells = f"{size.columns}x{size.lines}"
    except OSError:
        cells = "unknown"
    return {
        "name": f"{here.name} ({here.identity.evidence})" if here.identity else here.name,
        "size": cells,
        "cell": "{}x{} pixels".format(*terminal.cell) if terminal.cell else "unknown",
        "output": "a terminal" if output.is_terminal(sys.stdout) else "no terminal",
        "graphics": [terminal.graphics, terminal.graphics_reason.words],
        "between": list(here.notes) or "nothing that is known of",
        "utf-8": here.utf8,
        "locale": here.charset,
        "tmux": here.tmux,
        "screen": here.screen,
        "mosh": here.mosh,
        "ssh": here.ssh,
    }


def _preview(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:  # noqa: ARG001  a step's form
    """Each part of the look, as the app will begin with it."""
    terminal = _examined(config, env)
    found: dict[str, Fact] = {}
    for part, reason in terminal.look.reasons.items():
        setting = {"setting": SETTINGS[part]} if part in SETTINGS else {}
        value = shown(getattr(terminal.look, part))
        found[TITLES[part]] = {"value": value, "reason": reason.words, "source": reason.source, **setting}
    return found


def _examined(config: Config, env: Mapping[str, str]) -> Terminal:
    """What the app will see, even while this goes into a file."""
    streams = (sys.stdout, sys.stderr, sys.stdin)
    descriptor = next((stream.fileno() for stream in streams if output.is_terminal(stream)), None)
    cell = None if descriptor is None else cell_size(descriptor)
    return detect(env, cell=cell, above=ancestors(), wishes=config.values)


def _folders(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:
    found: dict[str, Fact] = {"configuration": _place(config.file, env)}
    for name, folder in {
        "library": config.library,
        "state": paths.state_folder(env),
        "cache": paths.cache_folder(env),
        "log": paths.log_file(env),
    }.items():
        found[name] = _place(folder, env)
        # Where a folder should be, a file is no use.
        if not _writable(folder) or (name != "log" and folder.is_file()):
            problems.append(f"the {name} can't be written: {paths.shown(folder, env)}")
    left = len(leftovers(config.library))
    spool = paths.shown(config.library / SPOOL, env)
    found["left behind"] = f"{left} unfinished job{'s' if left > 1 else ''} in {spool}" if left else "nothing"
    free = shutil.disk_usage(_there(config.library)).free
    found["free"] = f"{free / 1e9:.1f} GB where the library is"
    if free < LOW_ON_SPACE:
        problems.append(f"only {human_bytes(free)} are free where the library is")
    return found


def _place(path: Path, env: Mapping[str, str]) -> str:
    state = "" if path.exists() else ", not there yet"
    return f"{paths.shown(path, env)} ({'writable' if _writable(path) else 'not writable'}{state})"


def _there(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next((each for each in (path, *path.parents) if each.exists()), Path(path.anchor or "."))


def _writable(path: Path) -> bool:
    there = _there(path)
    return (there == path or there.is_dir()) and os.access(there, os.W_OK)


def _providers(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for name, entry in config.providers.items():
        try:
            key = keys.find(entry, env)
            said = f"key from {key.source}" if key else "no key"
        except keys.KeyRefusedError as error:
            said = "key refused"
            problems.append(str(error))
        found[clean_line(name)] = f"{Provider(entry.name, entry.base_url).host}, {said}"
    return found


def _keys(config: Config, env: Mapping[str, str], problems: list[str]) -> dict[str, Fact]:  # noqa: ARG001  a step's form
    return {"provider in use": _used(config, env), "keyring": _keyring()}


def _used(config: Config, env: Mapping[str, str]) -> str:
    try:
        provider = keys.choose(config, env)
    except (keys.KeyRefusedError, LookupError):
        return "none, see below"
    return clean_line(provider.name) if provider else f"{SANDBOX}: it paints locally and charges nothing"


def _keyring() -> str:
    try:
        import keyring
    except ImportError:
        return "not installed (an extra: pip install 'safelight[keyring]')"
    # Its many backends raise errors of their own kinds.
    try:
        module = type(keyring.get_keyring()).__module__
    except Exception as error:
        return f"does not work: {type(error).__name__}"
    trusted = module.startswith(keys.TRUSTED_BACKENDS)
    return module if trusted else f"{module}, not used: it keeps no secrets"
