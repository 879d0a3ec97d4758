"""The provider that requests go to, chosen by key and configuration; the sandbox runs as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tui.core.config import Config
from tui.core.provider import SANDBOX, Provider
from tui.engine import keys
from tui.subcommands import output

NO_KEY = (
    "no key found: using the sandbox, which paints locally and charges nothing; set OPENAI_API_KEY for the real thing"
)


class NoProviderError(Exception):
    """There is no provider to send to; the message says why and what to do."""


@contextmanager
def opened(config: Config, env: Mapping[str, str], name: str | None = None) -> Iterator[Provider]:
    """The provider, by its name where one is given, for the length of the context. Raises NoProviderError."""
    try:
        provider = keys.choose(config, env, name)
    except (keys.KeyRefusedError, LookupError) as error:
        raise NoProviderError(str(error.args[0])) from error
    if provider is not None:
        yield provider
        return
    from tui.sandbox import process

    if SANDBOX not in (name, config.get("provider")):
        output.say(NO_KEY)
    try:
        sandbox = process.start(drop=config.key_names)
    except (process.SandboxError, OSError) as error:
        raise NoProviderError(f"the sandbox does not start: {error}") from error
    with sandbox:
        yield Provider(SANDBOX, sandbox.base_url, "sandbox", "the sandbox needs no key")
