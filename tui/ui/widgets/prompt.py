"""The prompt: a text area with a history and a count of its characters."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea

from tui.core.text import clean

# Far more than any model takes: a prompt that is too long is refused in words, never cut.
LONGEST = 1_000_000


class Prompt(TextArea, inherit_css=False):
    """What is typed or pasted is cleaned only when it is used, so that the cursor never jumps.

    It has its whole style here: Textual's own for a text area is long, and is parsed before the first frame.
    """

    DEFAULT_CSS = """
    Prompt {
        width: 1fr;
        height: 1fr;
        min-height: 2;
        padding: 0 1;
        overflow: auto auto;
        color: $foreground;
        background: transparent;
        scrollbar-size-vertical: 1;
        scrollbar-color: $scrollbar;
        scrollbar-color-hover: $scrollbar-hover;
        scrollbar-color-active: $scrollbar-active;
        scrollbar-background: $scrollbar-background;
        scrollbar-background-hover: $scrollbar-background-hover;
        scrollbar-background-active: $scrollbar-background-active;
    }
    Prompt .text-area--cursor {
        color: $input-cursor-foreground;
        background: $input-cursor-background;
        text-style: $input-cursor-text-style;
    }
    Prompt .text-area--selection { color: $input-selection-foreground; background: $input-selection-background; }
    Prompt .text-area--placeholder { color: $text-muted; }
    """

    COMPONENT_CLASSES = TextArea.COMPONENT_CLASSES

    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            id="prompt",
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder="What shall the image show?",
        )
        self.cursor_blink = False
        self.move_cursor(self.document.end)
        self._history_at = 0
        self._draft = ""

    async def on_key(self, event: events.Key) -> None:
        """A key that edits acts in its turn: left to Textual, it acts after the letters behind it in a bunch."""
        found = self._bindings.key_to_bindings.get(event.key)
        # Copying where nothing is selected is no action: the key is then whoever's it is further up.
        if found and await self.app.run_action(found[0].action, self):
            event.stop()
            event.prevent_default()

    @property
    def words(self) -> str:
        """The prompt as it is sent."""
        return clean(self.text, limit=LONGEST)

    def recall(self, prompts: list[str], delta: int) -> bool:
        """Go through earlier prompts; past the newest the draft comes back. False where there are no more."""
        at = self._history_at + delta
        if not -len(prompts) <= at <= 0:
            return False
        if self._history_at == 0:
            self._draft = self.text
        self._history_at = at
        self.write(prompts[at] if at else self._draft, keep_place=True)
        return True

    def write(self, text: str, *, keep_place: bool = False) -> None:
        """Replace the whole text, so that undo brings the old one back."""
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)
        if not keep_place:
            self._history_at = 0
