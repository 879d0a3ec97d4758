"""What the app remembers between runs: the form's values, the prompts that were sent, whether it was run before."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.core import paths
from tui.core.request import Value
from tui.core.text import clean

PROMPTS = 500


class Memory:
    """Kept as one private JSON file. A broken file is a fresh start, never an error.

    `form` maps a parameter's name (and `model`, `prompt`) to what was typed last.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.form: dict[str, Value] = {}
        self.prompts: list[str] = []
        self.theme: str | None = None
        self.style: str | None = None
        self.log_open = True
        self.welcomed = False
        self._text = "{}"
        self._writing = threading.Lock()

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Memory:
        memory = cls(paths.state_folder(env) / "memory.json")
        with contextlib.suppress(OSError, ValueError):
            data = json.loads(memory.file.read_text(encoding="utf-8"))
            if isinstance(data, dict):
                memory._take(data)
        return memory

    def _take(self, data: Mapping[str, Any]) -> None:
        form, prompts = data.get("form"), data.get("prompts")
        if isinstance(form, dict):
            kept = {key: value for key, value in form.items() if isinstance(value, (str, int, bool))}
            self.form = {key: clean(value) if isinstance(value, str) else value for key, value in kept.items()}
        if isinstance(prompts, list):
            self.prompts = [clean(prompt) for prompt in prompts if isinstance(prompt, str)][-PROMPTS:]
        if isinstance(data.get("theme"), str):
            self.theme = data["theme"]
        if isinstance(data.get("style"), str):
            self.style = data["style"]
        self.log_open = data.get("log_open") is not False
        self.welcomed = data.get("welcomed") is True

    def sent(self, prompt: str) -> None:
        """Remember a prompt as the newest, once."""
        with contextlib.suppress(ValueError):
            self.prompts.remove(prompt)
        self.prompts = [*self.prompts, prompt][-PROMPTS:]

    def freeze(self) -> None:
        """Take down what is to be written; on the UI thread, where nothing changes meanwhile."""
        kept = ("form", "prompts", "theme", "style", "log_open", "welcomed")
        data = {name: getattr(self, name) for name in kept}
        self._text = json.dumps(data, ensure_ascii=False, indent=1)

    def write(self) -> None:
        """Write what was taken down last, from any thread; a later one never gives way to an earlier one.

        Raises OSError where the state folder can't be written.
        """
        with self._writing:
            paths.write_private(self.file, self._text)
