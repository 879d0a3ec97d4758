"""Actions on images: done in a worker, with progress, a way to stop, words about what was done, and undo."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
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
        # One after another, in the order in which they were asked for: the first one runs. What is undone is the last.
        self._line: deque[Callable[[], None]] = deque()

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
        """Do what `run` does when its turn has come, and `then`; undo takes it back unless it is not to be kept."""
        self._in_turn(partial(self._begin, run, words, keep=keep, then=then))

    def _in_turn(self, begin: Callable[[], None]) -> None:
        self._line.append(begin)
        if len(self._line) == 1:
            begin()

    def _over(self) -> None:
        """The first of the line is done."""
        self._line.popleft()
        if self._line:
            self._line[0]()

    def _begin(
        self, run: Callable[[Progress, Cancelled], Deed], words: str, *, keep: bool, then: Callable[[], object] | None
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
        self._over()

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
        self._in_turn(self._take_back)

    def _take_back(self) -> None:
        deed = self.session.deeds.pop() if self.session.deeds else None
        if deed is None or (undo := deed.undo) is None:
            self.notify("There is nothing to take back", timeout=2)
            self._over()
            return
        self._begin(lambda _, __: undo(), f"Taking back: {deed.words}", keep=False, then=None)
