"""`safelight completion`: a completion script for a shell, drawn from the parser."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tui.core.config import Config
from tui.subcommands import output
from tui.subcommands.parsers import SUBCOMMANDS, Parser, build

# What needs no quoting in any of the shells; a value of another form is not offered.
_PLAIN = re.compile(r"[\w.:+-]+", re.ASCII)
_FOLDER = "DIR"
EPILOG = """\
  bash  safelight completion bash > ~/.local/share/bash-completion/completions/safelight
  zsh   safelight completion zsh > a folder of $fpath, as _safelight
  fish  safelight completion fish > ~/.config/fish/completions/safelight.fish
"""


@dataclass(frozen=True, slots=True)
class Option:
    """An option with its names; `values` are offered after it, and folders where it wants one."""

    names: tuple[str, ...]
    help: str
    takes: bool
    values: tuple[str, ...] = ()
    folder: bool = False


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    parser.add_argument("shell", choices=tuple(SCRIPTS), metavar="SHELL", help=", ".join(SCRIPTS))
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:  # noqa: ARG001  every subcommand's form
    parser = build(env, SUBCOMMANDS)
    lines = output.Lines()
    lines.line("\n".join(SCRIPTS[given.shell](options(parser))))
    return int(lines.failed)


def options(parser: Parser) -> dict[str, list[Option]]:
    """The options by subcommand; those before any subcommand under ""."""
    found = {"": list(_options(parser))}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {name: list(_options(sub)) for name, sub in action.choices.items()}
    return found


def _options(parser: argparse.ArgumentParser) -> Iterable[Option]:
    # argparse has no public way to ask what was added.
    for action in parser._actions:
        if action.option_strings:
            values = action.choices if action.choices is not None else getattr(action.type, "values", ())
            yield Option(
                tuple(action.option_strings),
                (action.help or "").replace("%%", "%").replace("\\", ""),
                action.nargs != 0,
                tuple(value for value in map(str, values) if _PLAIN.fullmatch(value)),
                action.metavar == _FOLDER,
            )
        elif action.choices and not isinstance(action, argparse._SubParsersAction):
            yield Option((), "", takes=True, values=tuple(map(str, action.choices)))


def _bash(commands: Mapping[str, list[Option]]) -> list[str]:
    lines = [
        "_safelight() {",
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} subcommand= word words=",
        "    COMPREPLY=()",
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        f"        case $word in {'|'.join(SUBCOMMANDS)}) subcommand=$word; break ;; esac",
        "    done",
        '    case "$subcommand $previous" in',
    ]
    for command, found in commands.items():
        for option in found:
            after = "|".join(f'"{command} {name}"' for name in option.names)
            if option.folder:
                lines.append(f'        {after}) COMPREPLY=($(compgen -d -- "$current")); return ;;')
            elif option.values and after:
                words = " ".join(option.values)
                lines.append(f'        {after}) COMPREPLY=($(compgen -W "{words}" -- "$current")); return ;;')
            elif option.takes and after:
                lines.append(f"        {after}) return ;;")
    lines += ["    esac", "    case $subcommand,$current in"]
    for command, found in commands.items():
        names = [name for option in found for name in option.names]
        values = [value for option in found if not option.names for value in option.values]
        lines.append(f'        {command},-*) words="{" ".join(names)}" ;;')
        lines.append(f'        {command},*) words="{" ".join(values if command else SUBCOMMANDS)}" ;;')
    lines += [
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        "complete -o default -F _safelight safelight",
    ]
    return lines


def _zsh(commands: Mapping[str, list[Option]]) -> list[str]:
    lines = ["#compdef safelight", "_safelight() {", "    local state", "    local -a subcommands=("]
    lines += [f"        {_quoted(f'{name}:{about}')}" for name, about in SUBCOMMANDS.items()]
    lines += ["    )", "    _arguments -C \\"]
    lines += [f"        {spec} \\" for option in commands[""] for spec in _zsh_specs(option)]
    lines += ["        '1: :->subcommand' '*:: :->rest'", "    case $state in"]
    lines += ["        subcommand) _describe subcommand subcommands ;;", "        rest) case $words[1] in"]
    for command in SUBCOMMANDS:
        lines.append(f"            {command}) _arguments \\")
        lines += [f"                {spec} \\" for option in commands[command] for spec in _zsh_specs(option)]
        lines.append("                '*: :_files' ;;")
    lines += ["        esac ;;", "    esac", "}"]
    return [*lines, 'if [ "$funcstack[1]" = _safelight ]; then _safelight "$@"; else compdef _safelight safelight; fi']


def _zsh_specs(option: Option) -> list[str]:
    about = re.sub(r"([\[\]\\:])", r"\\\1", option.help)
    value = " :_files -/" if option.folder else f" :({' '.join(option.values)})" if option.values else " : "
    if not option.names:
        return [_quoted(f"1:{value}")]
    return [_quoted(f"{name}[{about}]{f':{value}' if option.takes else ''}") for name in option.names]


def _fish(commands: Mapping[str, list[Option]]) -> list[str]:
    lines = []
    for name, about in SUBCOMMANDS.items():
        lines.append(f"complete -c safelight -n __fish_use_subcommand -f -a {name} -d {_quoted(about)}")
    for command, found in commands.items():
        when = f"'__fish_seen_subcommand_from {command}'" if command else "__fish_use_subcommand"
        for option in found:
            names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
            values = f"-a {_quoted(' '.join(option.values))}" if option.values else ""
            if option.folder:
                values = "-a '(__fish_complete_directories)'"
            takes = "-x" if option.takes else ""
            about = f"-d {_quoted(option.help)}" if option.help else ""
            lines.append(" ".join(filter(None, ["complete -c safelight -n", when, names, takes, values, about])))
    return lines


def _quoted(text: str) -> str:
    """In single quotes, as all of the shells understand them; an apostrophe is written as a typographic one."""
    return "'" + text.replace("'", "’") + "'"


SCRIPTS: Mapping[str, Callable[[Mapping[str, list[Option]]], list[str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
