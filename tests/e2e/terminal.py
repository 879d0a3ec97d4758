"""The real program in a pty, with a terminal emulator that sees what a person would see."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds that a slow machine may take for one step
BLOCKS = frozenset(map(chr, range(0x2580, 0x25A0)))
# What xterm understands and the emulator would print: the keyboard protocol's CSI < u and CSI = u, and the like.
_UNKNOWN = re.compile(rb"\x1b\[[<=][0-9;]*[a-z]")
_ESCAPE = re.compile(rb"\x1b(\[[^@-~]*)?$")

# What xterm sends for the keys that are more than a character, by Textual's names.
KEYS = {
    "escape": b"\x1b",
    "enter": b"\r",
    "tab": b"\t",
    "space": b" ",
    "slash": b"/",
    "colon": b":",
    "plus": b"+",
    "minus": b"-",
    "equals_sign": b"=",
    "full_stop": b".",
    "question_mark": b"?",
    "left_square_bracket": b"[",
    "right_square_bracket": b"]",
    "less_than_sign": b"<",
    "greater_than_sign": b">",
    "right_curly_bracket": b"}",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "alt+up": b"\x1b[1;3A",
    "alt+down": b"\x1b[1;3B",
    "shift+tab": b"\x1b[Z",
    **{f"f{number}": b"\x1bO" + letter for number, letter in enumerate((b"P", b"Q", b"R", b"S"), 1)},
    **{f"f{number}": b"\x1b[%d~" % code for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
    **{f"ctrl+{letter}": bytes([ord(letter) - 96]) for letter in "abcdefgjklnopqrstuvwxyz"},
}


def key(name: str) -> bytes:
    """The bytes of a key, by Textual's name for it."""
    return KEYS[name] if name in KEYS else name.encode()


def environment(home: Path, **more: str | None) -> dict[str, str]:
    """All that the program gets to see; a variable that is given as None is left out."""
    env: dict[str, str | None] = {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **more,
    }
    return {name: value for name, value in env.items() if value is not None}


def configure(home: Path, text: str) -> None:
    """Write the configuration file."""
    folder = home / ".config" / "safelight"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


class Terminal:
    """A program in a terminal of its own. `raw` is every byte that it wrote; `env` is all of its environment."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
    ) -> None:
        self.env = dict(env)
        self.raw = b""
        self._held = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            command[0], list(command[1:]), env=self.env, dimensions=(rows, columns), cwd=env["HOME"]
        )
        # It would wait a twentieth of a second before every key.
        self.child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        children = descendants(self.child.pid)
        self.child.close(force=True)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # --- what a person does -----------------------------------------------------------------------------------------

    def send(self, *keys: bytes) -> None:
        for each in keys:
            os.write(self.child.child_fd, each)

    def press(self, *names: str) -> None:
        """Press keys by Textual's names."""
        self.send(*map(key, names))

    def resize(self, columns: int, rows: int) -> None:
        """As a terminal's window does: the kernel then sends SIGWINCH."""
        self.screen.resize(rows, columns)
        self.screen.erase_in_display(2)
        self.child.setwinsize(rows, columns)

    def hang_up(self) -> None:
        """Close the terminal, as a window or a lost connection does."""
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self.child.child_fd)
        os.close(nothing)

    # --- what a person sees -----------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    @property
    def words(self) -> str:
        """The text with every run of blanks, borders and line ends as one blank."""
        return re.sub(r"[\s│┃▌▐▎▏▕]+", " ", self.text)

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Each character that stands on the screen, with its colours."""
        lines = self.screen.buffer
        return [
            (cell.data, cell.fg, cell.bg)
            for y in range(self.screen.lines)
            for cell in (lines[y][x] for x in range(self.screen.columns))
        ]

    def colours(self, characters: frozenset[str] = BLOCKS) -> set[str]:
        """The background colours of the cells that show one of the characters: of a picture's, if left out."""
        return {cell.bg for row in self.screen.buffer.values() for cell in row.values() if cell.data in characters}

    def read(self, seconds: float = 0.05) -> bytes:
        """What the program writes within the time, as soon as it writes anything; nothing once it has ended."""
        data = self.receive(seconds)
        self._show(data)
        return data

    def receive(self, seconds: float) -> bytes:
        """The same for `raw` only: the emulator, which takes its time, is not shown it."""
        try:
            if not select.select([self.child.child_fd], [], [], seconds)[0]:
                return b""
            data = os.read(self.child.child_fd, 1 << 16)
        except (OSError, ValueError):  # Linux answers EIO once the last process has closed its end
            return b""
        self.raw += data
        return data

    def _show(self, data: bytes) -> None:
        data = self._held + data
        cut = _ESCAPE.search(data)
        data, self._held = (data[: cut.start()], data[cut.start() :]) if cut else (data, b"")
        self._stream.feed(_UNKNOWN.sub(b"", data))

    def wait_for(self, what: str | Callable[[], object], seconds: float = PATIENCE) -> None:
        """Until the words stand on the screen, or the condition holds."""
        holds = what if callable(what) else lambda: what in self.words
        deadline = time.monotonic() + seconds
        while True:
            if holds():
                return
            assert time.monotonic() < deadline, f"waited in vain for {what!r}; on the screen:\n{self.text}"
            if not self.read() and not self.child.isalive():
                # Nothing more comes to the screen; what its end brings about may take a moment.
                assert callable(what) or holds(), f"ended before {what!r} came; its last words:\n{self.text}"
                time.sleep(0.02)

    def wait_until_quiet(self, seconds: float = 0.4) -> None:
        """Until nothing was written for so long."""
        deadline = time.monotonic() + PATIENCE
        while self.read(seconds):
            assert time.monotonic() < deadline, "it goes on writing"

    def end(self) -> int | None:
        """Read until the program has ended: its exit code, None where a signal ended it."""
        deadline = time.monotonic() + PATIENCE
        while self.read() or self.child.isalive():
            assert time.monotonic() < deadline, f"it does not end:\n{self.text}"
        self.child.close()
        return self.child.exitstatus  # type: ignore[no-any-return]  # pexpect has no types


class App(Terminal):
    """Safelight itself."""

    def __init__(
        self, home: Path, *arguments: str, columns: int = 120, rows: int = 40, welcome: bool = True, **env: str | None
    ) -> None:
        self.home = home
        self._welcome = welcome
        command = [sys.executable, "-m", "tui", *arguments]
        super().__init__(command, environment(home, **env), columns=columns, rows=rows)

    @property
    def images(self) -> list[Path]:
        """The images in the library, which is where it is by default."""
        library = self.home / "Pictures" / "safelight"
        return sorted(path for path in library.glob("*/*") if path.is_file() and path.parent.name != ".safelight")

    def open(self) -> Self:
        """Until it can send a request, with the welcome closed."""
        if self._welcome:
            self.wait_for("A darkroom for images")
            self.press("enter")
            self.wait_for(lambda: "A darkroom for images" not in self.text)
        self.wait_for("provider " if "OPENAI_BASE_URL" in self.env else "it paints locally")
        return self

    def write(self, prompt: str) -> None:
        """Type a prompt in place of what stands in the focused prompt, on a screen that shows its length."""
        self.press("f5", "ctrl+u")
        self.wait_for(" 0/")
        self.send(prompt.encode())
        self.wait_for(f" {len(prompt)}/")

    def generate(self, prompt: str) -> None:
        """Write a prompt and send it."""
        self.write(prompt)
        self.press("ctrl+j")

    def quit(self) -> int | None:
        """Leave with the key that acts everywhere: the exit code."""
        self.press("ctrl+q")
        return self.end()


def descendants(pid: int) -> list[int]:
    """The processes below one, as Linux tells them."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
