"""`safelight doctor`: what was found here, and what is wrong with it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from tui.core.config import Config
from tui.core.text import clean_line
from tui.subcommands import output
from tui.subcommands.findings import Fact, Findings, examine


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = "Ends with 1 where something is wrong. Keys are never shown, only where they were found."


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    found = examine(config, env)
    lines = output.Lines()
    if given.json:
        lines.json({**found.sections, "problems": found.problems})
    else:
        for line in _words(found):
            lines.line(line)
    return int(bool(found.problems) or lines.failed)


def _words(found: Findings) -> list[str]:
    lines = []
    for title, facts in found.sections.items():
        lines.append(title)
        width = max(map(len, facts))
        for name, fact in facts.items():
            first, *rest = _lines(fact)
            lines.append(f"  {name:<{width}}  {clean_line(first, limit=4096)}")
            lines += [f"  {'':<{width}}  {clean_line(each, limit=4096)}" for each in rest]
        lines.append("")
    if found.problems:
        return [*lines, "problems", *(f"  {clean_line(problem, limit=4096)}" for problem in found.problems)]
    return [*lines, "no problems found"]


def _lines(fact: Fact) -> list[object]:
    if isinstance(fact, dict):
        setting = f"; {fact['setting']}" if "setting" in fact else ""
        return [f"{fact['value']} ({fact['source']}{setting})", fact["reason"]]
    if isinstance(fact, list):
        return [*fact]
    return [{True: "yes", False: "no"}[fact] if isinstance(fact, bool) else fact]
