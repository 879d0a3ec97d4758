"""`safelight recover`: finishes what earlier runs left, lists what stays, and does with it what the person says."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.core import paths, signals
from tui.core.config import Config
from tui.core.pricing import dollars
from tui.core.text import clean_line, human_bytes, shorten
from tui.engine.leftovers import Left, State, forget, keep, leftovers, sweep
from tui.engine.spool import Entry
from tui.subcommands import flags, output

STAYS = 3
PROMPT_WIDTH = 70
# Each job that is taken up holds a file open.
AT_ONCE = 100
NOTHING = "nothing is left unfinished"
# The end of the year 9999: a file can claim a time that no calendar has.
LAST_SECOND = 253_402_300_799
STATES = {
    State.ANSWERED: "answered, but not everything could be saved",
    State.UNKNOWN: "unknown: it was sent, or may have been, and its answer is lost",
    State.REFUSED: "the server did nothing",
    State.UNSENT: "nothing was sent",
}
EPILOG = """\
Without an option everything that came is saved, and nothing is sent: each path is a line. What stays is listed on
the standard error. JOB is a job's id, or its beginning or end where that is one job's alone.

exit codes: 0 nothing stays, 1 something failed, 2 usage, 3 something stays unknown or recoverable.
"""


class UsageError(Exception):
    """What was asked can't be carried out; the message says why."""


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="only list what is left, on the standard output")
    what.add_argument(
        "--again",
        metavar="JOB",
        help="send a job's request again, which may be charged again; what came of it is saved first",
    )
    what.add_argument("--keep", metavar="JOB", help="keep a job as it is, and no more count it as unfinished")
    what.add_argument("--forget", metavar="JOB", help="delete a job and all that came for it")
    parser.add_argument("--yes", action="store_true", help="ask nothing: forget, or send over a spending limit")
    parser.add_argument("--json", action="store_true", help="print a JSON object for each image, or each job listed")
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    library = config.library
    try:
        if given.list:
            return _list(leftovers(library), as_json=given.json)
        if given.keep is not None:
            return _keep(library, _named(library, given.keep))
        if given.forget is not None:
            return _forget(library, _named(library, given.forget), yes=given.yes)
        if given.again is not None:
            return _again(_named(library, given.again), given, config, env)
    except UsageError as error:
        output.say(error)
        return 2
    sweep(library)
    code = _finish(leftovers(library), given, config, env)
    return max(code, _tell(leftovers(library), env))


def _finish(left: Sequence[Left], given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    """Save what came of these jobs."""
    jobs_left = [each.job for each in left if each.finishable]
    if not jobs_left:
        return 0
    from tui.subcommands import jobs

    models, _ = flags.known_models(env)
    code = 0
    for first in range(0, len(jobs_left), AT_ONCE):
        some = jobs_left[first : first + AT_ONCE]
        code = max(code, jobs.recover(some, config, models, as_json=given.json))
        if code > signals.SIGNALLED:
            break
    return code


def _tell(left: Sequence[Left], env: Mapping[str, str]) -> int:
    """What stays, on standard error; the exit code that says so."""
    if not left:
        output.say(NOTHING)
        return 0
    for each in left:
        output.write_error("\n".join(_words(each)) + "\n")
    output.say(f"what came lies in {paths.shown(left[0].folder.parent, env)}")
    output.say("safelight recover --again JOB sends a request again; --keep JOB, --forget JOB")
    return _code(left)


def _list(left: Sequence[Left], *, as_json: bool) -> int:
    if not left:
        output.say(NOTHING)
    lines = output.Lines()
    for each in left:
        if as_json:
            lines.json(_object(each))
        else:
            for line in _words(each):
                lines.line(line)
    return max(int(lines.failed), _code(left))


def _code(left: Sequence[Left]) -> int:
    return STAYS if any(not each.kept for each in left) else 0


def _words(left: Left) -> list[str]:
    """A job in lines of text: what is known of it, its prompt, and the last words about it."""
    facts = [
        left.job,
        _time(left.at),
        STATES[left.state],
        f"{human_bytes(left.received)} came" if left.received else "",
        left.request_id or "",
        left.provider,
        f"≈ {dollars(left.estimate)}" if left.estimate else "",
        f"its URL ended {_time(left.expires)}" if left.expires and left.expires < time.time() else "",
        f"its URL ends {_time(left.expires)}" if left.expires and left.expires >= time.time() else "",
        "kept" if left.kept else "",
    ]
    prompt = clean_line(left.request.prompt) if left.request else ""
    more = [shorten(prompt, PROMPT_WIDTH), left.failure]
    return [" · ".join(filter(None, facts)), *(f"  {line}" for line in more if line)]


def _object(left: Left) -> dict[str, Any]:
    request = left.request
    return {
        "job": left.job,
        "state": left.state.value,
        "at": left.at,
        "prompt": request.prompt if request else None,
        "model": request.model if request else None,
        "provider": left.provider,
        "received": left.received,
        "request_id": left.request_id,
        "failure": left.failure,
        "expires": left.expires,
        "estimate": left.estimate,
        "finishable": left.finishable,
        "kept": left.kept,
    }


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(min(max(seconds, 0), LAST_SECOND)):%Y-%m-%d %H:%M}"


# --- one job ---


def _named(library: Path, name: str) -> Left:
    """The job that is meant. Raises UsageError."""
    left = leftovers(library)
    found = [each for each in left if each.job == name]
    found = found or [each for each in left if name and (each.job.startswith(name) or each.job.endswith(name))]
    if not found:
        raise UsageError(f"there is no job {clean_line(name)} left, or another process has it")
    if len(found) > 1:
        raise UsageError(f"{clean_line(name)} is more than one job: {', '.join(each.job for each in found)}")
    return found[0]


def _keep(library: Path, left: Left) -> int:
    if keep(library, left.job):
        return 0
    output.say(f"{left.job} can't be kept: another process has it, or the disk refuses")
    return 1


def _forget(library: Path, left: Left, *, yes: bool) -> int:
    if not yes:
        output.write_error("\n".join(_words(left)) + "\n")
        if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
            raise UsageError("--forget: without a terminal to ask on, --yes is needed")
        output.write_error("Forget it, and delete what came? (y/n) ")
        if not sys.stdin.readline().strip().lower().startswith("y"):
            output.say("it stays as it is")
            return STAYS
    if forget(library, left.job):
        return 0
    output.say(f"{left.job} can't be forgotten: another process has it, or the disk refuses")
    return 1


def _again(left: Left, given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    """Send a job's request once more, where what came of it was not everything."""
    code = _finish([left], given, config, env)
    entry = Entry.adopt(config.library, left.job)
    if entry is None:
        if not left.folder.exists():
            return code
        output.say(f"{left.job} can't be sent again: another process has it")
        return 1
    # Held until the new job has ended, so that nobody else sends it as well.
    try:
        if left.request is None:
            raise UsageError(f"the request of {left.job} can't be read")
        code = _send(left, given, config, env)
        if code == 0:
            entry.remove()
        return code
    except OSError as error:
        output.say(f"{left.job} stays: {error.strerror}")
        return 1
    finally:
        entry.release()


def _send(left: Left, given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    from tui.subcommands import jobs
    from tui.subcommands.provider import NoProviderError, opened

    assert left.request is not None
    models, _ = flags.known_models(env)
    try:
        with opened(config, env, given.provider or left.provider) as provider:
            return jobs.run([left.request], provider, config, models, as_json=given.json, over_limits=given.yes)
    except NoProviderError as error:
        raise UsageError(f"{error}; --provider NAME sends to another") from error
