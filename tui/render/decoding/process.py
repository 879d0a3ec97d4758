"""One decoding child as its parent holds it: started boxed in, written to, read from, killed. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tui.core.children import environment
from tui.render.decoding.wire import read_message, write_message

# The working folder is no place to import from: it may be full of somebody else's files.
_START = (
    "import sys; sys.path.append(sys.argv[1]); from tui.render.decoding.child import main; main(float(sys.argv[2]))"
)
_ROOT = str(Path(__file__).resolve().parents[3])
# By allow-list besides, so that no key can come along under a name that nobody thought of.
_ENVIRONMENT = (
    *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUTF8", "VIRTUAL_ENV"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH"),
)


class Child:
    """One child process, and a thread that hands on its `answers`; None is the last of them.

    It lets go of what it has decoded after `idle` seconds. Raises OSError where it can't be started.
    """

    def __init__(self, idle: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, _ROOT, str(idle)],
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
