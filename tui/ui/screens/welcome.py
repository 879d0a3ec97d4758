"""What a person sees first: what the sandbox is, and where a key goes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.ui.screens.box import Box


class Welcome(Box[None]):
    """`library` and `key_file` are paths as they are shown."""

    BINDINGS = [Binding("escape,enter,space,q", "dismiss", "Start")]

    def __init__(self, *, library: str, key_file: str, sandbox: bool) -> None:
        super().__init__()
        self._library = library
        self._key_file = key_file
        self._sandbox = sandbox

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = "Safelight"
            yield Static(self._text())
            yield Static(Content.assemble((" enter ", "bold $background on $primary"), "  start"), id="hint")

    def _text(self) -> Content:
        head, text, key = "bold $primary", "$foreground", "bold $warning"
        sandbox = (
            "No key was found, so you are in the sandbox: it paints locally, from your prompt, and charges nothing. "
            "Prices are shown as if they were real.\n"
        )
        parts: list[tuple[str, str]] = [("A darkroom for images.\n\n", head)]
        if self._sandbox:
            parts += [(sandbox, text), ("\n", text)]
        parts += [
            ("Write a prompt, ", text), ("ctrl+j", key), (" develops it. ", text),
            ("?", key), (" shows the keys (", text), ("f1", key), (" while you type), ", text), ("ctrl+p", key),
            (" finds any action.\n\n", text),
            ("Images  ", head), (f"{self._library}\n", text),
            ("Key     ", head), ("set OPENAI_API_KEY before you start, or keep the key in\n", text),
            (f"        {self._key_file} (mode 600)\n", text),
            ("Others  ", head), ("OPENAI_BASE_URL names any server that speaks the Images API\n\n", text),
            ("Curious about failures? Put ", text), ("fault:rate-limit", key), (" or ", text),
            ("fault:moderation", key), (" into a prompt.\n", text),
        ]  # fmt: skip
        return Content.assemble(*parts)
