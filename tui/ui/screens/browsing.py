"""What Create and the Library share: a list of images, the preview of the one under the cursor, and its actions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.dom import DOMNode
from textual.timer import Timer
from textual.widget import Widget

from tui.core.paths import expanded, shown
from tui.core.pricing import dollars
from tui.core.request import Request
from tui.core.text import clean_line, human_bytes
from tui.ui.commands import COMMANDS, bindings, in_scope, second_keys
from tui.ui.previewer import Previewer
from tui.ui.screens.judging import Judging
from tui.ui.screens.looking import Looking
from tui.ui.screens.place import Place
from tui.ui.screens.tidying import Tidying
from tui.ui.screens.walking import Walking
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.image_list import ImageList

if TYPE_CHECKING:
    from tui.core.record import Record
    from tui.library.entry import Entry
    from tui.ui.about import About
    from tui.ui.screens.viewer import Seen
    from tui.ui.shelf import Shown

IMAGE_ACTIONS = frozenset(
    (command.action or command.id).split("(")[0]
    for scope in ("images", "judge", "preview")
    for command in in_scope(scope)
)
FROM_THE_LIST = frozenset({"repeat", "reuse"})
NEEDS_IMAGE = frozenset(
    {"open_image", "reuse", "repeat", "chord", "copy", "open_outside", "mark", "mark_range"}
    | {"trash", "delete_images", "rename", "move_images", "export"}
    | {"rate", "favourite", "tags", "notes", "compare", "kin", "kin_list", "sibling"}
)
# What lists are sorted by, and what comes first then.
SORTED = {
    "date": "the newest first",
    "rating": "the best first",
    "model": "by name",
    "cost": "the dearest first",
    "name": "from a to z",
}


# Seconds that the first of two keys waits for the second.
CHORD = 4.0


class Browsing(Tidying, Judging, Walking, Looking, Place):
    """`awaited` is a file that was just saved, or had back: the cursor goes to it as soon as it is listed.

    `chord` is the first of two keys, while the second is awaited.
    """

    # The second of two keys first: nothing takes it where none is awaited.
    BINDINGS = [*second_keys(), *bindings("images"), *bindings("judge"), *bindings("preview")]

    def __init__(self, session: Session, previewer: Previewer) -> None:
        super().__init__(session)
        self.previewer = previewer
        self.awaited: Path | None = None
        self.chord = ""
        self._chord_timer: Timer | None = None

    @property
    def images(self) -> ImageList:
        return self.query_one(ImageList)

    @property
    def file(self) -> Entry | None:
        """The image that the actions act on."""
        return self.images.file

    @property
    def chosen(self) -> Sequence[int]:
        return self.images.chosen

    @property
    def in_library(self) -> bool:
        return self.PLACE == "create"

    @property
    def places(self) -> list[Path]:
        """The files whose places in the list are wanted: what comes, and what the cursor is to stay with."""
        stays = self._composed and self.file is not None and not self.images.at_top
        return [path for path in (self.awaited, self.file.path if stays and self.file else None) if path]

    def fill(self, found: Shown) -> None:
        """Show a list of images."""
        if not self.stands:
            return
        today = datetime.now(UTC).date()
        self.images.marks.difference_update(found.gone)
        self.images.fill(found.listing, found.entries, found.places, total=found.total, today=today)
        self.images.forget(self.session.acted - found.entries.keys())
        if self.awaited and self.images.point_at(self.awaited, found.places):
            self._show(self.images.file)
            self.awaited = None
        # What acts on an image can be done from the first one on, and no longer where there is none.
        self.refresh_bindings()

    @on(ImageList.Unknown)
    def _learn(self, event: ImageList.Unknown) -> None:
        """What comes into sight is read."""
        shell(self).fetch(event.numbers, event.images.learn, library=self.in_library)

    @on(ImageList.Moved)
    def _moved(self, event: ImageList.Moved) -> None:
        """The selected image is previewed."""
        # Of an image that nothing is known of yet more comes at once.
        if event.lines is self.images and self.follows_cursor and (self.file or not self.images.total):
            self._show(self.images.file)

    @property
    def follows_cursor(self) -> bool:
        """Whether the image under the cursor is the one to look at."""
        return True

    def _show(self, file: Entry | None) -> None:
        if file is None:
            self.preview.show(None)
            return
        size = Content.styled(f"{file.name} · {human_bytes(file.bytes)}", "$text-muted")
        version = (file.mtime_ns, file.bytes)
        self.preview.show(file.path, size, version=version, near=[other.path for other in self.images.neighbours])
        self.ask_about(file)

    def describe(self, file: Entry, about: About) -> None:
        if self.preview.path == file.path:
            self.preview.show(file.path, caption(file, about.record))

    # --- what can be done with the image under the cursor -----------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters act on images only where images have the focus, and greyed out where there is none.

        From the list alone one is made again: a letter that was meant for something else must never send a request.
        """
        if action == "second":
            return bool(self.chord)
        if parameters == ("scp",) and "SSH_CONNECTION" not in os.environ:
            return False
        if action not in IMAGE_ACTIONS or not self._composed:
            return True
        listed = self.images.has_focus
        looked_at = any(pane in self._focus_path() for pane in self.image_panes)
        if not (listed or (looked_at and action not in FROM_THE_LIST)):
            return False
        return None if action in NEEDS_IMAGE and self.file is None else True

    @property
    def image_panes(self) -> list[Widget]:
        """The panes beside the list that show the image under its cursor."""
        return [self.preview]

    def _focus_path(self) -> list[DOMNode]:
        return self.focused.ancestors_with_self if self.focused is not None else []

    def on_screen_resume(self) -> None:
        """What was listed while another place was shown."""
        shell(self).refill()

    def action_open_image(self) -> None:
        from tui.ui.screens.viewer import Viewer

        numbers, place = self.images.numbers, self.images.place
        if place is not None and self.file is not None:
            viewer = Viewer(numbers, place, self.file, self.previewer, library=self.in_library)
            self.app.push_screen(viewer, self._viewer_closed)

    def _viewer_closed(self, seen: Seen | None) -> None:
        if seen is not None and not self.images.point_at_number(seen.number, seen.place) and seen.path:
            # One that was just taken back out of the trash is listed in a moment.
            self.awaited = seen.path

    # --- marks and order ----------------------------------------------------------------------------------------------

    def action_mark(self) -> None:
        self.images.toggle_mark()
        self._marked()

    def action_mark_range(self) -> None:
        self.images.mark_range()
        self._marked()

    def action_mark_all(self) -> None:
        self.images.mark_all()
        self._marked()

    def _marked(self) -> None:
        self.refresh_bindings()

    def action_sort(self) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        session = self.session

        def chosen(order: str | None) -> None:
            if order is not None:
                # The same once more turns it round.
                shell(self).sort_images(order, reverse=order == session.order and not session.reverse)

        choices = [Choice(order, order, note) for order, note in SORTED.items()]
        self.app.push_screen(Pick("Sort by", choices, current=session.order), chosen)

    def action_reverse(self) -> None:
        shell(self).sort_images(self.session.order, reverse=not self.session.reverse)

    # --- what is done to the chosen ones ------------------------------------------------------------------------------

    def action_compare(self) -> None:
        """The marked images; one with the one under the cursor; or that one with its neighbour."""
        from tui.ui.screens.compare import MOST, Compare, compared

        numbers = compared(self.images.numbers, self.images.place, self.images.marks)
        if len(numbers) > MOST:
            self.notify(f"2 to {MOST} images can be compared; {len(self.images.marks):,} are marked", timeout=4)
        elif len(numbers) < 2:
            self.notify("There is no other image to compare it with", timeout=3)
        else:
            self.app.push_screen(Compare(numbers, self.previewer, library=self.in_library))

    def action_reuse(self) -> None:
        self._with_request(shell(self).reuse)

    def action_repeat(self) -> None:
        self._with_request(self.send_again)

    def _with_request(self, act: Callable[[Request], None]) -> None:
        """Rebuild the request that made the image and act on it."""

        def found(file: Entry, record: Record | None) -> None:
            origin = record.newest if record else None
            if origin is None:
                self.notify(f"No settings go with {file.name}", severity="warning", markup=False)
            elif origin.operation != "generate":
                words = f"It was made by {clean_line(origin.operation)}, which needs its input images"
                self.notify(words, severity="warning", markup=False)
            else:
                act(Request(prompt=origin.prompt, model=origin.model, parameters=dict(origin.parameters)))

        if self.file is not None:
            shell(self).look_up(self.file, found)

    def action_open_outside(self, what: str) -> None:
        from tui.ui.outside import OutsideError, open_outside

        if self.file is None:
            return
        path = self.file.path if what == "file" else self.file.path.parent

        def run() -> None:
            try:
                open_outside(path, drop=self.session.secrets)
            except OutsideError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning")

        self.app.run_worker(run, thread=True, group="outside", exit_on_error=False)

    def action_chord(self, first: str) -> None:
        """Wait for a second key; the key bar shows which there are."""
        self._set_chord(first)
        self._chord_timer = self.set_timer(CHORD, lambda: self._set_chord(""))

    def _set_chord(self, first: str) -> None:
        if self._chord_timer is not None:
            self._chord_timer.stop()
        self.chord = first
        self.refresh_bindings()

    async def action_second(self, key: str) -> None:
        """The second key. No screen takes it: it may come in the same bunch as the first."""
        command = next((each for each in COMMANDS if each.chord == f"{self.chord} {key}"), None)
        self._set_chord("")
        if command is not None:
            await self.run_action(command.action)

    def action_folder(self) -> None:
        from tui.ui.screens.folder import FolderPick
        from tui.ui.widgets.choice import Choice

        def chosen(text: str | None) -> None:
            if text is not None:
                shell(self).open_folder(expanded(text, os.environ) if text else None)

        choices = [Choice("", shown(self.session.library), "the library")]
        self.app.push_screen(FolderPick("Folder", choices), chosen)


def caption(file: Entry, record: Record | None) -> Content:
    """Two lines below the preview. What matters less stands at their ends, which are cut first."""
    judgement = (f"{'★' * file.rating}{'♥' if file.favourite else ''} ".lstrip(), "$warning")
    if record is None:
        return Content.assemble(judgement, (f"{file.name} · {human_bytes(file.bytes)}", "$text-muted"))
    origin = record.newest
    facts = [f"{record.width}x{record.height} {record.format}", human_bytes(record.bytes)]
    if origin is not None:
        if origin.cost is not None:
            facts.append(dollars(origin.cost) + (" pretend" if origin.provider == "sandbox" else ""))
        facts.append(origin.model)
    if file.tags:
        facts.append(", ".join(file.tags))
    parts: list[tuple[str, str]] = [judgement, (" · ".join(facts), "$foreground")]
    if origin is not None and origin.revised_prompt:
        parts.append((f"\nrevised: {clean_line(origin.revised_prompt)}", "$text-muted"))
    elif origin is not None:
        parts.append((f"\n{clean_line(origin.prompt)}", "$text-muted"))
    return Content.assemble(*parts)
