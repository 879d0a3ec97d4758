"""The actions that work everywhere: places, log, palette, help, jump, themes."""

from __future__ import annotations

from textual.widget import Widget

from tui.core.provider import SANDBOX
from tui.ui.commands import BY_ID, COMMANDS, Command, key_name
from tui.ui.quitting import Quitting
from tui.ui.screens.place import Place


class Actions(Quitting):
    """What a key or the palette does, whichever place is shown."""

    @property
    def here(self) -> Place | None:
        """The place that is shown, also while something stands over it."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's
        """Nothing offers an answer while nothing asks."""
        session = self.session
        return bool(session.jobs.asking or session.jobs.unknown or session.unsettled) if action == "answer" else True

    # --- places and panes -----------------------------------------------------------------------------------------

    async def action_place(self, name: str) -> None:
        if self.current_mode != name:
            await self.switch_mode(name)
        elif isinstance(self.screen, Place):
            self.screen.show_pane(self.screen.PANES[0][0])

    async def action_show_left(self) -> None:
        """Go to what earlier runs left."""
        from tui.ui.screens.queue import QueueScreen

        await self.action_place("queue")
        if not self.session.left:
            self.notify("Earlier runs left nothing", timeout=3)
        elif isinstance(self.screen, QueueScreen):
            self.screen.point_at_left()

    def action_toggle_log(self) -> None:
        self.session.log_open = not self.session.log_open
        if self.here is not None:
            self.here.show_log(self.session.log_open)

    def action_next_pane(self) -> None:
        if isinstance(self.screen, Place):
            self.screen.next_pane()

    def action_jump(self) -> None:
        from tui.ui.screens.jump import Jump

        def go(target: Widget | None) -> None:
            if target is not None:
                target.focus()

        targets = [widget for widget in self.screen.focus_chain if widget.region.area]
        self.push_screen(Jump(targets), go)

    def action_show_help(self) -> None:
        from tui.ui.screens.help import Help

        scopes = list(dict.fromkeys(scope for command, _ in self._active_commands() if (scope := command.scope)))
        scopes.sort(key=lambda scope: scope == "app")
        keys = {command.id: self.keys_of(command) for command in COMMANDS}
        self.push_screen(Help(tuple(scopes), keys))

    def _active_commands(self) -> list[tuple[Command, bool]]:
        """The commands that act where the person is, and whether they can run now."""
        found: dict[str, tuple[Command, bool]] = {}
        for active in self.screen.active_bindings.values():
            command = BY_ID.get(active.binding.id or "")
            if command is not None:
                found.setdefault(command.id, (command, active.enabled))
        scopes = {command.scope for command, _ in found.values()} | {"app"}
        for command in COMMANDS:
            if command.scope in scopes and not command.keys:
                found.setdefault(command.id, (command, True))
        return list(found.values())

    # --- the palette ----------------------------------------------------------------------------------------------

    def action_command_palette(self) -> None:
        """Every action that is possible here, by name, with its key."""
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        async def run(identity: str | None) -> None:
            if identity is not None:
                await self.action_run_command(identity)

        possible = [command for command, enabled in self._active_commands() if enabled]
        possible.sort(key=lambda command: (command.scope == "app", COMMANDS.index(command)))
        choices = [
            Choice(command.id, command.title, command.help, self._keys_shown(command))
            for command in possible
            if command.id not in ("palette", "copy")
        ]
        self.push_screen(Pick("Commands", choices), run)

    def _keys_shown(self, command: Command) -> str:
        return command.chord or " ".join(key_name(key) for key in self.keys_of(command).split(",") if key)

    async def action_run_command(self, identity: str) -> None:
        """Run a command as its key would."""
        command = BY_ID[identity]
        action = command.action or command.id
        namespace = self if command.scope == "app" else self.screen
        await self.run_action(action, namespace)

    # --- choosing -------------------------------------------------------------------------------------------------

    def action_choose_provider(self) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        now = self.session.provider
        notes = {SANDBOX: "paints locally, charges nothing"}
        choices = [Choice(name, name, notes.get(name, "")) for name in (*self.session.providers, SANDBOX)]
        self.push_screen(Pick("Provider", choices, current=now.name if now else None), self._provider_chosen)

    def _provider_chosen(self, name: str | None) -> None:
        now = self.session.provider
        if name is not None and (now is None or name != now.name):
            self.use_provider(name)

    def action_choose_theme(self) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        def chosen(name: str | None) -> None:
            if name is not None:
                self.theme = name
                self.session.memory.theme = name

        choices = [Choice(name, name) for name in self.theme_names]
        self.push_screen(Pick("Theme", choices, current=self.theme), chosen)
