"""`python -m tui.sandbox`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence

from tui.sandbox.faults import UnknownFaultError, help_lines
from tui.sandbox.server import Sandbox


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; prints the address once it listens. Returns 0, or 2 when it can't be started as asked."""
    parser = argparse.ArgumentParser(
        prog="safelight sandbox",
        description="A local provider that speaks the Images API and paints.",
        epilog=f"faults, also as fault:NAME in a prompt; NAME*2 strikes twice and then lets through:\n{help_lines()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; any free one when left out")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="a fault for every request")
    parser.add_argument("--pace", type=float, default=0.0, metavar="SECONDS", help="how long an image takes")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    given = parser.parse_args(arguments)
    try:
        sandbox = Sandbox(given.port, given.fault, given.pace)
    except (UnknownFaultError, OSError, OverflowError) as error:
        sys.stderr.write(f"safelight sandbox: {error}\n")
        return 2
    if given.until_eof:
        # ctrl+c in a terminal goes to every process there; when to end is for the one that started this.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.write(f"listening on {sandbox.base_url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        if given.until_eof:
            with sandbox:
                while sys.stdin.buffer.read(4096):
                    pass
        else:
            sandbox.serve()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
