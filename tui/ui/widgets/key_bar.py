"""The bottom row: the keys that act here, the most useful first, as many as there is room for."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content

from tui.ui.commands import BY_ID, key_name
from tui.ui.widgets.bar import Bar


class KeyBar(Bar):
    """Follows the focus: what it shows is drawn from the bindings that are active at that moment."""

    DEFAULT_CSS = "KeyBar { dock: bottom; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        rows: dict[str, tuple[int, str, str, bool]] = {}
        for active in self.screen.active_bindings.values():
            command = BY_ID.get(active.binding.id or "")
            if command and command.footer and command.id not in rows:
                rows[command.id] = (command.footer, active.binding.key, command.title, active.enabled)
        parts: list[tuple[str, Content]] = []
        room = self.content_size.width
        for identity, (_, key, title, enabled) in sorted(rows.items(), key=lambda row: row[1][0]):
            bright, dim = ("$foreground", "$text-muted") if enabled else ("$text-disabled", "$text-disabled")
            part = Content.assemble((key_name(key), f"bold {bright}"), (f" {title}", dim), "   ")
            if part.cell_length - 3 > room:
                break
            parts.append((identity, part))
            room -= part.cell_length
        return self.line(parts)
