"""A word that runs a command when it is pressed: the small kind of button."""

from __future__ import annotations

from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from tui.ui.commands import BY_ID, key_name
from tui.ui.shell import shell


class Action(Widget, can_focus=True):
    """Shows a label and the key of its command."""

    DEFAULT_CSS = """
    Action { width: auto; height: 1; padding: 0 1; color: $text-muted; }
    Action:hover { color: $foreground; background: $foreground 8%; }
    Action:focus { color: $foreground; background: $primary 30%; text-style: bold; }
    """
    BINDINGS = [
        Binding("enter,space", "press", show=False),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
    ]

    def __init__(self, command: str, label: str, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id)
        self._command = command
        self.label = label

    def render(self) -> RenderResult:
        return Content.assemble(self.label, (f"  {self._key}", "dim"))

    def get_content_width(self, container: object, viewport: object) -> int:  # noqa: ARG002  # Textual's signature
        return len(self.label) + 2 + len(self._key)

    @property
    def _key(self) -> str:
        return key_name(shell(self).keys_of(BY_ID[self._command]).split(",")[0])

    async def action_press(self) -> None:
        await self.app.run_action(f"run_command('{self._command}')")

    async def on_click(self) -> None:
        await self.action_press()
