"""Where things lie: the configuration, state, cache and pictures folders of the person."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.core.text import clean_line

APP = "safelight"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
_drafts = itertools.count()


def _xdg(env: Mapping[str, str], name: str, fallback: str) -> Path:
    """An XDG base folder; the specification has relative values ignored."""
    given = env.get(name, "")
    return Path(given) if given and Path(given).is_absolute() else home(env) / fallback


def home(env: Mapping[str, str]) -> Path:
    return Path(env["HOME"]) if env.get("HOME") else Path.home()


def expanded(text: str, env: Mapping[str, str]) -> Path:
    """A path as a person writes it, made absolute, with `~` as the home folder; `~name` is left as it stands."""
    path = Path(text)
    return (home(env).joinpath(*path.parts[1:]) if path.parts[:1] == ("~",) else path).absolute()


def config_folder(env: Mapping[str, str]) -> Path:
    return _xdg(env, "XDG_CONFIG_HOME", ".config") / APP


def config_file(env: Mapping[str, str]) -> Path:
    given = env.get("SAFELIGHT_CONFIG")
    return expanded(given, env) if given else config_folder(env) / "config.toml"


def state_folder(env: Mapping[str, str]) -> Path:
    """What outlives a run and is nobody's configuration: the form's last values, prompt history, logs."""
    return _xdg(env, "XDG_STATE_HOME", ".local/state") / APP


def cache_folder(env: Mapping[str, str]) -> Path:
    return _xdg(env, "XDG_CACHE_HOME", ".cache") / APP


def log_file(env: Mapping[str, str]) -> Path:
    return state_folder(env) / "safelight.log"


def pictures_folder(env: Mapping[str, str]) -> Path:
    """The person's pictures folder, as xdg-user-dirs names it, else `Pictures` in the home folder."""
    listed = _xdg(env, "XDG_CONFIG_HOME", ".config") / "user-dirs.dirs"
    try:
        lines = listed.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.strip().partition("=")
        if name == "XDG_PICTURES_DIR":
            folder = value.strip('"').replace("$HOME", str(home(env)), 1)
            if Path(folder).is_absolute() and Path(folder) != home(env):
                return Path(folder)
    return home(env) / "Pictures"


def default_library(env: Mapping[str, str]) -> Path:
    return pictures_folder(env) / APP


def themes_folder() -> Path:
    """The themes that are shipped: inside the package when installed, beside it in a checkout."""
    packaged = Path(__file__).parents[1] / "themes"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "themes"


def shown(path: Path, env: Mapping[str, str] | None = None) -> str:
    """A path for the screen, cleaned, with the home folder as `~`."""
    text, base = str(path), str(home(env if env is not None else os.environ))
    if base != "/" and (text == base or text.startswith(base + os.sep)):
        text = "~" + text[len(base) :]
    return clean_line(text, limit=4096)


def private_folder(path: Path) -> Path:
    """Make a folder that only the person can read, with its parents."""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace a file of ours in one step, readable by the person only. Raises OSError, and leaves nothing then."""
    private_folder(path.parent)
    # Two threads may write the same file at once: each has a draft of its own.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{next(_drafts)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable, where folders can be synced. Raises OSError."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_windows() -> bool:
    return sys.platform == "win32"
