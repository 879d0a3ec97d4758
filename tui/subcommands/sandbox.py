"""`safelight sandbox`: the built-in provider in the foreground, for other programs and for learning what fails how."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import suppress

from tui.core.config import Config
from tui.sandbox.faults import FAULTS, UnknownFaultError, help_lines
from tui.subcommands import output
from tui.subcommands.parsers import Among


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="the port on loopback; any free one when left out"
    )
    parser.add_argument(
        "--fault",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        type=Among(FAULTS),
        help="a fault that strikes every request; NAME*2 strikes twice and then lets through",
    )
    parser.add_argument("--pace", type=float, default=0.0, metavar="SECONDS", help="how long an image takes")
    parser.add_argument("--list", action="store_true", help="list the faults, which a prompt can ask for as fault:NAME")


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:  # noqa: ARG001  every subcommand's form
    lines = output.Lines()
    if given.list:
        for line in help_lines().splitlines():
            lines.line(line.removeprefix("  "))
        return int(lines.failed)
    if not 0 <= given.port <= 65_535:
        output.say("--port: from 0 to 65535")
        return 2
    if not 0 <= given.pace <= 3600:
        output.say("--pace: from 0 to 3600")
        return 2
    from tui.sandbox.server import Sandbox

    try:
        sandbox = Sandbox(given.port, given.fault, given.pace)
    except (UnknownFaultError, OSError) as error:
        output.say(error)
        return 2
    with suppress(KeyboardInterrupt):
        lines.line(sandbox.base_url)
        output.say(f"any client of the Images API: OPENAI_BASE_URL={sandbox.base_url} OPENAI_API_KEY=none")
        output.say("Ctrl+C stops it")
        sandbox.serve()
    sandbox.stop()
    return 0
