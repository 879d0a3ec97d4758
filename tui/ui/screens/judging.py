"""Rating images, and their favourites, tags and notes: on every screen that shows some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tui.ui.screens.choosing import Choosing
from tui.ui.shell import shell

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Cancelled, Deed, Progress
    from tui.ui.acting import Act
    from tui.ui.screens.tags import Retagged


class Judging(Choosing):
    """The actions of the scope `judge`."""

    def act(self, act: Act, words: str) -> None:
        """Do something to the images that are judged."""
        self._act(self.chosen, act, words)

    def _act(self, numbers: Sequence[int], act: Act, words: str) -> None:
        if numbers:
            shell(self).act(numbers, act, words=words, library=self.in_library)

    def _judge(self, numbers: Sequence[int], judge: Callable[..., Deed], words: str, **judgement: object) -> None:
        """`judge` is one of `library.judging`."""

        def act(index: Index, images: Sequence[Entry], progress: Progress, cancelled: Cancelled) -> Deed:
            return judge(index, images, progress=progress, cancelled=cancelled, **judgement)

        self._act(numbers, act, words)

    def action_rate(self, rating: int) -> None:
        from tui.library import judging

        self._judge(self.chosen, judging.rate, "Rating", rating=rating)

    def action_favourite(self) -> None:
        """All of them, or where they all are none of them."""
        from tui.library import judging

        def favour(index: Index, images: Sequence[Entry], **how: Any) -> Deed:
            return judging.favour(index, images, not all(image.favourite for image in images), **how)

        self._judge(self.chosen, favour, "Favourites")

    def action_tags(self) -> None:
        from tui.library import judging
        from tui.ui.screens.tags import Tags

        # What is meant is what was chosen when the box opened, whatever comes to be listed meanwhile.
        numbers = list(self.chosen)

        def chosen(tags: Retagged | None) -> None:
            if tags is not None and (tags.add or tags.remove):
                self._judge(numbers, judging.tag, "Tagging", add=tags.add, remove=tags.remove)

        if numbers:
            self.app.push_screen(Tags(numbers, library=self.in_library), chosen)

    def action_notes(self) -> None:
        from tui.library import judging
        from tui.ui.screens.notes import Notes

        numbers = list(self.chosen)

        def chosen(text: str | None) -> None:
            if text is not None:
                self._judge(numbers, judging.note, "Notes", text=text)

        if numbers:
            self.app.push_screen(Notes(numbers, library=self.in_library), chosen)
