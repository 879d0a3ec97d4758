"""What is copied of the chosen images: prompts, paths, addresses, a line that fetches them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.core.text import clean_line
from tui.ui.screens.choosing import Choosing
from tui.ui.shell import shell

if TYPE_CHECKING:
    from tui.library.entry import Entry

WHAT: Mapping[str, tuple[str, Callable[[Entry], str]]] = {
    "path": ("path", lambda file: str(file.path)),
    "url": ("URL", lambda file: file.path.as_uri()),
    "prompt": ("prompt", lambda file: file.prompt or ""),
}


class Copying(Choosing):
    """The actions of `y` and a second key. Of several images there is one a line."""

    def action_copy(self, what: str) -> None:
        numbers = self.chosen

        def known(entries: Mapping[int, Entry]) -> None:
            files = [entries[number] for number in numbers if number in entries]
            if files:
                self._copy_line(files) if what == "scp" else self._copy(files, *WHAT[what])

        if numbers:
            shell(self).fetch(numbers, known, library=self.in_library)

    def _copy(self, files: Sequence[Entry], name: str, of: Callable[[Entry], str]) -> None:
        texts = [text for text in map(of, files) if text]
        fit = [text for text in texts if _is_text(text)]
        if len(files) > 1:
            # A prompt may have lines of its own.
            fit = [clean_line(text, limit=len(text)) if name == "prompt" else text for text in fit]
        if fit:
            self.app.copy_to_clipboard("\n".join(fit))
            self.notify(f"Copied the {name}" if len(files) == 1 else f"Copied {len(fit):,} {name}s", timeout=2)
        if not texts:
            self.notify(
                "No prompt goes with this image" if len(files) == 1 else "They have no prompts", severity="warning"
            )
        elif len(fit) < len(texts):
            begin = "The file's name is no text" if len(files) == 1 else "Some files' names are no text"
            self.notify(f"{begin}; y u copies an address that is", severity="warning")

    def _copy_line(self, files: Sequence[Entry]) -> None:
        from tui.ui.scp import scp_line

        line = scp_line([file.path for file in files], os.environ)
        if line is None:
            self.notify("You are not here over SSH: the files are on this machine", severity="warning")
        else:
            self.app.copy_to_clipboard(line)
            self.notify("Copied an scp line; paste it where you sit", timeout=3)


def _is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: a file's name can be any bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
