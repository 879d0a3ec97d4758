"""The line that is typed into to search the library."""

from __future__ import annotations

from textual.widgets import Input


class Search(Input):
    """Hidden until it is opened; escape empties it and enter keeps what was found."""

    DEFAULT_CSS = """
    Search { display: none; background: $panel; height: 1; border: none; padding: 0 1; }
    Search.-open { display: block; }
    """
    BINDINGS = [("escape", "give_up")]

    def __init__(self) -> None:
        super().__init__(placeholder="words of a prompt, a model or a file name", compact=True, id="search")
        self.cursor_blink = False

    def open(self, query: str) -> None:
        self.value = query
        self.add_class("-open")
        # At once: what is typed next is meant for it.
        self.screen.set_focus(self)

    def close(self) -> None:
        self.remove_class("-open")

    async def action_give_up(self) -> None:
        self.value = ""
        self.close()
        await self.screen.run_action("leave_search")
