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
def opened(config: Config, env: Mapping[str, str]) -> Iterator[Provider]:
    """The provider, for the length of the context. Raises NoProviderError."""
    try:
        provider = keys.choose(config, env)
    except (keys.KeyRefusedError, LookupError) as error:
        raise NoProviderError(str(error.args[0])) from error
    if provider is not None:
        yield provider
        return
    from tui.sandbox import process

    if config.get("provider") != SANDBOX:
        output.say(NO_KEY)
    try:
        sandbox = process.start(drop=config.key_names)
    except (process.SandboxError, OSError) as error:
        raise NoProviderError(f"the sandbox does not start: {error}") from error
    with sandbox:
        yield Provider(SANDBOX, sandbox.base_url, "sandbox", "the sandbox needs no key")
