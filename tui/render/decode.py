"""Images are decoded in a child process, which is killed and replaced when it is late. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

from tui.core.children import environment
from tui.core.text import clean_line, human_seconds
from tui.render.picture import Picture, Refused, Stale
from tui.render.wire import read_message, write_message

__all__ = ["DEADLINE", "Decoder", "Ground", "Picture", "Refused", "Stale"]

DEADLINE = 10.0
Ground = tuple[int, int, int] | Literal["checker"]

# The working folder is no place to import from: it may be full of somebody else's files.
_START = "import sys; sys.path.append(sys.argv[1]); from tui.render.child import main; main()"
_ROOT = str(Path(__file__).resolve().parents[2])
# By allow-list besides, so that no key can come along under a name that nobody thought of.
_ENVIRONMENT = (
    *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUTF8", "VIRTUAL_ENV"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH"),
)
_PATIENCE = 0.05
# A new child takes about as long as most images: one that has just begun is let finish, whoever waits for it.
GRACE = 0.4


class _Child:
    """One child process, and a thread that hands on its answers; None is the last of them."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in environment(os.environ).items() if name in _ENVIRONMENT},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.answers: SimpleQueue[tuple[dict[str, Any], bytes] | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="decoder", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def send(self, head: dict[str, Any]) -> None:
        assert self.process.stdin
        write_message(self.process.stdin, head)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                # What was not yet written is of no use to a dead child.
                with suppress(OSError):
                    stream.close()

    def _read(self) -> None:
        assert self.process.stdout
        while (answer := read_message(self.process.stdout)) is not None:
            self.answers.put(answer)
        self.answers.put(None)


class Decoder:
    """A warm child that decodes one image at a time, for any thread.

    An image may take `deadline` seconds, and `grace` where nobody wants it any more.
    """

    def __init__(self, deadline: float = DEADLINE, *, grace: float = GRACE) -> None:
        self.deadline, self.grace = deadline, grace
        self._child: _Child | None = None
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
                self._child = _started()

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
        ground: Ground = "checker",
        stale: Callable[[], bool] | None = None,
    ) -> Picture:
        """The image, scaled to fit inside width x height pixels that are `aspect` times taller than wide.

        What is transparent shows `ground`. `stale` is asked from time to time whether the picture is still wanted.
        Raises Refused with the reason, or Stale.
        """
        head = {"do": "picture", "path": _absolute(path), "width": width, "height": height, "aspect": aspect}
        answer, rgb = self._ask({**head, "ground": ground}, stale)
        try:
            picture = Picture(
                int(answer["width"]),
                int(answer["height"]),
                rgb,
                (int(answer["source"][0]), int(answer["source"][1])),
                clean_line(answer["format"], limit=20),
                int(answer["frames"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("its decoder gave no picture") from error
        if len(rgb) != picture.width * picture.height * 3 or not rgb:
            raise Refused("its decoder gave no picture")
        return picture

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

    def _ask(self, head: dict[str, Any], stale: Callable[[], bool] | None) -> tuple[dict[str, Any], bytes]:
        while not self._lock.acquire(timeout=_PATIENCE):
            if stale and stale():
                raise Stale
        try:
            if stale and stale():
                raise Stale
            answer, body = self._exchange({**head, "seconds": self.deadline}, stale)
        finally:
            self._lock.release()
        if stale and stale():
            raise Stale
        if "refused" in answer:
            raise Refused(clean_line(answer["refused"], limit=200))
        return answer, body

    def _exchange(self, head: dict[str, Any], stale: Callable[[], bool] | None) -> tuple[dict[str, Any], bytes]:
        if self._closed:
            raise Refused("the program is closing")
        if self._child is None or not self._child.alive:
            self._drop()
            self._child = _started()
        try:
            self._child.send(head)
            answer = self._wait(self._child, stale)
        except OSError:
            answer = None
        except (Refused, Stale):
            self._drop()
            raise
        if answer is None:
            self._drop()
            raise Refused("its decoder crashed")
        return answer

    def _wait(self, child: _Child, stale: Callable[[], bool] | None) -> tuple[dict[str, Any], bytes] | None:
        began = time.monotonic()
        while (left := began + self.deadline - time.monotonic()) > 0:
            with suppress(Empty):
                return child.answers.get(timeout=min(_PATIENCE, left))
            old = time.monotonic() - began >= self.grace
            if self._closed or (old and stale and stale()):
                raise Stale
        raise Refused(f"decoding it took longer than {human_seconds(self.deadline)}")

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _started() -> _Child:
    try:
        return _Child()
    except OSError as error:
        raise Refused(f"its decoder can't be started: {error.strerror}") from error


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps "..", resolve follows links
