"""The bottom row: the keys that act here, the most useful first, as many as there is room for."""

from __future__ import annotations

from textual.actions import parse
from textual.app import RenderResult
from textual.content import Content

from tui.ui.commands import BY_ID, COMMANDS, key_name
from tui.ui.widgets.bar import Bar

KEPT = ("help", "palette")


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
        if chord := getattr(self.screen, "chord", ""):
            return self.line(self._seconds(chord))
        parts = {identity: self._part(*row[1:]) for identity, row in sorted(rows.items(), key=lambda row: row[1][0])}
        # Help and the palette lead to everything else: they keep their place.
        kept = [identity for identity in KEPT if identity in parts]
        room = self.content_size.width + 3 - sum(parts[identity].cell_length for identity in kept)
        shown: list[tuple[str, Content]] = []
        for identity, part in parts.items():
            if identity not in kept:
                if part.cell_length > room:
                    break
                shown.append((identity, part))
                room -= part.cell_length
        return self.line([*shown, *((identity, parts[identity]) for identity in kept)])

    def _part(self, key: str, title: str, enabled: bool) -> Content:
        bright, dim = ("$foreground", "$text-muted") if enabled else ("$text-disabled", "$text-disabled")
        return Content.assemble((key_name(key), f"bold {bright}"), (f" {title}", dim), "   ")

    def _seconds(self, first: str) -> list[tuple[str, Content]]:
        """What may follow the first of two keys."""
        follow = [
            command
            for command in COMMANDS
            if command.chord.startswith(f"{first} ")
            and self.screen.check_action(*parse(command.action)[1:]) is not False
        ]
        head = ("", Content.styled(f"{first} …   ", "bold $warning"))
        return [head, *((each.id, self._part(each.chord.split()[1], each.title, True)) for each in follow)]
