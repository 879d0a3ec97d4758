"""`safelight generate`: from a prompt to saved images, one line each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from tui.core.config import Config
from tui.core.models import Catalogue, Model
from tui.core.provider import OPENAI, OPENAI_BASE_URL, Provider
from tui.core.request import Problem, Request, experimental_size, problems
from tui.subcommands import flags, output
from tui.subcommands.parsers import Among
from tui.subcommands.provider import NoProviderError, opened

OPENAI_HOST = Provider(OPENAI, OPENAI_BASE_URL).host
STDIN = "-"
MAX_STDIN = 1_000_000
EPILOG = """\
Prints the path of each image as soon as it is saved. Ctrl+C cancels.

  safelight generate "a red fox"
  safelight generate "a red fox" --size 1536x1024 --quality high --n 2 --json
  safelight generate - --lines --parallel 4 < prompts.txt
"""


class UsageError(Exception):
    """The arguments can't be carried out as they are."""


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:
    models, _ = flags.known_models(env)
    flags.add(parser, models)
    parser.add_argument("prompt", metavar="PROMPT", help="what to make; - reads it from the standard input")
    parser.add_argument("--lines", action="store_true", help="each line of the prompt is a prompt and a job of its own")
    parser.add_argument(
        "--model", metavar="NAME", type=Among(models.names), help=f"any name will do; {models.preferred} when left out"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object for each image instead of its path")
    parser.add_argument(
        "--retries", type=int, metavar="N", help="repeats of an attempt that the server says did nothing"
    )
    parser.add_argument("--deadline", type=float, metavar="SECONDS", help="the time until an attempt is given up")
    parser.add_argument("--parallel", type=int, metavar="N", help="jobs at the same time")
    parser.add_argument("--yes", action="store_true", help="send also what goes over a spending limit")
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    models, problem = flags.known_models(env)
    if problem:
        output.say(problem)
    try:
        requests = _requests(given, models)
    except UsageError as error:
        output.say(error)
        return 2
    told = {
        f"{flags.option(found.field)}: {found.text}": None for each in requests for found in _problems(each, models)
    }
    for text in told:
        output.say(text)
    if told:
        return 2
    try:
        with opened(config, env) as provider:
            _advise(requests[0], models.get(requests[0].model), provider)
            from tui.subcommands import jobs

            return jobs.run(requests, provider, config, models, as_json=given.json, over_limits=given.yes)
    except NoProviderError as error:
        output.say(error)
        return 2


def _requests(given: argparse.Namespace, models: Catalogue) -> list[Request]:
    """A request for each prompt: the model's defaults under what was given."""
    text = _stdin() if given.prompt == STDIN else given.prompt
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("PROMPT: this is no text in UTF-8") from None
    prompts = [line for line in text.splitlines() if line.strip()] if given.lines else [text]
    name = models.preferred if given.model is None else given.model
    defaults = {
        parameter.name: parameter.default
        for parameter in models.get(name).parameters.values()
        if parameter.default is not None
    }
    parameters = {**defaults, **flags.given(given)}
    if not prompts:
        raise UsageError("PROMPT: write a prompt")
    return [Request(prompt, name, parameters=parameters) for prompt in prompts]


def _stdin() -> str:
    if sys.stdin is None:
        raise UsageError("PROMPT: the standard input is closed")
    content = sys.stdin.buffer.read(MAX_STDIN + 1)
    if len(content) > MAX_STDIN:
        raise UsageError(f"PROMPT: more than {MAX_STDIN:,} bytes on the standard input")
    return content.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")


def _problems(request: Request, models: Catalogue) -> list[Problem]:
    return problems(request, models.get(request.model))


def _advise(request: Request, model: Model, provider: Provider) -> None:
    """What is allowed and worth a word before it is paid for."""
    size = model.parameters.get("size")
    if size is not None and experimental_size(size, request.parameters.get("size")):
        output.say(f"--size: {request.parameters['size']} is experimental: the result may disappoint")
    if model.shutdown and model.shutdown <= datetime.now(UTC).date() and provider.host == OPENAI_HOST:
        output.say(f"--model: OpenAI shut {model.name} down on {model.shutdown}")
