"""From an image to its kin: what it was made from, what else the same request gave, what was made of it."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.core.text import clean_line
from tui.ui.shell import shell

if TYPE_CHECKING:
    from pathlib import Path

    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.ui.about import About, Kin
    from tui.ui.widgets.image_list import ImageList


class Walking(Screen[Any]):
    """The actions that go to kin, on a screen with a list of images. `awaited` is gone to as soon as it is listed."""

    awaited: Path | None

    @property
    @abstractmethod
    def images(self) -> ImageList:
        """The list."""

    @property
    @abstractmethod
    def file(self) -> Entry | None:
        """The image under the cursor."""

    @property
    @abstractmethod
    def in_library(self) -> bool:
        """Whether it lists the library, whatever folder is shown."""

    def show_all(self) -> None:
        """End a search."""

    @abstractmethod
    def describe(self, file: Entry, about: About) -> None:
        """Put what is known beside the image."""

    def ask_about(self, file: Entry) -> None:
        """Find out what is known of an image, and `describe` it."""

        def ask(index: Index) -> About:
            from tui.ui.about import about

            return about(index, file)

        then = partial(self.describe, file)
        shell(self).ask(ask, then, library=self.in_library, only_latest=f"about {self.id}")

    def action_kin(self, relation: str) -> None:
        """Go to the nearest kin of a sort."""
        if (file := self.file) is None:
            return

        def ask(index: Index) -> Kin | None:
            from tui.ui.about import about

            kin = [each for each in about(index, file).kin if each.relation == relation]
            return next((each for each in kin if each.entry), next(iter(kin), None))

        shell(self).ask(ask, partial(self._go, relation), library=self.in_library)

    def action_sibling(self) -> None:
        if (file := self.file) is None:
            return

        def ask(index: Index) -> Kin | None:
            from tui.ui.about import next_sibling

            return next_sibling(index, file)

        shell(self).ask(ask, partial(self._go, "made again"), library=self.in_library)

    def action_kin_list(self) -> None:
        """All kin, to choose from."""
        if (file := self.file) is None:
            return

        def ask(index: Index) -> About:
            from tui.ui.about import MANY, about

            return about(index, file, MANY)

        shell(self).ask(ask, partial(self._offer_kin, file), library=self.in_library)

    def _offer_kin(self, file: Entry, about: About) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        if not about.kin:
            self.notify(f"No kin of {file.name} is known", timeout=3)
            return
        kin = {f"{each.relation} {each.sha256}": each for each in about.kin}

        def chosen(value: str | None) -> None:
            if value is not None:
                self._go(kin[value].relation, kin[value])

        choices = [Choice(value, *_told(each)) for value, each in kin.items()]
        self.app.push_screen(Pick(f"Kin of {clean_line(file.name, limit=60)}", choices), chosen)

    def _go(self, relation: str, kin: Kin | None) -> None:
        """Move the cursor to an image; a search that hides it ends."""
        if kin is None:
            self.notify(f"Nothing is known that was {relation}" if relation != "made from" else NO_PARENT, timeout=3)
        elif kin.entry is None:
            self.notify("It is not in this folder any more", severity="warning", timeout=4)
        else:
            listing, entry = self.images.listing, kin.entry
            if listing is not None and entry.number in listing.ids:
                self.images.point_at(entry.path, {entry.path: listing.ids.index(entry.number)})
            else:
                self.show_all()
                self.awaited = entry.path
                shell(self).list_images(rescan=False)


NO_PARENT = "Nothing is known that it was made from"


def _told(kin: Kin) -> tuple[str, str]:
    """What stands for a relative in a menu: the sort and its name, and the prompt."""
    if kin.entry is None:
        return f"{kin.relation}  {kin.sha256[:12]}…", "not in this folder"
    return f"{kin.relation}  {kin.entry.name}", clean_line(kin.entry.prompt or "", limit=200)
