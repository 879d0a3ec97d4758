"""What tidies up the chosen images, and makes copies of them: trash, delete, rename, move, export."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.text import human_bytes, image_count
from tui.ui.screens.copying import Copying
from tui.ui.shell import shell

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Cancelled, Deed, Progress


class Tidying(Copying):
    """A box that first has to learn something keeps the keys that come meanwhile."""

    def left_behind(self) -> None:
        """The chosen images are on their way elsewhere."""

    def action_trash(self) -> None:
        from tui.library import tidy

        if numbers := self.chosen:
            shell(self).act(numbers, tidy.trash, words="Into the trash", library=self.in_library)
            self.left_behind()

    def action_delete_images(self) -> None:
        """For good, if the person means it. What is deleted is what was asked about."""
        from tui.library import tidy
        from tui.ui.screens.question import Question

        def known(entries: Sequence[Entry]) -> None:
            def run(index: Index, _: Sequence[Entry], progress: Progress, cancelled: Cancelled) -> Deed:
                return tidy.delete(index, entries, progress, cancelled)

            def answered(word: str | None) -> None:
                if word is not None:
                    numbers = [entry.number for entry in entries]
                    shell(self).act(numbers, run, words="Deleting", library=self.in_library)
                    self.left_behind()

            if not entries:
                shell(self).release_keys()
                return
            title = f"Delete {_images(entries)} for good?"
            self.app.push_screen(Question(title, _about(entries), [("y", "delete for good")]), answered)

        self._with_entries(known)

    def action_rename(self) -> None:
        from tui.library import tidy
        from tui.ui.screens.rename import Rename

        session = shell(self).session

        def known(entries: Sequence[Entry]) -> None:
            def chosen(template: str | None) -> None:
                if template is not None:
                    session.template = template
                    shell(self).act([entry.number for entry in entries], run, words="Renaming", library=self.in_library)

            def run(index: Index, images: Sequence[Entry], progress: Progress, cancelled: Cancelled) -> Deed:
                return tidy.rename(index, images, session.template, progress, cancelled)

            if entries:
                self.app.push_screen(Rename(entries, session.template), chosen)
            else:
                shell(self).release_keys()

        self._with_entries(known)

    def action_move_images(self) -> None:
        from tui.library import tidy
        from tui.library.rows import path_of
        from tui.ui.folders import resolved
        from tui.ui.screens.folder import FolderPick
        from tui.ui.widgets.choice import Choice

        numbers = self.chosen
        session = shell(self).session
        root = session.library if self.in_library else session.shown_folder

        def known(folders: Sequence[tuple[bytes, int]]) -> None:
            choices = [
                Choice(
                    str(path_of(folder)),
                    _folder_name(path_of(folder)),
                    image_count(count),
                )
                for folder, count in folders
            ]
            hint = "a new folder is made; without / in front it lies beside these"
            things = image_count(len(numbers))
            self.app.push_screen(FolderPick(f"Move {things} to", choices, hint=hint, base=root), chosen)

        def chosen(text: str | None) -> None:
            if text:
                folder = resolved(text, os.environ, root)
                shell(self).act(
                    numbers,
                    lambda index, images, progress, cancelled: tidy.move_to(index, images, folder, progress, cancelled),
                    words="Moving",
                    library=self.in_library,
                )

        if numbers:
            shell(self).hold_keys()
            shell(self).ask(lambda index: index.folders(), known, library=self.in_library)

    def action_export(self) -> None:
        from tui.ui.exporting import export
        from tui.ui.screens.export import Export

        def known(entries: Sequence[Entry]) -> None:
            if not entries:
                shell(self).release_keys()
                return
            app = shell(self)
            wishes = app.session.export

            def chosen(go: bool | None) -> None:
                if go:
                    export(app, entries, wishes, library=self.in_library)

            self.app.push_screen(Export(entries, wishes), chosen)

        self._with_entries(known)

    def _with_entries(self, then: Callable[[Sequence[Entry]], None]) -> None:
        """Call it with what is known of the chosen images."""
        if numbers := self.chosen:
            shell(self).hold_keys()
            shell(self).ask(lambda index: index.entries(numbers), then, library=self.in_library)


def _images(entries: Sequence[Entry]) -> str:
    return image_count(len(entries))


def _about(entries: Sequence[Entry]) -> str:
    size = human_bytes(sum(entry.bytes for entry in entries))
    names = [entry.name for entry in entries[:3]]
    more = f"\n… and {len(entries) - 3:,} more" if len(entries) > 3 else ""
    lines = "\n".join(names)
    return f"{lines}{more}\n\n{size}. It can't be taken back; d moves to the trash instead."


def _folder_name(folder: Path) -> str:
    return "this folder itself" if folder == Path() else str(folder)
