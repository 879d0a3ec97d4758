"""Where a provider's key comes from: the environment, then the system keyring, then a private file."""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.core import paths
from tui.core.config import Config, ProviderEntry
from tui.core.provider import OPENAI, SANDBOX, Provider
from tui.core.secrets import hide
from tui.core.text import clean_line

SERVICE = "safelight"
MAX_KEY_BYTES = 4096
# Backends that keep a secret; the others are plain files or nothing at all.
TRUSTED_BACKENDS = (
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.Windows",
    "keyring.backends.libsecret",
)
# Servers of one's own often want no key, but the SDK wants something to send.
NO_KEY_NEEDED = "none"


class KeyRefusedError(Exception):
    """A key was found where it may not be used; the message says why and what to run."""


@dataclass(frozen=True, slots=True)
class Key:
    value: str
    source: str

    def __repr__(self) -> str:
        return f"Key(source={self.source!r})"


def key_file(name: str, env: Mapping[str, str]) -> Path:
    return paths.config_folder(env) / "keys" / name


def find(entry: ProviderEntry, env: Mapping[str, str]) -> Key | None:
    """The key of a provider, or None. Slow where a keyring is asked: not for the UI thread.

    Raises KeyRefusedError for a key file that others can read, a link, or something that is no file.
    """
    key = _from_environment(entry, env) or _from_keyring(entry.name) or _from_file(key_file(entry.name, env), env)
    if key and not (key.value.isascii() and key.value.isprintable() and " " not in key.value):
        raise KeyRefusedError(f"the key from {key.source} has a blank, a line break or a letter that no key has")
    if key:
        hide(key.value)
    return key


def _from_environment(entry: ProviderEntry, env: Mapping[str, str]) -> Key | None:
    value = env.get(entry.key_env, "").strip() if entry.key_env else ""
    return Key(value, f"environment: {clean_line(entry.key_env)}") if value else None


def _from_keyring(name: str) -> Key | None:
    try:
        import keyring
    except ImportError:
        return None
    # A keyring without a desktop raises errors of its many backends' own kinds.
    with contextlib.suppress(Exception):
        backend = keyring.get_keyring()
        module = type(backend).__module__
        if module.startswith(TRUSTED_BACKENDS) and (value := (keyring.get_password(SERVICE, name) or "").strip()):
            return Key(value, f"keyring: {module.rpartition('.')[2]}")
    return None


def _from_file(file: Path, env: Mapping[str, str]) -> Key | None:
    shown = paths.shown(file, env)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags)
    except FileNotFoundError:
        return None
    except OSError as error:
        what = "is a link" if file.is_symlink() else f"can't be read: {error.strerror}"
        raise KeyRefusedError(f"the key file {shown} {what}: put the key into a file of its own") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise KeyRefusedError(f"the key file {shown} is no file")
        if not paths.is_windows() and status.st_mode & 0o077:
            raise KeyRefusedError(f"others can read the key file {shown}: chmod 600 {shlex.quote(str(file))}")
        value = os.read(descriptor, MAX_KEY_BYTES).decode("utf-8", "replace").strip()
    finally:
        os.close(descriptor)
    return Key(value, f"file: {shown}") if value else None


def choose(config: Config, env: Mapping[str, str], name: str | None = None) -> Provider | None:
    """The provider of that name, or the one to start with; None means the sandbox.

    Raises KeyRefusedError, and LookupError where there is no provider of that name.
    """
    wanted = name or config.get("provider") or OPENAI
    if wanted == SANDBOX:
        return None
    entry = config.providers.get(wanted)
    if entry is None:
        raise LookupError(f"there is no provider {wanted}: {', '.join([*config.providers, SANDBOX])}")
    key = find(entry, env)
    own_address = wanted != OPENAI or bool(env.get("OPENAI_BASE_URL", "").strip())
    if key is None and not own_address:
        if name == OPENAI or config.get("provider") == OPENAI:
            file = paths.shown(key_file(OPENAI, env), env)
            raise KeyRefusedError(f"no key for {OPENAI}: set OPENAI_API_KEY, or put it into {file} with mode 600")
        return None
    return Provider(
        name=entry.name,
        base_url=entry.base_url,
        key=key.value if key else NO_KEY_NEEDED,
        key_source=key.source if key else "no key",
        organization=entry.organization,
        project=entry.project,
    )
