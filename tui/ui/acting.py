"""Actions on images: done in a worker, with progress, a way to stop, words about what was done, and undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING

from textual.worker import Worker, get_current_worker

from tui.core.text import image_count, shorten
from tui.ui.clipboard import Clipboard
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Cancelled, Deed, Progress
    from tui.ui.screens.busy import Busy

    Act = Callable[[Index, Sequence[Entry], Progress, Cancelled], Deed]

# Seconds after which an action says how far it is.
PATIENCE = 0.5
# Actions that can be taken back.
KEPT = 50


class Acting(Clipboard):
    """The part of the app that does things to images."""

    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        # Actions that are not done yet, and how often one is to be taken back when they are.
        self._at_work = self._undos_awaited = 0

    def act(self, numbers: Sequence[int], act: Act, *, words: str, library: bool = False) -> None:
        """Do something to images; `words` say what, while it lasts."""
        folder = self.shelf.root if library else self.session.shown_folder
        self.session.acted.update(numbers)

        def run(progress: Progress, cancelled: Cancelled) -> Deed:
            index = self.shelf.index_of(folder)
            return act(index, index.entries(numbers), progress, cancelled)

        self.work_on(run, words=words)

    def work_on(
        self,
        run: Callable[[Progress, Cancelled], Deed],
        *,
        words: str,
        keep: bool = True,
        then: Callable[[], object] | None = None,
    ) -> None:
        from tui.ui.screens.busy import Busy

        box: list[Busy] = []
        over = Event()

        def in_thread() -> None:
            worker = get_current_worker()

            def progress(done: int, total: int) -> None:
                for each in box:
                    each.done, each.total = done, total

            try:
                deed = run(progress, lambda: worker.is_cancelled)
                self.call_from_thread(self._done, deed, keep)
                if then is not None:
                    self.call_from_thread(then)
            finally:
                over.set()
                self.call_from_thread(self._ended, box)

        self._at_work += 1
        worker: Worker[None] = self.run_worker(in_thread, thread=True, group="acting", exit_on_error=False)

        def show() -> None:
            if not over.is_set():
                box.append(Busy(words, worker.cancel))
                self.push_screen(box[0])

        self.set_timer(PATIENCE, show)

    def _ended(self, box: Sequence[Busy]) -> None:
        """However it ended."""
        for each in box:
            each.end()
        self._at_work -= 1
        if self._undos_awaited and not self._at_work:
            self._undos_awaited -= 1
            self.action_undo()

    def _done(self, deed: Deed, keep: bool) -> None:
        if keep and deed.undo is not None:
            self.session.deeds.append(deed)
            del self.session.deeds[:-KEPT]
        self.tell_deed(deed)
        self.list_images(rescan=False)

    def tell_deed(self, deed: Deed) -> None:
        """What was done, and what could not be and why."""
        things = image_count(deed.count)
        if deed.count or not deed.failed:
            back = " · u takes it back" if deed.undo else ""
            self.notify(f"{things}: {deed.words}{back}", timeout=3)
        if deed.failed:
            path, why = deed.failed[0]
            more = f", and {len(deed.failed) - 1} more" if len(deed.failed) > 1 else ""
            self.notify(f"{shorten(path.name, 60)}: {why}{more}", severity="warning", markup=False, timeout=8)

    def action_undo(self) -> None:
        """Take back the last action, as soon as it is done."""
        if self._at_work:
            self._undos_awaited += 1
            return
        if not self.session.deeds:
            self.notify("There is nothing to take back", timeout=2)
            return
        deed = self.session.deeds.pop()
        if deed.undo is not None:
            undo = deed.undo
            self.work_on(lambda _, __: undo(), words=f"Taking back: {deed.words}", keep=False)
