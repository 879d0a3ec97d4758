"""What a child process may know: this process's environment without anybody's keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping

SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")


def environment(env: Mapping[str, str], *, drop: Collection[str] = ()) -> dict[str, str]:
    """`env` without the SDK's variables, without what is named like a secret, and without the names in `drop`."""
    return {name: value for name, value in env.items() if name not in drop and not _is_secret(name.upper())}


def _is_secret(name: str) -> bool:
    return name.startswith("OPENAI_") or any(word in name for word in SECRETS)
