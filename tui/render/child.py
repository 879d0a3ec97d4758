"""The child process that decodes images: one request, one answer, until its parent is gone."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, Any

from tui.render.picture import Refused
from tui.render.wire import read_message, write_message

MEMORY = 1536 << 20


def main() -> None:
    """Answers what stands on standard input, on standard output."""
    requests, answers = _pipes()
    _limit_memory()
    import tui.render.images  # noqa: F401 - loaded now, so that the first request does not wait for it

    while (message := read_message(requests)) is not None:
        _alarm(float(message[0].get("seconds", 10)) + 1)
        head, body, fit_to_go_on = _answer(message[0])
        try:
            write_message(answers, head, body)
        except OSError:
            break
        _alarm(0)
        if not fit_to_go_on:
            break
    # Libraries with threads of their own must not delay the end.
    os._exit(0)


def _answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes, bool]:
    from tui.render import images

    try:
        if request["do"] == "thumbnail":
            images.thumbnail(request["path"], request["target"], request["side"], request["texts"])
            return {}, b"", True
        ground = request["ground"]
        picture = images.picture(
            request["path"],
            request["width"],
            request["height"],
            aspect=request["aspect"],
            ground=ground if ground == "checker" else tuple(ground),
        )
    except Refused as refused:
        return {"refused": refused.reason}, b"", True
    except MemoryError:
        return {"refused": "it needs more memory than a preview may take"}, b"", False
    except Exception as error:
        return {"refused": f"it can't be decoded: {error or type(error).__name__}"}, b"", True
    names = ("width", "height", "source", "format", "frames")
    return {name: getattr(picture, name) for name in names}, picture.rgb, True


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes under other numbers: what a library prints must not stand between the answers."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return requests, answers


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _alarm(seconds: float) -> None:
    """Ends this process by itself: a parent that was killed can't do it."""
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_REAL, seconds)
