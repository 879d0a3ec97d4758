"""Images are decoded in a child process, which is killed and replaced when it is late. Standard library only."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from tui.core.recalled import Recalled
from tui.core.text import clean_line, human_seconds
from tui.render.decoding.process import Child
from tui.render.picture import Frames, Ground, Part, Picture, Refused, Stale

__all__ = ["DEADLINE", "Decoder", "Frames", "Ground", "Part", "Picture", "Refused", "Stale"]

DEADLINE = 10.0
# A new child takes about as long as most images: one that has just begun is let finish, whoever waits for it.
GRACE = 0.4
# For how many seconds what was decoded is kept while nothing is asked for.
IDLE = 60.0
_PATIENCE = 0.05

_NO_PICTURE = "its decoder gave no picture"


class Decoder:
    """A warm child that decodes one image at a time, for any thread.

    An image may take `deadline` seconds, and `grace` where nobody wants it any more. What was decoded last is kept
    by the child for `idle` seconds: another look at the same file, if nothing wrote to it, takes only the scaling.
    """

    def __init__(self, deadline: float = DEADLINE, *, grace: float = GRACE, idle: float = IDLE) -> None:
        self.deadline, self.grace, self.idle = deadline, grace, idle
        self._child: Child | None = None
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def warm(self) -> None:
        """Starts the child ahead of the first image, which says why where that fails."""
        with self._lock, suppress(Refused):
            if not self._closed and self._child is None:
                self._child = self._started()

    def close(self) -> None:
        """Ends the child; images asked for from now on are refused."""
        self._closed = True
        with self._lock:
            self._drop()

    def picture(
        self,
        path: Path,
        width: int,
        height: int,
        aspect: float = 1.0,
        *,
        part: Part | None = None,
        averaged: bool = False,
        ground: Ground = "checker",
        stale: Callable[[], bool] | None = None,
    ) -> Picture:
        """The image, or the `part` of it, scaled to fit inside width x height pixels `aspect` times taller than wide.

        A part is cut off at the image's edges. Where a pixel of the image covers at least one of the result in both
        directions it stays a sharp rectangle; otherwise several make one, by Lanczos' filter, or by their mean where
        `averaged`: several times as fast, and what cells want, whose colours are means anyway.
        What is transparent shows `ground`; its checker belongs to the box, not to the image. `stale` is asked from
        time to time whether the picture is still wanted. Raises Refused with the reason, or Stale.
        """
        request = _request("picture", path, width, height, aspect, part, averaged, ground)
        answer, rgb = self._ask(request, stale)
        return _pictures(answer, rgb, 1)[0]

    def frames(
        self,
        path: Path,
        width: int,
        height: int,
        aspect: float = 1.0,
        *,
        start: int = 0,
        count: int = 8,
        part: Part | None = None,
        ground: Ground = "checker",
        stale: Callable[[], bool] | None = None,
    ) -> Frames:
        """At most `count` pictures of an animation (GIF, APNG, WebP) from number `start` on, each as by `picture`.

        They may be fewer than asked for, as an answer takes about 0.2 s and 16 MB; the next request starts behind
        them, and goes on from there without decoding the earlier ones again. None come where the animation ends
        before `start`. A still is an animation of one picture. Raises Refused with the reason, or Stale.
        """
        request = _request("frames", path, width, height, aspect, part, False, ground)
        answer, rgb = self._ask({**request, "start": max(start, 0), "count": max(count, 1)}, stale)
        try:
            delays = tuple(max(int(delay), 0) for delay in answer["delays"])
            loops, total, end = max(int(answer["loops"]), 0), int(answer["total"]), bool(answer["end"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(_NO_PICTURE) from error
        pictures = _pictures(answer, rgb, len(delays)) if delays else ()
        return Frames(max(start, 0), pictures, delays, loops, total, end)

    def thumbnail(
        self,
        path: Path,
        target: Path,
        texts: Mapping[str, str],
        *,
        side: int = 512,
        stale: Callable[[], bool] | None = None,
    ) -> None:
        """Writes a PNG of at most `side` pixels a side to `target`, whole or not at all, with `texts` as its chunks.

        Raises Refused with the reason, or Stale.
        """
        head = {"do": "thumbnail", "path": _absolute(path), "target": _absolute(target), "side": side}
        self._ask({**head, "texts": dict(texts)}, stale)

    def recall(self, path: Path, *, stale: Callable[[], bool] | None = None) -> Recalled | None:
        """What another program wrote into the file about how it was made, an empty one where it holds nothing.

        None where it can't be read at the moment. Raises Stale.
        """
        try:
            answer, _ = self._ask({"do": "recall", "path": _absolute(path)}, stale)
            parameters = {str(name): str(value) for name, value in answer["parameters"].items()}
            words = {name: str(answer[name]) for name in ("tool", "prompt", "negative", "model")}
            return Recalled(**words, parameters=parameters, credentials=bool(answer["credentials"]))
        except (KeyError, AttributeError):
            return None
        except Refused as refused:
            return None if refused.transient else Recalled()

    def export(
        self,
        path: Path,
        *,
        told: Mapping[str, Any] | None = None,
        kind: str = "",
        side: int = 0,
        quality: int = 92,
        stale: Callable[[], bool] | None = None,
    ) -> tuple[bytes, bool]:
        """A copy of an image as a file, and whether the original's content credentials are not in it any more.

        With `told` (prompt, model, parameters) that is inside, without it no metadata is. `kind` (png, jpeg, webp) and
        `side` (the most pixels of the longer side) make it another image; without them no pixel is touched.
        Raises Refused with the reason, or Stale.
        """
        head = {"do": "export", "path": _absolute(path), "told": dict(told) if told else None}
        answer, data = self._ask({**head, "format": kind, "side": side, "quality": quality}, stale)
        return data, bool(answer.get("credentials"))

    def sheet(
        self,
        paths: Sequence[Path],
        labels: Sequence[str],
        *,
        columns: int = 4,
        side: int = 320,
        stale: Callable[[], bool] | None = None,
    ) -> bytes:
        """Many images on one sheet, `side` pixels each with a label below, as a PNG. Raises Refused, or Stale.

        The deadline is for all of them.
        """
        head = {"do": "sheet", "paths": [_absolute(path) for path in paths], "labels": list(labels)}
        seconds = self.deadline + len(paths)
        return self._ask({**head, "columns": columns, "side": side}, stale, seconds)[1]

    def _ask(
        self, head: dict[str, Any], stale: Callable[[], bool] | None, seconds: float = 0
    ) -> tuple[dict[str, Any], bytes]:
        while not self._lock.acquire(timeout=_PATIENCE):
            if stale and stale():
                raise Stale
        try:
            if stale and stale():
                raise Stale
            answer, body = self._exchange({**head, "seconds": seconds or self.deadline}, stale)
        finally:
            self._lock.release()
        if stale and stale():
            raise Stale
        if "refused" in answer:
            raise Refused(clean_line(answer["refused"], limit=200), transient=bool(answer.get("transient")))
        return answer, body

    def _exchange(self, head: dict[str, Any], stale: Callable[[], bool] | None) -> tuple[dict[str, Any], bytes]:
        try:
            child = self._sent(head)
            answer = self._wait(child, head["seconds"], stale)
        except OSError:
            answer = None
        except (Refused, Stale):
            self._drop()
            raise
        if answer is None:
            self._drop()
            raise Refused("its decoder crashed", transient=True)
        return answer

    def _sent(self, head: dict[str, Any]) -> Child:
        """The child that was asked: another one where the last has died without a word."""
        while True:
            if self._closed:
                raise Refused("the program is closing", transient=True)
            fresh = self._child is None or not self._child.alive
            if fresh:
                self._drop()
                self._child = self._started()
            assert self._child
            try:
                self._child.send(head)
            except OSError:
                if fresh:
                    raise
                self._drop()
            else:
                return self._child

    def _wait(
        self, child: Child, seconds: float, stale: Callable[[], bool] | None
    ) -> tuple[dict[str, Any], bytes] | None:
        began = time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            with suppress(Empty):
                return child.answers.get(timeout=min(_PATIENCE, left))
            old = time.monotonic() - began >= self.grace
            if self._closed or (old and stale and stale()):
                raise Stale
        raise Refused(f"decoding it took longer than {human_seconds(seconds)}")

    def _started(self) -> Child:
        try:
            return Child(self.idle)
        except OSError as error:
            raise Refused(f"its decoder can't be started: {error.strerror}", transient=True) from error

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _request(
    do: str, path: Path, width: int, height: int, aspect: float, part: Part | None, averaged: bool, ground: Ground
) -> dict[str, Any]:
    edges = (part.left, part.top, part.right, part.bottom) if part else None
    box = {"width": max(width, 1), "height": max(height, 1), "aspect": aspect, "part": edges}
    return {"do": do, "path": _absolute(path), **box, "averaged": averaged, "ground": ground}


def _pictures(answer: dict[str, Any], rgb: bytes, count: int) -> tuple[Picture, ...]:
    """So many pictures of one size; what comes from the child is not believed."""
    try:
        width, height, frames = (int(answer[name]) for name in ("width", "height", "frames"))
        source = (int(answer["source"][0]), int(answer["source"][1]))
        format_name = clean_line(answer["format"], limit=20)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Refused(_NO_PICTURE) from error
    size = width * height * 3
    if width < 1 or height < 1 or len(rgb) != size * count:
        raise Refused(_NO_PICTURE)
    # One picture is handed on as it came.
    parts = [rgb] if count == 1 else [rgb[start : start + size] for start in range(0, len(rgb), size)]
    return tuple(Picture(width, height, part, source, format_name, frames) for part in parts)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps "..", resolve follows links
