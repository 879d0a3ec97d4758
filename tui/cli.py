"""The command line: the app without a word, a subcommand with one. Loads nothing that the words don't ask for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence

from tui.core import config, signals
from tui.core.config import Config
from tui.subcommands import output


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit code: 0, 1, 2, 3 or 130, as the help says."""
    output.prepare()
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments), os.environ)
    except SystemExit as end:
        # argparse has said what there is to say.
        code = end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        output.say("interrupted")
        code = 130
    except BrokenPipeError:
        output.hush()
        code = 0
    except Exception as error:
        # Python's own report shows what a terminal acts upon, and a key that is in a message.
        code = output.crashed(error)
    output.finish()
    signals.end_as(code)
    return code


def _run(words: list[str], env: Mapping[str, str]) -> int:
    if not words:
        return _app(config.load(env), env)
    # The parser and its words of the models would delay the app's first frame.
    from tui.subcommands import parsers

    given = parsers.build(env, words).parse_args(words)
    settings = config.load(env, parsers.overrides(given))
    wrong = [problem for problem in settings.problems if problem.startswith(config.COMMAND_LINE)]
    for problem in wrong:
        output.say(problem)
    if wrong:
        return 2
    if given.subcommand is None:
        return _app(settings, env)
    _watch_what_is_logged()
    if given.subcommand not in ("config", "doctor"):
        for problem in settings.problems:
            output.say(problem)
    return parsers.module(given.subcommand).run(given, settings, env)


def _app(settings: Config, env: Mapping[str, str]) -> int:
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        output.say("the app needs a terminal; without one there are subcommands: safelight --help")
        return 2
    # Loading the app makes many objects that stay: collecting garbage meanwhile costs a fifth of the time to the
    # first frame. The app turns the collector on again once that is shown.
    gc.disable()
    # What is said of the terminal must not rest on what is put there for Textual.
    seen = dict(env)
    _tell_textual_the_colours(settings, env)
    from tui.app import run

    _watch_what_is_logged()
    return run(settings, seen)


def _watch_what_is_logged() -> None:
    from tui.core import logs

    logs.prepare()


def _tell_textual_the_colours(settings: Config, env: Mapping[str, str]) -> None:
    """Textual takes several terminals of 24-bit colour for ones of 16; it reads this variable when it is loaded."""
    from tui.render.terminal import TEXTUAL_NAMES, detect

    if env.get("TEXTUAL_COLOR_SYSTEM") in (*TEXTUAL_NAMES.values(), "windows"):
        return
    depth = detect(env, wishes=settings.values).depth
    if depth in TEXTUAL_NAMES:
        os.environ["TEXTUAL_COLOR_SYSTEM"] = TEXTUAL_NAMES[depth]


if __name__ == "__main__":
    sys.exit(main())
