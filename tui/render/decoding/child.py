"""The child process that decodes images: one request, one answer, until its parent is gone."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from tui.render.decoding.wire import read_message, write_message
from tui.render.picture import Part, Picture, Refused

if TYPE_CHECKING:
    from tui.render.decoding.images import Images
    from tui.render.decoding.raster import Wish

MEMORY = 1536 << 20
# Seconds without a request until what was freed goes back to the system.
_PAUSE = 1.0
Answer = tuple[dict[str, Any], bytes]


def main(idle: float) -> None:
    """Answers what stands on standard input, on standard output.

    After about `idle` seconds without a request it lets go of the images that it has decoded.
    """
    requests, answers = _pipes()
    _limit_memory()
    from tui.render.decoding.images import Images

    images = Images()
    fit_to_go_on = True
    while fit_to_go_on and (message := _next(requests, images, idle)) is not None:
        _alarm(float(message[0].get("seconds", 10)) + 1)
        head, body, fit_to_go_on = _answer(images, message[0])
        try:
            write_message(answers, head, body)
        except OSError:
            break
        _alarm(0)
    # Libraries with threads of their own must not delay the end.
    os._exit(0)


def _next(requests: IO[bytes], images: Images, idle: float) -> Answer | None:
    if sys.platform != "win32":
        import select

        # Nothing of the next request is buffered: it is sent when this one's answer has come.
        if not select.select([requests], [], [], _PAUSE)[0]:
            _give_back()
            if not select.select([requests], [], [], idle)[0]:
                images.store.forget()
                _give_back()
    return read_message(requests)


def _give_back() -> None:
    """What was freed goes to the system: the C library would keep up to a gigabyte of it for the next image."""
    import ctypes

    # Others than the GNU library have no such call.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _answer(images: Images, request: dict[str, Any]) -> tuple[dict[str, Any], bytes, bool]:
    """The answer's head and body, and whether this process may go on."""
    # What is kept for later is given up before what is wanted now.
    for last_try in (images.store.empty, True):
        try:
            return *_done(images, request), True
        except Refused as refused:
            return {"refused": refused.reason, "transient": refused.transient}, b"", True
        except MemoryError:
            images.store.forget()
            if last_try:
                break
        except Exception as error:
            return {"refused": f"it can't be decoded: {error or type(error).__name__}", "transient": False}, b"", True
    return {"refused": "it needs more memory than a preview may take", "transient": False}, b"", False


def _done(images: Images, request: dict[str, Any]) -> Answer:
    path = request.get("path", "")
    if request["do"] == "thumbnail":
        images.thumbnail(path, request["target"], request["side"], request["texts"])
        return {}, b""
    if request["do"] == "recall":
        return _recalled(path), b""
    if request["do"] == "export":
        return _exported(images, path, request)
    if request["do"] == "sheet":
        return {}, images.sheet(request["paths"], request["labels"], request["columns"], request["side"])
    wish, ground = _wish(request), request["ground"]
    ground = ground if ground == "checker" else tuple(ground)
    if request["do"] == "picture":
        picture = images.picture(path, wish, ground)
        return _head(picture), picture.rgb
    film = images.frames(path, wish, ground, request["start"], request["count"])
    head = {name: getattr(film, name) for name in ("delays", "loops", "total", "end")}
    shape = _head(film.pictures[0]) if film.pictures else {}
    return {**head, **shape}, b"".join(picture.rgb for picture in film.pictures)


def _recalled(path: str) -> dict[str, Any]:
    from dataclasses import asdict

    from tui.render.decoding.source import read
    from tui.render.recall.texts import texts
    from tui.render.recall.tools import recalled

    return asdict(recalled(texts(read(path)[0])))


def _exported(images: Images, path: str, request: dict[str, Any]) -> Answer:
    from tui.render.decoding.source import read
    from tui.render.export import containers
    from tui.render.export.told import Told
    from tui.render.recall.texts import texts

    told = Told(**request["told"]) if request["told"] else None
    credentials = texts(read(path)[0]).credentials
    if request["format"] or request["side"]:
        data = images.converted(path, request["format"], request["side"], request["quality"])
    else:
        data = read(path)[0]
    data = containers.portable(data, told) if told else containers.clean(data)
    return {"credentials": credentials}, data


def _wish(request: dict[str, Any]) -> Wish:
    from tui.render.decoding.raster import Wish

    part = Part(*request["part"]) if request["part"] else None
    return Wish(part, request["width"], request["height"], request["aspect"], request["averaged"])


def _head(picture: Picture) -> dict[str, Any]:
    return {name: getattr(picture, name) for name in ("width", "height", "source", "format", "frames")}


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
