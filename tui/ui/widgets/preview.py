"""The preview: the selected or developing image as cells, on a neutral ground, with a caption below."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from tui.core.text import shorten
from tui.render.view import View, Window
from tui.ui.previewer import Previewer, Rendered, Sight
from tui.ui.widgets.canvas import Canvas

# A cursor that runs through a list asks for nothing on its way.
SETTLE = 0.03
# Seconds between looking whether an animation goes on.
PAUSED = 0.1


class Preview(Vertical):
    """Shows one image at a time; a newer one makes the work for an older one stale."""

    DEFAULT_CSS = """
    Preview #caption { height: 2; padding: 0 1; color: $text-muted; background: $surface; }
    Preview #caption { text-wrap: nowrap; text-overflow: ellipsis; }
    Preview #caption.-empty { background: #161616; }
    """

    def __init__(self, previewer: Previewer, *, empty: str, id: str | None = None) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id, classes="pane")
        self._previewer = previewer
        self._empty = empty
        self._path: Path | None = None
        self._version: object = None
        self._near: Sequence[Path] = ()
        self._view = View()
        self._window: Window | None = None
        self._settle: Timer | None = None
        self._asked_at = 0.0
        self._sought: Sight | None = None
        self._paused = threading.Event()
        self._covered = threading.Event()
        self.title = Content("Preview")

    def compose(self) -> ComposeResult:
        yield Canvas()
        yield Static(id="caption", classes="-empty", markup=False)

    def on_mount(self) -> None:
        self.canvas.say(self._empty)

    @property
    def title(self) -> Content:
        """What stands above; how near the image is seen comes behind it."""
        return self._title

    @title.setter
    def title(self, title: Content) -> None:
        self._title = title
        near = self._window is not None and self._view.scale is not None
        percent = f"  {self._view.percent(self._window):.0f} %" if self._window and near else ""
        self.border_title = Content.assemble(title, (percent, "$text-muted"))

    @property
    def canvas(self) -> Canvas:
        return self.query_one(Canvas)

    @property
    def path(self) -> Path | None:
        return self._path

    def show(
        self,
        path: Path | None,
        caption: Content | str = "",
        *,
        version: object = None,
        at_once: bool = False,
        near: Sequence[Path] | None = None,
    ) -> None:
        """Show a file, or the empty state. `caption` is clean and has two lines at most, which are cut where need be.

        `version` differs where the file's content does; None says nothing of it. `near` are those likely to be next.
        """
        # Always of the same height: the picture would be drawn anew for each that is not.
        self.query_one("#caption", Static).update(caption, layout=False)
        self.query_one("#caption").set_class(not caption, "-empty")
        if near is not None:
            self._near = near
        changed = version is not None and version != self._version
        self._version = version if path != self._path or changed else self._version
        if path == self._path and path is not None and not changed and not at_once:
            return
        if path != self._path:
            self._look_at(View())
            self._window = None
            self._paused.clear()
        self._path = path
        if path is None:
            self._stop()
            self.canvas.say(self._empty)
            return
        # The first of a row of keys is not kept waiting.
        self._wait(at_once=at_once or time.monotonic() - self._asked_at > SETTLE)

    def say(self, words: str) -> None:
        """Words in place of an image."""
        self.show(None)
        self.canvas.say(words)

    def end(self, words: str) -> None:
        """The job gave no image, or no whole one: the last partial image stays, and the words stand below it."""
        if self._path is None:
            self.canvas.say(words)
        else:
            self.show(self._path, Content.styled(words, "$error"))

    def redraw(self) -> None:
        """Draw the same image again where the size or the look changed."""
        if self._path is not None and self._sight(self._path) != self._sought:
            self._wait(at_once=False)

    def cover(self, covered: bool) -> None:
        """Another screen stands over this one, or no longer does: until then an animation stands still."""
        if covered:
            self._covered.set()
        else:
            self._covered.clear()
            self.redraw()

    # --- nearer, further, aside -------------------------------------------------------------------------------------

    def zoom(self, how: Callable[[View, Window], View]) -> None:
        """Look at the image from elsewhere; `how` makes the new view of the old one."""
        if self._window is None or self._path is None:
            return
        view = how(self._view, self._window)
        if view != self._view:
            self._look_at(view)
            self._wait(at_once=True)

    @property
    def view(self) -> View:
        """Where the image is looked at."""
        return self._view

    @property
    def window(self) -> Window | None:
        """What it is looked through, as soon as that is known."""
        return self._window

    def _look_at(self, view: View) -> None:
        self._view = view
        self.title = self._title

    def pause(self) -> bool | None:
        """Stop an animation, or let it go on; whether it stands now, None where there is none."""
        if not any(worker.group == "play" and worker.node is self and worker.is_running for worker in self.workers):
            return None
        if self._paused.is_set():
            self._paused.clear()
        else:
            self._paused.set()
        return self._paused.is_set()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _wait(self, *, at_once: bool) -> None:
        self._asked_at = time.monotonic()
        if self._settle is not None:
            self._settle.stop()
        self._settle = None if at_once else self.set_timer(SETTLE, self._start)
        if at_once:
            self._start()

    def _stop(self) -> None:
        for group in ("draw", "near", "play"):
            self.workers.cancel_group(self, group)

    def _start(self) -> None:
        self._sought = sight = self._sight(self._path)
        if sight is None:
            return
        if known := self._previewer.known(sight):
            self._drawn(sight, known)
        self._stop()
        self._draw(sight, [found for path in self._near if (found := self._sight(path, View()))])

    def _sight(self, path: Path | None, view: View | None = None) -> Sight | None:
        size = self.canvas.size
        if path is None or not size.width or not size.height:
            return None
        return self._previewer.sight(path, size.width, size.height, view or self._view, self.canvas.ground_colour)

    @work(thread=True, group="draw", exit_on_error=False)
    def _draw(self, sight: Sight, near: Sequence[Sight]) -> None:
        from tui.render.picture import Refused, Stale

        worker = get_current_worker()

        def early(rendered: Rendered) -> None:
            self._tell(worker, self._drawn, sight, rendered)

        try:
            rendered = self._previewer.draw(sight, lambda: worker.is_cancelled, early)
            self._tell(worker, self._drawn, sight, rendered)
            if rendered.moves and sight.look.animation:
                self._tell(worker, self._play, sight)
            self._previewer.prepare(near, lambda: worker.is_cancelled)
            self._sharpen(worker, sight, near)
        except Stale:
            return
        except Refused as refused:
            self._tell(worker, self._refused, sight, refused.reason)
        except OSError as error:
            self._tell(worker, self._refused, sight, f"its decoder can't be started: {error.strerror}")

    def _sharpen(self, worker: Worker[None], sight: Sight, near: Sequence[Sight]) -> None:
        """The same as pixels, where they are wanted: what is looked at, then what may be looked at next."""
        for each in (sight, *near):
            rendered = self._previewer.sharpen(each, lambda: worker.is_cancelled)
            if rendered and each is sight:
                self._tell(worker, self._drawn, sight, rendered)

    @work(thread=True, group="play", exit_on_error=False)
    def _play(self, sight: Sight) -> None:
        from tui.render.picture import Refused, Stale

        worker = get_current_worker()
        due = time.monotonic()
        try:
            for rendered, seconds in self._previewer.play(sight, lambda: worker.is_cancelled):
                # A machine that is too slow shows each frame later, and none twice as fast.
                due = max(due, time.monotonic() - seconds)
                while (left := PAUSED if self._stands else due - time.monotonic()) > 0:
                    if worker.cancelled_event.wait(left):
                        return
                self._tell(worker, self._drawn, sight, rendered)
                due += seconds
        except (Stale, Refused, OSError):
            # The picture that stands is as good as it gets.
            return

    @property
    def _stands(self) -> bool:
        return self._paused.is_set() or self._covered.is_set()

    def _tell(self, worker: Worker[None], what: Callable[..., object], *words: object) -> None:
        if not worker.is_cancelled:
            self.app.call_from_thread(what, *words)

    def _drawn(self, sight: Sight, rendered: Rendered) -> None:
        # What was on its way while the size, the look or the view changed comes too late.
        if sight == self._sight(self._path):
            self._window = rendered.window
            self.canvas.paint(rendered)

    def _refused(self, sight: Sight, reason: str) -> None:
        if sight == self._sight(self._path):
            self.canvas.say(f"Cannot preview: {shorten(reason, 300)}")

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def on_hide(self, _: events.Hide) -> None:
        """Another pane takes its place."""
        self._stop()
        self._sought = None
